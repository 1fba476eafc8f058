//! Times, ids and numbers as people read them.

use counterfoil_ledger::Id;
use counterfoil_ledger::leaf::{Fact, Leaf};
use counterfoil_ledger::registry::{FactKey, LeafKind, Outcome};

/// A time in microseconds since 1970 UTC.
pub(crate) fn time(micros: i64) -> String {
    match jiff::Timestamp::from_microsecond(micros) {
        Ok(time) => format!("{time:.6}"),
        Err(_) => format!("{micros} µs"),
    }
}

/// A time in POSIX seconds.
pub(crate) fn time_of_seconds(seconds: u64) -> String {
    let time = i64::try_from(seconds).map(jiff::Timestamp::from_second);
    match time {
        Ok(Ok(time)) => time.to_string(),
        _ => format!("{seconds} s"),
    }
}

/// Bytes in lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The id that these 32 hex digits are.
pub(crate) fn id(digits: &str) -> Option<Id> {
    u128::from_str_radix(digits, 16).ok().map(u128::to_be_bytes)
}

/// What a kind is called.
pub(crate) fn kind(kind: LeafKind) -> String {
    kind.name()
        .map_or_else(|| format!("kind {}", kind.number()), str::to_owned)
}

/// How the step that a leaf tells of ended, where it says so.
pub(crate) fn outcome(leaf: &Leaf) -> Option<String> {
    match leaf.facts.get(&FactKey::Outcome)? {
        Fact::Int(number) => {
            let outcome = u16::try_from(*number).ok().map(Outcome::from_number);
            let name = outcome.and_then(Outcome::name);
            Some(name.map_or_else(|| format!("outcome {number}"), str::to_owned))
        }
        Fact::Id(_) | Fact::Hash(_) => None,
    }
}
