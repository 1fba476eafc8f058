//! The load: made-up posts of one text each, rightly signed, so many at once.

use crate::compose::House;
use crate::system::System;
use anyhow::{Context, bail};
use bytes::Bytes;
use counterfoil_flow::connections::connect::{NewConnection, connect};
use counterfoil_flow::intake::accept::{AcceptError, accept};
use counterfoil_flow::intake::door::IntakeDoor;
use counterfoil_model::{ConnectionId, Secret};
use counterfoil_policy::Actor;
use counterfoil_whatsapp::webhook::{AppSecret, sign};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::task::JoinSet;

const SECRET: &str = "bench";
const NUMBER: &str = "100200300499";
/// How long to rest when the way in says that too much is waiting.
const REST: Duration = Duration::from_millis(2);

/// What is to be done.
pub(super) struct Load {
    /// How many messages.
    pub(super) messages: usize,
    /// How many posts are under way at once.
    pub(super) in_flight: usize,
    /// From how many contacts.
    pub(super) contacts: usize,
}

/// What it took.
#[derive(Debug, serde::Serialize)]
pub(super) struct Measured {
    engine: &'static str,
    messages: usize,
    in_flight: usize,
    contacts: usize,
    accepted_per_second: f64,
    accept_p50_ms: f64,
    accept_p99_ms: f64,
    recorded_per_second: f64,
    seconds: f64,
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            engine,
            messages,
            in_flight,
            contacts,
            ..
        } = self;
        writeln!(
            f,
            "{messages} messages of {contacts} contacts on {engine}, {in_flight} posts under way at once"
        )?;
        let (p50, p99) = (self.accept_p50_ms, self.accept_p99_ms);
        writeln!(
            f,
            "accepted  {:.0} a second, each within {p50:.1} ms (half) and {p99:.1} ms (99 of 100)",
            self.accepted_per_second
        )?;
        writeln!(
            f,
            "recorded  {:.0} a second, {:.1} s in all",
            self.recorded_per_second, self.seconds
        )
    }
}

impl Load {
    /// Does it in `house`, whose workers run.
    pub(super) async fn run(&self, house: &House, engine: &'static str, system: &System) -> anyhow::Result<Measured> {
        let connection = connection(house).await?;
        let next = Arc::new(AtomicUsize::new(0));
        let clock = &system.clock;
        let begun = clock.monotonic();
        let mut senders = JoinSet::new();
        for _ in 0..self.in_flight.max(1) {
            let sender = Sender {
                door: house.flow.intake().context("a working house has a door")?.clone(),
                system: system.clone(),
                connection,
                next: Arc::clone(&next),
                messages: self.messages,
                contacts: self.contacts.max(1),
            };
            senders.spawn(sender.run());
        }
        let mut took = Vec::with_capacity(self.messages);
        while let Some(sent) = senders.join_next().await {
            took.extend(sent??);
        }
        let accepted = clock.monotonic() - begun;
        let spool = house.flow.intake().context("a working house has a door")?.spool();
        while !spool.is_empty() || house.store.delivery_oldest_waiting().await?.is_some() {
            clock.sleep(Duration::from_millis(20)).await;
        }
        let recorded = clock.monotonic() - begun;
        took.sort_unstable();
        let at = |share: f64| {
            let place = (took.len().saturating_sub(1) as f64 * share) as usize;
            took.get(place).copied().unwrap_or_default().as_secs_f64() * 1_000.0
        };
        Ok(Measured {
            engine,
            messages: self.messages,
            in_flight: self.in_flight,
            contacts: self.contacts,
            accepted_per_second: self.messages as f64 / accepted.as_secs_f64(),
            accept_p50_ms: at(0.5),
            accept_p99_ms: at(0.99),
            recorded_per_second: self.messages as f64 / recorded.as_secs_f64(),
            seconds: recorded.as_secs_f64(),
        })
    }
}

struct Sender {
    door: IntakeDoor,
    system: System,
    connection: ConnectionId,
    next: Arc<AtomicUsize>,
    messages: usize,
    contacts: usize,
}

impl Sender {
    /// Sends one post after the other; how long each took to be durable.
    async fn run(self) -> anyhow::Result<Vec<Duration>> {
        let secret = AppSecret::new(SECRET);
        let clock = &self.system.clock;
        let mut took = Vec::new();
        loop {
            let index = self.next.fetch_add(1, Ordering::Relaxed);
            if index >= self.messages {
                return Ok(took);
            }
            let body = Bytes::from(post(index, index % self.contacts, clock.wall().seconds()));
            let signature = sign(&body, &secret);
            let begun = clock.monotonic();
            loop {
                match accept(&self.door, self.connection, Some(&signature), body.clone()).await {
                    Ok(_) => break,
                    Err(AcceptError::Busy) => clock.sleep(REST).await,
                    Err(error) => bail!(error),
                }
            }
            took.push(clock.monotonic() - begun);
        }
    }
}

async fn connection(house: &House) -> anyhow::Result<ConnectionId> {
    let secret = |text: &str| Secret::new(text.to_owned());
    let new = NewConnection {
        title: "Bench".to_owned(),
        app_secret: secret(SECRET),
        previous_app_secret: None,
        verify_token: secret("bench"),
        access_token: secret("bench"),
        graph_url: "http://127.0.0.1:9".to_owned(),
        graph_version: "v25.0".to_owned(),
        phone_number_id: NUMBER.to_owned(),
        display_number: "+27 10 555 0199".to_owned(),
    };
    let connected = connect(&house.flow, &Actor::Operator, new)
        .await
        .context("the bench's number could not be connected")?;
    Ok(connected.connection)
}

/// The body of a post with one text of a dozen words.
fn post(index: usize, contact: usize, seconds: i64) -> String {
    let from = 27_600_000_000 + contact as u64;
    let value = serde_json::json!({
        "messaging_product": "whatsapp",
        "metadata": { "display_phone_number": "27105550199", "phone_number_id": NUMBER },
        "contacts": [{ "profile": { "name": format!("Contact {contact}") }, "wa_id": from.to_string() }],
        "messages": [{
            "from": from.to_string(),
            "id": format!("wamid.BENCH{index:012}"),
            "timestamp": seconds.to_string(),
            "type": "text",
            "text": { "body": format!("Message {index}: please tell me when the assessor comes to look at the car") },
        }],
    });
    let change = serde_json::json!({ "field": "messages", "value": value });
    serde_json::json!({ "object": "whatsapp_business_account", "entry": [{ "id": "1", "changes": [change] }] })
        .to_string()
}
