//! Terms that are over: whatever is older than a moment is erased for good, over all conversations.

use crate::filled::Filled;
use crate::load::Load;
use anyhow::{Context, Result, ensure};
use counterfoil_model::Timestamp;
use counterfoil_testkit::colleague::Colleague;
use counterfoil_testkit::patience::{AMPLE, begin, since, until};
use counterfoil_testkit::postgres::Database;
use counterfoil_testkit::surroundings::full_size;
use serde_json::Value;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// From the decision until nothing here opens any of it.
const GONE_WITHIN: Duration = Duration::from_secs(60);
/// How many messages come in after the moment.
const NEWER: usize = 200;
/// How many of those that go are looked at afterwards.
const SAMPLES: usize = 20;

/// One message of each of some conversations.
async fn samples(agent: &Colleague, conversations: &[String]) -> Result<Vec<String>> {
    let mut samples = Vec::new();
    for conversation in conversations.iter().step_by(conversations.len().div_ceil(SAMPLES)) {
        let every = agent.every_message(conversation).await?;
        let of_the_middle = &every[every.len() / 2]["id"];
        samples.push(of_the_middle.as_str().context("a message has an id")?.to_owned());
    }
    Ok(samples)
}

/// A moment after all that there is, which has come.
async fn moment() -> Result<String> {
    let after = now().checked_add(Duration::from_secs(1)).context("a time of day")?;
    // WhatsApp's times are whole seconds.
    let after = Timestamp::from_micros(after.duration_since(UNIX_EPOCH)?.as_secs() as i64 * 1_000_000);
    let come = async || Ok((now().duration_since(UNIX_EPOCH)?.as_micros() as i64 > after.micros()).then_some(()));
    until("the next second", AMPLE, come).await?;
    Ok(after.rfc3339())
}

#[expect(
    clippy::disallowed_methods,
    reason = "what is erased is told by the clock of the wall"
)]
fn now() -> SystemTime {
    SystemTime::now()
}

/// Erases all that is in a filled installation but for what came in last.
async fn erased(databases: &[&str]) -> Result<()> {
    let (conversations, messages) = if full_size() { (10_000, 1_000_000) } else { (30, 300) };
    let mut house = Filled::on(databases, conversations, messages).await?;
    house.serve().await?;
    let agent = house.agent().await?;
    let gone = samples(&agent, &agent.every_conversation().await?).await?;
    let moment = moment().await?;
    let mut load = Load::new(house.hook().await?);
    load.send(&house, NEWER, None).await?;
    house.all_recorded().await?;
    let latest = agent.api("/conversations?limit=1").await?;
    let latest = latest["conversations"][0]["id"]
        .as_str()
        .context("a conversation has an id")?;
    let came_later = |one: &Value| one["occurred_at"].as_str() >= Some(&moment);
    let mut stays = agent.every_message(latest).await?;
    stays.retain(came_later);
    ensure!(!stays.is_empty(), "the latest conversation has what came in last");

    let begun = begin();
    let decision = [
        "--reason",
        "retention",
        "--authority",
        "the schedule of terms",
        "--wait",
        "--json",
    ];
    let arguments = [&["erase", "older", &moment][..], &decision].concat();
    let ended = house.run_within(AMPLE * 20, &arguments).await?;
    let took = since(begun);
    let certificate: Value = serde_json::from_str(&ended.said())?;
    let records = certificate["records"].as_u64().context("records are counted")?;
    println!(
        "{messages} messages of {conversations} conversations ({records} records) erased within {:.1} s, {:.0} a second",
        took.as_secs_f64(),
        messages as f64 / took.as_secs_f64()
    );
    ensure!(
        records >= messages as u64 && certificate["kept_count"] == 0,
        "{certificate}"
    );

    // What became of each is on the record, and what came in later is there as before.
    for message in &gone {
        let slip = house.json(&["slip", message, "--json"]).await?;
        ensure!(slip["erased_at"].is_number(), "{slip}");
    }
    let after = agent.every_message(latest).await?;
    ensure!(after == stays, "{after:?} instead of {stays:?}");
    house.stop().await?;
    println!("{}", house.verify().await?);
    if full_size() {
        ensure!(took < GONE_WITHIN, "it took too long: {took:?}");
    }
    Ok(())
}

#[tokio::test]
async fn vault_5_terms_are_over_on_sqlite() -> Result<()> {
    erased(&[]).await
}

#[tokio::test]
async fn vault_5_terms_are_over_on_postgres() -> Result<()> {
    let (data, vault) = (Database::fresh().await?, Database::fresh().await?);
    let urls = [data.url(), vault.url()];
    erased(&[
        "--engine",
        "postgres",
        "--database-url",
        &urls[0],
        "--vault-url",
        &urls[1],
    ])
    .await
}
