//! Leading: a lease that one node at a time holds, with a fencing number that what it protects can check.
//!
//! A leader that was paused for longer than its lease may still believe that it leads. So whatever must not be done by two is checked
//! against the fencing number where it is kept, and this here only spares the others the work.

use crate::Flow;
use crate::context::Unavailable;
use std::time::Duration;

/// How long a lease holds without being renewed: how long its work stands still when a node is cut off. When only its process ends, the others
/// see that at once.
pub(crate) const HOLD: Duration = Duration::from_secs(3);
/// How often a node that does not lead asks whether it may.
pub(crate) const ASK: Duration = Duration::from_millis(250);

/// One thing that one node at a time does, as this node sees it.
pub(crate) struct Lead {
    name: &'static str,
    held: Option<Held>,
    ask_at: Duration,
}

struct Held {
    fence: i64,
    renew_at: Duration,
}

impl Lead {
    /// The lead of `name`, which nobody has yet.
    pub(crate) fn of(name: &'static str) -> Self {
        Self {
            name,
            held: None,
            ask_at: Duration::ZERO,
        }
    }

    /// The fencing number when this node leads now; takes the lead when nobody has it.
    ///
    /// # Errors
    /// [`Unavailable`]: whether this node leads is then not known.
    pub(crate) async fn fence(&mut self, flow: &Flow) -> Result<Option<i64>, Unavailable> {
        let now = flow.inner.clock.monotonic();
        let (store, node) = (flow.store(), flow.inner.node);
        if let Some(held) = &mut self.held {
            if now < held.renew_at {
                return Ok(Some(held.fence));
            }
            if store.lease_renew(self.name, node, held.fence, HOLD).await? {
                held.renew_at = now + HOLD / 3;
                return Ok(Some(held.fence));
            }
            self.lost();
        }
        if now < self.ask_at {
            return Ok(None);
        }
        let fence = store.lease_take(self.name, node, HOLD).await?;
        match fence {
            Some(fence) => tracing::info!(lead = self.name, fence, %node, "this node leads"),
            None => self.ask_at = now + ASK,
        }
        self.held = fence.map(|fence| Held {
            fence,
            renew_at: now + HOLD / 3,
        });
        Ok(fence)
    }

    /// Another node has taken over.
    pub(crate) fn lost(&mut self) {
        if let Some(held) = self.held.take() {
            tracing::info!(lead = self.name, fence = held.fence, "this node leads no longer");
        }
    }

    /// Gives the lead back, so that another node need not wait for its end.
    ///
    /// # Errors
    /// [`Unavailable`]: the lease then runs out by itself.
    pub(crate) async fn give_back(&mut self, flow: &Flow) -> Result<(), Unavailable> {
        if let Some(held) = self.held.take() {
            flow.store()
                .lease_release(self.name, flow.inner.node, held.fence)
                .await?;
        }
        Ok(())
    }
}
