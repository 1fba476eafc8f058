//! Working off what waits: opens deliveries, cuts them into items, and records each.
//!
//! What is on the record about the items of a batch is read in one go. Items of one contact are recorded one after the other;
//! different contacts side by side. Rounds overlap: the next one begins when most of one is recorded, and in it whoever was in the last waits for
//! that one's end. A delivery is done when all its items are; a crash in between repeats only what was not recorded. One that
//! cannot be worked off is tried again later ([`super::postpone`]) and holds up no other.

use super::known::Known;
use super::postpone::{Hurdles, LONGEST, Setback};
use super::progress::Progress;
use super::record::{self, Arrival, Arrived};
use super::said::Said;
use crate::Flow;
use crate::background::{Step, guarded};
use crate::context::Unavailable;
use crate::nodes::lead::{ASK, Lead};
use counterfoil_model::{DeliveryId, Opened};
use counterfoil_store::rows::{DeliveryRow, Trouble};
use counterfoil_store::{Change, Unit};
use counterfoil_whatsapp::webhook::{Item, WebhookItem, split};
use futures_util::FutureExt;
use futures_util::future::{Either, join_all, select};
use futures_util::stream::{FuturesUnordered, StreamExt};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::pin::pin;
use std::sync::Arc;
use tokio::task::JoinSet;

/// How many deliveries are opened at a time, at the most.
const BATCH: usize = 512;
/// How many contacts are read for together: while some are being committed, others are read for.
const TOGETHER: usize = 128;
/// How many sealed bytes are opened at a time, unless one delivery alone has more.
const BATCH_BYTES: i64 = 4 << 20;

/// This node's part in recording, whether it leads in it or not.
pub(crate) struct Recorder {
    lead: Lead,
    /// Under which fencing number the last round ran.
    fence: Option<i64>,
    /// The next round, made ready while the last one was being recorded.
    ahead: Option<Round>,
    /// The last round, while its last items are being recorded.
    ending: Option<Going>,
}

/// A round that is being recorded: by a task of its own, since it holds connections, and whoever waits for one of those while this one stood still
/// would wait for ever. Dropped, it breaks off.
struct Going {
    work: JoinSet<Result<Recorded, Unavailable>>,
    deliveries: Vec<DeliveryId>,
    progress: Arc<Progress>,
}

impl Default for Recorder {
    fn default() -> Self {
        Self {
            lead: Lead::of("recorder"),
            fence: None,
            ahead: None,
            ending: None,
        }
    }
}

impl Recorder {
    /// Gives the lead back, so that another node need not wait for its end.
    ///
    /// # Errors
    /// [`Unavailable`]: the lead then runs out by itself.
    pub(crate) async fn give_back(&mut self, flow: &Flow) -> Result<(), Unavailable> {
        self.ahead = None;
        self.end_of_last().await?;
        self.lead.give_back(flow).await
    }

    async fn end_of_last(&mut self) -> Result<(), Unavailable> {
        match self.ending.take() {
            Some(mut going) => going.end().await.map(drop),
            None => Ok(()),
        }
    }
}

/// Takes what waits and records it, if this node leads in that: the items of one contact are recorded one after the other, which several
/// nodes could not do side by side.
pub(crate) async fn step(flow: Flow) -> Result<Step, Unavailable> {
    let mut recorder = flow.inner.recorder.lock().await;
    let fence = recorder.lead.fence(&flow).await?;
    flow.inner.fresh.want(fence.is_some());
    flow.inner.senders.led_by(fence);
    if recorder.fence != fence {
        recorder.ahead = None;
        recorder.end_of_last().await?;
        recorder.fence = fence;
    }
    if fence.is_none() {
        return Ok(Step::Until(ASK));
    }
    let round = match recorder.ahead.take() {
        Some(round) => round,
        None => {
            recorder.end_of_last().await?;
            Round::ready(&flow, &[]).await?
        }
    };
    if round.deliveries.is_empty() {
        return Ok(Step::Idle);
    }
    let before = recorder.ending.take();
    let mut going = round.begin(&flow, before.as_ref().map(|before| Arc::clone(&before.progress)));
    let besides: Vec<_> = before
        .iter()
        .chain([&going])
        .flat_map(|each| &each.deliveries)
        .copied()
        .collect();
    let progress = Arc::clone(&going.progress);
    let others = pin!(async {
        let ended = async {
            match before {
                Some(mut before) => before.end().await,
                None => Ok(Recorded::All),
            }
        };
        let ended_and_ready = tokio::join!(ended, Round::ready(&flow, &besides));
        progress.nearly_done().await;
        ended_and_ready
    });
    let (recorded, (ended, ahead)) = {
        let end = pin!(going.end());
        match select(end, others).await {
            Either::Left((recorded, others)) => (Some(recorded), others.await),
            Either::Right((others, _)) => (None, others),
        }
    };
    let whole = match recorded {
        Some(recorded) => recorded? == Recorded::All,
        None => {
            recorder.ending = Some(going);
            true
        }
    };
    // What had to wait comes before what was to follow.
    let in_order = ended? == Recorded::All && whole;
    recorder.ahead = ahead.ok().filter(|round| in_order && !round.deliveries.is_empty());
    Ok(Step::More)
}

