//! The id types: one per thing, sixteen bytes inside, ordered by time, shown with a prefix.
//!
//! An id is a UUIDv7 (RFC 9562, section 5.7) that tells microseconds apart (section 6.2, method 3), written as its prefix, `_` and 32 lower-case hex digits:
//! `msg_0192f0c1a2b37c44b1d2e3f405162738`. Mixing two kinds does not compile, and parsing checks the prefix. An id says
//! nothing about the thing but roughly when it was made.

use crate::{Random, Timestamp};
use std::fmt;
use std::str::FromStr;

/// Why a text is not an id of the wanted kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not an id of the form {prefix}_ and 32 hex digits")]
pub struct IdError {
    /// The prefix that was expected.
    pub prefix: &'static str,
}

fn fresh(at: Timestamp, random: &dyn Random) -> [u8; 16] {
    let micros = u64::try_from(at.micros()).unwrap_or(0);
    let (millis, rest) = (micros / 1_000, micros % 1_000);
    // The twelve bits after the version hold the part of the millisecond that has passed; four steps of them make a microsecond.
    let passed = (rest * 4_096 / 1_000).to_be_bytes();
    let mut noise = [0u8; 10];
    random.fill(&mut noise);
    noise[..2].copy_from_slice(&passed[6..]);
    *uuid::Builder::from_unix_timestamp_millis(millis, &noise)
        .into_uuid()
        .as_bytes()
}

fn parse(text: &str, prefix: &'static str) -> Result<[u8; 16], IdError> {
    let error = IdError { prefix };
    let digits = text
        .strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix('_'))
        .ok_or(error)?;
    if digits.len() != 32 || !digits.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
        return Err(error);
    }
    let value = u128::from_str_radix(digits, 16).map_err(|_| error)?;
    Ok(value.to_be_bytes())
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident $prefix:literal)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// The prefix of the written form, without the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// Makes a new id for a thing that came to be at `at`.
            pub fn new(at: Timestamp, random: &dyn Random) -> Self {
                Self(fresh(at, random))
            }

            /// Takes the sixteen bytes as they are stored.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// The sixteen bytes as they are stored.
            pub const fn bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}_{:032x}", $prefix, u128::from_be_bytes(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                parse(text, $prefix).map(Self)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

ids! {
    /// This installation of Counterfoil; bound into every seal.
    InstallationId "ins"
    /// An intake-only node.
    GateId "gat"
    /// The end of a gate: it is admitted no more.
    GateEndId "gae"
    /// The authority that signs the certificates of gates.
    GateAuthorityId "gau"
    /// The decision to erase something.
    ErasureId "era"
    /// Something that stays though an erasure is of it.
    ErasureKeptId "erk"
    /// A step in asking another system to withdraw a copy.
    WithdrawalStepId "wds"
    /// One Meta app with its secrets and its hook address.
    ConnectionId "con"
    /// A version of a connection's settings.
    ConnectionSettingsId "cos"
    /// A WhatsApp business number (later: other ways in).
    ChannelId "chn"
    /// A group of staff who share conversations.
    TeamId "tea"
    /// A member of staff.
    PersonId "per"
    /// What a person may do from some time on.
    PersonStateId "pst"
    /// A person's joining or leaving a team.
    TeamMemberId "tem"
    /// A version of a person's sign-in name and password.
    CredentialId "crd"
    /// A signed-in browser.
    SessionId "ses"
    /// A link that may be used once, to join or to come back.
    InviteId "inv"
    /// A token for the API.
    TokenId "tok"
    /// A person outside the organisation.
    ContactId "ctc"
    /// A dated phone number, user id or username of a contact.
    IdentityId "idt"
    /// A version of a contact's name.
    ContactNameId "nam"
    /// A thread of messages.
    ConversationId "cnv"
    /// One item in a conversation.
    MessageId "msg"
    /// One report of what became of an outbound message.
    TickId "tck"
    /// A file of a message.
    AttachmentId "att"
    /// One step in the life of an attachment.
    AttachmentStepId "ats"
    /// The sealed bytes of a file.
    BlobId "blb"
    /// A pointer to an object of another system.
    ReferenceId "ref"
    /// The act of putting a message on a reference in another system.
    FilingId "fil"
    /// One step in the life of a filing.
    FilingStepId "fst"
    /// One post of the provider, as received.
    DeliveryId "dlv"
    /// One update inside a delivery.
    ItemId "itm"
    /// Something rightly signed and not understood, kept whole.
    KeptId "kep"
    /// A piece of work to be done outside the request that caused it.
    JobId "job"
    /// A key tree in the vault.
    TreeId "tre"
    /// One entry of the log before it has a number.
    LeafId "lef"
    /// One thing that happened, before it has a number.
    EventId "evt"
    /// One running process of Counterfoil.
    NodeId "nod"
    /// A text that someone has begun and not sent.
    DraftId "drf"
    /// An order that keeps items from being erased.
    HoldId "hld"
    /// A backup.
    BackupId "bkp"
    /// One trial of a backup.
    DrillId "drl"
    /// The decision to retire a key epoch.
    RetirementId "ret"
    /// One step of that.
    RetirementStepId "rst"
    /// One run of the challenger over an erasure.
    ChallengeId "chl"
    /// What a run of the challenger found in one place.
    AttemptId "atm"
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting;
    impl Random for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.iter_mut().enumerate().for_each(|(i, b)| *b = i as u8);
        }
    }

    #[test]
    fn ids_read_back_and_refuse_other_kinds() {
        let id = MessageId::new(Timestamp::from_micros(1_700_000_000_000_000), &Counting);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert!(id.to_string().parse::<ContactId>().is_err());
        for bad in [
            "",
            "msg_",
            "msg_xyz",
            "msg_0192F0C1A2B37C44B1D2E3F405162738",
            "0192f0c1a2b37c44b1d2e3f405162738",
        ] {
            assert!(bad.parse::<MessageId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn ids_sort_by_time_to_the_microsecond() {
        let ids: Vec<MessageId> = (1_000_000..1_003_000)
            .map(|micros| MessageId::new(Timestamp::from_micros(micros), &Counting))
            .collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn an_id_is_a_uuid_of_version_7() {
        let id = MessageId::new(Timestamp::from_micros(1_700_000_000_000_999), &Counting);
        let uuid = uuid::Uuid::from_bytes(*id.bytes());
        assert_eq!(uuid.get_version_num(), 7);
        assert_eq!(uuid.get_variant(), uuid::Variant::RFC4122);
        assert_eq!(uuid.get_timestamp().map(|at| at.to_unix().0), Some(1_700_000_000));
    }
}
