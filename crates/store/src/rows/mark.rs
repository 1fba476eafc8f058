//! The mark of an item: what says whether it came before.
//!
//! Begins with the second in which the item happened, so that the marks of one time lie together: one that lay where its digest falls would
//! write a page of its own. Why: `docs/decisions/2026-11-27-marks-lie-by-time.md`.

use crate::sql::{Field, Value};
use counterfoil_model::Timestamp;
use counterfoil_vault::Keyed;
use std::fmt;

/// The second in which an item happened (5 bytes, the highest first), and the first 11 bytes of the keyed hash that tells it from all others: of
/// those that happened in one second, nobody meets the same one twice by chance, nor on purpose without the secret.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ItemMark([u8; 16]);

/// In the place of a second, of items that came before marks had one (migration 0014).
const BEFORE: u64 = (1 << 40) - 1;

impl ItemMark {
    /// Of an item that happened at `when`; of one that does not say when, at none.
    pub fn new(when: Option<Timestamp>, item: Keyed) -> Self {
        let second = when.map_or(0, |when| u64::try_from(when.seconds()).unwrap_or(0));
        Self::begun(second.min(BEFORE - 1), item)
    }

    /// As the mark of such an item stands that came before marks had a time (migration 0014).
    pub fn without_time(item: Keyed) -> Self {
        Self::begun(BEFORE, item)
    }

    /// The bytes to store and to find by.
    pub const fn bytes(&self) -> &[u8; 16] {
        &self.0
    }

    fn begun(second: u64, item: Keyed) -> Self {
        let [_, _, _, s0, s1, s2, s3, s4] = second.to_be_bytes();
        let mut bytes = [s0, s1, s2, s3, s4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        bytes[5..].copy_from_slice(&item.bytes()[..11]);
        Self(bytes)
    }
}

/// Without its bytes, as a keyed hash.
impl fmt::Debug for ItemMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ItemMark")
    }
}

impl Field for ItemMark {
    fn into_value(self) -> Value {
        Value::Bytes(self.0.to_vec())
    }

    fn from_value(value: Value) -> Option<Self> {
        <[u8; 16]>::from_value(value).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::ItemMark;
    use counterfoil_model::Timestamp;
    use counterfoil_vault::Keyed;

    fn item(byte: u8) -> Keyed {
        Keyed::from_bytes([byte; 32])
    }

    fn mark(seconds: i64, byte: u8) -> ItemMark {
        ItemMark::new(Some(Timestamp::from_seconds(seconds)), item(byte))
    }

    #[test]
    fn marks_lie_in_order_of_time() {
        let untold = ItemMark::new(None, item(9));
        let in_order = [
            untold,
            mark(1, 9),
            mark(1_749_416_383, 0),
            mark(i64::MAX, 9),
            ItemMark::without_time(item(0)),
        ];
        assert!(in_order.is_sorted_by(|one, next| one.bytes() < next.bytes()));
        assert_eq!(mark(-5, 9), untold);
        let [.., last] = *mark(1_749_416_383, 3).bytes();
        assert_eq!(mark(1_749_416_383, 3).bytes()[..5], [0, 0x68, 0x45, 0xf9, 0xbf]);
        assert_eq!(last, 3);
    }
}
