//! Working off what waits: opens deliveries, cuts them into items, and records each.
//!
//! What is on the record about the items of a batch is read in one go. Items of one contact are recorded one after the other;
//! different contacts side by side. A delivery is done when all its items are; a crash in between repeats only what was not recorded.

use super::known::Known;
use super::record::{self, Arrival, Arrived};
use crate::Flow;
use crate::background::Step;
use crate::context::Unavailable;
use counterfoil_model::DeliveryId;
use counterfoil_store::rows::DeliveryRow;
use counterfoil_store::{Change, Unit};
use counterfoil_whatsapp::webhook::{Item, WebhookItem, split};
use futures_util::stream::{self, StreamExt};
use std::collections::{HashMap, HashSet};

/// How many deliveries are opened at a time, at the most.
const BATCH: usize = 256;
/// How many sealed bytes are opened at a time, unless one delivery alone has more.
const BATCH_BYTES: i64 = 4 << 20;
/// How many contacts are worked on side by side.
const LANES: usize = 256;

/// Takes what waits and records it.
pub(crate) async fn step(flow: Flow) -> Result<Step, Unavailable> {
    let waiting = flow.store().delivery_waiting(BATCH, BATCH_BYTES).await?;
    if waiting.is_empty() {
        return Ok(Step::Idle);
    }
    let ids: Vec<DeliveryId> = waiting.iter().map(|row| row.id).collect();
    let done_before = flow.store().intake_positions(&ids).await?;

    let mut open: HashSet<DeliveryId> = HashSet::new();
    let mut lanes: HashMap<Vec<u8>, Vec<Arrival>> = HashMap::new();
    for row in waiting {
        let Some(items) = opened(&flow, &row).await? else {
            continue;
        };
        let arrived = Arrived {
            delivery: row.id,
            connection: row.connection,
            at: row.received_at,
        };
        open.insert(row.id);
        for (position, item) in (0_u32..).zip(items) {
            if !done_before.contains(&(row.id, i64::from(position))) {
                let arrival = Arrival::new(&flow, arrived, position, item);
                lanes.entry(lane_of(&arrival.item)).or_default().push(arrival);
            }
        }
    }
    let progressed = !open.is_empty();

    // The first of each lane; what comes behind it in its lane finds another record.
    let first: Vec<_> = lanes
        .values()
        .filter_map(|lane| lane.first())
        .map(Arrival::wanted)
        .collect();
    let known = Known::read(&flow, &first).await?;
    let mut running = Vec::with_capacity(lanes.len());
    for arrivals in lanes.values() {
        running.push(lane(&flow, &known, arrivals));
    }
    let failures: Vec<(DeliveryId, Unavailable)> = stream::iter(running)
        .buffer_unordered(LANES)
        .flat_map(stream::iter)
        .collect()
        .await;
    for (delivery, _) in &failures {
        open.remove(delivery);
    }
    let done: Vec<DeliveryId> = open.into_iter().collect();
    if !done.is_empty() {
        let unit = Unit::new("intake.done").change(Change::deliveries_done(&done, flow.now()));
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

/// Records the items of one contact in order; after a failure the rest of the lane waits too. `known` is about the first.
async fn lane(flow: &Flow, known: &Known, arrivals: &[Arrival]) -> Vec<(DeliveryId, Unavailable)> {
    let mut failures = Vec::new();
    let mut known = Some(known);
    let mut arrivals = arrivals.iter();
    for arrival in arrivals.by_ref() {
        if let Err(error) = record::record(flow, arrival, known.take()).await {
            failures.push((arrival.post.delivery, error));
            break;
        }
    }
    failures.extend(arrivals.map(|arrival| {
        (
            arrival.post.delivery,
            Unavailable("an earlier item of the same contact could not be recorded".into()),
        )
    }));
    failures
}
