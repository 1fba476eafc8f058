//! The items of a post, typed.
//!
//! Types here hold what people wrote and who they are, so none has a `Debug` that shows it.

pub(crate) mod account;
pub(crate) mod call;
pub(crate) mod card;
pub(crate) mod content;
pub(crate) mod context;
pub(crate) mod echo;
pub(crate) mod fault;
pub(crate) mod group;
pub(crate) mod history;
pub(crate) mod identity;
pub(crate) mod media;
pub(crate) mod message;
pub(crate) mod opaque;
pub(crate) mod sender;
pub(crate) mod shape;
pub(crate) mod status;

use super::fields::Field;
use super::kind::{ItemKind, NotUnderstoodKind};
use crate::redacted::redacted_debug;

pub use account::{AccountUpdate, AddressBookEntry, Preference};
pub use call::{CallDirection, CallEvent};
pub use card::{CardPhone, ContactCard, Order, OrderLine};
pub use content::{InboundContent, Location, System};
pub use context::{Context, Product, Referral};
pub use echo::EchoMessage;
pub use fault::Fault;
pub use group::GroupEvent;
pub use history::{HistoryMessage, HistoryPart};
pub use identity::IdentityChange;
pub use media::{Media, MediaKind};
pub use message::InboundMessage;
pub use opaque::Opaque;
pub use sender::Party;
pub use status::{Conversation, Pricing, Status, StatusUpdate};

/// One item of a post, whole and typed.
#[derive(Clone, PartialEq)]
pub struct WebhookItem {
    /// What it is, for counting.
    pub kind: ItemKind,
    /// The webhook field that it came under; `None` for a body that is no post at all.
    pub field: Option<Field>,
    /// The item, read.
    pub item: Item,
    /// The item, whole: a post in canonical JSON that holds only this item and what says where it belongs (account,
    /// field, number, its entry in `contacts`). Splitting it again gives this item again. A body that is not a post is
    /// kept byte for byte.
    pub raw: Vec<u8>,
    /// The text by which a repeat is recognised; hash it, do not store it (it holds provider ids). Equal for the same item
    /// in another post, beside others, or with its keys in another order.
    pub dedupe: Vec<u8>,
    /// Of an older message in a history: the text by which it is recognised as a repeat of itself when it came before as a message, or as an echo
    /// if it is the business's own.
    pub repeats: Option<Vec<u8>>,
    /// The provider's id of our number.
    pub phone_number_id: Option<String>,
    /// Our number as shown.
    pub display_phone_number: Option<String>,
    /// The provider's id of our account.
    pub waba_id: Option<String>,
}

/// What an item says.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum Item {
    /// A message to one of our numbers.
    Message(Box<InboundMessage>),
    /// What became of a message or call of ours.
    Status(Box<StatusUpdate>),
    /// An error of the number or account without a message; under No Storage it can mean that content is lost (131035).
    /// Neither id nor time tells two such errors apart: the same error on another day looks like a repeat.
    ValueError(Fault),
    /// Something sent for us elsewhere.
    Echo(Box<EchoMessage>),
    /// An older message.
    History(Box<HistoryMessage>),
    /// The owner of the phone app did not share the history.
    HistoryRefused(Vec<Fault>),
    /// A part of the history without messages.
    HistoryProgress(HistoryPart),
    /// What happened to a call.
    Call(Box<CallEvent>),
    /// What happened to a group.
    Group(Box<GroupEvent>),
    /// Marketing consent.
    Preference(Box<Preference>),
    /// A person has other names now (outside of system messages).
    IdentityChange(Box<IdentityChange>),
    /// The phone app's address book.
    AddressBook(Box<AddressBookEntry>),
    /// A statement about account, number or template.
    Account(Box<AccountUpdate>),
    /// Kept whole, not or not wholly read.
    NotUnderstood(NotUnderstood),
    /// A post without anything in it.
    Empty,
}

/// An item that was not, or not wholly, understood.
#[derive(Clone, PartialEq)]
pub struct NotUnderstood {
    /// What was not understood.
    pub reason: Reason,
    /// What could be read all the same, such as a message with its sender and time but an unknown content.
    pub read: Option<Box<Item>>,
}

/// What was not understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The webhook field.
    UnknownField,
    /// The type of a message, interactive answer or system message.
    UnknownType,
    /// The status of a message or call.
    UnknownStatus,
    /// The event of a call or group.
    UnknownEvent,
    /// The form.
    Form(NotUnderstoodKind),
}

redacted_debug!(WebhookItem, Item, NotUnderstood);

impl Item {
    /// The change of identity that this item tells of, whichever way it came.
    pub fn identity_change(&self) -> Option<&IdentityChange> {
        match self {
            Self::IdentityChange(change) => Some(change),
            Self::Message(message) => match &message.content {
                InboundContent::System(system) => system.change.as_ref(),
                _ => None,
            },
            _ => None,
        }
    }

    pub(crate) fn not_understood(reason: Reason, read: Option<Self>) -> Self {
        Self::NotUnderstood(NotUnderstood {
            reason,
            read: read.map(Box::new),
        })
    }
}
