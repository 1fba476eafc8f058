//! How far a round of recording has come, for the round after it: when it may begin, and whom in it the last one is still about.

use std::collections::HashSet;
use tokio::sync::watch;

/// How far one round has come.
pub(crate) struct Progress {
    lanes: HashSet<Vec<u8>>,
    state: watch::Sender<State>,
}

struct State {
    /// How many lanes are being recorded.
    left: usize,
    /// Whether everything was recorded, once the round has ended.
    ended: Option<bool>,
}

/// The end of a round, told also when it breaks off.
pub(crate) struct Ending<'a>(&'a Progress);

impl Progress {
    /// Of a round that is about to record these lanes.
    pub(crate) fn of(lanes: HashSet<Vec<u8>>) -> Self {
        let left = lanes.len();
        Self {
            lanes,
            state: watch::Sender::new(State { left, ended: None }),
        }
    }

    /// Whether the round is about this lane.
    pub(crate) fn is_about(&self, lane: &[u8]) -> bool {
        self.lanes.contains(lane)
    }

    /// A lane was recorded, as far as it could be.
    pub(crate) fn lane_ended(&self) {
        self.state
            .send_modify(|state| state.left = state.left.saturating_sub(1));
    }

    /// Tells the end of the round when it is dropped: as broken off, unless [`Ending::told`].
    pub(crate) fn ending(&self) -> Ending<'_> {
        Ending(self)
    }

    /// Waits until half of the round at the most is left.
    pub(crate) async fn nearly_done(&self) {
        let half = self.lanes.len() / 2;
        let mut state = self.state.subscribe();
        // It cannot be closed: the sender is part of this.
        let _ = state
            .wait_for(|state| state.left <= half || state.ended.is_some())
            .await;
    }

    /// Waits for the end of the round; whether everything in it was recorded.
    pub(crate) async fn ended(&self) -> bool {
        let mut state = self.state.subscribe();
        let ended = state.wait_for(|state| state.ended.is_some()).await;
        ended.is_ok_and(|state| state.ended == Some(true))
    }
}

impl Ending<'_> {
    /// Whether everything in the round was recorded.
    pub(crate) fn told(self, all: bool) {
        self.0.state.send_modify(|state| state.ended = Some(all));
    }
}

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.state.send_if_modified(|state| {
            let broke_off = state.ended.is_none();
            state.ended.get_or_insert(false);
            broke_off
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    fn of(lanes: &[&str]) -> Progress {
        Progress::of(lanes.iter().map(|lane| lane.as_bytes().to_vec()).collect())
    }

    #[test]
    fn the_next_round_may_begin_when_half_is_left() {
        let progress = of(&["a", "b", "c", "d"]);
        assert!(progress.is_about(b"a") && !progress.is_about(b"e"));
        progress.lane_ended();
        assert!(progress.nearly_done().now_or_never().is_none());
        progress.lane_ended();
        assert!(progress.nearly_done().now_or_never().is_some());
        assert!(progress.ended().now_or_never().is_none());
        progress.ending().told(true);
        assert_eq!(progress.ended().now_or_never(), Some(true));
    }

    #[test]
    fn a_round_that_breaks_off_has_ended_and_left_something() {
        let progress = of(&["a", "b"]);
        drop(progress.ending());
        assert!(progress.nearly_done().now_or_never().is_some());
        assert_eq!(progress.ended().now_or_never(), Some(false));
    }
}
