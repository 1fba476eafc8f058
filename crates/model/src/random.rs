//! The source of randomness that is handed in.
//!
//! The binary hands in the operating system's generator; tests hand in a seeded one. Keys and nonces come from here too,
//! so a real source must be fit for keys.

/// A source of unpredictable bytes.
pub trait Random: Send + Sync + 'static {
    /// Fills `bytes` entirely. A source that cannot must end the process rather than return.
    fn fill(&self, bytes: &mut [u8]);
}

impl dyn Random {
    /// `N` unpredictable bytes.
    pub fn array<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }
}
