//! The machine's own clock and randomness: the only place that asks for either.

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use counterfoil_model::time::Sleep;
use counterfoil_model::{Clock, Random, Timestamp};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

/// The machine's clock and randomness, to be handed on.
#[derive(Clone)]
pub(crate) struct System {
    /// The clock.
    pub(crate) clock: Arc<dyn Clock>,
    /// The randomness.
    pub(crate) random: Arc<dyn Random>,
}

impl System {
    /// This machine's.
    pub(crate) fn new() -> Self {
        Self {
            clock: Arc::new(SystemClock::new()),
            random: Arc::new(SystemRandomness::new()),
        }
    }
}

/// The machine's clock.
#[derive(Debug, Clone)]
struct SystemClock {
    start: Instant,
}

impl SystemClock {
    /// The clock, with its steady time beginning now.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the place where the real clock is read"
    )]
    fn new() -> Self {
        Self { start: Instant::now() }
    }
}

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the place where the real clock is read"
    )]
    fn wall(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let micros = since.map_or(0, |since| i64::try_from(since.as_micros()).unwrap_or(i64::MAX));
        Timestamp::from_micros(micros)
    }

    fn monotonic(&self) -> Duration {
        self.start.elapsed()
    }

    #[expect(clippy::disallowed_methods, reason = "this is the place where the real clock waits")]
    fn sleep(&self, wait: Duration) -> Sleep {
        Box::pin(tokio::time::sleep(wait))
    }
}

/// The operating system's generator, fit for keys.
struct SystemRandomness(SystemRandom);

impl SystemRandomness {
    /// The generator.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the place where the real generator is made"
    )]
    fn new() -> Self {
        Self(SystemRandom::new())
    }
}

impl Random for SystemRandomness {
    fn fill(&self, bytes: &mut [u8]) {
        if self.0.fill(bytes).is_err() {
            // Going on with weak keys would be worse than stopping.
            std::process::abort();
        }
    }
}
