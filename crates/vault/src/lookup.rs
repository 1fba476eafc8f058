//! Finding without reading: keyed hashes of numbers, ids and names under secrets of the vault.
//!
//! Without the secret nobody can try numbers against them; with it, the same text always gives the same hash. The secrets by which people and
//! things are found belong to an epoch each and are replaced when it is retired (`lookup_epoch`); those by which repeats, tokens and tries
//! are known are not.

use crate::key::Mac;
use crate::vault::Vault;
use std::fmt;
use std::hash::{Hash, Hasher};
use subtle::ConstantTimeEq;

/// A keyed hash, HMAC-SHA256.
#[derive(Clone, Copy)]
pub struct Keyed([u8; 32]);

impl Keyed {
    /// Takes the bytes as they are stored.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes to store and to find by.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl PartialEq for Keyed {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Keyed {}

impl Hash for Keyed {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

/// Without its bytes, which could tie log lines to a number.
impl fmt::Debug for Keyed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keyed")
    }
}

/// What is looked up. The code goes into the hash: never change one; add another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lookup {
    /// A contact's phone number, digits with country code.
    Phone,
    /// A contact's business-scoped user id.
    UserId,
    /// A contact's user id at the parent business.
    ParentUserId,
    /// A contact's username.
    Username,
    /// The provider's id of a number.
    PhoneNumberId,
    /// A sign-in name.
    Login,
    /// The id of an object of another system.
    Reference,
}

impl Lookup {
    const fn code(self) -> u8 {
        match self {
            Self::Phone => 1,
            Self::UserId => 2,
            Self::ParentUserId => 3,
            Self::Username => 4,
            Self::PhoneNumberId => 5,
            Self::Login => 6,
            // 8 was who is held back when signing in.
            Self::Reference => 7,
        }
    }
}

/// The lookup keys that there are: one, or two while the one is being replaced by the other. Wiped when dropped.
pub struct LookupKeys {
    /// By their epoch, newest first; never none.
    keys: Vec<(i64, Mac)>,
}

impl LookupKeys {
    /// Those keys; `None` when there are none.
    pub(crate) fn of(mut keys: Vec<(i64, Mac)>) -> Option<Self> {
        keys.sort_unstable_by_key(|(epoch, _)| std::cmp::Reverse(*epoch));
        (!keys.is_empty()).then_some(Self { keys })
    }

    /// The epochs that they belong to, newest first; never none.
    pub fn epochs(&self) -> impl Iterator<Item = i64> {
        self.keys.iter().map(|(epoch, _)| *epoch)
    }

    /// Whether the key of this epoch is among them.
    pub fn has(&self, epoch: i64) -> bool {
        self.epochs().any(|each| each == epoch)
    }

    /// The hashes by which `text` may be found, with the epochs of their keys, newest first. The caller has brought it to its one form (case, plus
    /// sign, spaces).
    pub fn hashes(&self, kind: Lookup, text: &str) -> impl Iterator<Item = (i64, Keyed)> {
        let over = move |key: &Mac| Keyed(key.over(&[&[kind.code()], text.as_bytes()]));
        self.keys.iter().map(move |(epoch, key)| (*epoch, over(key)))
    }
}

impl Vault {
    /// The hash by which a repeat is known: provider ids and what identifies an item of a delivery.
    pub fn dedupe(&self, text: &[u8]) -> Keyed {
        Keyed(self.secrets().dedupe.over(&[text]))
    }

    /// A keyed digest for one use, such as `session` or `idempotency/body`.
    pub fn digest(&self, use_: &'static str, bytes: &[u8]) -> Keyed {
        let use_length = u64::try_from(use_.len()).expect("a length fits 64 bits");
        Keyed(
            self.secrets()
                .digest
                .over(&[&use_length.to_be_bytes(), use_.as_bytes(), bytes]),
        )
    }
}
