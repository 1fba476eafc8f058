//! Reading JSON one level at a time.
//!
//! A post is taken apart without looking into its items: each stays a piece of the received text until its turn comes. So
//! an item with a broken character, an impossible number or ten thousand brackets spoils itself only.
//!
//! Canonical text, as used for what is kept and for recognising repeats: object keys sorted by bytes, no white space,
//! strings in the shortest escaping, numbers exactly as they were written. Never change it: digests are made from it.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

/// How many levels of brackets an item may have; the provider's own stay below 15.
pub(crate) const DEPTH_LIMIT: usize = 48;

/// The pairs of one JSON object in the order received, repeats included, values unread.
pub(crate) struct Pairs<'a>(pub(crate) Vec<(String, &'a RawValue)>);

impl<'a> Pairs<'a> {
    /// Reads one level of an object; `None` if it is something else.
    pub(crate) fn read(raw: &'a RawValue) -> Option<Self> {
        read_as(b'{', raw)
    }

    /// Reads one level of an object in which each of these keys says what the others belong to: `None` also if one of them is
    /// repeated, since nothing tells then which is meant.
    pub(crate) fn read_with_one(raw: &'a RawValue, keys: &[&str]) -> Option<Self> {
        Self::read(raw).filter(|pairs| !keys.iter().any(|key| pairs.repeats(key)))
    }

    /// The value of a key; the last one if it is repeated, as most readers of JSON do.
    pub(crate) fn get(&self, key: &str) -> Option<&'a RawValue> {
        self.0.iter().rev().find(|(name, _)| name == key).map(|(_, raw)| *raw)
    }

    /// Whether a key stands more than once.
    pub(crate) fn repeats(&self, key: &str) -> bool {
        self.0.iter().filter(|(name, _)| name == key).count() > 1
    }

    /// The text under a key, if it is a string.
    pub(crate) fn text(&self, key: &str) -> Option<String> {
        serde_json::from_str(self.get(key)?.get()).ok()
    }
}

impl<'de> Deserialize<'de> for Pairs<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Pairs<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry::<String, &'de RawValue>()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

/// Reads one level of an array; `None` if it is something else.
pub(crate) fn elements(raw: &RawValue) -> Option<Vec<&RawValue>> {
    read_as(b'[', raw)
}

/// Reads a value that begins so; what begins otherwise is not even tried, since most of what is asked about is no list.
fn read_as<'a, T: Deserialize<'a>>(begins: u8, raw: &'a RawValue) -> Option<T> {
    let text = raw.get();
    text.as_bytes().first().filter(|first| **first == begins)?;
    serde_json::from_str(text).ok()
}

/// Whether a value has more levels of brackets than [`DEPTH_LIMIT`]; looks at bytes only, so it cannot run out of stack.
pub(crate) fn too_deep(raw: &RawValue) -> bool {
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    for byte in raw.get().bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => {
                depth += 1;
                if depth > DEPTH_LIMIT {
                    return true;
                }
            }
            b']' | b'}' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

/// The canonical text of a value; a value that is too deep or cannot be taken apart stays as it was written.
pub(crate) fn canonical(raw: &RawValue) -> String {
    let mut out = String::with_capacity(raw.get().len());
    if too_deep(raw) {
        out.push_str(raw.get());
    } else {
        write_canonical(raw, &mut out);
    }
    out
}

/// The canonical text of an object made from pairs whose values are canonical already.
pub(crate) fn object_of<'a>(pairs: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let mut pairs: Vec<_> = pairs.into_iter().collect();
    pairs.sort_by(|a, b| a.0.cmp(b.0));
    let mut out = String::from("{");
    for (index, (key, value)) in pairs.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_text(key, &mut out);
        out.push(':');
        out.push_str(&value);
    }
    out.push('}');
    out
}

/// The canonical text of a string.
pub(crate) fn text_of(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    write_text(text, &mut out);
    out
}

/// The canonical text of an array of canonical values.
pub(crate) fn array_of(values: &[String]) -> String {
    format!("[{}]", values.join(","))
}

/// Reads a value for typed use. Half characters (a surrogate escape without its other half, left behind when a sender
/// cuts a text in the middle of an emoji) are read as U+FFFD instead of spoiling the whole item.
pub(crate) fn value(raw: &RawValue) -> Option<Value> {
    if too_deep(raw) {
        return None;
    }
    serde_json::from_str(raw.get())
        .ok()
        .or_else(|| serde_json::from_str(&whole_characters(raw.get())).ok())
}

