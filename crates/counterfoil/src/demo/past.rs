//! A clock that lags behind the real one by as much as it is told, so that sample conversations lie in the past.

use counterfoil_model::time::Sleep;
use counterfoil_model::{Clock, Timestamp};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A clock in the past. It waits in real time.
pub(super) struct Past {
    real: Arc<dyn Clock>,
    behind_micros: AtomicU64,
}

impl Past {
    /// A clock that lags behind `real`, at first by nothing.
    pub(super) fn new(real: Arc<dyn Clock>) -> Self {
        Self {
            real,
            behind_micros: AtomicU64::new(0),
        }
    }

    /// Lags behind by this much from now on.
    pub(super) fn lag(&self, behind: Duration) {
        let micros = u64::try_from(behind.as_micros()).unwrap_or(u64::MAX);
        self.behind_micros.store(micros, Ordering::Relaxed);
    }
}

impl Clock for Past {
    fn wall(&self) -> Timestamp {
        self.real
            .wall()
            .minus(Duration::from_micros(self.behind_micros.load(Ordering::Relaxed)))
    }

    fn monotonic(&self) -> Duration {
        self.real.monotonic()
    }

    fn sleep(&self, wait: Duration) -> Sleep {
        self.real.sleep(wait)
    }
}
