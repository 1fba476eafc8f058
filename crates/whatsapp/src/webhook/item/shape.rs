//! Tolerant reading of JSON values: what has another form than expected is absent, never a failure.
//!
//! The provider's samples give the same property as text here and as a number there; both are taken. What a reader here
//! leaves out is not lost: every item is kept whole beside its typed form.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// Earliest and latest instant taken for real, in seconds: 2009-01-01 (the year of the service's start) and 2100-01-01.
const PLAUSIBLE_SECONDS: std::ops::Range<i64> = 1_230_768_000..4_102_444_800;
const MICROS_PER_SECOND: i64 = 1_000_000;

/// A text, or a whole number written as text.
pub(crate) fn text(value: &Value, key: &str) -> Option<String> {
    match value.get(key)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A text that says something.
pub(crate) fn some_text(value: &Value, key: &str) -> Option<String> {
    text(value, key).filter(|text| !text.is_empty())
}

/// A text exactly as given, borrowed; numbers do not count.
pub(crate) fn str_of<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key)?.as_str()
}

/// The first of several keys under which there is a text.
pub(crate) fn first_text(value: &Value, keys: &[&str]) -> Option<String> {
    keys.iter().find_map(|key| some_text(value, key))
}

/// An object under a key.
pub(crate) fn child<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    value.get(key).filter(|child| child.is_object())
}

/// The elements of an array under a key; none if it is something else.
pub(crate) fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Whether a flag is set, as `true` or as the text `"true"`.
pub(crate) fn flag(value: &Value, key: &str) -> bool {
    match value.get(key) {
        Some(Value::Bool(flag)) => *flag,
        Some(Value::String(text)) => text == "true",
        _ => false,
    }
}

/// A number, also when written as text.
pub(crate) fn number(value: &Value, key: &str) -> Option<f64> {
    match value.get(key)? {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
    .filter(|number: &f64| number.is_finite())
}

/// A whole number, also when written as text.
pub(crate) fn whole(value: &Value, key: &str) -> Option<i64> {
    match value.get(key)? {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// An instant given in unix seconds, in microseconds; `None` if missing or absurd.
pub(crate) fn instant(value: &Value, key: &str) -> Option<i64> {
    whole(value, key)
        .filter(|seconds| PLAUSIBLE_SECONDS.contains(seconds))
        .map(|seconds| seconds * MICROS_PER_SECOND)
}

/// A SHA-256 given in base64 (44 characters) or hex (64); `None` for anything else.
pub(crate) fn sha256(value: &Value, key: &str) -> Option<[u8; 32]> {
    let text = str_of(value, key)?;
    match text.len() {
        44 => STANDARD.decode(text).ok()?.try_into().ok(),
        _ => crate::hex::decode_32(text),
    }
}
