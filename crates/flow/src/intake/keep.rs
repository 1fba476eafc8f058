//! Keeping whole what is not understood, not handled yet, or for a number that is not set up.
//!
//! Nothing that is rightly signed is dropped. What is kept has a review date and is counted by kind and reason.

use super::record::Arrived;
use super::weight::weight;
use crate::Flow;
use crate::context::Unavailable;
use crate::log;
use counterfoil_ledger::leaf::Actor;
use counterfoil_ledger::registry::LeafKind;
use counterfoil_model::KeptId;
use counterfoil_store::Unit;
use counterfoil_store::rows::KeptRow;
use counterfoil_vault::{Kind, Label, Place};
use counterfoil_whatsapp::webhook::{Item, WebhookItem};
use std::time::Duration;

/// After how long what was kept shall be looked at and either parsed or let go.
const REVIEW_AFTER: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// Why something was kept whole. Never change a number; add another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    /// It is not of a shape that we know.
    NotUnderstood = 1,
    /// It is for a number that is not set up here.
    NumberNotSetUp = 2,
    /// It names nobody it could be from.
    NoSender = 3,
    /// It is understood, and nothing here shows it yet.
    NotHandled = 4,
    /// The provider reports an error of its own.
    ProviderError = 5,
}

impl Reason {
    const ALL: [Self; 5] = [
        Self::NotUnderstood,
        Self::NumberNotSetUp,
        Self::NoSender,
        Self::NotHandled,
        Self::ProviderError,
    ];

    /// The word for it, stable; that of a newer program is just `other`.
    pub(crate) fn word(code: i64) -> &'static str {
        match Self::ALL.into_iter().find(|reason| *reason as i64 == code) {
            Some(Self::NotUnderstood) => "not_understood",
            Some(Self::NumberNotSetUp) => "number_not_set_up",
            Some(Self::NoSender) => "no_sender",
            Some(Self::NotHandled) => "not_handled",
            Some(Self::ProviderError) => "provider_error",
            None => "other",
        }
    }
}

/// Why an item that is neither a message nor a status is kept.
pub(crate) fn reason(item: &WebhookItem) -> Reason {
    match &item.item {
        Item::NotUnderstood { .. } => Reason::NotUnderstood,
        Item::ValueError(_) => Reason::ProviderError,
        _ => Reason::NotHandled,
    }
}

/// Adds to `unit` the whole item, sealed under the connection's tree.
pub(crate) async fn add(
    flow: &Flow,
    unit: Unit,
    arrived: Arrived,
    item: &WebhookItem,
    reason: Reason,
) -> Result<Unit, Unavailable> {
    let kit = flow
        .kit(arrived.connection)
        .ok_or_else(|| Unavailable("the connection is gone".into()))?;
    let at = flow.now();
    let id = KeptId::new(at, flow.random());
    let key = flow.vault().item(kit.tree).await?;
    let place = Place {
        kind: Kind::Kept,
        object: *id.bytes(),
        label: Label::Raw,
    };
    let raw = key.seal(place, &item.raw);
    let commitment = key.commit(Label::Raw, &item.raw);
    let leaf = log::leaf(LeafKind::Kept, at, id.bytes(), Actor::SYSTEM)
        .commitment(log::label(Label::Raw), commitment)
        .follows(*arrived.connection.bytes());
    let row = KeptRow {
        id,
        connection: arrived.connection,
        reason: reason as i64,
        raw,
        review_at: at.plus(REVIEW_AFTER),
        recorded_at: at,
        kind: Some(item.kind.name().to_owned()),
        weight: weight(item),
    };
    Ok(unit.record(row, leaf))
}
