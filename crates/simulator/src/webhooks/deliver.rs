//! Posts webhooks: signed, several at a time, again and again until the other side says 200.
//!
//! Order is not promised, as with the provider. The queue is bounded: whoever adds to a full one waits.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::redirect::Policy;
use tokio::sync::{Semaphore, watch};

use crate::ids::{CustomerId, Wamid};
use crate::message::Ticks;
use crate::state::Shared;
use crate::webhooks::sign;

/// How many webhooks may be under way, waiting for a retry included.
const ROOM: usize = 20_000;
/// How many are posted at the same time.
const LANES: usize = 16;
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// The first pause before a retry; it doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// After this long a webhook is given up (Cloud API webhooks overview, December 2025: 7 days).
const HORIZON_MICROS: i64 = 7 * 24 * 60 * 60 * 1_000_000;
/// How long a webhook that is to be overtaken steps aside.
const STEP_ASIDE: Duration = Duration::from_millis(120);

/// One body to post, and the customer's message that is delivered once it is acknowledged.
pub(crate) struct Update {
    pub(crate) body: Bytes,
    pub(crate) acknowledges: Option<(CustomerId, Wamid)>,
}

/// The client, its limits and the count of what is under way.
pub(crate) struct Outbox {
    client: reqwest::Client,
    room: Arc<Semaphore>,
    lanes: Arc<Semaphore>,
    under_way: watch::Sender<Counts>,
}

#[derive(Clone, Copy, Default)]
struct Counts {
    under_way: usize,
    started: u64,
}

/// Counts something as under way until it is dropped.
pub(crate) struct UnderWay {
    counts: watch::Sender<Counts>,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.counts
            .send_modify(|counts| counts.under_way = counts.under_way.saturating_sub(1));
    }
}

impl Outbox {
    pub(crate) fn new() -> Result<Self, reqwest::Error> {
        // Loopback only: no proxy from the environment, no redirects.
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .timeout(PATIENCE)
            .user_agent("facebookexternalua")
            .build()?;
        let (under_way, _) = watch::channel(Counts::default());
        Ok(Self {
            client,
            room: Arc::new(Semaphore::new(ROOM)),
            lanes: Arc::new(Semaphore::new(LANES)),
            under_way,
        })
    }

    pub(crate) fn client(&self) -> &reqwest::Client {
        &self.client
    }

    /// Marks something as under way, so that [`Outbox::settled`] waits for it.
    pub(crate) fn mark(&self) -> UnderWay {
        self.under_way.send_modify(|counts| {
            counts.under_way += 1;
            counts.started += 1;
        });
        UnderWay {
            counts: self.under_way.clone(),
        }
    }

    pub(crate) async fn settled(&self) {
        let mut counts = self.under_way.subscribe();
        // The sender lives in `self`, so waiting can only end by reaching zero.
        let _ = counts.wait_for(|counts| counts.under_way == 0).await;
    }

    fn started(&self) -> u64 {
        self.under_way.borrow().started
    }
}

/// Queues one webhook; waits while the queue is full.
pub(crate) async fn post(shared: &Arc<Shared>, update: Update) {
    let outbox = &shared.outbox;
    // The semaphore is never closed.
    let Ok(room) = Arc::clone(&outbox.room).acquire_owned().await else {
        return;
    };
    let mark = outbox.mark();
    let overtaken = outbox.started() % 2 == 1;
    let task = Arc::clone(shared);
    shared.background.spawn(async move {
        deliver(&task, update, overtaken).await;
        drop((room, mark));
    });
}

async fn deliver(shared: &Shared, update: Update, overtaken: bool) {
    let faults = shared.lock().faults.standing.webhooks;
    if !faults.delay.is_zero() {
        shared.clock.sleep(faults.delay).await;
    }
    if faults.out_of_order && overtaken {
        shared.clock.sleep(STEP_ASIDE).await;
    }
    let began = shared.clock.now_micros();
    let mut pause = FIRST_PAUSE;
    while !attempt(shared, &update.body).await {
        if shared.clock.now_micros() - began > HORIZON_MICROS {
            tracing::warn!("a webhook was given up after seven days");
            return;
        }
        shared.clock.sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
    if let Some((customer, id)) = update.acknowledges {
        let moved = shared.lock().phone(&customer).advance(&id, Ticks::Delivered);
        if moved {
            shared.changed(&customer);
        }
    }
    for _ in 0..faults.duplicates {
        // A repeat is not retried: the first one was acknowledged.
        attempt(shared, &update.body).await;
    }
}

/// One post; true when it needs no other: acknowledged, or nobody is subscribed.
async fn attempt(shared: &Shared, body: &Bytes) -> bool {
    if !shared.lock().subscribed {
        return true;
    }
    let mut place = shared.webhook_url.subscribe();
    // The sender lives in `shared`, so waiting ends with a place or not at all.
    let Some(url) = place.wait_for(Option::is_some).await.ok().and_then(|url| url.clone()) else {
        return false;
    };
    let Ok(_lane) = shared.outbox.lanes.acquire().await else {
        return false;
    };
    let request = shared
        .outbox
        .client
        .post(url)
        .header("content-type", "application/json")
        .header("x-hub-signature-256", sign::signature(&shared.options.app_secret, body))
        .body(body.clone());
    match request.send().await {
        Ok(answer) => answer.status().as_u16() == 200,
        Err(_unreachable) => false,
    }
}
