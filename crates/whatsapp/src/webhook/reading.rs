//! From one element of a list to its kind, its typed form and the parts by which a repeat of it is recognised.

use serde_json::Value;

use super::fields::{Field, Part};
use super::item::account::{AddressBookEntry, Preference};
use super::item::{
    AccountUpdate, Fault, HistoryPart, IdentityChange, Item, Reason, Status, call, content, echo, group, history,
    message, shape, status,
};
use super::kind::{CallKind, CallStatusKind, ContentKind, GroupKind, ItemKind, NotUnderstoodKind, StatusKind};

/// What one element turned out to be.
pub(crate) struct Reading {
    pub(crate) kind: ItemKind,
    pub(crate) item: Item,
    /// The parts after the number id; `None` if only the canonical item can tell a repeat.
    pub(crate) key: Option<Key>,
}

/// The family of messages.
pub(crate) const MESSAGE: &str = "message";
/// The family of what was sent for us elsewhere.
pub(crate) const ECHO: &str = "echo";
/// The family of older messages in a history.
pub(crate) const HISTORY: &str = "history";

/// What tells an item from all others of its number.
pub(crate) struct Key {
    pub(crate) family: &'static str,
    pub(crate) parts: Vec<String>,
}

/// Where an element stands.
#[derive(Clone, Copy)]
pub(crate) struct Standing<'a> {
    pub(crate) field: Field,
    pub(crate) own_number: Option<&'a str>,
    pub(crate) contact: Option<&'a Value>,
}

impl Reading {
    pub(crate) fn not_understood(why: NotUnderstoodKind) -> Self {
        Self {
            kind: ItemKind::NotUnderstood(why),
            item: Item::not_understood(Reason::Form(why), None),
            key: None,
        }
    }

    pub(crate) fn of_field(field: Field, value: &Value, reported_at: Option<i64>) -> Self {
        let update = Item::Account(Box::new(AccountUpdate::read(field, value, reported_at)));
        let item = match field {
            Field::Unknown => Item::not_understood(Reason::UnknownField, Some(update)),
            _ => update,
        };
        Self {
            kind: ItemKind::Field(field),
            item,
            key: None,
        }
    }
}

/// Reads one element of a list other than `history`.
pub(crate) fn read(part: Part, element: &Value, standing: Standing<'_>) -> Reading {
    let reading = match part {
        Part::Messages if standing.field == Field::History => {
            read_history(element, standing, None, HistoryPart::default())
        }
        Part::Messages => read_message(element, standing),
        Part::Statuses => read_status(element, standing),
        Part::Errors => Fault::read(element).map(|fault| Reading {
            kind: ItemKind::Error,
            item: Item::ValueError(fault),
            key: None,
        }),
        Part::Echoes => read_echo(element, standing),
        Part::Calls => read_call(element, standing),
        Part::Groups => read_group(element),
        Part::Preferences => of_list(
            Field::UserPreferences,
            Preference::read(element, standing.contact),
            Item::Preference,
        ),
        Part::UserIds => of_list(
            Field::UserIdUpdate,
            IdentityChange::of_update(element),
            Item::IdentityChange,
        ),
        Part::AddressBook => of_list(
            Field::SmbAppStateSync,
            AddressBookEntry::read(element),
            Item::AddressBook,
        ),
        Part::AutomaticEvents => element
            .is_object()
            .then(|| Reading::of_field(Field::AutomaticEvents, element, shape::instant(element, "timestamp"))),
        Part::History => None,
    };
    reading.unwrap_or_else(|| Reading::not_understood(NotUnderstoodKind::WrongShape))
}

/// Reads one older message.
pub(crate) fn read_history(
    element: &Value,
    standing: Standing<'_>,
    thread: Option<&Value>,
    part: HistoryPart,
) -> Option<Reading> {
    let read = history::read(element, standing.contact, standing.own_number, thread, part)?;
    let key = message_key(HISTORY, &read.message.id, element);
    Some(of_message(
        read.content,
        ItemKind::HistoryMessage,
        Item::History(Box::new(read.message)),
        key,
    ))
}

