//! What speaks against a head: a customer can write, or paste, a line that looks like one.
//!
//! The app writes a chat in the order of time. A head that is far off both its neighbours, or whose author is nowhere else, may be a line of
//! the message before it. That is said and not decided: clocks do go wrong, and people do write once.

use serde::Serialize;

use super::{Piece, What};
use crate::local_time::LocalTime;
use crate::survey::LoneAuthors;

/// So far may time go back without a word: an hour for the end of summer time, and some more for messages that came late.
const SPAN_MINUTES: i64 = 120;

/// A reason to look twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Suspicion {
    /// It is earlier than what stands before it, by more than two hours.
    EarlierThanBefore,
    /// It is later than what follows, by more than two hours, while what follows fits to what stands before it.
    LaterThanNext,
    /// Its author wrote nothing else in the chat, though the chat is long enough to expect it.
    LoneAuthor,
}

/// The time that a piece is compared with.
#[derive(Default)]
pub(super) struct Neighbours {
    /// Of the last piece that was in order.
    before: Option<i64>,
}

impl Neighbours {
    /// Says of a piece what speaks against it, given the time of the next one.
    pub(super) fn compare(&mut self, piece: &mut Piece, next: Option<LocalTime>, lone: &LoneAuthors) {
        let Some(time) = piece.at() else { return };
        let order = self.place(time.minutes(), next.map(|next| next.minutes()));
        match &mut piece.what {
            What::Message(message) => {
                message.suspicions.extend(order);
                if lone.has(&message.author.name) {
                    message.suspicions.push(Suspicion::LoneAuthor);
                }
            }
            What::System(system) => system.suspicions.extend(order),
            What::Unread(_) => {}
        }
    }

    fn place(&mut self, time: i64, next: Option<i64>) -> Option<Suspicion> {
        let earlier = |one: i64, other: Option<i64>| other.is_some_and(|other| one < other - SPAN_MINUTES);
        if earlier(time, self.before) {
            // When what follows is as early, it is the clock that went back, and all that follows is in order again.
            if next.is_none_or(|next| earlier(next, self.before)) {
                self.before = Some(time);
            }
            return Some(Suspicion::EarlierThanBefore);
        }
        let alone = next.is_some_and(|next| earlier(next, Some(time)) && !earlier(next, self.before));
        if alone && self.before.is_some() {
            return Some(Suspicion::LaterThanNext);
        }
        self.before = Some(time);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The places of a row of hours that are suspected, `-` for earlier, `+` for later.
    fn suspected(hours: &[i64]) -> String {
        let mut neighbours = Neighbours::default();
        let each = hours.iter().enumerate().map(|(place, hour)| {
            let next = hours.get(place + 1).map(|next| next * 60);
            match neighbours.place(hour * 60, next) {
                Some(Suspicion::EarlierThanBefore) => '-',
                Some(_) => '+',
                None => '.',
            }
        });
        each.collect()
    }

    #[test]
    fn what_is_far_off_is_suspected_alone() {
        for (hours, expected) in [
            (&[1, 2, 3][..], "..."),
            (&[10, 9, 8], "..."),
            (&[10, 1, 11, 12], ".-.."),
            (&[10, 90, 11, 12], ".+.."),
            // The clock went back.
            (&[50, 51, 10, 11, 12], "..-.."),
            (&[50, 51, 10], "..-"),
            // Two that were pasted: the first of what follows is suspected, and then it is in order.
            (&[10, 90, 91, 11, 12], "...-."),
            (&[10, 1, 2, 11, 12], ".-..."),
        ] {
            assert_eq!(suspected(hours), expected, "{hours:?}");
        }
    }
}
