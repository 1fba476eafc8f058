//! The register of traces: every table that may hold something of a contact, a conversation or a message, how its rows are found
//! from what they belong to, and how they go.
//!
//! Stands behind erasing. A table with a column that is erased with its row and without an entry here fails a test. Rows go only
//! against a [`Punctured`] that covers every key that their sealed columns name: so nothing is deleted that somebody could still open from a
//! backup, and a hold, which the vault looks at, protects all of it.

use crate::Store;
use crate::change::Change;
use crate::columns::{Class, classification};
use crate::rows::*;
use crate::sql::value::args;
use crate::sql::{Cells, ReadError, Value, statements, text};
use counterfoil_model::Timestamp;
use counterfoil_vault::{Address, Punctured, Sealed};

/// How far back a history may reach that the provider sends of a number (Cloud API, webhook field `history`, phase 2, as of 2026), in microseconds.
const HISTORY: i64 = 180 * 24 * 60 * 60 * 1_000_000;

/// From what a trace is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// The id of a contact.
    Contact,
    /// The id of a conversation.
    Conversation,
    /// The id of a message.
    Message,
    /// The id of an attachment.
    Attachment,
    /// The id of a filing.
    Filing,
    /// The id of an identity.
    Identity,
}

/// One entry of the register.
#[derive(Debug)]
pub struct Trace {
    /// The table.
    pub table: &'static Table,
    /// What its rows belong to here; `None`: its own id.
    pub of: Option<Of>,
    /// What others belong to by its id.
    pub is: Option<Of>,
    /// Whether its rows are on the record.
    pub recorded: bool,
    find: &'static str,
    delete: &'static str,
}

macro_rules! traces {
    ($($name:ident, $delete:ident: $row:ident in $table:literal of $of:expr, is $is:expr, recorded $recorded:literal, $find:literal;)+) => {
        statements! {
            $($name = text!("SELECT ", $row::COLUMNS, " FROM ", $table, " ", $find);)+
            $($delete = text!("DELETE FROM ", $table, " WHERE id IN ({list})");)+
            // Kept for a while from `at` on, which for what a history may bring is as late as one may bring it.
            // Two messages may bear one mark, when it had been forgotten in between.
            TOMBSTONES = "INSERT INTO seen (mark, at) SELECT message.mark, CASE WHEN max(message.occurred_at) + $2 > $1 \
                THEN max(message.occurred_at) + $2 ELSE $1 END FROM message WHERE message.id IN ({list}) AND message.mark IS NOT NULL \
                AND (message.occurred_at + $2 > $1 OR message.recorded_at + $2 > $1) GROUP BY message.mark \
                ON CONFLICT (mark) DO UPDATE SET at = excluded.at";
            READ_MARKS = "DELETE FROM read_mark WHERE conversation_id IN ({list})";
            REFOLD = "UPDATE conversation SET last_at = coalesce((SELECT max(message.occurred_at) FROM message \
                WHERE message.conversation_id = conversation.id), conversation.last_at), last_inbound_at = (SELECT max(message.occurred_at) \
                FROM message WHERE message.conversation_id = conversation.id AND message.direction = 1) WHERE conversation.id IN ({list})";
            MESSAGES_SOME = "SELECT message.id FROM message WHERE message.conversation_id IN ({list}) LIMIT $1";
        }

        /// The register.
        pub const TRACES: &[Trace] = &[$(Trace {
            table: $row::TABLE, of: $of, is: $is, recorded: $recorded, find: $name, delete: $delete,
        },)+];
    };
}