impl Going {
    /// Waits for its end.
    async fn end(&mut self) -> Result<Recorded, Unavailable> {
        match self.work.join_next().await {
            Some(ended) => ended.map_err(broke_off)?,
            None => Ok(Recorded::All),
        }
    }
}

/// How a round went.
#[derive(PartialEq, Eq)]
enum Recorded {
    /// Everything is on the record.
    All,
    /// Something waits for another time.
    Some,
}

/// Deliveries that are worked off together, opened and cut into items.
struct Round {
    deliveries: Vec<DeliveryId>,
    /// Those that open.
    open: BTreeSet<DeliveryId>,
    /// Their items that are not on the record yet, by what they are about.
    lanes: HashMap<Vec<u8>, Vec<Arrival>>,
    hurdles: Hurdles,
}

impl Round {
    /// Makes ready what waits besides the deliveries of the round before.
    async fn ready(flow: &Flow, besides: &[DeliveryId]) -> Result<Self, Unavailable> {
        let mut deliveries = flow
            .store()
            .delivery_waiting(flow.now(), LONGEST, besides, BATCH, BATCH_BYTES)
            .await?;
        deliveries.sort_unstable();
        let at_hand: Vec<_> = deliveries
            .iter()
            .filter_map(|delivery| flow.inner.fresh.take(*delivery))
            .collect();
        // What is at hand has not been tried before.
        let fresh: HashSet<DeliveryId> = at_hand.iter().map(|(post, _)| post.delivery).collect();
        let elsewhere: Vec<DeliveryId> = deliveries.iter().copied().filter(|id| !fresh.contains(id)).collect();
        let done_before = flow.store().intake_positions(&elsewhere).await?;
        let mut hurdles = Hurdles::of(flow, &elsewhere).await?;

        let mut open: BTreeSet<DeliveryId> = BTreeSet::new();
        let mut lanes: HashMap<Vec<u8>, Vec<Arrival>> = HashMap::new();
        for (post, items) in opened(flow, at_hand, &elsewhere).await? {
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
            tokio::task::yield_now().await;
        }
        Ok(Self {
            deliveries,
            open,
            lanes,
            hurdles,
        })
    }

    /// Begins to record it. Whoever is in the round before as well waits for the end of that.
    fn begin(self, flow: &Flow, before: Option<Arc<Progress>>) -> Going {
        let progress = Arc::new(Progress::of(self.lanes.keys().cloned().collect()));
        let deliveries = self.deliveries.clone();
        let mut work = JoinSet::new();
        work.spawn(self.record(flow.clone(), before, Arc::clone(&progress)));
        Going {
            work,
            deliveries,
            progress,
        }
    }

    async fn record(
        self,
        flow: Flow,
        before: Option<Arc<Progress>>,
        progress: Arc<Progress>,
    ) -> Result<Recorded, Unavailable> {
        let Self {
            deliveries,
            mut open,
            lanes,
            mut hurdles,
        } = self;
        let ending = progress.ending();
        let (bound, free): (Vec<_>, Vec<_>) = lanes
            .into_iter()
            .partition(|(lane, _)| before.as_ref().is_some_and(|before| before.is_about(lane)));
        let [bound, free] = [bound, free].map(|lanes| lanes.into_iter().map(|(_, arrivals)| arrivals).collect());
        let (mut left, left_behind) = tokio::join!(
            recorded(&flow, free, &progress),
            recorded_behind(&flow, bound, before, &progress)
        );
        left.extend(left_behind);
        ending.told(left.is_empty());
        for (delivery, setback) in left {
            open.remove(&delivery);
            if let Some(setback) = setback {
                hurdles.met(delivery, setback);
            }
        }
        let done = open.len();
        if done > 0 {
            let done: Vec<DeliveryId> = open.into_iter().collect();
            let unit = Unit::new("intake.done").change(Change::deliveries_done(&done, flow.now()));
            flow.store().commit(hurdles.passed(unit, &done)).await?;
        }
        let all = deliveries.len() == done;
        // What was only behind another is due at once; what failed comes later, so that this ends.
        hurdles.postpone(&flow).await?;
        Ok(if all { Recorded::All } else { Recorded::Some })
    }
}

