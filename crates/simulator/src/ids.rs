//! The provider's identifiers, and the dice that make them.
//!
//! Message ids have the outer form of real ones: `wamid.` and base64 over a small binary frame that holds the
//! customer's number and a hexadecimal id. A receiver must treat them as opaque, and a test can see that it does.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A customer's phone number as the provider writes it: 7 to 15 digits, no sign.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CustomerId(String);

/// A text that is not a phone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a customer's number has 7 to 15 digits; spaces, hyphens, brackets and a leading + are allowed")]
pub struct CustomerIdError;

impl CustomerId {
    /// Reads a number in any of the forms that the provider accepts.
    ///
    /// # Errors
    /// [`CustomerIdError`] when anything but digits remains, or there are too few or too many.
    pub fn parse(text: &str) -> Result<Self, CustomerIdError> {
        let trimmed = text.trim();
        let bare = trimmed.strip_prefix('+').unwrap_or(trimmed);
        let digits: String = bare.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')')).collect();
        let plausible = (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        if plausible {
            Ok(Self(digits))
        } else {
            Err(CustomerIdError)
        }
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The provider's id of one message (`wamid.…`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Wamid(String);

impl Wamid {
    /// Takes an id as it stands: ids are opaque.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The whole id, with its prefix.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number inside an id of the simulator's own making: saves it a search.
    pub(crate) fn customer(&self) -> Option<CustomerId> {
        let frame = STANDARD.decode(self.0.strip_prefix("wamid.")?).ok()?;
        let length = usize::from(*frame.get(2)?);
        let number = std::str::from_utf8(frame.get(3..3 + length)?).ok()?;
        CustomerId::parse(number).ok()
    }
}

/// The provider's id of one uploaded or received file: a string of digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MediaId(String);

impl MediaId {
    /// Takes an id as it stands.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CustomerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Wamid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for MediaId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A small seeded generator (SplitMix64). Not for secrets: it only has to be repeatable.
#[derive(Clone, Debug)]
pub(crate) struct Dice {
    state: u64,
}

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `bound`; 0 when `bound` is 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        if bound == 0 {
            return 0;
        }
        usize::try_from(self.next() % bound as u64).unwrap_or(0)
    }

    /// A number in `0.0..1.0`.
    pub(crate) fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1u64 << 24) as f32
    }

    /// One of a list, or nothing from an empty one.
    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        let index = self.below(from.len());
        from.get(index)
    }

    fn hex(&mut self, length: usize) -> String {
        let mut text = String::new();
        while text.len() < length {
            text.push_str(&format!("{:016X}", self.next()));
        }
        text.truncate(length);
        text
    }

    /// The id of a message that a customer sent.
    pub(crate) fn wamid_from_customer(&mut self, customer: &CustomerId) -> Wamid {
        let inner = format!("3A{}", self.hex(18));
        wamid(customer, 0x12, &inner)
    }

    /// The id of a message that the business sent.
    pub(crate) fn wamid_from_business(&mut self, customer: &CustomerId) -> Wamid {
        let inner = self.hex(18);
        wamid(customer, 0x11, &inner)
    }

    pub(crate) fn media_id(&mut self) -> MediaId {
        MediaId(format!(
            "{}",
            1_000_000_000_000_000 + self.next() % 8_000_000_000_000_000
        ))
    }

    /// Twenty decimal digits, as in a business-scoped user id.
    pub(crate) fn twenty_digits(&mut self) -> String {
        format!(
            "{:010}{:010}",
            self.next() % 10_000_000_000,
            self.next() % 10_000_000_000
        )
    }
}

/// Frame: `1c 18 <len> <number> 15 02 00 <direction> 18 <len> <inner id> 00`.
fn wamid(customer: &CustomerId, direction: u8, inner: &str) -> Wamid {
    let number = customer.as_str().as_bytes();
    let mut frame = vec![0x1c, 0x18, length_byte(number)];
    frame.extend_from_slice(number);
    frame.extend_from_slice(&[0x15, 0x02, 0x00, direction, 0x18, length_byte(inner.as_bytes())]);
    frame.extend_from_slice(inner.as_bytes());
    frame.push(0);
    Wamid(format!("wamid.{}", STANDARD.encode(frame)))
}

fn length_byte(bytes: &[u8]) -> u8 {
    u8::try_from(bytes.len()).unwrap_or(u8::MAX)
}