// A row comes before what it belongs to, so that a contact is the last to go.
traces! {
    TICKS, TICKS_GO: TickRow in "tick" of Some(Of::Message), is None, recorded true, "WHERE tick.message_id IN ({list})";
    TICKS_FIRST, TICKS_FIRST_GO: TickRow in "tick" of Some(Of::Message), is None, recorded true,
        "JOIN tick AS own ON own.provider_hash = tick.provider_hash WHERE tick.message_id IS NULL AND own.message_id IN ({list})";
    ATTACHMENT_STEPS, ATTACHMENT_STEPS_GO: AttachmentStepRow in "attachment_step" of Some(Of::Attachment), is None, recorded true,
        "WHERE attachment_step.attachment_id IN ({list})";
    ATTACHMENTS, ATTACHMENTS_GO: AttachmentRow in "attachment" of Some(Of::Message), is Some(Of::Attachment), recorded true,
        "WHERE attachment.message_id IN ({list})";
    ATTACHMENT, ATTACHMENT_GO: AttachmentRow in "attachment" of None, is Some(Of::Attachment), recorded true,
        "WHERE attachment.id IN ({list})";
    FILING_STEPS, FILING_STEPS_GO: FilingStepRow in "filing_step" of Some(Of::Filing), is None, recorded true,
        "WHERE filing_step.filing_id IN ({list})";
    FILINGS, FILINGS_GO: FilingRow in "filing" of Some(Of::Message), is Some(Of::Filing), recorded true,
        "WHERE filing.message_id IN ({list})";
    MESSAGE, MESSAGE_GO: MessageRow in "message" of None, is Some(Of::Message), recorded true, "WHERE message.id IN ({list})";
    DRAFTS, DRAFTS_GO: DraftRow in "draft" of Some(Of::Conversation), is None, recorded false,
        "WHERE draft.conversation_id IN ({list})";
    CONVERSATION, CONVERSATION_GO: ConversationRow in "conversation" of None, is Some(Of::Conversation), recorded true,
        "WHERE conversation.id IN ({list})";
    CONVERSATIONS, CONVERSATIONS_GO: ConversationRow in "conversation" of Some(Of::Contact), is Some(Of::Conversation), recorded true,
        "WHERE conversation.contact_id IN ({list})";
    CONTACT_NAMES, CONTACT_NAMES_GO: ContactNameRow in "contact_name" of Some(Of::Contact), is None, recorded true,
        "WHERE contact_name.contact_id IN ({list})";
    IDENTITY_ENDS, IDENTITY_ENDS_GO: IdentityEndRow in "identity_end" of Some(Of::Identity), is None, recorded true,
        "WHERE identity_end.id IN ({list})";
    IDENTITIES, IDENTITIES_GO: IdentityRow in "identity" of Some(Of::Contact), is Some(Of::Identity), recorded true,
        "WHERE identity.contact_id IN ({list})";
    CONTACT, CONTACT_GO: ContactRow in "contact" of None, is Some(Of::Contact), recorded true, "WHERE contact.id IN ({list})";
}

/// A row that is to go, as it was found.
pub struct Doomed {
    /// Its entry in the register.
    pub trace: &'static Trace,
    /// Its id.
    pub id: [u8; 16],
    values: Vec<(&'static str, Value)>,
}

impl Doomed {
    /// What stands in a column.
    pub fn value(&self, column: &str) -> Option<&Value> {
        let found = self.values.iter().find(|(name, _)| *name == column);
        found.map(|(_, value)| value)
    }

    /// The keys that its sealed columns name.
    pub fn keys(&self) -> impl Iterator<Item = Address> {
        let said = classification().data.get(self.trace.table.name);
        let values = self.values.iter().filter(move |(column, _)| {
            said.and_then(|said| said.columns.get(*column))
                .is_some_and(|column| column.class == Class::Sealed)
        });
        values.filter_map(|(_, value)| match value {
            Value::Bytes(bytes) => Sealed::<Vec<u8>>::from_bytes(bytes.clone()).address(),
            _ => None,
        })
    }

    /// What is left of it when `punctured` covers every key that it names.
    ///
    /// # Errors
    /// [`StillOpens`] when it does not.
    pub fn cleared(&self, punctured: &Punctured) -> Result<Cleared, StillOpens> {
        let Self { trace, id, .. } = *self;
        let all = self.keys().all(|key| punctured.covers(key));
        all.then_some(Cleared { trace, id }).ok_or(StillOpens)
    }
}

/// A row that may go: every key that it names is destroyed.
#[derive(Debug, Clone, Copy)]
pub struct Cleared {
    trace: &'static Trace,
    id: [u8; 16],
}

impl Cleared {
    /// Its table.
    pub fn table(&self) -> &'static str {
        self.trace.table.name
    }

    /// Its id.
    pub fn id(&self) -> [u8; 16] {
        self.id
    }

    /// Whether it is on the record.
    pub fn recorded(&self) -> bool {
        self.trace.recorded
    }

    /// Its place in the order in which rows may go one after the other: before what it belongs to.
    pub fn place(&self) -> usize {
        let first = TRACES.iter().position(|trace| trace.table.name == self.table());
        first.unwrap_or_default()
    }
}

