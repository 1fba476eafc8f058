//! What WhatsApp tells of its own: of the account, its numbers and templates, of a history that was not shared, of errors of its own.
//!
//! Stands beside the way of a message: the way in keeps each of these whole, with its weight. What people said, and whom a statement is about, is never
//! shown here: only statements about what is the organisation's own are opened.

use crate::Flow;
use crate::context::Unavailable;
use counterfoil_model::{KeptId, Opened, Timestamp};
use counterfoil_policy::{Action, Actor, Machine, machine_permit, may};
use counterfoil_store::rows::KeptRow;
use counterfoil_vault::{Kind, Label, OpenError, Place};
use counterfoil_whatsapp::webhook::item::AccountUpdate;
use counterfoil_whatsapp::webhook::{Field, Item, ItemKind, split};

pub use counterfoil_store::rows::Weight;

/// The longest part of the list.
pub const TOLD_MOST: usize = 100;

/// One statement.
pub struct Told {
    /// Which.
    pub id: KeptId,
    /// What it is about, by the name under which it is counted, such as `field.security`.
    pub kind: &'static str,
    /// How much it matters.
    pub weight: Weight,
    /// WhatsApp's own name of what happened, or the number of its error.
    pub event: Option<Opened<String>>,
    /// The number, template or setting that it names.
    pub about: Option<Opened<String>>,
    /// All of it, as JSON.
    pub whole: Option<Opened<String>>,
    /// When it was recorded.
    pub at: Timestamp,
}

/// A part of the list, newest first.
pub struct ToldList {
    /// The statements.
    pub items: Vec<Told>,
    /// Where older ones begin, if there are any.
    pub older: Option<KeptId>,
}

/// Why nothing is listed.
#[derive(Debug, thiserror::Error)]
pub enum ToldError {
    /// This person does not look after connections.
    #[error("this role does not look after connections")]
    Refused,
    /// A part of the installation did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Whether an item of this kind is a statement about what is the organisation's own.
fn is_of_our_own(kind: ItemKind) -> bool {
    match kind {
        ItemKind::Error | ItemKind::History(_) => true,
        // These name people, or nobody knows what they name.
        ItemKind::Field(
            Field::SmbAppStateSync
            | Field::UserPreferences
            | Field::UserIdUpdate
            | Field::AutomaticEvents
            | Field::TrackingEvents
            | Field::MessagingHandovers
            | Field::Unknown,
        ) => false,
        ItemKind::Field(_) => true,
        _ => false,
    }
}

/// Lists what WhatsApp told that weighs `least` or more, newest first, older than `before`, `limit` at most and never more than [`TOLD_MOST`].
///
/// # Errors
/// See [`ToldError`].
pub async fn told(
    flow: &Flow,
    actor: &Actor,
    least: Weight,
    before: Option<KeptId>,
    limit: usize,
) -> Result<ToldList, ToldError> {
    may(actor, Action::ManageConnections).map_err(|_| ToldError::Refused)?;
    let limit = limit.clamp(1, TOLD_MOST);
    let kinds: Vec<&str> = ItemKind::all()
        .filter(|kind| is_of_our_own(*kind))
        .map(ItemKind::name)
        .collect();
    let mut rows = flow
        .store()
        .kept_told(&kinds, least, before, limit + 1)
        .await
        .map_err(Unavailable::from)?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        items.push(open(flow, row).await?);
    }
    let older = items.last().filter(|_| more).map(|item| item.id);
    Ok(ToldList { items, older })
}

async fn open(flow: &Flow, row: KeptRow) -> Result<Told, Unavailable> {
    let place = Place {
        kind: Kind::Kept,
        object: *row.id.bytes(),
        label: Label::Raw,
    };
    let permit = machine_permit(Machine::Upkeep, vec![place.object]);
    let raw = match flow.vault().open(&permit, place, &row.raw).await {
        Ok(raw) => Some(raw),
        Err(OpenError::Erased) => None,
        Err(error) => return Err(error.into()),
    };
    let item = raw.and_then(|raw| split(raw.expose()).items.into_iter().next());
    let (event, about, whole) = match item.as_ref().map(|item| &item.item) {
        Some(Item::Account(update)) => (
            update.event.clone(),
            named(update),
            Some(pretty(update.value.as_json())),
        ),
        Some(Item::ValueError(fault)) => (fault.code.map(|code| code.to_string()), fault.title.clone(), None),
        Some(Item::HistoryRefused(faults)) => (
            faults.iter().find_map(|fault| fault.code).map(|code| code.to_string()),
            faults.iter().find_map(|fault| fault.title.clone()),
            None,
        ),
        _ => (None, None, None),
    };
    let kind = row
        .kind
        .as_deref()
        .and_then(ItemKind::from_name)
        .map_or("other", ItemKind::name);
    Ok(Told {
        id: row.id,
        kind,
        weight: row.weight,
        event: event.map(Opened::new),
        about: about.map(Opened::new),
        whole: whole.map(Opened::new),
        at: row.recorded_at,
    })
}

/// The number, template or setting that a statement names.
fn named(update: &AccountUpdate) -> Option<String> {
    let value: serde_json::Value = serde_json::from_str(update.value.as_json()).ok()?;
    let names = [
        "message_template_name",
        "display_phone_number",
        "requested_verified_name",
        "entity_type",
    ];
    names
        .iter()
        .find_map(|name| value.get(name)?.as_str().map(str::to_owned))
}

fn pretty(json: &str) -> String {
    let value: Option<serde_json::Value> = serde_json::from_str(json).ok();
    value
        .and_then(|value| serde_json::to_string_pretty(&value).ok())
        .unwrap_or_else(|| json.to_owned())
}
