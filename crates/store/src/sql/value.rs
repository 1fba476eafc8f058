//! The four kinds of value that travel to and from the engines, and how our types become them.

use super::ReadError;
use counterfoil_model::attachment::{AttachmentStep, FetchFailure};
use counterfoil_model::contact::IdentityKind;
use counterfoil_model::conversation::ConversationKind;
use counterfoil_model::erasure::{
    AttemptOutcome, AttemptPlace, CopyState, ErasureLost, ErasureReason, ErasureTarget, KeptGround, WithdrawalStep,
};
use counterfoil_model::filing::FilingStep;
use counterfoil_model::message::{Direction, MessageKind, Origin};
use counterfoil_model::person::PersonState;
use counterfoil_model::retirement::RetirementStep;
use counterfoil_model::tick::TickState;
use counterfoil_model::{
    AttachmentId, AttachmentStepId, AttemptId, BackupId, BlobId, ChallengeId, ChannelId, ConnectionId,
    ConnectionSettingsId, ContactId, ContactNameId, ConversationId, CredentialId, DeliveryId, DraftId, DrillId,
    ErasureId, ErasureKeptId, EventId, FilingId, FilingStepId, GateAuthorityId, GateEndId, GateId, HoldId, IdentityId,
    InstallationId, InviteId, JobId, KeptId, LeafId, MessageId, NodeId, PersonId, PersonStateId, ReferenceId,
    RetirementId, RetirementStepId, SessionId, TeamId, TeamMemberId, TickId, Timestamp, TokenId, TreeId,
    WithdrawalStepId,
};
use counterfoil_vault::{Keyed, Sealed};

/// A value as the engines know it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// A 64-bit integer: times, numbers, codes, 0 and 1.
    Int(i64),
    /// Ids, keyed hashes, sealed content.
    Bytes(Vec<u8>),
    /// One of our own words.
    Text(String),
    /// Nothing.
    Null,
}

impl Value {
    /// How many bytes it takes, more or less.
    pub(crate) fn weight(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Text(text) => text.len(),
            Self::Int(_) | Self::Null => 8,
        }
    }
}

/// A type that stands in a column.
pub trait Field: Sized {
    /// The value to store.
    fn into_value(self) -> Value;
    /// The type again; `None` when no such value can stand here.
    fn from_value(value: Value) -> Option<Self>;
}

/// The values of one row, taken from left to right.
pub struct Cells {
    values: std::vec::IntoIter<Value>,
}

impl Cells {
    pub(crate) fn new(values: Vec<Value>) -> Self {
        Self {
            values: values.into_iter(),
        }
    }

    /// The next value.
    ///
    /// # Errors
    /// [`ReadError::Impossible`] when it is missing or cannot stand in such a column.
    pub fn take<T: Field>(&mut self, table: &'static str, column: &'static str) -> Result<T, ReadError> {
        self.values
            .next()
            .and_then(T::from_value)
            .ok_or(ReadError::Impossible { table, column })
    }
}

impl Field for i64 {
    fn into_value(self) -> Value {
        Value::Int(self)
    }

    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Int(number) => Some(number),
            _ => None,
        }
    }
}

impl Field for bool {
    fn into_value(self) -> Value {
        Value::Int(i64::from(self))
    }

    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Int(0) => Some(false),
            Value::Int(1) => Some(true),
            _ => None,
        }
    }
}

impl Field for Timestamp {
    fn into_value(self) -> Value {
        Value::Int(self.micros())
    }

    fn from_value(value: Value) -> Option<Self> {
        i64::from_value(value).map(Self::from_micros)
    }
}

impl Field for Vec<u8> {
    fn into_value(self) -> Value {
        Value::Bytes(self)
    }

    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }
}

impl Field for String {
    fn into_value(self) -> Value {
        Value::Text(self)
    }

    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl<const N: usize> Field for [u8; N] {
    fn into_value(self) -> Value {
        Value::Bytes(self.to_vec())
    }

    fn from_value(value: Value) -> Option<Self> {
        Vec::from_value(value).and_then(|bytes| bytes.try_into().ok())
    }
}

impl<T: Field> Field for Option<T> {
    fn into_value(self) -> Value {
        self.map_or(Value::Null, T::into_value)
    }

    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            value => T::from_value(value).map(Some),
        }
    }
}

impl Field for Keyed {
    fn into_value(self) -> Value {
        Value::Bytes(self.bytes().to_vec())
    }

    fn from_value(value: Value) -> Option<Self> {
        <[u8; 32]>::from_value(value).map(Self::from_bytes)
    }
}

impl<T> Field for Sealed<T> {
    fn into_value(self) -> Value {
        Value::Bytes(self.into_bytes())
    }

    fn from_value(value: Value) -> Option<Self> {
        Vec::from_value(value).map(Self::from_bytes)
    }
}

macro_rules! ids {
    ($($id:ident)*) => {$(
        impl Field for $id {
            fn into_value(self) -> Value {
                Value::Bytes(self.bytes().to_vec())
            }

            fn from_value(value: Value) -> Option<Self> {
                <[u8; 16]>::from_value(value).map(Self::from_bytes)
            }
        }
    )*};
}

ids! {
    AttachmentId AttachmentStepId AttemptId BackupId BlobId ChallengeId ChannelId ConnectionId ConnectionSettingsId ContactId ContactNameId
    ConversationId CredentialId DeliveryId DraftId DrillId ErasureId ErasureKeptId EventId FilingId FilingStepId GateAuthorityId GateEndId
    GateId HoldId IdentityId InstallationId InviteId JobId KeptId LeafId MessageId NodeId PersonId PersonStateId ReferenceId RetirementId
    RetirementStepId SessionId TeamId TeamMemberId TickId TokenId TreeId WithdrawalStepId
}

/// Makes a closed list of codes stand in a column by its number.
macro_rules! coded {
    ($($code:ty)*) => {$(
        impl Field for $code {
            fn into_value(self) -> Value {
                Value::Int(self.code())
            }

            fn from_value(value: Value) -> Option<Self> {
                i64::from_value(value).and_then(Self::from_code)
            }
        }
    )*};
}

coded! {
    AttachmentStep AttemptOutcome AttemptPlace ConversationKind CopyState Direction ErasureLost ErasureReason ErasureTarget FetchFailure FilingStep
    IdentityKind KeptGround MessageKind Origin PersonState RetirementStep TickState WithdrawalStep
}

/// Arguments for a statement, each from one of our types.
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::sql::Field::into_value($value)),*] };
}
pub(crate) use args;
