//! Ticks: what became of an outbound message, as far as it is known.
//!
//! Every report is kept as it came. The state that people see is the furthest of them and never moves back.

use crate::codes::codes;

codes! {
    /// One step in the life of an outbound message, in order of how far it got.
    TickState {
        /// Recorded here and waiting to leave.
        Queued = 10 "queued",
        /// It may have left; no answer came. Never sent again by itself.
        Uncertain = 20 "uncertain",
        /// WhatsApp has taken it.
        Accepted = 30 "accepted",
        /// Left WhatsApp's servers.
        Sent = 40 "sent",
        /// On the contact's device.
        Delivered = 50 "delivered",
        /// Shown to the contact.
        Read = 60 "read",
        /// A voice note was played.
        Played = 70 "played",
        /// Not delivered, and it will not be.
        Failed = 80 "failed",
    }
}

impl TickState {
    /// The state to show after `self` was shown and `reported` arrives: the further of the two.
    ///
    /// A failure reported after the message was delivered or read concerns one of several devices and does not undo
    /// what was seen. A message that failed here, before anything left, and is then reported by WhatsApp did leave.
    pub fn after(self, reported: Self) -> Self {
        match (self, reported) {
            (Self::Delivered | Self::Read | Self::Played, Self::Failed) => self,
            (Self::Failed, Self::Delivered | Self::Read | Self::Played) => reported,
            _ => self.max(reported),
        }
    }

    /// The state that a history of reports amounts to, whatever their order.
    pub fn furthest(reports: impl IntoIterator<Item = Self>) -> Option<Self> {
        reports.into_iter().reduce(Self::after)
    }
}

#[cfg(test)]
mod tests {
    use super::TickState::{self, *};

    #[test]
    fn states_never_move_back() {
        for (reports, want) in [
            (&[Queued, Sent, Read, Delivered][..], Read),
            (&[Queued, Read, Sent], Read),
            (&[Queued, Uncertain, Sent], Sent),
            (&[Queued, Sent, Failed], Failed),
            (&[Queued, Delivered, Failed], Delivered),
            (&[Queued, Failed, Delivered], Delivered),
            (&[Queued, Failed, Sent], Failed),
        ] {
            assert_eq!(TickState::furthest(reports.iter().copied()), Some(want), "{reports:?}");
        }
    }

    #[test]
    fn the_order_of_arrival_does_not_matter() {
        for a in TickState::ALL {
            for b in TickState::ALL {
                for c in TickState::ALL {
                    let one = TickState::furthest([*a, *b, *c]);
                    assert_eq!(one, TickState::furthest([*c, *a, *b]), "{a:?} {b:?} {c:?}");
                    assert_eq!(one, TickState::furthest([*b, *a, *c]), "{a:?} {b:?} {c:?}");
                }
            }
        }
    }
}
