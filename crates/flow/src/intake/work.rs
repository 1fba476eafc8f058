//! Working off what waits: opens deliveries, cuts them into items, and records each.
//!
//! Items of one contact are recorded one after the other; different contacts side by side. A delivery is done when all its
//! items are; a crash in between repeats only what was not recorded. One that cannot be worked off is tried again later
//! ([`super::postpone`]) and holds up no other.

use super::postpone::{Hurdles, LONGEST, Setback};
use super::record::{self, Arrived};
use crate::Flow;
use crate::background::{Step, guarded};
use crate::context::Unavailable;
use counterfoil_model::DeliveryId;
use counterfoil_store::rows::{DeliveryRow, Trouble};
use counterfoil_store::{Change, Unit};
use counterfoil_whatsapp::webhook::{Item, WebhookItem, split};
use futures_util::stream::{self, StreamExt};
use std::collections::{BTreeSet, HashMap};

/// How many deliveries are opened at a time.
const BATCH: usize = 64;
/// How many contacts are worked on side by side.
const LANES: usize = 32;

struct Job {
    arrived: Arrived,
    position: u32,
    item: WebhookItem,
}

/// Takes what waits and records it.
pub(crate) async fn step(flow: Flow) -> Result<Step, Unavailable> {
    let waiting = flow.store().delivery_waiting(flow.now(), LONGEST, BATCH).await?;
    if waiting.is_empty() {
        return Ok(Step::Idle);
    }
    let ids: Vec<DeliveryId> = waiting.iter().map(|row| row.id).collect();
    let done_before = flow.store().intake_positions(&ids).await?;
    let mut hurdles = Hurdles::of(&flow, &ids).await?;

    let mut open: BTreeSet<DeliveryId> = BTreeSet::new();
    let mut lanes: HashMap<Vec<u8>, Vec<Job>> = HashMap::new();
    for row in waiting {
        let items = match opened(&flow, &row).await? {
            Ok(items) => items,
            Err(setback) => {
                hurdles.met(row.id, setback);
                continue;
            }
        };
        let arrived = Arrived {
            delivery: row.id,
            connection: row.connection,
            at: row.received_at,
        };
        open.insert(row.id);
        for (position, item) in (0_u32..).zip(items) {
            if !done_before.contains(&(row.id, i64::from(position))) {
                lanes.entry(lane_of(&item)).or_default().push(Job {
                    arrived,
                    position,
                    item,
                });
            }
        }
    }

    let left: Vec<(DeliveryId, Option<Setback>)> = stream::iter(lanes.into_values())
        .map(|jobs| lane(&flow, jobs))
        .buffer_unordered(LANES)
        .flat_map(stream::iter)
        .collect()
        .await;
    for (delivery, setback) in left {
        open.remove(&delivery);
        if let Some(setback) = setback {
            hurdles.met(delivery, setback);
        }
    }
    for delivery in open {
        let unit = Unit::new("intake.done").change(Change::delivery_done(delivery, flow.now()));
        flow.store().commit(hurdles.passed(unit, delivery)).await?;
    }
    // What was only behind another is due at once; what failed comes later, so that this ends.
    hurdles.postpone(&flow).await?;
    Ok(Step::More)
}

/// What tells the contact that an item is about; items without one go by their own text.
fn lane_of(item: &WebhookItem) -> Vec<u8> {
    let party = match &item.item {
        Item::Message(message) => Some(&message.sender),
        Item::Status(status) => Some(&status.recipient),
        _ => None,
    };
    let name = party.and_then(|party| party.user_id.as_ref().or(party.phone.as_ref()));
    name.map_or_else(|| item.dedupe.clone(), |name| name.clone().into_bytes())
}

/// The items of a delivery, or why it cannot be worked off now.
async fn opened(flow: &Flow, row: &DeliveryRow) -> Result<Result<Vec<WebhookItem>, Setback>, Unavailable> {
    let Some(sealed) = &row.sealed else {
        return Ok(Ok(Vec::new()));
    };
    match flow.vault().intake_open(row.connection, row.id, sealed).await {
        Ok(body) => Ok(guarded(async { Ok(split(body.expose()).items) })
            .await
            .map_err(Setback::not_recorded)),
        Err(counterfoil_vault::OpenError::Unavailable(error)) => Err(Unavailable(Box::new(error))),
        Err(error) => Ok(Err(Setback {
            trouble: Trouble::DoesNotOpen,
            why: Unavailable(Box::new(error)),
        })),
    }
}

/// Records the items of one contact in order; after a setback the rest of the lane waits too. What is left, each with its own setback.
async fn lane(flow: &Flow, jobs: Vec<Job>) -> Vec<(DeliveryId, Option<Setback>)> {
    let mut left = Vec::new();
    let mut jobs = jobs.into_iter();
    for job in jobs.by_ref() {
        let recorded = guarded(record::record(flow, job.arrived, job.position, &job.item)).await;
        if let Err(why) = recorded {
            left.push((job.arrived.delivery, Some(Setback::not_recorded(why))));
            break;
        }
    }
    left.extend(jobs.map(|job| (job.arrived.delivery, None)));
    left
}
