//! A gate's way to full nodes: HTTP over TLS 1.3 with certificates of the organisation's own authority on both sides.
//!
//! It believes no other authority and looks for one name, whatever address it calls. What it carries it does not look into.

use super::certificate::FULL_NODE;
use super::pass::Pass;
use super::wire::{Ask, FILES, POSTS, REFRESH, Taken, Told};
use counterfoil_store::spool::SpooledFile;
use counterfoil_store::{Spool, SpoolError, SpooledPost};
use futures_util::stream;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::CONTENT_LENGTH;
use reqwest::{Body, Client, RequestBuilder, Response, StatusCode};
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::{ClientConfig, RootCertStore};
use serde::de::DeserializeOwned;
use std::sync::Arc;
use std::time::Duration;

/// How long a connection may take to be there.
const CONNECT: Duration = Duration::from_secs(5);
/// How long a full node may be silent.
const SILENCE: Duration = Duration::from_secs(30);
/// The longest answer, in bytes.
const ANSWER: usize = 8 << 20;
/// How many bytes of a file are moved at a time.
const PIECE: u64 = 1 << 20;

/// Why something was not handed over.
#[derive(Debug, thiserror::Error)]
pub(super) enum ChannelError {
    /// What the pass says makes no way.
    #[error("the pass cannot be used: {0}")]
    Pass(String),
    /// This gate is not on the list of the full nodes, or no longer.
    #[error("the full nodes do not admit this gate: its pass was revoked")]
    NotAdmitted,
    /// A full node answered something else than it should.
    #[error("a full node answered {0}")]
    Answer(StatusCode),
    /// No full node answered.
    #[error("no full node answered")]
    Away(#[source] reqwest::Error),
    /// The answer was not understood.
    #[error("a full node answered something that this version does not understand")]
    Unclear,
    /// The spool did not do what was asked.
    #[error(transparent)]
    Spool(#[from] SpoolError),
}

impl From<reqwest::Error> for ChannelError {
    fn from(error: reqwest::Error) -> Self {
        Self::Away(error.without_url())
    }
}

/// The way to each full node; one of them is in use until it fails.
pub(super) struct Channel {
    ways: Vec<(String, Client)>,
    used: usize,
}

impl Channel {
    /// Ways by what the pass says.
    pub(super) fn open(pass: &Pass) -> Result<Self, ChannelError> {
        let config = config(pass).map_err(|error| ChannelError::Pass(error.to_string()))?;
        let mut ways = Vec::new();
        for node in &pass.nodes {
            let port = node.rsplit_once(':').map_or("443", |(_, port)| port);
            let client = Client::builder()
                .tls_backend_preconfigured(config.clone())
                .dns_resolver(Address(node.clone()))
                .http1_only()
                .no_proxy()
                .redirect(reqwest::redirect::Policy::none())
                .connect_timeout(CONNECT)
                .read_timeout(SILENCE)
                .build()?;
            ways.push((format!("https://{FULL_NODE}:{port}"), client));
        }
        if ways.is_empty() {
            return Err(ChannelError::Pass("it names no full node".to_owned()));
        }
        Ok(Self { ways, used: 0 })
    }

    /// The one in use failed: the next one's turn.
    pub(super) fn turn(&mut self) {
        self.used = (self.used + 1) % self.ways.len();
    }

    /// How many full nodes are known.
    pub(super) fn ways(&self) -> usize {
        self.ways.len()
    }

    /// Hands posts over.
    pub(super) async fn posts(&self, posts: &[SpooledPost]) -> Result<Taken, ChannelError> {
        let packed = SpooledPost::pack(posts);
        json(self.request(Client::post, POSTS).body(packed)).await
    }

    /// Whether a file is there already.
    pub(super) async fn has_file(&self, file: SpooledFile) -> Result<bool, ChannelError> {
        let asked = self.request(Client::head, &format!("{FILES}/{}", file.hex()));
        match sent(asked).await {
            Ok(_) => Ok(true),
            Err(ChannelError::Answer(StatusCode::NOT_FOUND)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Hands a file over, piece by piece.
    pub(super) async fn file(&self, spool: &Spool, file: SpooledFile, size: u64) -> Result<(), ChannelError> {
        let spool = spool.clone();
        let pieces = stream::try_unfold(0, move |at| {
            let spool = spool.clone();
            async move {
                if at >= size {
                    return Ok(None);
                }
                let end = size.min(at + PIECE);
                let piece = spool.file_range(file, at..end).await?;
                let piece =
                    piece.ok_or_else(|| SpoolError::from(std::io::Error::from(std::io::ErrorKind::NotFound)))?;
                Ok::<_, SpoolError>(Some((piece, end)))
            }
        });
        let put = self.request(Client::put, &format!("{FILES}/{}", file.hex()));
        sent(put.header(CONTENT_LENGTH, size).body(Body::wrap_stream(pieces))).await?;
        Ok(())
    }

    /// Asks what is new.
    pub(super) async fn refresh(&self, ask: &Ask) -> Result<Told, ChannelError> {
        json(self.request(Client::post, REFRESH).json(ask)).await
    }

    fn request(&self, how: fn(&Client, String) -> RequestBuilder, path: &str) -> RequestBuilder {
        let (base, client) = &self.ways[self.used];
        how(client, format!("{base}{path}"))
    }
}

async fn sent(request: RequestBuilder) -> Result<Response, ChannelError> {
    let response = request.send().await?;
    match response.status() {
        status if status.is_success() => Ok(response),
        StatusCode::FORBIDDEN => Err(ChannelError::NotAdmitted),
        status => Err(ChannelError::Answer(status)),
    }
}

async fn json<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, ChannelError> {
    let mut response = sent(request).await?;
    let mut whole = zeroize::Zeroizing::new(Vec::new());
    while let Some(piece) = response.chunk().await? {
        if whole.len() + piece.len() > ANSWER {
            return Err(ChannelError::Unclear);
        }
        whole.extend_from_slice(&piece);
    }
    serde_json::from_slice(&whole).map_err(|_| ChannelError::Unclear)
}

fn config(pass: &Pass) -> Result<ClientConfig, rustls::Error> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(pass.authority.clone()))?;
    let chain = vec![CertificateDer::from(pass.certificate.der().to_vec())];
    let key = PrivatePkcs8KeyDer::from(pass.key.clone());
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_root_certificates(roots)
        .with_client_auth_cert(chain, key.into())?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// One address, whatever name is asked for.
struct Address(String);

impl Resolve for Address {
    fn resolve(&self, _name: Name) -> Resolving {
        let address = self.0.clone();
        Box::pin(async move {
            let found: Vec<_> = tokio::net::lookup_host(address).await?.collect();
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}
