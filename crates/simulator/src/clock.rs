//! The time the simulator lives in: a wall clock and a way to wait, both handed in.
//!
//! Every timestamp in a webhook and every pause between two ticks comes from here; nothing else asks the machine.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;

type Now = dyn Fn() -> i64 + Send + Sync;
type Sleep = dyn Fn(Duration) -> BoxFuture<'static, ()> + Send + Sync;

/// A wall clock in microseconds since 1970 and a sleep that goes with it.
#[derive(Clone)]
pub struct SimClock {
    now: Arc<Now>,
    sleep: Arc<Sleep>,
}

impl SimClock {
    /// A clock made of two functions: the time in microseconds since 1970, and a wait.
    pub fn new(
        now: impl Fn() -> i64 + Send + Sync + 'static,
        sleep: impl Fn(Duration) -> BoxFuture<'static, ()> + Send + Sync + 'static,
    ) -> Self {
        Self {
            now: Arc::new(now),
            sleep: Arc::new(sleep),
        }
    }

    /// The machine's own clock.
    pub fn system() -> Self {
        Self::new(
            || jiff::Timestamp::now().as_microsecond(),
            |pause| Box::pin(system_sleep(pause)),
        )
    }

    /// Now, in microseconds since 1970.
    pub fn now_micros(&self) -> i64 {
        (self.now)()
    }

    /// Now, in whole seconds since 1970: the unit of the provider's timestamps.
    pub fn now_seconds(&self) -> i64 {
        self.now_micros().div_euclid(1_000_000)
    }

    /// Waits that long on this clock.
    pub async fn sleep(&self, pause: Duration) {
        (self.sleep)(pause).await;
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the system clock is the one place that waits on the machine's time"
)]
async fn system_sleep(pause: Duration) {
    tokio::time::sleep(pause).await;
}
