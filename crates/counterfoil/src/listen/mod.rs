//! Listening: taking connections, with limits on their number and on how slow they may be, and letting requests under way
//! finish when the server stops.
//!
//! This is the outermost part of the way in: bytes arrive here, and everything behind it is a `Router`. It never looks into a
//! request beyond its head.

pub(crate) mod admin;
pub(crate) mod gates;
mod knock;
pub(crate) mod public;
pub(crate) mod tls;

use crate::shutdown::{Stopping, stopped};
use axum::Router;
use axum::extract::{ConnectInfo, Request};
use counterfoil_model::Clock;
use counterfoil_web::ClientCertificate;
use futures_util::FutureExt;
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tls::Tls;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tower::ServiceExt;

/// The longest head of a request.
const HEAD_BYTES: usize = 64 * 1024;

/// Who may connect, and how.
#[derive(Clone)]
pub(crate) struct Door {
    /// Ends TLS, when this server does.
    pub(crate) tls: Option<Arc<Tls>>,
    /// Whether a connection from this address is taken at all.
    pub(crate) admits: Arc<dyn Fn(SocketAddr) -> bool + Send + Sync>,
    /// How many connections may be open at once.
    pub(crate) connections: usize,
    /// How long a client may take for the head of a request or a TLS handshake.
    pub(crate) header_time: Duration,
    /// How long requests under way get when the server stops.
    pub(crate) drain_time: Duration,
    /// The clock for all of that.
    pub(crate) clock: Arc<dyn Clock>,
}

/// Where a listener on any address can be reached from this machine.
pub(crate) fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

/// How long after the end of taking on a connection that was taken on last may need until its request is being read.
const HEARD_WITHIN: Duration = Duration::from_millis(250);

/// Serves `router` on `listener` until `stopping`; returns once requests under way are done or out of time.
pub(crate) async fn listen(listener: TcpListener, router: Router, door: Door, stopping: Stopping) {
    let places = Arc::new(Semaphore::new(door.connections));
    let graceful = GracefulShutdown::new();
    let mut open = JoinSet::new();
    let mut end = std::pin::pin!(stopped(stopping));
    let take = |open: &mut JoinSet<()>, (stream, peer): (TcpStream, SocketAddr), place| {
        if (door.admits)(peer) {
            let (router, door, watcher) = (router.clone(), door.clone(), graceful.watcher());
            open.spawn(async move {
                connection(stream, peer, router, &door, watcher).await;
                drop(place);
            });
        }
    };
    loop {
        let place = tokio::select! {
            place = Arc::clone(&places).acquire_owned() => place,
            () = &mut end => break,
        };
        let Ok(place) = place else { break };
        let taken = tokio::select! {
            taken = listener.accept() => match taken {
                Ok(taken) => taken,
                Err(error) => {
                    // Out of file descriptors, mostly: wait a little instead of spinning.
                    tracing::warn!(error = &error as &dyn std::error::Error, "a connection could not be taken");
                    door.clock.sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
            Some(_) = open.join_next() => continue,
            () = &mut end => break,
        };
        take(&mut open, taken, place);
    }
    // Who knocked before is let in, and heard: a connection of which nothing was read yet would be ended at once.
    while let Ok(place) = Arc::clone(&places).try_acquire_owned()
        && let Some(Ok(taken)) = listener.accept().now_or_never()
    {
        take(&mut open, taken, place);
    }
    drop(listener);
    door.clock.sleep(HEARD_WITHIN).await;
    tokio::select! {
        () = graceful.shutdown() => {}
        () = door.clock.sleep(door.drain_time) => tracing::warn!("requests under way were cut off: out of time"),
    }
    open.shutdown().await;
}

async fn connection(stream: TcpStream, peer: SocketAddr, router: Router, door: &Door, watcher: Watcher) {
    // Without this, small answers wait for an acknowledgement; if it fails they merely do.
    drop(stream.set_nodelay(true));
    match &door.tls {
        None => requests(stream, (peer, None), router, door, watcher).await,
        Some(tls) => {
            let shaken = tokio::select! {
                shaken = tls.acceptor().accept(stream) => shaken,
                () = door.clock.sleep(door.header_time) => return,
            };
            match shaken {
                Ok(stream) => {
                    let chain = stream.get_ref().1.peer_certificates().unwrap_or_default();
                    let shown = chain.first().map(|der| ClientCertificate(Arc::from(der.as_ref())));
                    requests(stream, (peer, shown), router, door, watcher).await;
                }
                Err(error) => tracing::debug!(error = &error as &dyn std::error::Error, "a TLS handshake failed"),
            }
        }
    }
}

/// Who is on the other side: its address, and the certificate that it showed where one is asked for.
type Other = (SocketAddr, Option<ClientCertificate>);

async fn requests<S>(stream: S, (peer, shown): Other, router: Router, door: &Door, watcher: Watcher)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = router.map_request(move |request: Request<Incoming>| {
        let mut request = request.map(axum::body::Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        if let Some(shown) = &shown {
            request.extensions_mut().insert(shown.clone());
        }
        request
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(door.header_time)
        .max_buf_size(HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(error = &error as &dyn std::error::Error, "a connection ended early");
    }
}
