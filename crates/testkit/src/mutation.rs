//! Posts bent out of shape on purpose: JSON with parts dropped, retyped, renamed, doubled, moved, nested, blown up and made strange.
//!
//! What is bent keeps its spelling, so that twice the same key, numbers beyond every type and half characters can be written, which no
//! ordinary writer of JSON does. The same seed bends in the same way.

use serde_json::Value;

/// Numbers that follow from a seed (splitmix64).
pub struct Chance(u64);

impl Chance {
    /// Starts from a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`; 0 when there is none.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() >> 33).unwrap_or_default() % end.max(1)
    }

    /// One of several.
    pub fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// JSON that is written as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Json {
    /// A text, number, truth or null in its spelling, or anything that is none.
    Plain(String),
    /// A list.
    List(Vec<Json>),
    /// An object: its keys in their spelling, each as often as it stands there.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Reads what is in order, each part in its own spelling; `None` when it is not.
    pub fn read(text: &[u8]) -> Option<Self> {
        let mut rest = std::str::from_utf8(text).ok()?;
        let whole = read_value(&mut rest, DEEP)?;
        rest.trim_start().is_empty().then_some(whole)
    }

    /// From a value.
    pub fn of(value: &Value) -> Self {
        match value {
            Value::Array(values) => Self::List(values.iter().map(Self::of).collect()),
            Value::Object(pairs) => Self::Object(
                pairs
                    .iter()
                    .map(|(key, value)| (Value::from(key.as_str()).to_string(), Self::of(value)))
                    .collect(),
            ),
            plain => Self::Plain(plain.to_string()),
        }
    }

    /// Its text.
    pub fn write(&self) -> String {
        let mut out = String::new();
        self.write_to(&mut out);
        out
    }

    fn write_to(&self, out: &mut String) {
        match self {
            Self::Plain(text) => out.push_str(text),
            Self::List(elements) => {
                out.push('[');
                for (index, element) in elements.iter().enumerate() {
                    out.push_str(if index > 0 { "," } else { "" });
                    element.write_to(out);
                }
                out.push(']');
            }
            Self::Object(pairs) => {
                out.push('{');
                for (index, (key, value)) in pairs.iter().enumerate() {
                    out.push_str(if index > 0 { "," } else { "" });
                    out.push_str(key);
                    out.push(':');
                    value.write_to(out);
                }
                out.push('}');
            }
        }
    }

    /// The part under a key, the first one when there are several.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Json> {
        match self {
            Self::Object(pairs) => {
                let spelt = Value::from(key).to_string();
                pairs
                    .iter_mut()
                    .find(|(name, _)| *name == spelt)
                    .map(|(_, value)| value)
            }
            _ => None,
        }
    }

    /// The elements, if it is a list.
    pub fn elements_mut(&mut self) -> Option<&mut Vec<Json>> {
        match self {
            Self::List(elements) => Some(elements),
            _ => None,
        }
    }

    fn size(&self) -> usize {
        1 + match self {
            Self::Plain(_) => 0,
            Self::List(elements) => elements.iter().map(Self::size).sum(),
            Self::Object(pairs) => pairs.iter().map(|(_, value)| value.size()).sum(),
        }
    }

    /// The part with this number, counted from the outside and from the left.
    fn part(&mut self, number: usize) -> &mut Json {
        if number == 0 {
            return self;
        }
        let mut left = number - 1;
        let inside: Vec<&mut Json> = match self {
            Self::Plain(_) => Vec::new(),
            Self::List(elements) => elements.iter_mut().collect(),
            Self::Object(pairs) => pairs.iter_mut().map(|(_, value)| value).collect(),
        };
        for part in inside {
            let size = part.size();
            if left < size {
                return part.part(left);
            }
            left -= size;
        }
        unreachable!("a number below the size names a part")
    }
}

/// How many levels are walked; what lies deeper stays one piece.
const DEEP: usize = 100;

