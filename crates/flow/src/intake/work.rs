//! Working off what waits: opens deliveries, cuts them into items, and records each.
//!
//! What is on the record about the items of a batch is read in one go. Items of one contact are recorded one after the other;
//! different contacts side by side. A delivery is done when all its items are; a crash in between repeats only what
//! was not recorded. One that cannot be worked off is tried again later ([`super::postpone`]) and holds up no other.

use super::known::Known;
use super::postpone::{Hurdles, LONGEST, Setback};
use super::record::{self, Arrival, Arrived};
use crate::Flow;
use crate::background::{Step, guarded};
use crate::context::Unavailable;
use counterfoil_model::{DeliveryId, Opened};
use counterfoil_store::rows::{DeliveryRow, Trouble};
use counterfoil_store::{Change, Unit};
use counterfoil_whatsapp::webhook::{Item, WebhookItem, split};
use futures_util::future::join_all;
use std::collections::{BTreeSet, HashMap};
use tokio::task::JoinSet;

/// How many deliveries are opened at a time, at the most.
const BATCH: usize = 512;
/// How many contacts are read for together: while some are being committed, others are read for.
const TOGETHER: usize = 128;
/// How many sealed bytes are opened at a time, unless one delivery alone has more.
const BATCH_BYTES: i64 = 4 << 20;

/// Takes what waits and records it, if this node leads in that: the items of one contact are recorded one after the other, which several
/// nodes could not do side by side.
pub(crate) async fn step(flow: Flow) -> Result<Step, Unavailable> {
    let leads = flow.inner.recorder.lock().await.fence(&flow).await?.is_some();
    flow.inner.fresh.want(leads);
    match leads {
        true => batch(&flow).await,
        false => Ok(Step::Idle),
    }
}

async fn batch(flow: &Flow) -> Result<Step, Unavailable> {
    let waiting = flow
        .store()
        .delivery_waiting(flow.now(), LONGEST, BATCH, BATCH_BYTES)
        .await?;
    if waiting.is_empty() {
        return Ok(Step::Idle);
    }
    let done_before = flow.store().intake_positions(&waiting).await?;
    let mut hurdles = Hurdles::of(flow, &waiting).await?;

    let mut open: BTreeSet<DeliveryId> = BTreeSet::new();
    let mut lanes: HashMap<Vec<u8>, Vec<Arrival>> = HashMap::new();
    for (post, items) in opened(flow, &waiting).await? {
        let items = match items {
            Ok(items) => items,
            Err(setback) => {
                hurdles.met(post.delivery, setback);
                continue;
            }
        };
        open.insert(post.delivery);
        for (position, item) in (0_u32..).zip(items) {
            if !done_before.contains(&(post.delivery, i64::from(position))) {
                let arrival = Arrival::new(flow, post, position, item);
                lanes.entry(lane_of(&arrival.item)).or_default().push(arrival);
            }
        }
    }

    for (delivery, setback) in recorded(flow, lanes.into_values().collect()).await {
        open.remove(&delivery);
        if let Some(setback) = setback {
            hurdles.met(delivery, setback);
        }
    }
    if !open.is_empty() {
        let done: Vec<DeliveryId> = open.into_iter().collect();
        let unit = Unit::new("intake.done").change(Change::deliveries_done(&done, flow.now()));
        flow.store().commit(hurdles.passed(unit, &done)).await?;
    }
    // What was only behind another is due at once; what failed comes later, so that this ends.
    hurdles.postpone(flow).await?;
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

type Items = Result<Vec<WebhookItem>, Setback>;

/// The items of each delivery, or why it cannot be worked off now; in the order of the deliveries.
async fn opened(flow: &Flow, waiting: &[DeliveryId]) -> Result<Vec<(Arrived, Items)>, Unavailable> {
    let mut opening = JoinSet::new();
    let mut elsewhere = Vec::new();
    for delivery in waiting {
        match flow.inner.fresh.take(*delivery) {
            Some((post, body)) => drop(opening.spawn(async move { Ok((post, items(&body).await)) })),
            None => elsewhere.push(*delivery),
        }
    }
    for row in flow.store().deliveries_get(&elsewhere).await? {
        opening.spawn(sealed_items(flow.clone(), row));
    }
    let mut opened = Vec::with_capacity(opening.len());
    while let Some(each) = opening.join_next().await {
        opened.push(each.map_err(broke_off)??);
    }
    opened.sort_unstable_by_key(|(post, _)| post.delivery);
    Ok(opened)
}

async fn sealed_items(flow: Flow, row: DeliveryRow) -> Result<(Arrived, Items), Unavailable> {
    let post = Arrived {
        delivery: row.id,
        connection: row.connection,
        at: row.received_at,
    };
    let Some(sealed) = &row.sealed else {
        return Ok((post, Ok(Vec::new())));
    };
    let items = match flow.vault().intake_open(row.connection, row.id, sealed).await {
        Ok(body) => items(&body).await,
        Err(counterfoil_vault::OpenError::Unavailable(error)) => return Err(Unavailable(Box::new(error))),
        Err(error) => Err(Setback {
            trouble: Trouble::DoesNotOpen,
            why: Unavailable(Box::new(error)),
        }),
    };
    Ok((post, items))
}

async fn items(body: &Opened<Vec<u8>>) -> Items {
    guarded(async { Ok(split(body.expose()).items) })
        .await
        .map_err(Setback::not_recorded)
}

type Left = Vec<(DeliveryId, Option<Setback>)>;

/// Records all lanes side by side, on one processor, so that posts find another one free. What is left, each with its own setback.
async fn recorded(flow: &Flow, lanes: Vec<Vec<Arrival>>) -> Left {
    let mut recording = Vec::with_capacity(lanes.len() / TOGETHER + 1);
    for some in lanes.chunks(TOGETHER) {
        recording.push(together(flow, some));
    }
    join_all(recording).await.into_iter().flatten().collect()
}

/// Records some lanes, with what is on the record about the first of each; what comes behind it in its lane finds another record.
async fn together(flow: &Flow, lanes: &[Vec<Arrival>]) -> Left {
    let first: Vec<_> = lanes
        .iter()
        .filter_map(|lane| lane.first())
        .map(Arrival::wanted)
        .collect();
    // When that breaks off by an item that is out of the ordinary, each is read for by itself, so that only that one suffers.
    let known = guarded(Known::read(flow, &first)).await.ok();
    let mut recording = Vec::with_capacity(lanes.len());
    for arrivals in lanes {
        recording.push(lane(flow, known.as_ref(), arrivals));
    }
    join_all(recording).await.into_iter().flatten().collect()
}

/// Records the items of one contact in order; after a setback the rest of the lane waits too. `known` is about the first.
async fn lane(flow: &Flow, mut known: Option<&Known>, arrivals: &[Arrival]) -> Left {
    let mut left = Vec::new();
    let mut arrivals = arrivals.iter();
    for arrival in arrivals.by_ref() {
        if let Err(why) = guarded(record::record(flow, arrival, known.take())).await {
            left.push((arrival.post.delivery, Some(Setback::not_recorded(why))));
            break;
        }
    }
    left.extend(arrivals.map(|arrival| (arrival.post.delivery, None)));
    left
}

fn broke_off(error: tokio::task::JoinError) -> Unavailable {
    Unavailable(Box::new(error))
}
