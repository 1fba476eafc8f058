//! Phone numbers as the provider writes them: digits of the international form, with or without `+`, spaces and brackets.

use crate::redacted::redacted_debug;

/// Fewest and most digits of an international number. Source: ITU-T E.164 (15 at most); 5 keeps out short codes.
const DIGITS: std::ops::RangeInclusive<usize> = 5..=15;

/// A phone number in international form, digits only.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PhoneNumber(String);

redacted_debug!(PhoneNumber);

/// The text is no international phone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not a phone number in international form")]
pub struct NotAPhoneNumber;

impl PhoneNumber {
    /// Reads a number written with or without `+` (or `00`), spaces, hyphens, dots and brackets.
    ///
    /// # Errors
    /// [`NotAPhoneNumber`] if anything else is in it, or it has too few or too many digits, or begins with 0.
    pub fn parse(text: &str) -> Result<Self, NotAPhoneNumber> {
        let text = text.trim();
        let bare = text
            .strip_prefix('+')
            .or_else(|| text.strip_prefix("00"))
            .unwrap_or(text);
        let mut digits = String::with_capacity(bare.len());
        for character in bare.chars() {
            match character {
                '0'..='9' => digits.push(character),
                // U+00A0, U+202F and U+2011 stand in numbers copied from pages.
                ' ' | '-' | '.' | '(' | ')' | '/' | '\u{a0}' | '\u{202f}' | '\u{2011}' => {}
                _ => return Err(NotAPhoneNumber),
            }
        }
        if DIGITS.contains(&digits.len()) && !digits.starts_with('0') {
            Ok(Self(digits))
        } else {
            Err(NotAPhoneNumber)
        }
    }

    /// The digits, without `+`: how the provider names people.
    pub fn digits(&self) -> &str {
        &self.0
    }

    /// The number with `+`: how it is given when sending, since without it a country code may be put in front.
    pub fn with_plus(&self) -> String {
        format!("+{}", self.0)
    }

    /// The last four digits, for showing to people who need not know the whole.
    pub fn last_four(&self) -> &str {
        &self.0[self.0.len() - 4..]
    }
}

impl std::str::FromStr for PhoneNumber {
    type Err = NotAPhoneNumber;

    fn from_str(text: &str) -> Result<Self, NotAPhoneNumber> {
        Self::parse(text)
    }
}

/// Whether two texts name one number, whatever their punctuation.
pub(crate) fn same_number(one: &str, other: &str) -> bool {
    one == other || matches!((PhoneNumber::parse(one), PhoneNumber::parse(other)), (Ok(a), Ok(b)) if a == b)
}