fn read_value(rest: &mut &str, deep: usize) -> Option<Json> {
    *rest = rest.trim_start();
    match rest.as_bytes().first()? {
        b'{' | b'[' if deep == 0 => read_unwalked(rest).map(Json::Plain),
        b'{' => {
            let mut pairs = Vec::new();
            read_parts(rest, '}', |rest| {
                *rest = rest.trim_start();
                let key = read_text(rest)?;
                *rest = rest.trim_start().strip_prefix(':')?;
                pairs.push((key, read_value(rest, deep - 1)?));
                Some(())
            })?;
            Some(Json::Object(pairs))
        }
        b'[' => {
            let mut elements = Vec::new();
            read_parts(rest, ']', |rest| {
                elements.push(read_value(rest, deep - 1)?);
                Some(())
            })?;
            Some(Json::List(elements))
        }
        b'"' => read_text(rest).map(Json::Plain),
        _ => {
            let end = rest.find([',', ']', '}', ' ', '\n', '\r', '\t']).unwrap_or(rest.len());
            let (plain, after) = rest.split_at(end);
            *rest = after;
            (!plain.is_empty()).then(|| Json::Plain(plain.to_owned()))
        }
    }
}

fn read_parts(rest: &mut &str, close: char, mut part: impl FnMut(&mut &str) -> Option<()>) -> Option<()> {
    *rest = rest[1..].trim_start();
    if let Some(after) = rest.strip_prefix(close) {
        *rest = after;
        return Some(());
    }
    loop {
        part(rest)?;
        *rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix(close) {
            *rest = after;
            return Some(());
        }
        *rest = rest.strip_prefix(',')?;
    }
}

/// From one bracket to the one that closes it.
fn read_unwalked(rest: &mut &str) -> Option<String> {
    let (mut open, mut in_text, mut escaped) = (0_usize, false, false);
    let end = rest.find(|character| {
        match character {
            _ if escaped => escaped = false,
            '\\' if in_text => escaped = true,
            '"' => in_text = !in_text,
            '[' | '{' if !in_text => open += 1,
            ']' | '}' if !in_text => open -= 1,
            _ => {}
        }
        open == 0
    })?;
    let (piece, after) = rest.split_at(end + 1);
    *rest = after;
    Some(piece.to_owned())
}

fn read_text(rest: &mut &str) -> Option<String> {
    let mut escaped = false;
    let inside = rest.strip_prefix('"')?;
    let end = inside.find(|character| {
        let ends = character == '"' && !escaped;
        escaped = character == '\\' && !escaped;
        ends
    })?;
    let (text, after) = rest.split_at(end + 2);
    *rest = after;
    Some(text.to_owned())
}

/// Numbers, times and ids that are none, half characters, and what else may stand where a value stands. Written as they are.
const STRANGE: &[&str] = &[
    "null",
    "true",
    "0",
    "-0",
    "-1",
    "1e999",
    "-1e-999",
    "123456789012345678901234567890",
    "-9223372036854775808",
    "18446744073709551615",
    "0.1e1",
    "1700000000.5",
    "\"\"",
    "\" \"",
    "\"0\"",
    "\"-1\"",
    "\"1e3\"",
    "\"NaN\"",
    "\"99999999999999999999\"",
    "\"9223372036854775807\"",
    "\"4102444799\"",
    "\" 1700000000\"",
    "\"\\u0661\\u0667\"",
    "\"\\u0000\"",
    "\"\\ud83d\"",
    "\"\\ude00 \\ud83d\"",
    "\"\\u202e\\u2066gpj.exe\"",
    "\"\\uffff\\ufeff\"",
    "\"\\\\\\\"\\/\\b\"",
    "\"'; DROP TABLE message; --\"",
    "\"../../../etc/passwd\"",
    "\"wamid.\"",
    "\"US.\"",
    "\"+31 (0)6-1234 5678\"",
    "\"\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}\"",
    "\"e\u{301}\u{301}\u{301}\u{301}\"",
    "\"false\"",
    "[]",
    "{}",
    "[null]",
    "[[]]",
    "{\"\":null}",
    "{\"id\":{\"id\":{}}}",
];

