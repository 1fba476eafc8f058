//! The mark by which a repeat of an item is recognised.
//!
//! What counts as a repeat: `docs/decisions/2026-11-22-what-is-a-repeat.md`; why a mark begins with a time:
//! `docs/decisions/2026-11-27-marks-lie-by-time.md`.

use super::record::Arrived;
use crate::Flow;
use counterfoil_model::Timestamp;
use counterfoil_store::rows::{ItemMark, SeenRow};
use counterfoil_store::sql::ReadError;
use counterfoil_vault::Keyed;
use counterfoil_whatsapp::webhook::{Item, ItemKind, WebhookItem};
use std::collections::HashSet;

/// The mark of an item.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark {
    item: ItemMark,
    /// As it stands when the item came before marks had a time.
    without_time: ItemMark,
    /// That of the message which an older message in a history was when it came.
    repeats: Option<ItemMark>,
}

/// The marks of items that were taken.
#[derive(Default)]
pub(crate) struct Marks(HashSet<ItemMark>);

impl Mark {
    pub(crate) fn of(flow: &Flow, arrived: Arrived, item: &WebhookItem) -> Self {
        let told_apart_by = flow.vault().dedupe(&repeat_text(arrived, item));
        Self {
            item: ItemMark::new(happened_at(item), told_apart_by),
            without_time: ItemMark::without_time(told_apart_by),
            repeats: repeats(flow, item),
        }
    }

    /// The row that it leaves, once the item was taken and became a message that bears it, or something else at a time.
    pub(crate) fn seen(&self, at: Option<Timestamp>) -> SeenRow {
        SeenRow { mark: self.item, at }
    }

    /// What a message bears.
    pub(crate) fn item(&self) -> ItemMark {
        self.item
    }
}

impl Marks {
    /// Those of these items that were taken.
    pub(crate) async fn read(flow: &Flow, wanted: impl Iterator<Item = Mark>) -> Result<Self, ReadError> {
        let store = flow.store();
        let asked = &flow.inner.marks_without_time;
        let without_time = *asked.get_or_try_init(|| store.seen_without_time()).await?;
        let wanted = wanted.flat_map(|mark| [Some(mark.item), mark.repeats, without_time.then_some(mark.without_time)]);
        let marks: Vec<ItemMark> = wanted.flatten().collect();
        Ok(Self(store.seen(&marks).await?.into_iter().collect()))
    }

    /// Whether such an item was taken.
    pub(crate) fn hold(&self, mark: &Mark) -> bool {
        let each = [Some(&mark.item), Some(&mark.without_time), mark.repeats.as_ref()];
        each.into_iter().flatten().any(|mark| self.0.contains(mark))
    }
}

/// What tells a message from all other items, from the item that it came as.
pub(crate) fn of_message(flow: &Flow, item: &WebhookItem) -> Keyed {
    flow.vault().dedupe(&item.dedupe)
}

/// The mark of the message that an older message in a history was when it came: what was recorded, or erased since, does not come back that way.
fn repeats(flow: &Flow, item: &WebhookItem) -> Option<ItemMark> {
    let Item::History(message) = &item.item else {
        return None;
    };
    let told_apart_by = flow.vault().dedupe(item.repeats.as_ref()?);
    Some(ItemMark::new(
        message.timestamp.map(Timestamp::from_micros),
        told_apart_by,
    ))
}

/// When an item says that it happened.
pub(crate) fn happened_at(item: &WebhookItem) -> Option<Timestamp> {
    let micros = match &item.item {
        Item::Message(message) => message.timestamp,
        Item::Status(status) => status.timestamp,
        Item::Echo(echo) => echo.timestamp,
        _ => None,
    };
    micros.map(Timestamp::from_micros)
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
