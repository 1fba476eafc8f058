//! Pacing: not faster to one contact, or through one number, than WhatsApp takes it.
//!
//! One message in six seconds to the same contact, with bursts of up to 45 borrowed from the future; 80 a second through a number.
//! Source: Cloud API, throughput and pair rate limits (edition 2025-12). Kept in memory: after a restart the provider's own
//! answer (131056, 130429) slows us down. Of several nodes each takes its share, so that together they stay within the limits.

use counterfoil_model::{ChannelId, ConversationId};
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

const PAIR: Rate = Rate {
    every: Duration::from_secs(6),
    burst: 45,
};
const NUMBER: Rate = Rate {
    every: Duration::from_micros(12_500),
    burst: 80,
};
/// How many contacts are remembered before those at rest are forgotten.
const REMEMBERED: usize = 10_000;

struct Rate {
    every: Duration,
    burst: u32,
}

impl Rate {
    /// What one of `nodes` may take.
    fn share(&self, nodes: u32) -> Self {
        Self {
            every: self.every * nodes,
            burst: (self.burst / nodes).max(1),
        }
    }
}

/// Who sent how much lately. A generic cell rate algorithm: per key, the time at which its burst is used up entirely.
pub(crate) struct Pace {
    /// How many nodes share the limits.
    nodes: AtomicU32,
    pairs: Mutex<HashMap<ConversationId, Duration>>,
    numbers: Mutex<HashMap<ChannelId, Duration>>,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            nodes: AtomicU32::new(1),
            pairs: Mutex::default(),
            numbers: Mutex::default(),
        }
    }
}

impl Pace {
    /// Shares the limits among this many nodes from now on.
    pub(crate) fn share(&self, nodes: usize) {
        let nodes = u32::try_from(nodes.max(1)).unwrap_or(u32::MAX);
        self.nodes.store(nodes, Ordering::Relaxed);
    }

    /// Takes a turn at `now` (steady time). `Err` is how long to wait before asking again; nothing is taken then.
    pub(crate) fn take(&self, conversation: ConversationId, channel: ChannelId, now: Duration) -> Result<(), Duration> {
        let nodes = self.nodes.load(Ordering::Relaxed);
        take(&self.pairs, conversation, &PAIR.share(nodes), now)?;
        take(&self.numbers, channel, &NUMBER.share(nodes), now)
    }
}

fn take<K: Eq + Hash + Copy>(
    all: &Mutex<HashMap<K, Duration>>,
    key: K,
    rate: &Rate,
    now: Duration,
) -> Result<(), Duration> {
    let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
    if all.len() > REMEMBERED {
        all.retain(|_, until| *until > now);
    }
    let until = all.get(&key).copied().unwrap_or(now).max(now) + rate.every;
    let allowed = now + rate.every * rate.burst;
    if until > allowed {
        return Err(until - allowed);
    }
    all.insert(key, until);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_then_one_in_six_seconds() {
        let pace = Pace::default();
        let (pair, number) = (ConversationId::from_bytes([1; 16]), ChannelId::from_bytes([2; 16]));
        let start = Duration::from_secs(100);
        for _ in 0..45 {
            assert_eq!(pace.take(pair, number, start), Ok(()));
        }
        assert_eq!(pace.take(pair, number, start), Err(Duration::from_secs(6)));
        assert_eq!(pace.take(pair, number, start + Duration::from_secs(6)), Ok(()));
        assert!(pace.take(pair, number, start + Duration::from_secs(6)).is_err());
    }

    #[test]
    fn nodes_together_stay_within_the_limits() {
        let (pair, number) = (ConversationId::from_bytes([1; 16]), ChannelId::from_bytes([2; 16]));
        let nodes: Vec<Pace> = (0..3).map(|_| Pace::default()).collect();
        nodes.iter().for_each(|pace| pace.share(3));
        let start = Duration::from_secs(100);
        let taken = |now| -> usize {
            let by_one = |pace: &Pace| (0..90).filter(|_| pace.take(pair, number, now).is_ok()).count();
            nodes.iter().map(by_one).sum()
        };
        assert_eq!(taken(start), 45);
        assert_eq!(taken(start + Duration::from_secs(6)), 0);
        assert_eq!(
            taken(start + Duration::from_secs(18)),
            3,
            "one in six seconds by all of them"
        );
    }

    #[test]
    fn other_contacts_are_not_held_up() {
        let pace = Pace::default();
        let number = ChannelId::from_bytes([2; 16]);
        let start = Duration::from_secs(100);
        for _ in 0..46 {
            let _ = pace.take(ConversationId::from_bytes([1; 16]), number, start);
        }
        assert_eq!(pace.take(ConversationId::from_bytes([3; 16]), number, start), Ok(()));
    }
}
