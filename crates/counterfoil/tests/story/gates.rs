//! Intake-only nodes: what a gate acknowledged is on the record once, whoever was away, crashed, or started anew meanwhile.

use crate::PROGRAM;
use crate::poster::Poster;
use anyhow::{Context, Result, ensure};
use counterfoil_simulator::MediaFault;
use counterfoil_simulator::samples::{PhotoKind, photo};
use counterfoil_testkit::colleague::{Colleague, http};
use counterfoil_testkit::customer::{Agreed, customer};
use counterfoil_testkit::gate::Gate;
use counterfoil_testkit::installation::{Choices, Engine, Installation};
use counterfoil_testkit::patience::{AMPLE, until};
use counterfoil_testkit::process::run;
use counterfoil_testkit::surroundings::full_size;
use serde_json::Value;

/// How many posts are acknowledged in each stretch.
fn stretch() -> usize {
    if full_size() { 4_000 } else { 40 }
}

/// Waits until a gate has handed everything over.
pub(crate) async fn handed_over(gate: &Gate) -> Result<()> {
    let empty = async || {
        let health = gate.health().await?;
        let done = health["state"] == "serving" && health["spool"]["posts"] == 0 && health["spool"]["files"] == 0;
        Ok(done.then_some(()))
    };
    let waited = until("the gate to have handed everything over", AMPLE * 2, empty).await;
    waited.with_context(|| gate.log())?;
    Ok(())
}

async fn every_full_node_is_away(engine: Engine) -> Result<()> {
    let agreed = Agreed::plain();
    let provider = agreed.provider().await?;
    let mut installation = Installation::make(Choices::plain(PROGRAM, engine)).await?;
    installation.takes_over()?;
    installation.serve().await?;
    let hook = agreed.connect(&installation, &provider.graph_url()).await?;
    let link = installation.invite("Naledi Dlamini").await?;
    let agent = Colleague::join(&installation.address, &link, "naledi", "tamboerskloof brandwag nine").await?;
    let mut gate = Gate::of(&installation, "Harbour").await?;
    installation.stop().await?;

    // It begins while nobody else is there: with the kit that came with its pass.
    gate.serve().await?;
    let hook = gate.hook(&hook)?;
    provider.subscribe(&hook).await?;
    let poster = Poster::new(&hook, &agreed)?;
    for _ in 0..stretch() {
        ensure!(poster.post().await, "{}", gate.log());
    }
    let one = customer(&provider, "Thandi", "27821234567")?;
    let picture = photo(7, PhotoKind::Windscreen).into();
    provider
        .customer_image(&one, picture, "image/jpeg", Some("the windscreen"))
        .await;
    let posts = stretch() + 1;
    let spooled = async || {
        let health = gate.health().await?;
        Ok((health["spool"]["files"] == 1 && health["spool"]["posts"] == posts).then_some(()))
    };
    until("the photo to be in the gate's spool", AMPLE * 2, spooled)
        .await
        .with_context(|| gate.log())?;
    ensure!(gate.health().await?["state"] == "spooling");
    ensure!(gate.admin("/readyz").await?.0 == 503 && gate.admin("/healthz").await?.0 == 204);
    let measures = gate.admin("/metrics").await?.1;
    ensure!(measures.contains("counterfoil_intake_spooling 1"), "{measures}");
    // Nothing but the hook is there.
    for path in [
        "/",
        "/sign-in",
        "/inbox",
        "/api/v1/conversations",
        "/assets/x/y",
        "/live",
    ] {
        let answer = http()?.get(format!("{}{path}", gate.address())).send().await?;
        ensure!(answer.status() == 404, "{path}: {}", answer.status());
    }
    let pass: Value = serde_json::from_slice(&std::fs::read(gate.pass())?)?;
    ensure!(pass["kit"].is_null(), "the kit lies under the gate's own key only");

    gate.kill().await?;
    gate.serve().await?;
    for _ in 0..stretch() {
        ensure!(poster.post().await, "{}", gate.log());
    }
    // From now on the provider has the photo no more.
    provider.fail_next_media(MediaFault::NotFound, usize::MAX);
    installation.serve().await?;
    handed_over(&gate).await?;
    ensure!(gate.admin("/readyz").await?.0 == 204);
    poster
        .prove_by(&installation, async || handed_over(&gate).await)
        .await?;
    // The posts are of some time ago, so the photo's conversation is the newest.
    let newest = agent.conversations(8).await?.remove(0);
    let is_here = |messages: &[Value]| messages.len() == 1 && messages[0]["attachments"][0]["state"] == "here";
    let there = agent
        .messages(&newest, "the photo that the gate fetched", is_here)
        .await;
    there.with_context(|| installation.last_words())?;
    let said = installation.json(&["gate", "list", "--json"]).await?;
    ensure!(said[0]["title"] == "Harbour" && !said[0]["said"].is_null(), "{said}");
    let doctor = run(&mut installation.command(&["doctor", "--json"])).await?;
    let doctor: Value = serde_json::from_slice(&doctor.stdout)?;
    let heard = doctor.as_array().into_iter().flatten().any(|finding| {
        finding["what"] == "gates" && finding["state"] == "well" && finding["said"].to_string().contains("is heard")
    });
    ensure!(heard, "{doctor}");
    provider.shutdown().await;
    gate.stop().await?;
    installation.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn gates_take_in_while_every_full_node_is_away_on_sqlite() -> Result<()> {
    every_full_node_is_away(Engine::Sqlite).await
}

#[tokio::test(flavor = "multi_thread")]
async fn gates_take_in_while_every_full_node_is_away_on_postgres() -> Result<()> {
    every_full_node_is_away(Engine::Postgres).await
}

async fn either_side_is_killed_under_load(engine: Engine) -> Result<()> {
    let mut installation = Installation::make(Choices::plain(PROGRAM, engine)).await?;
    installation.takes_over()?;
    installation.serve().await?;
    let hook = Agreed::plain().connect(&installation, "http://127.0.0.1:9").await?;
    let mut gate = Gate::of(&installation, "Harbour").await?;
    gate.serve().await?;
    let poster = Poster::new(&gate.hook(&hook)?, &Agreed::plain())?;
    let load = poster.load();
    poster.acknowledges(stretch()).await?;
    for _ in 0..if full_size() { 10 } else { 1 } {
        installation.kill().await?;
        poster.acknowledges(stretch()).await?;
        installation.serve().await?;
        poster.acknowledges(stretch()).await?;
        gate.kill().await?;
        gate.serve().await?;
        poster.acknowledges(stretch()).await?;
    }
    load.end().await;
    poster
        .prove_by(&installation, async || handed_over(&gate).await)
        .await?;
    gate.stop().await?;
    installation.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn gates_and_full_nodes_killed_under_load_lose_and_double_nothing_on_sqlite() -> Result<()> {
    either_side_is_killed_under_load(Engine::Sqlite).await
}

#[tokio::test(flavor = "multi_thread")]
async fn gates_and_full_nodes_killed_under_load_lose_and_double_nothing_on_postgres() -> Result<()> {
    either_side_is_killed_under_load(Engine::Postgres).await
}
