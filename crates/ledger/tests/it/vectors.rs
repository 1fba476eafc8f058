//! Reading the vector files.

use counterfoil_ledger::Hash;
use serde_json::Value;

/// The vector file of that name.
pub(crate) fn read(name: &str) -> Value {
    let path = format!("{}/vectors/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The cases under a key; there must be some.
pub(crate) fn cases<'v>(file: &'v Value, key: &str) -> &'v Vec<Value> {
    let cases = file[key].as_array().unwrap();
    assert!(!cases.is_empty());
    cases
}

/// A text.
pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// Bytes in hexadecimal.
pub(crate) fn hex(value: &Value) -> Vec<u8> {
    let digits = text(value).as_bytes();
    assert!(digits.len().is_multiple_of(2));
    digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

/// A fixed number of bytes in hexadecimal.
pub(crate) fn hex_array<const N: usize>(value: &Value) -> [u8; N] {
    hex(value).try_into().unwrap()
}

/// A hash in base64.
pub(crate) fn base64(value: &Value) -> Hash {
    use ::base64::Engine as _;
    ::base64::engine::general_purpose::STANDARD
        .decode(text(value))
        .unwrap()
        .try_into()
        .unwrap()
}

/// Hashes in base64.
pub(crate) fn base64_list(value: &Value) -> Vec<Hash> {
    value.as_array().unwrap().iter().map(base64).collect()
}