/// Keys that mean something somewhere, and some that mean nothing anywhere.
const KEYS: &[&str] = &[
    "id",
    "type",
    "text",
    "body",
    "from",
    "from_user_id",
    "to",
    "timestamp",
    "context",
    "errors",
    "code",
    "system",
    "image",
    "sha256",
    "contacts",
    "messages",
    "statuses",
    "status",
    "metadata",
    "phone_number_id",
    "value",
    "field",
    "changes",
    "entry",
    "object",
    "history",
    "threads",
    "calls",
    "groups",
    "group_id",
    "wa_id",
    "user_id",
    "profile",
    "name",
    "interactive",
    "edit",
    "message",
    "recipient_id",
    "standby",
    "message_echoes",
    "",
    "__proto__",
    "ID",
    "\u{130}d",
    "unheard_of",
    "\\u0000",
    "\\ud83d",
    "t\\u0065xt",
];

fn key(chance: &mut Chance) -> String {
    format!("\"{}\"", chance.one(KEYS))
}

fn huge(chance: &mut Chance) -> Json {
    let times = 1_000 + chance.below(9_000);
    match chance.below(4) {
        0 => Json::Plain(format!("\"{}\"", "x".repeat(times * 4))),
        1 => Json::Plain(format!("\"{}\"", "\\u0301".repeat(times))),
        2 => Json::Plain("7".repeat(times)),
        _ => Json::List(vec![Json::Plain("null".into()); times / 10]),
    }
}

fn nested(inner: Json, chance: &mut Chance) -> Json {
    let levels = *chance.one(&[1, 2, 10, 46, 60, 2_000]);
    let name = key(chance);
    let as_list = chance.below(2) == 0;
    // Written rather than built: a value of thousands of levels could not be walked.
    let (open, close) = if as_list {
        ("[".to_owned(), "]")
    } else {
        (format!("{{{name}:"), "}")
    };
    Json::Plain(format!(
        "{}{}{}",
        open.repeat(levels),
        inner.write(),
        close.repeat(levels)
    ))
}

/// Bends one thing about `part` or what is in it.
fn bend_once(whole: &mut Json, chance: &mut Chance) {
    let number = chance.below(whole.size());
    let part = whole.part(number);
    let what = chance.below(14);
    match (what, &mut *part) {
        // Dropped.
        (0, Json::Object(pairs)) if !pairs.is_empty() => drop(pairs.remove(chance.below(pairs.len()))),
        (0, Json::List(elements)) if !elements.is_empty() => drop(elements.remove(chance.below(elements.len()))),
        // Renamed.
        (1 | 2, Json::Object(pairs)) if !pairs.is_empty() => {
            let at = chance.below(pairs.len());
            pairs[at].0 = key(chance);
        }
        // The same key twice, with the same or another value.
        (3, Json::Object(pairs)) if !pairs.is_empty() => {
            let mut pair = pairs[chance.below(pairs.len())].clone();
            if chance.below(2) == 0 {
                pair.1 = Json::Plain((*chance.one(STRANGE)).to_owned());
            }
            pairs.insert(chance.below(pairs.len() + 1), pair);
        }
        // Doubled.
        (3, Json::List(elements)) if !elements.is_empty() => {
            let element = elements[chance.below(elements.len())].clone();
            elements.insert(chance.below(elements.len() + 1), element);
        }
        // In another order.
        (4, Json::Object(pairs)) => pairs.reverse(),
        (4, Json::List(elements)) => elements.reverse(),
        // Two values change places.
        (5, Json::Object(pairs)) if pairs.len() > 1 => {
            let (one, other) = (chance.below(pairs.len()), chance.below(pairs.len()));
            let kept = pairs[one].1.clone();
            pairs[one].1 = std::mem::replace(&mut pairs[other].1, kept);
        }
        // An unknown part.
        (6, Json::Object(pairs)) => {
            let at = chance.below(pairs.len() + 1);
            let pair = (key(chance), Json::Plain((*chance.one(STRANGE)).to_owned()));
            pairs.insert(at, pair);
        }
        (6, Json::List(elements)) => {
            let at = chance.below(elements.len() + 1);
            elements.insert(at, Json::Plain((*chance.one(STRANGE)).to_owned()));
        }
        // Text for number and number for text.
        (7, Json::Plain(text)) if text.starts_with('"') => {
            // As JSON writes it: a zero in front would spoil the whole post and not one part of it.
            let number = text.trim_matches('"').parse::<u64>().unwrap_or(7);
            *text = number.to_string();
        }
        (7, Json::Plain(text)) => *text = format!("\"{}\"", text.replace('"', "")),
        (8, part) => {
            let inner = std::mem::replace(part, Json::List(Vec::new()));
            *part = nested(inner, chance);
        }
        (9, part) => *part = huge(chance),
        (_, part) => *part = Json::Plain((*chance.one(STRANGE)).to_owned()),
    }
}