fn read_message(element: &Value, standing: Standing<'_>) -> Option<Reading> {
    let standby = standing.field == Field::Standby;
    let read = message::read(element, standing.contact, standing.own_number, standby)?;
    let key = message_key(MESSAGE, &read.message.id, element);
    let wrap = if standby { ItemKind::Standby } else { ItemKind::Message };
    Some(of_message(
        read.content,
        wrap,
        Item::Message(Box::new(read.message)),
        key,
    ))
}

fn read_echo(element: &Value, standing: Standing<'_>) -> Option<Reading> {
    let read = echo::read(element, standing.contact)?;
    let key = message_key(ECHO, &read.echo.id, shape::child(element, "message").unwrap_or(element));
    Some(of_message(
        read.content,
        ItemKind::Echo,
        Item::Echo(Box::new(read.echo)),
        key,
    ))
}

fn of_message(
    content: Result<ContentKind, NotUnderstoodKind>,
    wrap: fn(ContentKind) -> ItemKind,
    item: Item,
    key: Key,
) -> Reading {
    let (kind, item) = match content {
        Ok(kind) if wrap(kind).is_unknown() => (wrap(kind), Item::not_understood(Reason::UnknownType, Some(item))),
        Ok(kind) => (wrap(kind), item),
        Err(why) => (
            ItemKind::NotUnderstood(why),
            Item::not_understood(Reason::Form(why), Some(item)),
        ),
    };
    Reading {
        kind,
        item,
        key: Some(key),
    }
}

fn message_key(family: &'static str, id: &str, message: &Value) -> Key {
    let name = content::type_of(message).unwrap_or_default();
    Key {
        family,
        parts: vec![id.to_owned(), name.to_owned()],
    }
}

fn read_status(element: &Value, standing: Standing<'_>) -> Option<Reading> {
    let update = status::read(element, standing.contact, standing.field == Field::Calls)?;
    let (family, kind, unknown) = match update.status {
        Status::Message(kind) => ("status", ItemKind::Status(kind), kind == StatusKind::Unknown),
        Status::Call(kind) => (
            "call_status",
            ItemKind::CallStatus(kind),
            kind == CallStatusKind::Unknown,
        ),
    };
    const RECIPIENT: &[&str] = &[
        "recipient_id",
        "recipient_user_id",
        "recipient_participant_id",
        "participant_recipient_id",
        "recipient_participant_user_id",
    ];
    let mut parts = vec![update.message_id.clone()];
    parts.extend(
        ["status", "timestamp"]
            .iter()
            .chain(RECIPIENT)
            .map(|key| shape::text(element, key).unwrap_or_default()),
    );
    let item = Item::Status(Box::new(update));
    let item = if unknown {
        Item::not_understood(Reason::UnknownStatus, Some(item))
    } else {
        item
    };
    Some(Reading {
        kind,
        item,
        key: Some(Key { family, parts }),
    })
}

fn read_call(element: &Value, standing: Standing<'_>) -> Option<Reading> {
    let event = call::read(element, standing.contact, standing.own_number)?;
    let parts = vec![event.id.clone(), shape::text(element, "event").unwrap_or_default()];
    let kind = event.event;
    let item = Item::Call(Box::new(event));
    let item = match kind {
        CallKind::Unknown => Item::not_understood(Reason::UnknownEvent, Some(item)),
        _ => item,
    };
    Some(Reading {
        kind: ItemKind::Call(kind),
        item,
        key: Some(Key { family: "call", parts }),
    })
}

fn read_group(element: &Value) -> Option<Reading> {
    let event = group::read(element)?;
    let kind = event.event;
    let item = Item::Group(Box::new(event));
    let item = match kind {
        GroupKind::Unknown => Item::not_understood(Reason::UnknownEvent, Some(item)),
        _ => item,
    };
    Some(Reading {
        kind: ItemKind::Group(kind),
        item,
        key: None,
    })
}

fn of_list<T>(field: Field, read: Option<T>, wrap: fn(Box<T>) -> Item) -> Option<Reading> {
    Some(Reading {
        kind: ItemKind::Field(field),
        item: wrap(Box::new(read?)),
        key: None,
    })
}
