//! Who wrote a message, by the only thing that the file tells: the name that the exporting device had for them.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde::Serialize;

use crate::characters::{is_blank, is_invisible, plain, trimmed};
use crate::redacted::redacted_debug;

/// Bytes of a name, at most. A longer beginning of a line is no name but a sentence with a colon.
const LONGEST: usize = 400;

/// The name before a message.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Author {
    /// Without invisible characters and without the tilde. A name, or a number as the device writes it.
    pub name: String,
    /// Whether the tilde of people stood before it who are not in the device's address book: the name is their own choice.
    pub unsaved: bool,
}

redacted_debug!(Author);

impl Author {
    /// From the words before the colon.
    pub(crate) fn of(stated: &str) -> Self {
        Self {
            unsaved: trimmed(stated).starts_with('~'),
            name: name(stated).into_owned(),
        }
    }
}

/// Divides what is behind a head into the words before the first `: ` and those after it. `None` when there is no such colon in its first
/// line, or nothing or too much before it.
pub(crate) fn split(behind: &str) -> Option<(&str, &str)> {
    let line = behind.split('\n').next().unwrap_or_default();
    let (name, rest) = match line.find(": ") {
        Some(place) => (&line[..place], behind.get(place + 2..).unwrap_or_default()),
        // Nothing in the first line, and the blank was cut off.
        None => {
            let name = line.strip_suffix('\r').unwrap_or(line).strip_suffix(':')?;
            (name, behind.get(name.len() + 1..).unwrap_or_default())
        }
    };
    (name.len() <= LONGEST && !trimmed(name).trim_start_matches('~').is_empty()).then_some((name, rest))
}

/// A name as it is compared: without what nobody sees, runs of blanks as one, no tilde.
fn name(stated: &str) -> Cow<'_, str> {
    let shown = trimmed(stated);
    let named = shown
        .trim_start_matches('~')
        .trim_start_matches(|c| is_blank(c) || is_invisible(c));
    match plain(named) {
        name if name.contains("  ") => Cow::Owned(
            name.split(' ')
                .filter(|word| !word.is_empty())
                .collect::<Vec<_>>()
                .join(" "),
        ),
        name => name,
    }
}

/// Tells authors apart without keeping their names.
pub(crate) fn hash(stated: &str) -> u64 {
    hash_name(&name(stated))
}

/// The same for a name as [`Author`] has it.
pub(crate) fn hash_name(name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_end_at_the_first_colon() {
        for (behind, expected) in [
            ("Ann: a: b", Some(("Ann", "a: b"))),
            ("Ann: \nb", Some(("Ann", "\nb"))),
            ("Ann:\nb", Some(("Ann", "\nb"))),
            ("Ann:\r\nb", Some(("Ann", "\r\nb"))),
            ("Ann joined\nx: y", None),
            (": x", None),
            ("~: x", None),
            ("10:30 Ann: x", Some(("10:30 Ann", "x"))),
        ] {
            assert_eq!(split(behind), expected, "{behind:?}");
        }
        assert_eq!(split(&format!("{}: x", "a".repeat(LONGEST + 1))), None);
    }

    #[test]
    fn names_are_compared_as_they_are_seen() {
        let author = Author::of("\u{200E}~\u{202F}Ann  B\u{00A0}C");
        assert_eq!((author.name.as_str(), author.unsaved), ("Ann B C", true));
        assert_eq!(hash("\u{200E}~\u{202F}Ann  B\u{00A0}C"), hash_name("Ann B C"));
        assert_eq!(Author::of("\u{202A}+49 30 901820\u{202C}").name, "+49 30 901820");
    }
}
