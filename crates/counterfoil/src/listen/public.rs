//! The public address: pages, hooks and API; with TLS, behind a named proxy, or on loopback.

use super::tls::{Tls, TlsError, read};
use super::{Door, knock, listen};
use crate::config::server::{Server, TlsFiles};
use crate::shutdown::Stopping;
use axum::Router;
use counterfoil_model::Clock;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// The public address, bound and ready to serve.
pub(crate) struct Public {
    listener: TcpListener,
    door: Door,
}

/// Why the public address cannot be served.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PublicError {
    /// The address is taken, or not this machine's.
    #[error("the address {0} cannot be used")]
    Bind(std::net::SocketAddr, #[source] std::io::Error),
    /// The TLS files cannot be used.
    #[error("the TLS files cannot be used")]
    Tls(#[from] TlsError),
    /// SIGHUP cannot be heard.
    #[error("signals cannot be heard")]
    Signals(#[source] std::io::Error),
}

impl Public {
    /// Binds the address and reads the TLS files, which are read again on SIGHUP.
    ///
    /// # Errors
    /// See [`PublicError`].
    pub(crate) async fn bind(server: &Server, clock: Arc<dyn Clock>) -> Result<Self, PublicError> {
        let tls = match &server.tls {
            None => None,
            Some(files) => {
                let tls = Arc::new(Tls::new(read(files)?));
                reload_on_hangup(Arc::clone(&tls), files.clone())?;
                Some(tls)
            }
        };
        let listener = knock::bind(server.address).map_err(|error| PublicError::Bind(server.address, error))?;
        let (encrypted, proxies) = (tls.is_some(), server.behind_proxy.clone());
        let admits = move |peer: std::net::SocketAddr| {
            encrypted || peer.ip().to_canonical().is_loopback() || proxies.iter().any(|proxy| proxy.contains(peer.ip()))
        };
        let door = Door {
            tls,
            admits: Arc::new(admits),
            connections: server.connections,
            header_time: server.header_time,
            drain_time: server.drain_time,
            clock,
        };
        Ok(Self { listener, door })
    }

    /// The address that it got, which tells the port when the operator left that open.
    ///
    /// # Errors
    /// What the operating system said.
    pub(crate) fn address(&self) -> std::io::Result<std::net::SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves `router` until `stopping`.
    pub(crate) async fn serve(self, router: Router, stopping: Stopping) {
        listen(self.listener, router, self.door, stopping).await;
    }
}

fn reload_on_hangup(tls: Arc<Tls>, files: TlsFiles) -> Result<(), PublicError> {
    let mut hangup = signal(SignalKind::hangup()).map_err(PublicError::Signals)?;
    tokio::spawn(async move {
        while hangup.recv().await.is_some() {
            match read(&files) {
                Ok(fresh) => {
                    tls.replace(fresh);
                    tracing::info!("the TLS files were read again");
                }
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::error!(
                        error,
                        "the TLS files could not be read again; the old ones stay in force"
                    );
                }
            }
        }
    });
    Ok(())
}
