//! The customer service window: free text may be sent for 24 hours after the person last wrote or called.
//!
//! Counted from the time that the provider put on the inbound message, never from when it reached us. Refusals shortly
//! before the end happen, so a margin is kept. All instants are unix microseconds.
//!
//! Source: Meta, customer service windows, 2026-02.

/// How long the window stays open, in microseconds.
pub const WINDOW_MICROS: i64 = 24 * 60 * 60 * 1_000_000;

/// The margin kept before the end, in microseconds: five minutes.
pub const MARGIN_MICROS: i64 = 5 * 60 * 1_000_000;

/// Whether free text may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// It may, until this instant (the margin taken off).
    Open {
        /// The last instant at which to send.
        until: i64,
    },
    /// Only templates may be sent.
    Closed,
}

impl Window {
    /// Whether free text may be sent.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Open { .. })
    }
}

/// The state of the window at `now`, given when the person last wrote or called (`None`: never).
///
/// A last message from the future, by a clock that is ahead, opens the window no longer than one sent now.
pub fn window(last_inbound: Option<i64>, now: i64) -> Window {
    let Some(last) = last_inbound else {
        return Window::Closed;
    };
    let until = last.min(now).saturating_add(WINDOW_MICROS - MARGIN_MICROS);
    if now < until {
        Window::Open { until }
    } else {
        Window::Closed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_closes_with_a_margin() {
        let now = 1_790_000_000_000_000;
        let open_for = WINDOW_MICROS - MARGIN_MICROS;
        for (last, expected) in [
            (None, Window::Closed),
            (Some(now), Window::Open { until: now + open_for }),
            (Some(now - open_for + 1), Window::Open { until: now + 1 }),
            (Some(now - open_for), Window::Closed),
            (Some(now + WINDOW_MICROS * 9), Window::Open { until: now + open_for }),
            (Some(i64::MIN), Window::Closed),
        ] {
            assert_eq!(window(last, now), expected);
        }
    }
}