/// A key that a row names is not destroyed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key of this row is not destroyed, so it stays")]
pub struct StillOpens;

impl Store {
    /// The rows of one table that belong to these, in no order.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn traces(&self, trace: &'static Trace, of: &[[u8; 16]]) -> Result<Vec<Doomed>, ReadError> {
        let list = of.iter().map(|id| Value::Bytes(id.to_vec())).collect();
        let rows = self.database().listed(trace.find, Vec::new(), list).await?;
        rows.into_iter()
            .map(|row| {
                let first = row.iter().take(1).cloned().collect();
                let id = Cells::new(first).take(trace.table.name, trace.table.columns[0])?;
                let values = trace.table.columns.iter().copied().zip(row).collect();
                Ok(Doomed { trace, id, values })
            })
            .collect()
    }

    /// Some of the messages that are left in these conversations, about `limit`.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn messages_some(&self, conversations: &[[u8; 16]], limit: usize) -> Result<Vec<[u8; 16]>, ReadError> {
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        let list = conversations.iter().map(|id| Value::Bytes(id.to_vec())).collect();
        let rows = self.database().listed(MESSAGES_SOME, args![most], list).await?;
        rows.into_iter()
            .map(|row| Cells::new(row).take("message", "id"))
            .collect()
    }
}

impl Change {
    /// Removes rows whose keys are destroyed. What a provider may send again of the messages, of its own accord or as a part of a history, stays known
    /// as a tombstone from `at` on.
    pub fn erase(rows: &[Cleared], at: Timestamp) -> Vec<Self> {
        let ids = |name: &str| -> Vec<Value> {
            let of = rows.iter().filter(|row| row.trace.table.name == name);
            of.map(|row| Value::Bytes(row.id.to_vec())).collect()
        };
        let mut changes = vec![Self::listed("seen", TOMBSTONES, args![at, HISTORY], ids("message"))];
        changes.push(Self::listed("read_mark", READ_MARKS, Vec::new(), ids("conversation")));
        let mut gone = Vec::new();
        for trace in TRACES {
            if !gone.contains(&trace.table.name) {
                gone.push(trace.table.name);
                changes.push(Self::listed(
                    trace.table.name,
                    trace.delete,
                    Vec::new(),
                    ids(trace.table.name),
                ));
            }
        }
        changes
    }

    /// Sets the times of conversations that lost messages to those of the messages that are left.
    pub fn conversations_refold(conversations: &[[u8; 16]]) -> Self {
        let list = conversations.iter().map(|id| Value::Bytes(id.to_vec())).collect();
        Self::listed("conversation", REFOLD, Vec::new(), list)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::columns::Erased;
    use std::collections::BTreeSet;

    /// What goes with something of the organisation's own or of its staff, and not with a person outside: no erasure is of these yet. Marks of what
    /// was read have no id and go by [`READ_MARKS`].
    const OTHERS: &[&str] = &[
        "reference",
        "kept",
        "connection_settings",
        "gate_authority",
        "gate",
        "team",
        "channel",
        "person",
        "person_state",
        "team_member",
        "credential",
        "erasure",
        "hold",
        "backup",
        "retirement",
        "erasure_kept",
        "read_mark",
    ];

    #[test]
    fn what_belongs_to_something_goes_before_it() {
        for child in TRACES {
            let Some(of) = child.of else { continue };
            for parent in TRACES.iter().filter(|parent| parent.is == Some(of)) {
                let place = |trace| {
                    let id = [0; 16];
                    Cleared { trace, id }.place()
                };
                let (name, parent_name) = (child.table.name, parent.table.name);
                assert!(place(child) < place(parent), "{name} after {parent_name}");
            }
        }
    }

    #[test]
    fn every_table_whose_rows_are_erased_is_registered() {
        let registered: BTreeSet<&str> = TRACES
            .iter()
            .map(|trace| trace.table.name)
            .chain(OTHERS.iter().copied())
            .collect();
        for (name, table) in &classification().data {
            let erased = table
                .columns
                .values()
                .any(|column| matches!(column.erased, Erased::Row | Erased::Punctured));
            assert!(!erased || registered.contains(name.as_str()), "{name} has no trace");
            for trace in TRACES.iter().filter(|trace| trace.table.name == name) {
                assert_eq!(trace.recorded, table.recorded, "{name}");
            }
        }
    }
}
