//! The bell: rung after a commit so that whoever waits looks again.
//!
//! A ring says only "look", never what. Rings may be lost between nodes, so who waits also looks by itself now and then.

use tokio::sync::watch;

/// One thing to wait for.
pub struct Ring(watch::Sender<u64>);

impl Ring {
    fn new() -> Self {
        Self(watch::Sender::new(0))
    }

    /// Wakes whoever listens.
    pub fn ring(&self) {
        self.0.send_modify(|rings| *rings = rings.wrapping_add(1));
    }

    /// A receiver whose `changed()` is ready after the next ring. It counts as having seen all earlier rings.
    pub fn listen(&self) -> watch::Receiver<u64> {
        self.0.subscribe()
    }
}

/// The rings there are.
pub struct Bell {
    /// A job was added or moved.
    pub jobs: Ring,
    /// Leaves or events wait for the sequencer.
    pub pending: Ring,
    /// A delivery came in.
    pub deliveries: Ring,
    /// Events got their numbers.
    pub events: Ring,
}

impl Bell {
    pub(crate) fn new() -> Self {
        Self {
            jobs: Ring::new(),
            pending: Ring::new(),
            deliveries: Ring::new(),
            events: Ring::new(),
        }
    }

    pub(crate) fn ring_all(&self) {
        self.jobs.ring();
        self.pending.ring();
        self.deliveries.ring();
        self.events.ring();
    }
}
