//! Waiting for something to become true: asks again until it is, or a deadline has passed.
//!
//! A test never sleeps for a guessed time. It names what it waits for, and the name is what a failure says.

use anyhow::{Result, bail};
use std::time::{Duration, Instant};

/// The pause between two questions.
const PAUSE: Duration = Duration::from_millis(25);

/// Long enough for anything that works on a busy machine.
pub const AMPLE: Duration = Duration::from_secs(30);

/// Asks until there is an answer and returns it with the time that it took. An error counts as "not yet".
///
/// # Errors
/// When there is none `within` that time; says what was waited for and the last error.
pub async fn until<T>(
    what: &str,
    within: Duration,
    mut ask: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<(T, Duration)> {
    let begun = now();
    loop {
        let last = match ask().await {
            Ok(Some(answer)) => return Ok((answer, begun.elapsed())),
            Ok(None) => String::new(),
            Err(error) => format!(" ({error:#})"),
        };
        if begun.elapsed() >= within {
            bail!("waited {} ms in vain for {what}{last}", within.as_millis());
        }
        pause().await;
    }
}

/// Lets so much time pass before something is broken on purpose. Never for a result: for that there is [`until`].
#[expect(
    clippy::disallowed_methods,
    reason = "a fault comes at a moment of its own, whatever the program does then"
)]
pub async fn moment(time: Duration) {
    tokio::time::sleep(time).await;
}

/// Real time since `begun`, which [`begin`] gave.
pub fn since(begun: Instant) -> Duration {
    begun.elapsed()
}

/// The beginning of a span of real time.
pub fn begin() -> Instant {
    now()
}

/// The same without a runtime, for what is torn down.
pub fn until_blocking(within: Duration, mut is_so: impl FnMut() -> bool) -> bool {
    let begun = now();
    loop {
        if is_so() {
            return true;
        }
        if begun.elapsed() >= within {
            return false;
        }
        std::thread::sleep(PAUSE);
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test measures the product in real time, from outside"
)]
fn now() -> Instant {
    Instant::now()
}

#[expect(
    clippy::disallowed_methods,
    reason = "the pause between two questions to a running program"
)]
async fn pause() {
    tokio::time::sleep(PAUSE).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_answer_that_comes_later_is_taken() {
        let mut asked = 0;
        let (answer, _) = until("the third question", AMPLE, async || {
            asked += 1;
            Ok((asked == 3).then_some(asked))
        })
        .await
        .unwrap();
        assert_eq!(answer, 3);
    }

    #[tokio::test]
    async fn waiting_in_vain_says_for_what_and_why() {
        let waited = until("a reply", Duration::ZERO, async || -> Result<Option<()>> {
            bail!("nobody is there")
        })
        .await;
        let said = waited.unwrap_err().to_string();
        assert!(said.contains("a reply") && said.contains("nobody is there"), "{said}");
    }
}
