//! Ids that the store gives by itself (leaves, events and jobs that wait), in the order in which it gives them.

use counterfoil_model::{Clock, LeafId, Random};
use std::sync::{Arc, Mutex, PoisonError};

/// Gives ids that only grow within this process, so that what one unit of work leaves keeps its order.
pub(crate) struct Mint {
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    last: Mutex<u128>,
}

impl Mint {
    pub(crate) fn new(clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        Self {
            clock,
            random,
            last: Mutex::new(0),
        }
    }

    /// Sixteen bytes, greater than all given before.
    pub(crate) fn next(&self) -> [u8; 16] {
        let fresh = u128::from_be_bytes(*LeafId::new(self.clock.wall(), &*self.random).bytes());
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = if fresh > *last { fresh } else { *last + 1 };
        last.to_be_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use counterfoil_model::Timestamp;
    use counterfoil_model::time::Sleep;
    use std::time::Duration;

    struct Still;
    impl Clock for Still {
        fn wall(&self) -> Timestamp {
            Timestamp::from_seconds(1_700_000_000)
        }

        fn monotonic(&self) -> Duration {
            Duration::ZERO
        }

        fn sleep(&self, _: Duration) -> Sleep {
            Box::pin(std::future::ready(()))
        }
    }

    struct Down(std::sync::atomic::AtomicU8);
    impl Random for Down {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0.fetch_sub(1, std::sync::atomic::Ordering::Relaxed));
        }
    }

    #[test]
    fn ids_grow_even_when_time_stands_and_chance_falls() {
        let mint = Mint::new(Arc::new(Still), Arc::new(Down(200.into())));
        let ids: Vec<[u8; 16]> = (0..100).map(|_| mint.next()).collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
