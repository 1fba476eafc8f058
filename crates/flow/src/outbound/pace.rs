//! Pacing: not faster to one contact, or through one number, than WhatsApp takes it.
//!
//! One message in six seconds to the same contact, with bursts of up to 45 borrowed from the future; 80 a second through a number, in
//! and out together. Source: Cloud API, throughput and pair rate limits (edition 2025-12). Turns are taken in the database in the same
//! breath in which a message is begun, so that neither a restart nor a second node doubles the pace. We stay below the limits by as
//! much as messages may bunch together on the way.
//!
//! What is kept in memory only spreads the messages of this node out, so that few ask in vain.

use counterfoil_model::{ChannelId, ConversationId};
use counterfoil_store::Turn;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// A message to the same contact.
const PAIR: Duration = Duration::from_secs(6);
const PAIR_BURST: u32 = 44;
/// A message through the same number: 64 a second and 8 at once, which is at most 72 in any second.
const NUMBER: Duration = Duration::from_micros(15_625);
const NUMBER_BURST: u32 = 8;

/// The turns that a message takes.
pub(crate) fn turns(conversation: ConversationId, channel: ChannelId) -> [Turn; 2] {
    [
        Turn {
            subject: *conversation.bytes(),
            every: PAIR,
            burst: PAIR_BURST,
        },
        // Last, since many wait for it: whoever has it lets go of it at once.
        Turn {
            subject: *channel.bytes(),
            every: NUMBER,
            burst: NUMBER_BURST,
        },
    ]
}

/// When each number of this node is free again, in steady time.
pub(crate) struct Pace {
    /// How many nodes share the numbers.
    nodes: AtomicU32,
    free: Mutex<HashMap<ChannelId, Duration>>,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            nodes: AtomicU32::new(1),
            free: Mutex::default(),
        }
    }
}

impl Pace {
    /// Spreads the messages out as one of this many nodes from now on.
    pub(crate) fn share(&self, nodes: usize) {
        let nodes = u32::try_from(nodes.max(1)).unwrap_or(u32::MAX);
        self.nodes.store(nodes, Ordering::Relaxed);
    }

    /// Takes the next turn of a number at `now`; how long to wait for it.
    pub(crate) fn take(&self, channel: ChannelId, now: Duration) -> Duration {
        let mut all = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let free = all.entry(channel).or_default();
        let turn = now.max(*free);
        *free = turn + NUMBER.saturating_mul(self.nodes.load(Ordering::Relaxed));
        turn - now
    }

    /// Nothing through a number for `rest` from `now` on: the provider said that it is too much.
    pub(crate) fn rest(&self, channel: ChannelId, now: Duration, rest: Duration) {
        let mut all = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let free = all.entry(channel).or_default();
        *free = (*free).max(now + rest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_goes_at_once_and_the_others_one_after_the_other() {
        let pace = Pace::default();
        let number = ChannelId::from_bytes([2; 16]);
        let start = Duration::from_secs(100);
        let waits: Vec<_> = (0..4).map(|_| pace.take(number, start)).collect();
        assert_eq!(waits, [Duration::ZERO, NUMBER, NUMBER * 2, NUMBER * 3]);
        assert_eq!(pace.take(ChannelId::from_bytes([3; 16]), start), Duration::ZERO);
        assert_eq!(pace.take(number, start + Duration::from_secs(1)), Duration::ZERO);
    }

    #[test]
    fn nodes_take_their_share() {
        let pace = Pace::default();
        let number = ChannelId::from_bytes([2; 16]);
        pace.share(3);
        let start = Duration::from_secs(100);
        let waits: Vec<_> = (0..3).map(|_| pace.take(number, start)).collect();
        assert_eq!(waits, [Duration::ZERO, NUMBER * 3, NUMBER * 6]);
    }

    #[test]
    fn a_number_rests_when_it_was_too_much() {
        let pace = Pace::default();
        let (number, other) = (ChannelId::from_bytes([2; 16]), ChannelId::from_bytes([3; 16]));
        let start = Duration::from_secs(100);
        pace.rest(number, start, Duration::from_secs(2));
        assert_eq!(pace.take(number, start), Duration::from_secs(2));
        assert_eq!(pace.take(other, start), Duration::ZERO);
    }

    #[test]
    fn no_second_has_more_than_the_provider_takes() {
        assert!(Duration::from_secs(1) / 64 == NUMBER && 64 + NUMBER_BURST <= 80);
        const { assert!(PAIR_BURST < 45) };
    }
}
