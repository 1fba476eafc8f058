//! The mark by which a repeat of an item is recognised, and a message found by the provider's id.
//!
//! What counts as a repeat: `docs/decisions/2026-11-22-what-is-a-repeat.md`.

use super::record::Arrived;
use crate::Flow;
use counterfoil_model::{MessageId, Timestamp};
use counterfoil_store::rows::SeenRow;
use counterfoil_vault::Half;
use counterfoil_whatsapp::webhook::{Item, ItemKind, WebhookItem};
use std::collections::HashSet;

/// The mark of an item.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark {
    about: Half,
    item: Half,
    /// What stands for a message that was taken before marks began with the provider's id.
    before: [Half; 2],
}

/// The marks of items that were taken.
#[derive(Default)]
pub(crate) struct Marks(HashSet<[Half; 2]>);

impl Mark {
    pub(crate) fn of(flow: &Flow, arrived: Arrived, item: &WebhookItem) -> Self {
        let [first, second] = flow.vault().dedupe(&repeat_text(arrived, item)).halves();
        let (about, of_item) = match &item.item {
            Item::Message(message) => (flow.vault().dedupe(message.id.as_bytes()).halves()[0], first),
            _ => (first, second),
        };
        Self {
            about,
            item: of_item,
            before: [first, second],
        }
    }

    /// The row that it leaves, once the item was taken.
    pub(crate) fn seen(&self, message: Option<MessageId>, at: Timestamp) -> SeenRow {
        SeenRow {
            about: self.about,
            item: self.item,
            message,
            at,
        }
    }
}

impl Marks {
    /// Those of these items that were taken.
    pub(crate) async fn read(flow: &Flow, wanted: &[Mark]) -> Result<Self, counterfoil_store::sql::ReadError> {
        let about: Vec<Half> = wanted.iter().map(|mark| mark.about).collect();
        let rows = flow.store().seen_about(&about).await?;
        let before: HashSet<Half> = rows
            .iter()
            .filter(|row| is_of_before(row))
            .map(|row| row.about)
            .collect();
        let mut marks: HashSet<_> = rows.iter().map(|row| [row.about, row.item]).collect();
        let again: Vec<&Mark> = wanted.iter().filter(|mark| before.contains(&mark.about)).collect();
        if !again.is_empty() {
            let about: Vec<Half> = again.iter().map(|mark| mark.before[0]).collect();
            let rows = flow.store().seen_about(&about).await?;
            marks.extend(rows.iter().map(|row| [row.about, row.item]));
        }
        Ok(Self(marks))
    }

    /// Whether such an item was taken.
    pub(crate) fn hold(&self, mark: &Mark) -> bool {
        self.0.contains(&[mark.about, mark.item]) || self.0.contains(&mark.before)
    }
}

/// Whether a row finds a message that was taken before the marks of messages began with the provider's id (migration 0011).
fn is_of_before(row: &SeenRow) -> bool {
    row.message.is_some_and(|message| message.bytes() == row.item.bytes())
}

/// The text by which a repeat of an item is recognised.
///
/// An error that the provider reports about itself has no id and no time: the same one on another day is another one.
fn repeat_text(arrived: Arrived, item: &WebhookItem) -> Vec<u8> {
    let mut text = item.dedupe.clone();
    if item.kind == ItemKind::Error {
        text.extend_from_slice(&arrived.at.seconds().div_euclid(24 * 60 * 60).to_be_bytes());
    }
    text
}
