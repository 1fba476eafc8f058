//! Commitments: proof of one field of an item that says nothing about the field.
//!
//! Made while an item is sealed, put into its leaf, opened by whoever may disclose that field. The opening is derived
//! from the item's key by the vault and dies with it. Never stores or shows content or opening.
//!
//! Format: `docs/formats/commitment.md`.

use std::borrow::Cow;
use std::fmt;

use aws_lc_rs::{constant_time, hmac};

use crate::Hash;

/// The HMAC key, public: it keeps this use apart from others and carries the version. Never change; add a version.
const KEY: &[u8] = b"counterfoil/commit/v1";

/// The most bytes that a label may have.
const LABEL_MAX: usize = 32;

/// The name of a committed field: 1 to 32 of `a-z`, `0-9` and `-`, a letter first.
///
/// A label made here is a text of the program, so that nothing that a user wrote can become one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label(Cow<'static, str>);

impl Label {
    /// The text of a message.
    pub const BODY: Self = Self::of("body");
    /// What the provider sent, as received.
    pub const PAYLOAD: Self = Self::of("payload");
    /// Who sent it, as the provider named them.
    pub const SENDER: Self = Self::of("sender");
    /// Whom it was sent to.
    pub const RECIPIENT: Self = Self::of("recipient");
    /// The time the sender's side gave: 8 bytes, big-endian, microseconds.
    pub const SENT_AT: Self = Self::of("sent-at");
    /// A file: its SHA-256 and its length as 8 bytes, big-endian.
    pub const FILE: Self = Self::of("file");
    /// The name of a file.
    pub const FILE_NAME: Self = Self::of("file-name");
    /// The name of a contact, person or team.
    pub const NAME: Self = Self::of("name");
    /// A phone number, user id or username.
    pub const IDENTITY: Self = Self::of("identity");
    /// The title of a room or case.
    pub const TITLE: Self = Self::of("title");
    /// What another system answered to a filing.
    pub const ACKNOWLEDGEMENT: Self = Self::of("acknowledgement");

    /// A label that is written in the program.
    ///
    /// # Panics
    /// If the text is not a label. Put it in a constant, and it does not compile instead.
    pub const fn of(text: &'static str) -> Self {
        assert!(
            is_label(text.as_bytes()),
            "a label is 1 to 32 of a-z, 0-9 and -, a letter first"
        );
        Self(Cow::Borrowed(text))
    }

    /// A label that was read from a leaf.
    pub(crate) fn read(text: &str) -> Option<Self> {
        is_label(text.as_bytes()).then(|| Self(Cow::Owned(text.to_owned())))
    }

    /// The label's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

const fn is_label(text: &[u8]) -> bool {
    if text.is_empty() || text.len() > LABEL_MAX || !text[0].is_ascii_lowercase() {
        return false;
    }
    let mut i = 1;
    while i < text.len() {
        if !(text[i].is_ascii_lowercase() || text[i].is_ascii_digit() || text[i] == b'-') {
            return false;
        }
        i += 1;
    }
    true
}

/// The commitment to one field: HMAC-SHA-256 over opening, label and content, with lengths.
///
/// `opening` is 32 secret bytes that serve this field alone; `content` is the field's bytes as the format page says.
pub fn commit(opening: &[u8; 32], label: &Label, content: &[u8]) -> Hash {
    let label = label.as_str().as_bytes();
    let mut hmac = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, KEY));
    hmac.update(opening);
    hmac.update(&[u8::try_from(label.len()).expect("a label has at most 32 bytes")]);
    hmac.update(label);
    hmac.update(&(content.len() as u64).to_be_bytes());
    hmac.update(content);
    let mut commitment = [0; 32];
    commitment.copy_from_slice(hmac.sign().as_ref());
    commitment
}

/// Whether opening, label and content are what was committed to; takes the same time either way.
pub fn check(commitment: &Hash, opening: &[u8; 32], label: &Label, content: &[u8]) -> bool {
    constant_time::verify_slices_are_equal(commitment, &commit(opening, label, content)).is_ok()
}