fn write_canonical(raw: &RawValue, out: &mut String) {
    let text = raw.get();
    match text.as_bytes().first() {
        Some(b'{') => {
            let Some(Pairs(mut pairs)) = Pairs::read(raw) else {
                return out.push_str(text);
            };
            pairs.sort_by(|a, b| a.0.cmp(&b.0));
            out.push('{');
            for (index, (key, value)) in pairs.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_text(&key, out);
                out.push(':');
                write_canonical(value, out);
            }
            out.push('}');
        }
        Some(b'[') => {
            let Some(values) = elements(raw) else {
                return out.push_str(text);
            };
            out.push('[');
            for (index, value) in values.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_canonical(value, out);
            }
            out.push(']');
        }
        // Without an escape there is nothing to spell otherwise.
        Some(b'"') if !text.contains('\\') => out.push_str(text),
        Some(b'"') => match serde_json::from_str::<String>(text) {
            Ok(string) => write_text(&string, out),
            // A half character has no other spelling: the text stays as it was written.
            Err(_) => out.push_str(text),
        },
        _ => out.push_str(text),
    }
}

fn write_text(text: &str, out: &mut String) {
    out.push('"');
    let plain = |byte: u8| byte >= b' ' && byte != b'"' && byte != b'\\';
    if text.bytes().all(plain) {
        out.push_str(text);
        return out.push('"');
    }
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if control < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(control))),
            other => out.push(other),
        }
    }
    out.push('"');
}

/// Replaces each surrogate escape without its partner by the escape of U+FFFD.
fn whole_characters(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        match (surrogate(rest), rest.get(6..).and_then(surrogate)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => {
                out.push_str(&rest[..12]);
                rest = &rest[12..];
            }
            (Some(_), _) => {
                out.push_str("\\ufffd");
                rest = &rest[6..];
            }
            (None, _) => {
                // An escape is a backslash and at least one character; taking both keeps an escaped backslash from
                // starting a false escape.
                let taken = rest.char_indices().nth(2).map_or(rest.len(), |(index, _)| index);
                out.push_str(&rest[..taken]);
                rest = &rest[taken..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// The surrogate that an escape at the start of `text` stands for.
fn surrogate(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u32::from_str_radix(digits, 16)
        .ok()
        .filter(|unit| (0xD800..=0xDFFF).contains(unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> Box<RawValue> {
        serde_json::from_str(text).expect("a sample is JSON")
    }

    #[test]
    fn canonical_text_ignores_order_space_and_escaping() {
        for (given, expected) in [
            (r#"{ "b":1, "a" : [ 1.0, 2 ] }"#, r#"{"a":[1.0,2],"b":1}"#),
            (r#"{"a":"\u00e9\/\u0001"}"#, "{\"a\":\"é/\\u0001\"}"),
            (
                r#"{"n":123456789012345678901234567890}"#,
                r#"{"n":123456789012345678901234567890}"#,
            ),
            (r#"{"half":"\ud83d","a":1}"#, r#"{"a":1,"half":"\ud83d"}"#),
            (r#"[]"#, "[]"),
        ] {
            assert_eq!(canonical(&raw(given)), expected);
        }
    }

    #[test]
    fn half_characters_do_not_spoil_the_text_around_them() {
        for (given, expected) in [
            (r#""cut \ud83d""#, "cut \u{fffd}"),
            (r#""\ude00 cut""#, "\u{fffd} cut"),
            (r#""\ud83d\ude00 \ud83d whole""#, "\u{1f600} \u{fffd} whole"),
            (r#""\\ud83d \ud83dx""#, "\\ud83d \u{fffd}x"),
        ] {
            assert_eq!(value(&raw(given)), Some(Value::String(expected.to_owned())));
        }
    }

    #[test]
    fn depth_is_counted_outside_texts_only() {
        let brackets = "[".repeat(DEPTH_LIMIT + 1);
        assert!(too_deep(&raw(&format!("{brackets}{}", "]".repeat(DEPTH_LIMIT + 1)))));
        assert!(!too_deep(&raw(&format!("\"\\\"{brackets}\""))));
    }
}
