//! Chance that starts from a number which is printed, so that it can be had again (SplitMix64).

use counterfoil_testkit::surroundings;
use std::time::Duration;

/// Dice.
pub(crate) struct Chance(u64);

impl Chance {
    /// Starts from the number that the environment names, or from `usual`.
    pub(crate) fn begin(usual: u64) -> (Self, u64) {
        let seed = surroundings::seed().unwrap_or(usual);
        (Self(seed), seed)
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound.max(1)
    }

    /// A while up to `most`.
    pub(crate) fn moment(&mut self, most: Duration) -> Duration {
        Duration::from_micros(self.below(u64::try_from(most.as_micros()).unwrap_or(u64::MAX)))
    }
}
