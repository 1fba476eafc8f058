//! How long a sealed frame is made, so that its length tells little about the words inside.
//!
//! Short frames go up in steps of 64 bytes. Longer ones follow Padmé (Nikitin and others, "Reducing Metadata Leakage from
//! Encrypted Files and Communication with PURBs", 2019, section 4): at most 12 % more, and only O(log log n) bits of the
//! length show.

/// The step for short frames, bytes.
const STEP: usize = 64;
/// The longest frame that goes in steps, bytes.
const STEPPED: usize = 1024;

/// The padded length of a frame of `length` bytes.
pub(crate) fn padded(length: usize) -> usize {
    if length <= STEPPED {
        return length.max(1).next_multiple_of(STEP);
    }
    let exponent = length.ilog2();
    let kept = exponent.ilog2() + 1;
    length.next_multiple_of(1 << (exponent - kept))
}

#[cfg(test)]
mod tests {
    use super::padded;

    #[test]
    fn lengths_follow_the_table() {
        for (length, expected) in [
            (0, 64),
            (1, 64),
            (64, 64),
            (65, 128),
            (1024, 1024),
            (1025, 1088),
            (1088, 1088),
            (4096, 4096),
            (4097, 4352),
            (1_000_000, 1_015_808),
        ] {
            assert_eq!(padded(length), expected, "{length}");
        }
    }

    #[test]
    fn padding_never_shrinks_and_never_adds_more_than_an_eighth_to_long_frames() {
        let mut before = 0;
        for length in 0..300_000 {
            let now = padded(length);
            assert!(now >= length && now >= before);
            assert!(length <= 1024 || now - length <= length / 8);
            before = now;
        }
    }
}
