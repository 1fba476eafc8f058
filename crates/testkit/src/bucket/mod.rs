//! A small store that speaks S3 on loopback, in memory: one bucket, as far as the protocol is needed here.
//!
//! Written from the protocol's own description (Amazon S3 API reference, 2006-03-01 interface: PutObject, GetObject, HeadObject,
//! DeleteObject, ListObjectsV2, CreateMultipartUpload, UploadPart, CompleteMultipartUpload, AbortMultipartUpload, conditional requests),
//! not from any client. It is stricter than it must be: a request without a signature of the right key, or whose body is not the
//! one that was signed for, is refused; lists come in short pages; parts may not be too small.

mod answer;
mod objects;

use crate::patience;
use answer::Refused;
use anyhow::Result;
use aws_lc_rs::digest::{SHA256, digest};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::response::Response;
use objects::Objects;
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The bucket's name.
pub const NAME: &str = "records";
/// Which key may sign.
pub const ACCESS_KEY: &str = "AKIATESTKIT";
/// That key.
pub const SECRET_KEY: &str = "secret-of-the-testkit";
/// The region that signatures must name.
pub const REGION: &str = "eu-test-1";

/// The largest body that is taken.
const BODY: usize = 64 << 20;

/// A running store. Dropped, it is gone with all that was in it.
pub struct Bucket {
    address: SocketAddr,
    shared: Shared,
    serving: JoinHandle<()>,
}

/// What the store held at a moment.
#[derive(Debug, Clone)]
pub struct Copy(BTreeMap<String, objects::Object>);

type Shared = Arc<Mutex<Objects>>;

impl Bucket {
    /// Starts one on a free port of loopback.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let shared = Shared::default();
        let router = Router::new().fallback(serve).with_state(Arc::clone(&shared));
        let serving = tokio::spawn(async move {
            // Ends with the runtime or the value; what it could not serve the client has seen.
            drop(axum_serve(listener, router).await);
        });
        Ok(Self {
            address,
            shared,
            serving,
        })
    }

    /// Its address, `http://127.0.0.1:<port>`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The names of all objects, in order.
    pub fn names(&self) -> Vec<String> {
        held(&self.shared).all.keys().cloned().collect()
    }

    /// The bytes of an object, if it is there.
    pub fn get(&self, name: &str) -> Option<Vec<u8>> {
        held(&self.shared).all.get(name).map(|object| object.bytes.to_vec())
    }

    /// How many uploads in parts were begun and neither finished nor given up.
    pub fn uploads(&self) -> usize {
        held(&self.shared).uploads.len()
    }

    /// A copy of all objects.
    pub fn copy(&self) -> Copy {
        Copy(held(&self.shared).all.clone())
    }

    /// Puts a copy in the place of all objects, as when an older backup of the bucket is restored.
    pub fn put_back(&self, copy: &Copy) {
        held(&self.shared).all.clone_from(&copy.0);
    }
}

impl Drop for Bucket {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn held(shared: &Shared) -> MutexGuard<'_, Objects> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Serves each connection until the listener is dropped.
async fn axum_serve(listener: TcpListener, router: Router) -> std::io::Result<()> {
    use hyper_util::rt::{TokioExecutor, TokioIo};
    use hyper_util::service::TowerToHyperService;
    let mut connections = tokio::task::JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await?;
        let service = TowerToHyperService::new(router.clone());
        connections.spawn(async move {
            let server = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new()).http1_only();
            // A client that goes away in the middle is its own affair.
            drop(server.serve_connection(TokioIo::new(stream), service).await);
        });
        while connections.try_join_next().is_some() {}
    }
}

/// One request: who asks, for what, with which body.
struct Asked {
    method: Method,
    /// The object's name; empty for the bucket itself.
    name: String,
    query: BTreeMap<String, String>,
    headers: HeaderMap,
    body: bytes::Bytes,
}

async fn serve(State(shared): State<Shared>, request: Request<Body>) -> Response {
    let head = request.method() == Method::HEAD;
    match asked(request).await.and_then(|asked| held(&shared).answer(&asked)) {
        Ok(response) => response,
        Err(refused) => refused.response(head),
    }
}

async fn asked(request: Request<Body>) -> Result<Asked, Refused> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, BODY).await.map_err(|_| Refused::TOO_LARGE)?;
    signed(&parts.headers, &body)?;
    let path = decoded(parts.uri.path());
    let path = path.strip_prefix('/').unwrap_or(&path);
    let (bucket, name) = path.split_once('/').unwrap_or((path, ""));
    if bucket != NAME {
        return Err(Refused::NO_BUCKET);
    }
    let query = parts.uri.query().unwrap_or_default();
    let query = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decoded(key), decoded(value))
    });
    Ok(Asked {
        method: parts.method,
        name: name.to_owned(),
        query: query.collect(),
        headers: parts.headers,
        body,
    })
}

/// Whether the request is signed by the right key for today's region and service, and for this very body (Signature Version 4).
fn signed(headers: &HeaderMap, body: &[u8]) -> Result<(), Refused> {
    let text = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    let authorization = text(header::AUTHORIZATION.as_str());
    let scope = authorization
        .strip_prefix("AWS4-HMAC-SHA256 Credential=")
        .and_then(|rest| rest.split(',').next())
        .unwrap_or_default();
    let scope: Vec<&str> = scope.split('/').collect();
    let right = matches!(scope.as_slice(), [ACCESS_KEY, day, REGION, "s3", "aws4_request"] if text("x-amz-date").starts_with(day))
        && authorization.contains("SignedHeaders=")
        && authorization
            .split("Signature=")
            .nth(1)
            .is_some_and(|hex| hex.len() == 64);
    if !right {
        return Err(Refused::NOT_SIGNED);
    }
    let wanted = hex(digest(&SHA256, body).as_ref());
    if text("x-amz-content-sha256") == wanted {
        Ok(())
    } else {
        Err(Refused::OTHER_BODY)
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A text with its percent signs resolved.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let pair = after.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        match pair
            .filter(|_| first == b'%')
            .and_then(|pair| u8::from_str_radix(pair, 16).ok())
        {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Waits until an object of this name is there.
///
/// # Errors
/// When it does not come in time.
pub async fn until_there(bucket: &Bucket, name: &str) -> Result<Vec<u8>> {
    let found = patience::until(
        "an object in the bucket",
        patience::AMPLE,
        async || Ok(bucket.get(name)),
    )
    .await;
    found.map(|(bytes, _)| bytes)
}