/// Bends one to four things.
pub fn bend(whole: &mut Json, chance: &mut Chance) {
    for _ in 0..=chance.below(4) {
        bend_once(whole, chance);
    }
}

/// A whole body, bent; now and then broken byte by byte, so that it is no JSON or no text any more.
pub fn bent(body: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut bytes = match Json::read(body) {
        Some(mut whole) => {
            bend(&mut whole, chance);
            whole.write().into_bytes()
        }
        None => body.to_vec(),
    };
    match chance.below(12) {
        0 => bytes.truncate(chance.below(bytes.len())),
        1 if !bytes.is_empty() => {
            let at = chance.below(bytes.len());
            bytes[at] = *chance.one(&[0, 0x22, 0x5c, 0x7b, 0x80, 0xc0, 0xed, 0xff]);
        }
        _ => {}
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    const POST: &[u8] =
        br#"{"entry":[{"changes":[{"field":"messages","value":{"messages":[{"id":"a","n":1}]}}],"id":"1"}]}"#;

    #[test]
    fn the_same_seed_bends_in_the_same_way_and_others_in_others() {
        let of = |seed| bent(POST, &mut Chance::new(seed));
        let all: std::collections::HashSet<Vec<u8>> = (0..200).map(of).collect();
        assert!(all.len() > 150, "{}", all.len());
        assert_eq!(of(7), of(7));
        assert_eq!(Json::read(POST).unwrap().write().as_bytes(), POST);
        let spelt = r#"{"half":"\ud83d \" \\","n":1.50,"n":[1e999,{}]}"#;
        assert_eq!(Json::read(spelt.as_bytes()).unwrap().write(), spelt);
        assert_eq!(Json::read(b"{\"cut\":"), None);
    }

    #[test]
    fn what_is_bent_and_not_broken_stays_json() {
        let spelt = br#"{"entry":[{"id":"0007","time":"+5","changes":[{"n":"0","value":{"n":1}}]}]}"#;
        for seed in 0..2_000 {
            let mut whole = Json::read(spelt).unwrap();
            bend(&mut whole, &mut Chance::new(seed));
            let written = whole.write();
            assert!(
                serde_json::from_str::<&serde_json::value::RawValue>(&written).is_ok(),
                "{written}"
            );
        }
    }

    #[test]
    fn some_stay_json_and_some_do_not() {
        let read =
            |seed| serde_json::from_slice::<&serde_json::value::RawValue>(&bent(POST, &mut Chance::new(seed))).is_ok();
        let sound = (0..200).filter(|seed| read(*seed)).count();
        assert!((100..200).contains(&sound), "{sound}");
    }
}