/// What tells the contact that an item is about; items without one go by their own text.
fn lane_of(item: &WebhookItem) -> Vec<u8> {
    let party = match &item.item {
        Item::Status(status) => Some(&status.recipient),
        _ => Said::of(item).map(|said| said.other_side),
    };
    let name = party.and_then(|party| party.user_id.as_ref().or(party.phone.as_ref()));
    name.map_or_else(|| item.dedupe.clone(), |name| name.clone().into_bytes())
}

type Items = Result<Vec<WebhookItem>, Setback>;

/// The items of each delivery, or why it cannot be worked off now; in the order of the deliveries.
async fn opened(
    flow: &Flow,
    at_hand: Vec<(Arrived, Opened<Vec<u8>>)>,
    elsewhere: &[DeliveryId],
) -> Result<Vec<(Arrived, Items)>, Unavailable> {
    let mut opened = Vec::with_capacity(at_hand.len() + elsewhere.len());
    for (post, body) in at_hand {
        opened.push((post, items(&body).await));
        tokio::task::yield_now().await;
    }
    let mut opening = JoinSet::new();
    for row in flow.store().deliveries_get(elsewhere).await? {
        opening.spawn(sealed_items(flow.clone(), row));
    }
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
async fn recorded(flow: &Flow, lanes: Vec<Vec<Arrival>>, progress: &Progress) -> Left {
    let mut recording = Vec::with_capacity(lanes.len() / TOGETHER + 1);
    for some in lanes.chunks(TOGETHER) {
        recording.push(together(flow, some, progress));
    }
    join_all(recording).await.into_iter().flatten().collect()
}

/// Records lanes that are in the round before as well, once that is recorded; if something of that was left, all of them are.
async fn recorded_behind(
    flow: &Flow,
    lanes: Vec<Vec<Arrival>>,
    before: Option<Arc<Progress>>,
    progress: &Progress,
) -> Left {
    let all = match before {
        Some(before) if !lanes.is_empty() => before.ended().await,
        _ => true,
    };
    if all {
        return recorded(flow, lanes, progress).await;
    }
    lanes
        .iter()
        .flatten()
        .map(|arrival| (arrival.post.delivery, None))
        .collect()
}

/// Records some lanes, with what is on the record about the first of each; what comes behind it in its lane finds another record.
async fn together(flow: &Flow, lanes: &[Vec<Arrival>], progress: &Progress) -> Left {
    let first: Vec<&Arrival> = lanes.iter().filter_map(|lane| lane.first()).collect();
    // When that breaks off by an item that is out of the ordinary, each is read for by itself, so that only that one suffers.
    let known = guarded(Known::read(flow, &first)).await.ok();
    let mut recording = FuturesUnordered::new();
    let mut left = Vec::new();
    for arrivals in lanes {
        recording.push(lane(flow, known.as_ref(), arrivals, progress));
        while let Some(Some(some)) = recording.next().now_or_never() {
            left.extend(some);
        }
        // Whoever takes a post in has the processor after each item and not only after all of them.
        tokio::task::yield_now().await;
    }
    while let Some(some) = recording.next().await {
        left.extend(some);
    }
    left
}

/// Records the items of one contact in order; after a setback the rest of the lane waits too. `known` is about the first.
async fn lane(flow: &Flow, mut known: Option<&Known>, arrivals: &[Arrival], progress: &Progress) -> Left {
    let mut left = Vec::new();
    let mut arrivals = arrivals.iter();
    for arrival in arrivals.by_ref() {
        if let Err(why) = guarded(record::record(flow, arrival, known.take())).await {
            left.push((arrival.post.delivery, Some(Setback::not_recorded(why))));
            break;
        }
    }
    left.extend(arrivals.map(|arrival| (arrival.post.delivery, None)));
    progress.lane_ended();
    left
}

fn broke_off(error: tokio::task::JoinError) -> Unavailable {
    Unavailable(Box::new(error))
}
