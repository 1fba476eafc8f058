//! Staying alive among the others: renewing this node's lease and dropping from memory what another node destroyed.
//!
//! A node that cannot renew goes on taking posts and opens nothing, until it can.

use crate::Flow;
use crate::background::chain;
use crate::context::Unavailable;
use std::time::Duration;
use tokio::sync::watch;

/// How often the lease is renewed; it opens things for four times as long.
const RENEW: Duration = Duration::from_secs(5);
/// How often this node looks for keys that others destroyed.
const LOOK: Duration = Duration::from_secs(1);

/// Renews and looks until `stop` turns true.
pub(crate) async fn run(flow: Flow, mut stop: watch::Receiver<bool>) {
    let mut renew_at = Duration::ZERO;
    while !*stop.borrow() {
        let now = flow.inner.clock.monotonic();
        let done = if now < renew_at {
            flow.vault().node_catch_up().await.map_err(Unavailable::from)
        } else {
            renew(&flow).await.map(|()| renew_at = now + RENEW)
        };
        if let Err(error) = done {
            tracing::warn!(error = %chain(&error), "this node's lease could not be renewed; without it nothing is opened");
        }
        tokio::select! {
            () = flow.inner.clock.sleep(LOOK) => {}
            _ = stop.changed() => {}
        }
    }
}

async fn renew(flow: &Flow) -> Result<(), Unavailable> {
    if let Err(error) = flow.vault().epochs_follow().await {
        tracing::warn!(error = %chain(&error), "the key epochs could not be followed; a retirement waits for this node until they can");
    }
    flow.vault().node_renew(flow.inner.node).await?;
    let living = super::nodes(flow).await?.iter().filter(|node| node.leased).count();
    metrics::gauge!("nodes_leased").set(living as f64);
    flow.inner.pace.share(living);
    Ok(())
}
