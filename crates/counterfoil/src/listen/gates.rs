//! The address for gates: TLS 1.3 that takes certificates of the organisation's own authority only, behind it what gates hand over.
//!
//! It is bound at the start and serves once the databases are there, since the authority and the list of gates lie in them.

use super::tls::{Tls, TlsError};
use super::{Door, knock, listen};
use crate::config::gates::Gates;
use crate::config::server::Server;
use crate::shutdown::{Stopping, stopped};
use anyhow::Context;
use axum::Router;
use counterfoil_flow::Flow;
use counterfoil_flow::gates::authority::{Identity, identity};
use counterfoil_model::Clock;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// How many gates may be connected at once.
const CONNECTIONS: usize = 256;
/// How often this node gets a new certificate.
const RENEW: Duration = Duration::from_secs(24 * 60 * 60);
/// How long to wait before a certificate is tried again.
const REST: Duration = Duration::from_secs(1);

/// The address, bound.
pub(crate) struct GateListener {
    listener: TcpListener,
    header_time: Duration,
    drain_time: Duration,
    clock: Arc<dyn Clock>,
}

impl GateListener {
    /// Binds the address, if one is set.
    ///
    /// # Errors
    /// When the address is taken or not this machine's.
    pub(crate) async fn bind(gates: &Gates, server: &Server, clock: Arc<dyn Clock>) -> anyhow::Result<Option<Self>> {
        let Some(address) = gates.address else {
            return Ok(None);
        };
        let listener = knock::bind(address);
        Ok(Some(Self {
            listener: listener.with_context(|| format!("the address for gates {address} cannot be used"))?,
            header_time: server.header_time,
            drain_time: server.drain_time,
            clock,
        }))
    }

    /// Serves `router` until `stopping`.
    pub(crate) async fn serve(self, flow: Flow, router: Router, stopping: Stopping) {
        let clock = Arc::clone(&self.clock);
        let Some(config) = first(&flow, clock.as_ref(), stopping.clone()).await else {
            return;
        };
        let tls = Arc::new(Tls::new(config));
        let door = Door {
            tls: Some(Arc::clone(&tls)),
            admits: Arc::new(|_| true),
            connections: CONNECTIONS,
            header_time: self.header_time,
            drain_time: self.drain_time,
            clock: self.clock,
        };
        tracing::info!("gates may hand over");
        let renewed = async {
            loop {
                clock.sleep(RENEW).await;
                match certified(&flow).await {
                    Ok(config) => tls.replace(config),
                    Err(error) => tracing::warn!(
                        error = format!("{error:#}"),
                        "there is no new certificate for gates yet; the old one holds for some days"
                    ),
                }
            }
        };
        tokio::select! {
            () = listen(self.listener, router, door, stopping) => {}
            () = renewed => {}
        }
    }
}

/// A first certificate; `None` when the process stops before there is one.
async fn first(flow: &Flow, clock: &dyn Clock, stopping: Stopping) -> Option<Arc<ServerConfig>> {
    loop {
        match certified(flow).await {
            Ok(config) => return Some(config),
            Err(error) => tracing::warn!(error = format!("{error:#}"), "there is no certificate for gates yet"),
        }
        tokio::select! {
            () = clock.sleep(REST) => {}
            () = stopped(stopping.clone()) => return None,
        }
    }
}

async fn certified(flow: &Flow) -> anyhow::Result<Arc<ServerConfig>> {
    let Identity {
        authority,
        certificate,
        key,
    } = identity(flow).await?;
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(authority))?;
    let believed = WebPkiClientVerifier::builder(Arc::new(roots)).build()?;
    let key = PrivatePkcs8KeyDer::from(key.to_vec());
    let mut config = ServerConfig::builder_with_protocol_versions(&[&rustls::version::TLS13])
        .with_client_cert_verifier(believed)
        .with_single_cert(vec![CertificateDer::from(certificate)], key.into())
        .map_err(TlsError::Pair)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    // A resumed session would bring back a certificate that may have ended since.
    config.send_tls13_tickets = 0;
    Ok(Arc::new(config))
}
