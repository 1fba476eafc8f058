//! What the provider counts of the messages that it lets through: how many to one person, how many over one number.
//!
//! Source: Cloud API, Throughput and pair rate limits: one message every 6 seconds to the same person, or up to 45
//! within 6 seconds, after which the time that they would have taken must pass; and so many messages a second over a
//! number, those that come in included.

use std::collections::VecDeque;

const SECOND_MICROS: i64 = 1_000_000;
const PAIR_MICROS: i64 = 6 * SECOND_MICROS;
const LONGEST_BURST: i64 = 45;

/// The last burst of messages to one person; a single message is a burst of one.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct PairRate {
    began_micros: i64,
    count: i64,
}

impl PairRate {
    /// Counts a message when the rate allows it now.
    pub(crate) fn admits(&mut self, now_micros: i64) -> bool {
        let since = now_micros - self.began_micros;
        if self.count == 0 || since >= self.count * PAIR_MICROS {
            *self = Self {
                began_micros: now_micros,
                count: 1,
            };
            return true;
        }
        let bursting = since < PAIR_MICROS && self.count < LONGEST_BURST;
        if bursting {
            self.count += 1;
        }
        bursting
    }
}

/// The messages of the last second over the number.
#[derive(Debug, Default)]
pub(crate) struct Throughput {
    last_second: VecDeque<i64>,
}

impl Throughput {
    /// Whether one more message stays within so many a second.
    pub(crate) fn admits(&mut self, now_micros: i64, most: usize) -> bool {
        self.forget_before(now_micros - SECOND_MICROS);
        self.last_second.len() < most
    }

    /// Counts a message in either direction.
    pub(crate) fn count(&mut self, now_micros: i64) {
        self.forget_before(now_micros - SECOND_MICROS);
        self.last_second.push_back(now_micros);
    }

    fn forget_before(&mut self, micros: i64) {
        while self.last_second.front().is_some_and(|at| *at <= micros) {
            self.last_second.pop_front();
        }
    }
}
