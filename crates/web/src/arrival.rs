//! How slowly a post may arrive: no honest sender is cut off, and nobody holds a connection and its share of memory by sending next to
//! nothing.
//!
//! First thing on the way in, before a post is whole. It looks at times and lengths only.

use crate::error::Failure;
use axum::body::{Body, BodyDataStream};
use bytes::Bytes;
use counterfoil_model::Clock;
use futures_util::StreamExt;
use std::sync::Arc;
use std::time::Duration;

/// How long a post may take that brings nothing: long enough for packets that are lost and sent again.
const GRACE: Duration = Duration::from_secs(10);
/// For each so many bytes that came it may take a second more. The largest post gets 20 seconds in all.
const BYTES_PER_SECOND: usize = 300 << 10;

/// A post on its way in.
pub(crate) struct Arrival {
    stream: BodyDataStream,
    clock: Arc<dyn Clock>,
    begun: Duration,
    came: usize,
}

impl Arrival {
    /// A post that begins to arrive now.
    pub(crate) fn of(body: Body, clock: &Arc<dyn Clock>) -> Self {
        Self {
            stream: body.into_data_stream(),
            clock: Arc::clone(clock),
            begun: clock.monotonic(),
            came: 0,
        }
    }

    /// The next piece; `None` when the post is whole.
    ///
    /// # Errors
    /// Broken off, by the sender or because it comes too slowly.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, Failure> {
        let allowed = GRACE + Duration::from_millis((self.came as u64).saturating_mul(1_000) / BYTES_PER_SECOND as u64);
        let taken = self.clock.monotonic().saturating_sub(self.begun);
        let left = allowed.checked_sub(taken).ok_or_else(Failure::broken_off)?;
        let piece = tokio::select! {
            biased;
            piece = self.stream.next() => piece,
            () = self.clock.sleep(left) => return Err(Failure::broken_off()),
        };
        let piece = piece.transpose().map_err(|_| Failure::broken_off())?;
        self.came += piece.as_ref().map_or(0, Bytes::len);
        Ok(piece)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hooks::POST_LIMIT_BYTES;
    use counterfoil_model::Timestamp;
    use counterfoil_model::time::Sleep;
    use futures_util::stream;
    use std::convert::Infallible;
    use std::sync::atomic::{AtomicU64, Ordering};

    /// Moved by the sender; who waits for it has waited.
    #[derive(Default)]
    struct Moved(Arc<AtomicU64>);

    impl Clock for Moved {
        fn wall(&self) -> Timestamp {
            Timestamp::default()
        }

        fn monotonic(&self) -> Duration {
            Duration::from_millis(self.0.load(Ordering::Relaxed))
        }

        fn sleep(&self, wait: Duration) -> Sleep {
            let (time, wait) = (Arc::clone(&self.0), u64::try_from(wait.as_millis()).unwrap());
            Box::pin(async move { _ = time.fetch_add(wait, Ordering::Relaxed) })
        }
    }

    /// How many bytes come of a post whose pieces of `bytes` take `millis` each, and whether it comes whole; in how many milliseconds.
    async fn arrives(bytes: usize, pieces: usize, millis: u64) -> (usize, bool, u64) {
        let clock = Arc::new(Moved::default());
        let sender = Arc::clone(&clock);
        let body = stream::iter(0..pieces).map(move |_| {
            sender.0.fetch_add(millis, Ordering::Relaxed);
            Ok::<_, Infallible>(Bytes::from(vec![b'x'; bytes]))
        });
        let mut arrival = Arrival::of(Body::from_stream(body), &(Arc::clone(&clock) as Arc<dyn Clock>));
        let whole = loop {
            match arrival.next().await {
                Ok(Some(_)) => {}
                Ok(None) => break true,
                Err(_) => break false,
            }
        };
        (arrival.came, whole, clock.0.load(Ordering::Relaxed))
    }

    #[tokio::test]
    async fn an_honest_post_comes_whole_and_a_trickle_is_cut_off() {
        let largest = POST_LIMIT_BYTES;
        assert_eq!(arrives(largest, 1, 9_000).await, (largest, true, 9_000));
        assert_eq!(arrives(largest / 64, 64, 290).await, (largest, true, 64 * 290));
        // A byte a second: cut off after the grace.
        let (came, whole, took) = arrives(1, 1_000, 1_000).await;
        assert!(!whole && came <= 11 && took <= 11_000, "{came} {took}");
        // Nearly all at once, and then nothing worth it: never longer than 20 s.
        let (_, whole, took) = arrives(largest / 64, 64, 400).await;
        assert!(!whole && took <= 21_000, "{took}");
    }

    #[tokio::test]
    async fn a_post_that_stops_is_cut_off() {
        let clock: Arc<dyn Clock> = Arc::new(Moved::default());
        let body = Body::from_stream(stream::pending::<Result<Bytes, Infallible>>());
        let failure = Arrival::of(body, &clock).next().await.unwrap_err();
        assert_eq!(failure.code(), "broken_off");
        assert_eq!(clock.monotonic(), GRACE);
    }
}
