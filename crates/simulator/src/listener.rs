//! A loopback port with a router behind it, which can be closed at any moment and opened again on the same port.
//!
//! Closing drops every connection at once, kept-alive ones and event streams included, as when a machine goes away.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Mutex, PoisonError};

use axum::Router;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};

/// An answer that is none: the connection breaks instead.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HangUp;

impl IntoResponse for HangUp {
    fn into_response(self) -> Response {
        let mut response = StatusCode::SERVICE_UNAVAILABLE.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Why a connection was broken on purpose.
#[derive(Debug, thiserror::Error)]
#[error("the connection was to break")]
struct HungUp;

/// One port and what answers on it.
pub(crate) struct Listener {
    address: SocketAddr,
    accepting: Mutex<Option<JoinHandle<()>>>,
}

impl Listener {
    /// Takes a port on 127.0.0.1; 0 takes a free one.
    pub(crate) async fn bind(port: u16) -> io::Result<TcpListener> {
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await
    }

    /// Begins to answer.
    pub(crate) fn open(socket: TcpListener, router: Router) -> io::Result<Self> {
        let address = socket.local_addr()?;
        let accepting = Mutex::new(Some(tokio::spawn(accept(socket, guarded(router)))));
        Ok(Self { address, accepting })
    }

    /// `http://127.0.0.1:<port>`, without a slash at the end.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Closes the port and every connection; does nothing when closed already.
    pub(crate) async fn close(&self) {
        let accepting = self.accepting.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(task) = accepting {
            task.abort();
            // The task ends with "cancelled"; what matters is that the socket is gone afterwards.
            let _cancelled = task.await;
        }
    }

    /// Opens the same port again; does nothing when open.
    pub(crate) async fn reopen(&self, router: Router) -> io::Result<()> {
        if self.is_open() {
            return Ok(());
        }
        let socket = Self::bind(self.address.port()).await?;
        let task = tokio::spawn(accept(socket, guarded(router)));
        *self.accepting.lock().unwrap_or_else(PoisonError::into_inner) = Some(task);
        Ok(())
    }

    fn is_open(&self) -> bool {
        self.accepting.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }
}

async fn accept(socket: TcpListener, router: Router) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = socket.accept() => {
                let Ok((stream, _peer)) = accepted else { continue };
                // Small answers should not wait for more bytes; failing to say so costs only time.
                let _ = stream.set_nodelay(true);
                let router = TowerToHyperService::new(router.clone());
                let service = service_fn(move |request: hyper::Request<Incoming>| {
                    let answer = router.call(request);
                    async move {
                        match answer.await {
                            Ok(answer) if answer.extensions().get::<HangUp>().is_some() => Err(HungUp),
                            Ok(answer) => Ok(answer),
                            Err(never) => match never {},
                        }
                    }
                });
                connections.spawn(async move {
                    let connection = http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service);
                    if let Err(error) = connection.await {
                        tracing::debug!(%error, "a simulator connection ended early");
                    }
                });
            }
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
        }
    }
}

/// Refuses names other than loopback's, so that a page from elsewhere cannot reach these ports under its own name.
fn guarded(router: Router) -> Router {
    router.layer(middleware::from_fn(only_loopback_names))
}

async fn only_loopback_names(request: Request, next: Next) -> Response {
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _port)| name);
    if matches!(name, "127.0.0.1" | "localhost") {
        next.run(request).await
    } else {
        (
            StatusCode::MISDIRECTED_REQUEST,
            "This simulator answers on 127.0.0.1 only.\n",
        )
            .into_response()
    }
}
