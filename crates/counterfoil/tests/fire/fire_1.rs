//! fire.1: killed at random moments while posts are under way, every acknowledged message is there once, and `verify` passes.

use crate::PROGRAM;
use crate::chance::Chance;
use crate::posts::{Made, Volley};
use anyhow::{Context, Result, ensure};
use counterfoil_simulator::{MediaFault, Simulator};
use counterfoil_testkit::colleague::Colleague;
use counterfoil_testkit::customer::Agreed;
use counterfoil_testkit::installation::{Choices, Engine, Installation};
use counterfoil_testkit::patience::{AMPLE, begin, moment, since, until};
use counterfoil_testkit::surroundings::full_size;
use reqwest::Client;
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;

/// How many rounds, of how many new posts each.
fn size() -> (usize, usize) {
    if full_size() { (20, 500) } else { (2, 60) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fire_1_killed_on_sqlite() -> Result<()> {
    rounds(Engine::Sqlite, 1_001).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fire_1_killed_on_postgres() -> Result<()> {
    rounds(Engine::Postgres, 2_002).await
}

async fn rounds(engine: Engine, usual: u64) -> Result<()> {
    let (mut chance, seed) = Chance::begin(usual);
    let (rounds, each) = size();
    println!("fire.1 on {engine:?}: seed {seed}, {rounds} rounds of {each} posts");
    let begun = begin();
    let agreed = Agreed::plain();
    let provider = agreed.provider().await?;
    let mut installation = Installation::make(Choices::plain(PROGRAM, engine)).await?;
    installation.serve().await?;
    let hook = agreed.connect(&installation, &provider.graph_url()).await?;
    let link = installation.invite("Naledi Dlamini").await?;
    let naledi = Colleague::join(&installation.address, &link, "naledi.dlamini", "four plain words here").await?;

    let http = Client::builder().no_proxy().timeout(AMPLE).build()?;
    let (mut made, mut posted, mut unanswered, mut kills) = (Made::default(), 0, 0, 0);
    for round in 1..=rounds {
        let seconds = 1_795_000_000 + i64::try_from(round)?;
        let posts: Vec<_> = (0..each)
            .map(|_| made.post(&mut chance, &agreed, &provider, seconds))
            .collect();
        // A few files do not come at the first try.
        provider.fail_next_media(MediaFault::Internal, 2);
        provider.fail_next_media(MediaFault::WrongDigest, 1);
        let all = posts.len();
        let volley = Volley::fire(&http, &hook, posts, &mut chance);
        // Mostly while posts are on their way, sometimes while what was acknowledged is being recorded.
        let within = match (full_size(), chance.below(4)) {
            (true, 0) => 1_500,
            (true, _) => 400,
            (false, _) => 120,
        };
        let after = chance.moment(Duration::from_millis(within));
        moment(after).await;
        installation.kill().await?;
        kills += 1;
        let (left, times) = volley.over().await?;
        println!(
            "round {round}: killed after {} ms; {} of {all} were acknowledged",
            after.as_millis(),
            all - left.len()
        );
        unanswered += left.len();
        posted += times;
        let mut open = left;
        if chance.below(2) == 0 {
            // Once more while it is starting.
            installation.begin()?;
            moment(chance.moment(Duration::from_millis(400))).await;
            installation.kill().await?;
            kills += 1;
        }
        installation.serve().await?;
        // The provider repeats until all is acknowledged, also when the last round has been killed.
        while !open.is_empty() {
            let (left, times) = Volley::fire(&http, &hook, open, &mut chance).over().await?;
            open = left;
            posted += times;
        }
    }
    let fired = since(begun);
    settled(&installation, &made, &provider).await?;
    let waited = since(begun) - fired;

    compare(&installation, &naledi, &made).await?;
    let verified = installation.run(&["verify"]).await?;
    installation.stop().await?;
    installation.run(&["verify"]).await?;
    println!(
        "fire.1 on {engine:?}: {rounds} rounds, {kills} kills, {posted} posts, {unanswered} of them without an answer and repeated, {} \
         messages ({} with a file) and {} statuses acknowledged, each there once; {:.1} s of fire, {:.1} s until all was recorded, {:.1} s in all",
        made.texts.len(),
        made.media.len(),
        made.statuses,
        fired.as_secs_f64(),
        waited.as_secs_f64(),
        since(begun).as_secs_f64()
    );
    println!("{}", verified.said().lines().last().unwrap_or_default());
    Ok(())
}

/// Waits until all that was acknowledged is recorded, and each file is fetched and deleted at the provider.
async fn settled(installation: &Installation, made: &Made, provider: &Simulator) -> Result<()> {
    let recorded = async || {
        let stats = installation.json(&["intake", "stats", "--json"]).await?;
        Ok((stats["waiting"] == 0).then_some(()))
    };
    until("all posts to be recorded", AMPLE * 10, recorded).await?;
    let fetched = async || {
        let left = made.media.iter().filter(|id| provider.media_is_kept(id)).count();
        ensure!(left == 0, "{left} files are still at the provider");
        Ok(Some(()))
    };
    until("all files to be fetched", AMPLE * 10, fetched).await?;
    Ok(())
}

/// What is there is what was posted: each message once, with its file, and each status once.
async fn compare(installation: &Installation, naledi: &Colleague, made: &Made) -> Result<()> {
    let mut there: BTreeMap<String, usize> = BTreeMap::new();
    let mut files = 0;
    for conversation in naledi.every_conversation().await? {
        for message in naledi.every_message(&conversation).await? {
            *there.entry(words(&message)?).or_default() += 1;
            for file in message["attachments"].as_array().into_iter().flatten() {
                ensure!(file["state"] == "here", "a file is {}", file["state"]);
                files += 1;
            }
        }
    }
    let lost: Vec<_> = made.texts.iter().filter(|text| !there.contains_key(*text)).collect();
    let doubled: Vec<_> = there.iter().filter(|(_, count)| **count != 1).collect();
    ensure!(lost.is_empty(), "acknowledged and not there: {lost:?}");
    ensure!(doubled.is_empty(), "there more than once: {doubled:?}");
    ensure!(there.len() == made.texts.len(), "more is there than was posted");
    ensure!(
        files == made.media.len(),
        "{files} of {} files are there",
        made.media.len()
    );

    let stats = installation.json(&["intake", "stats", "--json"]).await?;
    let recorded = |kind: &str| stats["kinds"][kind]["recorded"].as_u64().unwrap_or(0);
    let messages = recorded("message.text") + recorded("message.image");
    ensure!(messages == u64::try_from(made.texts.len())?, "{stats}");
    ensure!(recorded("status.delivered") == made.statuses, "{stats}");
    Ok(())
}

fn words(message: &Value) -> Result<String> {
    let body = &message["body"];
    let said = body["text"].as_str().or_else(|| body["caption"].as_str());
    Ok(said
        .with_context(|| format!("a message without words: {message}"))?
        .to_owned())
}
