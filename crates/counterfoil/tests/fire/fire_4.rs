//! fire.4: sends through random refusals, silences, broken lines and kills: none reaches the provider twice, each comes to a clear end,
//! and the pace is never more than WhatsApp takes, by the provider's own log.

use crate::PROGRAM;
use crate::chance::Chance;
use anyhow::{Context, Result, ensure};
use counterfoil_simulator::{ApiCallKind, CustomerId, Refusal, SendFault, SendMix, Simulator};
use counterfoil_testkit::colleague::Colleague;
use counterfoil_testkit::customer::Agreed;
use counterfoil_testkit::installation::{Choices, Engine, Installation};
use counterfoil_testkit::patience::{AMPLE, begin, moment, since, until};
use counterfoil_testkit::surroundings::full_size;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::Duration;

/// An answer may be lost to a kill that comes this soon after it, in microseconds.
const UNDER_WAY: i64 = 3_000_000;

struct Size {
    contacts: u64,
    sends: usize,
    kills: u64,
    /// A kill comes up to this long after the one before.
    between: Duration,
    mix: Vec<(SendFault, usize)>,
}

fn size() -> Size {
    let mut mix = vec![
        (SendFault::Refused(Refusal::Throughput), 20),
        (SendFault::Refused(Refusal::Internal), 40),
        (SendFault::Refused(Refusal::Undeliverable), 10),
        (SendFault::FailsLater(Refusal::Undeliverable), 10),
        (SendFault::BreaksBefore, 15),
        (SendFault::BreaksAfter, 20),
    ];
    if full_size() {
        // Silence lasts until our patience ends, half a minute.
        mix.extend([(SendFault::LostRequest, 4), (SendFault::LostAnswer, 6)]);
        Size {
            contacts: 500,
            sends: 5_000,
            kills: 12,
            between: Duration::from_secs(8),
            mix,
        }
    } else {
        Size {
            contacts: 20,
            sends: 150,
            kills: 2,
            between: Duration::from_millis(1_500),
            mix,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fire_4_delivered_on_sqlite() -> Result<()> {
    delivered(Engine::Sqlite, 4_001).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fire_4_delivered_on_postgres() -> Result<()> {
    delivered(Engine::Postgres, 4_002).await
}

async fn delivered(engine: Engine, usual: u64) -> Result<()> {
    let (mut chance, seed) = Chance::begin(usual);
    let size = size();
    println!(
        "fire.4 on {engine:?}: seed {seed}, {} sends to {} contacts",
        size.sends, size.contacts
    );
    let begun = begin();
    let numbers = [
        Agreed::plain(),
        Agreed {
            title: "Policies",
            phone_number_id: "106540352242933",
            display_number: "+27 10 555 0200",
            ..Agreed::plain()
        },
    ];
    let mut installation = Installation::make(Choices::plain(PROGRAM, engine)).await?;
    installation.serve().await?;
    let mut providers = Vec::new();
    for (at, agreed) in numbers.iter().enumerate() {
        let provider = agreed.provider().await?;
        let hook = agreed.connect(&installation, &provider.graph_url()).await?;
        provider.subscribe(&hook).await?;
        for contact in (0..size.contacts).filter(|contact| contact % 2 == u64::try_from(at).unwrap_or(0)) {
            let customer = CustomerId::parse(&(27_830_000_000 + contact).to_string())?;
            provider.customer_text(&customer, "hello", None).await;
        }
        provider.settled().await;
        provider.mix_sends(SendMix {
            seed: seed ^ u64::try_from(at)?,
            of_thousand: size.mix.clone(),
        });
        providers.push(provider);
    }
    let link = installation.invite("Naledi Dlamini").await?;
    let naledi = Colleague::join(&installation.address, &link, "naledi.dlamini", "four plain words here").await?;
    let wanted = usize::try_from(size.contacts)?;
    let known = async || {
        let all = naledi.every_conversation().await?;
        ensure!(all.len() == wanted, "there are {}", all.len());
        Ok(Some(all))
    };
    let conversations = until("a conversation with each contact", AMPLE * 10, known).await?.0;

    let writing = write(&naledi, &conversations, &size);
    let (kills, written) = tokio::join!(kill(&mut installation, &mut chance, &size), writing);
    let (kills, written) = (kills?, written?);
    let wrote = since(begun);

    let ends = ends(&naledi, &conversations).await?;
    ensure!(written.len() == size.sends, "{} messages were written", written.len());
    ensure!(ends.len() == size.sends, "{} messages are there", ends.len());
    let sent: Vec<Sends> = providers.iter().map(Sends::of).collect();
    let told = judge(&ends, &sent, &kills)?;
    let (second, posts) = pace(&sent)?;
    installation.stop().await?;
    installation.run(&["verify"]).await?;
    println!(
        "fire.4 on {engine:?}: {} sends, {posts} requests to the provider, {} kills; {told}; at most {second} a second through a number; \
         {:.1} s of writing and killing, {:.1} s in all",
        size.sends,
        kills.len(),
        wrote.as_secs_f64(),
        since(begun).as_secs_f64()
    );
    Ok(())
}

/// Writes all messages through the API, each again under its key until it is written; the ids.
async fn write(naledi: &Colleague, conversations: &[String], size: &Size) -> Result<Vec<String>> {
    let busy = if full_size() { 60 } else { 0 };
    stream::iter(0..size.sends)
        .map(|number| async move {
            // The first two contacts get more than may be borrowed from the future.
            let place = if number < busy * 2 {
                number % 2
            } else {
                number % conversations.len()
            };
            let conversation = &conversations[place];
            let asked = async || {
                Ok(Some(
                    naledi
                        .post(conversation, &format!("message {number}"), &format!("key {number}"))
                        .await?,
                ))
            };
            Ok(until("a message to be written", AMPLE * 4, asked).await?.0)
        })
        .buffer_unordered(16)
        .try_collect()
        .await
}

/// Kills the server at random moments and starts it again; when, in microseconds since 1970.
async fn kill(installation: &mut Installation, chance: &mut Chance, size: &Size) -> Result<Vec<i64>> {
    let mut kills = Vec::new();
    for _ in 0..size.kills {
        moment(chance.moment(size.between)).await;
        installation.kill().await?;
        kills.push(counterfoil_simulator::SimClock::system().now_micros());
        installation.serve().await?;
    }
    Ok(kills)
}

/// Waits until each message has come to its end: its id, its state, and why when it failed.
async fn ends(naledi: &Colleague, conversations: &[String]) -> Result<HashMap<String, (String, Value)>> {
    let mut ends = HashMap::new();
    let mut left: VecDeque<&String> = conversations.iter().collect();
    while let Some(conversation) = left.pop_front() {
        let asked = async || {
            let all = naledi.every_message(conversation).await?;
            let ours: Vec<_> = all.into_iter().filter(|one| one["direction"] == "outbound").collect();
            let ended = |one: &Value| {
                matches!(
                    one["state"].as_str(),
                    Some("delivered" | "read" | "failed" | "uncertain")
                )
            };
            let open: Vec<_> = ours
                .iter()
                .filter(|one| !ended(one))
                .map(|one| one["state"].clone())
                .collect();
            ensure!(open.is_empty(), "still {open:?}");
            Ok(Some(ours))
        };
        for one in until("each message to come to its end", AMPLE * 20, asked).await?.0 {
            let text = |key: &str| one[key].as_str().map(str::to_owned);
            let (id, state) = (text("id").context("an id")?, text("state").context("a state")?);
            ends.insert(id, (state, one["failure"].clone()));
        }
    }
    Ok(ends)
}

/// What reached one provider.
struct Sends {
    /// By our own id, which it is asked to echo: when, and whether the message was taken, and what went wrong.
    by_id: BTreeMap<String, Vec<(i64, bool, Option<SendFault>)>>,
    /// When, in order.
    times: Vec<i64>,
    /// When, by contact.
    by_contact: BTreeMap<String, Vec<i64>>,
}

impl Sends {
    fn of(provider: &Simulator) -> Self {
        let mut sends = Self {
            by_id: BTreeMap::new(),
            times: Vec::new(),
            by_contact: BTreeMap::new(),
        };
        for call in provider.requests() {
            let ApiCallKind::Send { body, fault, .. } = call.kind else {
                continue;
            };
            let text = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
            let own = text("biz_opaque_callback_data");
            sends
                .by_id
                .entry(own)
                .or_default()
                .push((call.at_micros, call.granted, fault));
            sends.by_contact.entry(text("to")).or_default().push(call.at_micros);
            sends.times.push(call.at_micros);
        }
        sends.times.sort_unstable();
        sends
    }
}

/// None was taken twice, none ended in doubt whose answer or status came, none ended well that was never taken.
fn judge(ends: &HashMap<String, (String, Value)>, sent: &[Sends], kills: &[i64]) -> Result<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut silent, mut killed) = (0, 0);
    for (id, (state, failure)) in ends {
        *counts.entry(state).or_default() += 1;
        let calls: Vec<_> = sent.iter().filter_map(|sends| sends.by_id.get(id)).flatten().collect();
        let taken = calls.iter().filter(|(_, granted, _)| *granted).count();
        ensure!(taken <= 1, "{id} reached the provider {taken} times: {calls:?}");
        match state.as_str() {
            "failed" => ensure!(failure.is_string(), "{id} failed without a reason"),
            "uncertain" => {
                ensure!(taken == 0, "{id} is uncertain, and the provider told of it: {calls:?}");
                match calls.last() {
                    Some((_, _, Some(SendFault::LostRequest | SendFault::BreaksBefore))) => silent += 1,
                    // An answer came, but to a server that was being killed; or the kill came before the request left.
                    Some((at, ..)) => {
                        let near = kills.iter().any(|kill| (kill - at).abs() < UNDER_WAY);
                        ensure!(
                            near || !kills.is_empty() && calls.len() > 1,
                            "{id} is uncertain, and the provider answered: {calls:?}"
                        );
                        killed += 1;
                    }
                    None => killed += 1,
                }
            }
            _ => ensure!(taken == 1, "{id} is {state}, and the provider never took it"),
        }
    }
    ensure!(
        killed <= kills.len() * 32,
        "{killed} are uncertain for {} kills",
        kills.len()
    );
    Ok(format!(
        "{counts:?}, none twice; uncertain by silence {silent}, by a kill between request and answer {killed}"
    ))
}

/// Within the limits of a number (80 in any second) and of a contact (one in six seconds, 45 borrowed from the future); the most in a
/// second, and how many there were. Source: Cloud API, throughput and pair rate limits (edition 2025-12).
fn pace(sent: &[Sends]) -> Result<(usize, usize)> {
    const SECOND: i64 = 1_000_000;
    let (mut most, mut all) = (0, 0);
    for sends in sent {
        let mut first = 0;
        for (at, time) in sends.times.iter().enumerate() {
            while sends.times[first] <= time - SECOND {
                first += 1;
            }
            most = most.max(at + 1 - first);
        }
        all += sends.times.len();
        for (contact, times) in &sends.by_contact {
            let mut until = i64::MIN;
            for time in times {
                until = until.max(*time) + 6 * SECOND;
                ensure!(until - time <= 45 * 6 * SECOND, "more to {contact} than WhatsApp takes");
            }
        }
    }
    ensure!(most <= 80, "{most} in one second through one number");
    Ok((most, all))
}
