//! The admin address: health and metrics, never on the public address.

use super::{Door, listen};
use crate::shutdown::Stopping;
use axum::Router;
use counterfoil_model::Clock;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// Binds the admin address.
///
/// # Errors
/// When the address is taken or not this machine's.
pub(crate) async fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
    TcpListener::bind(address).await
}

/// Serves `router` on `listener` until `stopping`. Health stays up while the public address drains.
pub(crate) async fn serve(listener: TcpListener, router: Router, clock: Arc<dyn Clock>, stopping: Stopping) {
    let door = Door {
        tls: None,
        admits: Arc::new(|_| true),
        connections: 64,
        header_time: Duration::from_secs(5),
        drain_time: Duration::from_secs(1),
        clock,
    };
    listen(listener, router, door, stopping).await;
}
