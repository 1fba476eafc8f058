//! Working off what waits: opens deliveries, cuts them into items, and records each.
//!
//! Items of one contact are recorded one after the other; different contacts side by side. A delivery is done when all its
//! items are; a crash in between repeats only what was not recorded.

use super::record::{self, Arrived};
use crate::Flow;
use crate::background::Step;
use crate::context::Unavailable;
use counterfoil_model::DeliveryId;
use counterfoil_store::rows::DeliveryRow;
use counterfoil_store::{Change, Unit};
use counterfoil_whatsapp::webhook::{Item, WebhookItem, split};
use futures_util::stream::{self, StreamExt};
use std::collections::{BTreeMap, HashMap};

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
    let waiting = flow.store().delivery_waiting(BATCH).await?;
    if waiting.is_empty() {
        return Ok(Step::Idle);
    }
    let ids: Vec<DeliveryId> = waiting.iter().map(|row| row.id).collect();
    let done_before = flow.store().intake_positions(&ids).await?;

    let mut open: BTreeMap<DeliveryId, usize> = BTreeMap::new();
    let mut lanes: HashMap<Vec<u8>, Vec<Job>> = HashMap::new();
    for row in waiting {
        let Some(items) = opened(&flow, &row).await? else {
            continue;
        };
        let arrived = Arrived {
            delivery: row.id,
            connection: row.connection,
            at: row.received_at,
        };
        open.insert(row.id, 0);
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
    let progressed = !open.is_empty();

    let failures: Vec<(DeliveryId, Unavailable)> = stream::iter(lanes.into_values())
        .map(|jobs| lane(&flow, jobs))
        .buffer_unordered(LANES)
        .flat_map(stream::iter)
        .collect()
        .await;
    for (delivery, _) in &failures {
        open.remove(delivery);
    }
    for delivery in open.into_keys() {
        let unit = Unit::new("intake.done").change(Change::delivery_done(delivery, flow.now()));
        flow.store().commit(unit).await?;
    }
    match failures.into_iter().next() {
        Some((_, error)) => Err(error),
        None if progressed => Ok(Step::More),
        None => Ok(Step::Idle),
    }
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

/// The items of a delivery. `None` when it does not open: it stays, is counted, and does not hold up the others.
async fn opened(flow: &Flow, row: &DeliveryRow) -> Result<Option<Vec<WebhookItem>>, Unavailable> {
    let Some(sealed) = &row.sealed else {
        return Ok(Some(Vec::new()));
    };
    match flow.vault().intake_open(row.connection, row.id, sealed).await {
        Ok(body) => Ok(Some(split(body.expose()).items)),
        Err(counterfoil_vault::OpenError::Unavailable(error)) => Err(Unavailable(Box::new(error))),
        Err(error) => {
            metrics::counter!("intake_unopenable_total").increment(1);
            tracing::error!(delivery = %row.id, error = %error, "a delivery does not open and stays where it is");
            Ok(None)
        }
    }
}

/// Records the items of one contact in order; after a failure the rest of the lane waits too.
async fn lane(flow: &Flow, jobs: Vec<Job>) -> Vec<(DeliveryId, Unavailable)> {
    let mut failures = Vec::new();
    let mut jobs = jobs.into_iter();
    for job in jobs.by_ref() {
        if let Err(error) = record::record(flow, job.arrived, job.position, &job.item).await {
            failures.push((job.arrived.delivery, error));
            break;
        }
    }
    failures.extend(jobs.map(|job| {
        (
            job.arrived.delivery,
            Unavailable("an earlier item of the same contact could not be recorded".into()),
        )
    }));
    failures
}
