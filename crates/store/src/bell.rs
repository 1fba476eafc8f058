//! The bell: rung after a commit so that whoever waits looks again.
//!
//! A ring says only "look", never what. Rings may be lost between nodes, so who waits also looks by itself now and then.

use tokio::sync::watch;

/// Which rings, as a set of bits.
pub(crate) mod rings {
    pub(crate) const JOBS: u8 = 1;
    pub(crate) const PENDING: u8 = 2;
    pub(crate) const DELIVERIES: u8 = 4;
    pub(crate) const EVENTS: u8 = 8;
    pub(crate) const ALL: u8 = JOBS | PENDING | DELIVERIES | EVENTS;
}

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
    /// Leaves or events wait for the sequencer: for their numbers, or for its signature.
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

    /// Rings those of `rings`.
    pub(crate) fn ring(&self, rings: u8) {
        for (bit, ring) in [
            (rings::JOBS, &self.jobs),
            (rings::PENDING, &self.pending),
            (rings::DELIVERIES, &self.deliveries),
            (rings::EVENTS, &self.events),
        ] {
            if rings & bit != 0 {
                ring.ring();
            }
        }
    }
}
