//! Characters that the app writes and nobody sees: direction marks, odd blanks, digits of other scripts.
//!
//! Everything that is matched goes through here first. What is kept of a message is never changed by it.

use std::borrow::Cow;

/// The direction mark that iOS writes before what it says itself.
pub(crate) const MARK: char = '\u{200E}';

/// Whether a character takes no room: direction marks and byte order marks. Joiners are not among them: they make emoji and words of some
/// scripts what they are.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// Whether a character is a blank of any width that stands within a line.
pub(crate) fn is_blank(c: char) -> bool {
    matches!(
        c,
        ' ' | '\u{00A0}' | '\u{202F}' | '\u{2007}' | '\u{2009}' | '\u{200A}' | '\u{3000}'
    )
}

/// The value of a decimal digit of the scripts that devices write dates in.
pub(crate) fn digit(c: char) -> Option<u8> {
    /// The zero of each: Arabic, Persian, Devanagari, Bengali, Gurmukhi, Gujarati, Tamil, Telugu, Kannada, Malayalam, Thai, Lao, Burmese,
    /// Khmer, full width.
    const ZEROS: [u32; 15] = [
        0x0660, 0x06F0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0E50, 0x0ED0, 0x1040, 0x17E0,
        0xFF10,
    ];
    if c.is_ascii() {
        return c.is_ascii_digit().then(|| c as u8 - b'0');
    }
    let code = u32::from(c);
    ZEROS
        .iter()
        .filter_map(|zero| code.checked_sub(*zero))
        .find(|value| *value < 10)
        .and_then(|value| u8::try_from(value).ok())
}

/// A text as it is compared: without invisible characters, every blank a plain one, the hyphen that does not break a plain one.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    let odd = |c: char| is_invisible(c) || c == '\u{2011}' || (c != ' ' && is_blank(c));
    if text.is_ascii() || !text.contains(odd) {
        return Cow::Borrowed(text);
    }
    let shown = text.chars().filter(|c| !is_invisible(*c));
    Cow::Owned(
        shown
            .map(|c| match c {
                '\u{2011}' => '-',
                blank if is_blank(blank) => ' ',
                other => other,
            })
            .collect(),
    )
}

/// A text without blanks and invisible characters at its ends.
pub(crate) fn trimmed(text: &str) -> &str {
    text.trim_matches(|c| is_blank(c) || is_invisible(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_other_scripts_are_read() {
        for (c, expected) in [
            ('7', Some(7)),
            ('٧', Some(7)),
            ('۷', Some(7)),
            ('७', Some(7)),
            ('７', Some(7)),
            ('x', None),
            ('½', None),
        ] {
            assert_eq!(digit(c), expected, "{c}");
        }
    }

    #[test]
    fn what_nobody_sees_is_not_compared() {
        assert_eq!(
            plain("\u{200E}1:55\u{202F}PM \u{2011} a\u{2068}b\u{2069}"),
            "1:55 PM - ab"
        );
        assert_eq!(plain("a\u{200D}b"), "a\u{200D}b");
        assert_eq!(trimmed("\u{200E} a b\u{00A0}"), "a b");
    }
}
