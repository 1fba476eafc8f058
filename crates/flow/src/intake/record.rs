//! Recording one item: once, whatever comes how often and in which order.

use super::identify::Named;
use super::known::Known;
use super::mark::Mark;
use super::said::Said;
use super::senders::Name;
use super::{identify, keep, message, tick};
use crate::Flow;
use crate::context::Unavailable;
use crate::lookup::Lookups;
use counterfoil_model::{ConnectionId, DeliveryId, Timestamp};
use counterfoil_store::rows::{
    ContactNameRow, ConversationRow, IdentityEndRow, IdentityRow, IntakeItemRow, ItemOutcome,
};
use counterfoil_store::{CommitError, LOOKUP_EPOCH, Unit};
use counterfoil_whatsapp::webhook::{Item, WebhookItem};

/// How often a unit of work that lost a race is built anew.
const TRIES: usize = 8;

/// The post that an item came in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arrived {
    pub(crate) delivery: DeliveryId,
    pub(crate) connection: ConnectionId,
    pub(crate) at: Timestamp,
}

/// An item of a post.
pub(crate) struct Arrival {
    /// The post.
    pub(crate) post: Arrived,
    /// Its place in the post, from 0.
    pub(crate) position: u32,
    /// The item.
    pub(crate) item: WebhookItem,
    /// By which a repeat of it is recognised.
    pub(super) mark: Mark,
}

impl Arrival {
    pub(crate) fn new(flow: &Flow, post: Arrived, position: u32, item: WebhookItem) -> Self {
        let mark = Mark::of(flow, post, &item);
        Self {
            post,
            position,
            item,
            mark,
        }
    }

    /// When it happened, or when it came if it does not say so.
    pub(super) fn occurred_at(&self) -> Timestamp {
        self.said().and_then(|said| said.at).unwrap_or(self.post.at)
    }

    /// What of it belongs into a conversation.
    pub(super) fn said(&self) -> Option<Said<'_>> {
        Said::of(&self.item)
    }

    /// The keyed names that it gives whoever it is from or to, old and new, if it belongs into a conversation.
    pub(super) fn named(&self, lookups: &Lookups) -> Vec<Named> {
        self.said()
            .map_or_else(Vec::new, |said| identify::named(lookups, said.other_side, said.change))
    }
}

/// Records one item. A repeat changes nothing but its count.
///
/// `known` is what was read for it together with others, if it was.
pub(crate) async fn record(
    flow: &Flow,
    arrival: &Arrival,
    mut known: Option<&Known>,
) -> Result<ItemOutcome, Unavailable> {
    let Arrival {
        post,
        position,
        item,
        mark,
        ..
    } = arrival;
    let arrived = *post;
    let kind = item.kind.name();
    for _ in 0..TRIES {
        let anew;
        let known = match known.take() {
            Some(known) => known,
            None => {
                anew = Known::read(flow, &[arrival]).await?;
                &anew
            }
        };
        let unit = Unit::new("intake.record");
        let (unit, outcome) = if known.seen(mark) {
            (unit, ItemOutcome::Repeat)
        } else {
            let said = arrival.said();
            let borne = said.is_some();
            let (unit, outcome) = match (said, &item.item) {
                (Some(said), _) => message::add(flow, unit, known, arrival, &said).await?,
                (None, Item::Status(status)) => tick::add(flow, unit, known, arrived, item, status).await?,
                (None, _) => {
                    let unit = keep::add(flow, unit, arrived, item, keep::reason(item)).await?;
                    (unit, ItemOutcome::Kept)
                }
            };
            let borne = borne && outcome == ItemOutcome::Recorded;
            // After the rest: what an item ends has to be named before the first row.
            (unit.insert(mark.seen((!borne).then_some(arrived.at))), outcome)
        };
        let unit = unit.insert(IntakeItemRow {
            delivery: arrived.delivery,
            position: i64::from(*position),
            kind: kind.to_owned(),
            outcome,
            at: arrived.at,
        });
        let changes = SenderChange::of(&unit);
        let kept = flow.store().commit(unit).await;
        changes.told(flow, arrival, known.lookups(), &kept);
        match kept {
            Ok(()) => {
                metrics::counter!("intake_items_total", "kind" => kind, "outcome" => name(outcome)).increment(1);
                return Ok(outcome);
            }
            // Someone else recorded the same contact, conversation or item in between: look again.
            Err(CommitError::Conflict { guard }) => {
                if guard == LOOKUP_EPOCH {
                    flow.lookups_now().await?;
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(Unavailable(
        "the same contact was being recorded elsewhere again and again".into(),
    ))
}

/// What a unit of work does to what is remembered of its sender.
#[derive(Clone, Copy, PartialEq, Eq)]
enum SenderChange {
    Nothing,
    /// Something more is known of them.
    More,
    /// A name means somebody else.
    Another,
}

impl SenderChange {
    fn of(unit: &Unit) -> Self {
        if unit.holds::<IdentityEndRow>() {
            Self::Another
        } else if unit.holds::<IdentityRow>() || unit.holds::<ContactNameRow>() || unit.holds::<ConversationRow>() {
            Self::More
        } else {
            Self::Nothing
        }
    }

    /// Has forgotten what is stale now that the unit was kept or not. What met a conflict was stale before.
    fn told(self, flow: &Flow, arrival: &Arrival, lookups: &Lookups, kept: &Result<(), CommitError>) {
        if arrival.said().is_none() {
            return;
        }
        let senders = &flow.inner.senders;
        match (self, kept) {
            (Self::Nothing, Ok(())) => {}
            (Self::Another, _) => senders.forget_all(),
            _ => {
                let names: Vec<Name> = arrival.named(lookups).iter().map(|named| named.name).collect();
                senders.forget(&names);
            }
        }
    }
}

const fn name(outcome: ItemOutcome) -> &'static str {
    match outcome {
        ItemOutcome::Recorded => "recorded",
        ItemOutcome::Repeat => "repeated",
        ItemOutcome::Kept => "kept",
    }
}
