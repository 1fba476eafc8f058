//! Challenging an erasure by command: what a backup or an older file of the vault still opens is found, and after the retirement nothing opens.

use crate::arriving::{Arriving, conversing, post};
use anyhow::{Context, Result, ensure};
use counterfoil_testkit::customer::Agreed;
use counterfoil_testkit::installation::{Choices, Engine, Installation};
use counterfoil_testkit::patience::{AMPLE, until};
use serde_json::Value;
use std::path::Path;

/// What the challenger found in each place, as `(place, outcome, found, opened)`.
fn attempts(challenge: &Value) -> Vec<(String, String, u64, u64)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let number = |value: &Value| value.as_u64().unwrap_or(u64::MAX);
    let all = challenge["attempts"].as_array().into_iter().flatten();
    all.map(|one| {
        (
            text(&one["place"]),
            text(&one["outcome"]),
            number(&one["found"]),
            number(&one["opened"]),
        )
    })
    .collect()
}

/// What was found in one place.
fn at(challenge: &Value, place: &str) -> Result<(String, u64, u64)> {
    let all = attempts(challenge);
    let found = all.into_iter().find(|(name, ..)| name == place);
    let (_, outcome, found, opened) = found.with_context(|| format!("{place} was looked at: {challenge}"))?;
    Ok((outcome, found, opened))
}

/// Challenges, and sees whether that ends as it must.
async fn challenged(installation: &Installation, erasure: &str, also: &[&Path], well: bool) -> Result<Value> {
    let mut arguments = vec!["erase", "challenge", erasure, "--json"];
    for path in also {
        arguments.extend(["--also", path.to_str().context("a path")?]);
    }
    let ended = installation.ended(&arguments).await?;
    ensure!(ended.status.code() == Some(if well { 0 } else { 1 }), "{ended:?}");
    Ok(serde_json::from_str(&ended.said())?)
}

fn copied(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

async fn challenge(engine: Engine) -> Result<()> {
    let choices = Choices::plain(env!("CARGO_BIN_EXE_counterfoil"), engine);
    let mut installation = Installation::make(choices).await?;
    installation.serve().await?;
    let agreed = Agreed::plain();
    let hook = agreed.connect(&installation, "http://127.0.0.1:9").await?;
    let (naledi, conversation) = conversing(&installation, &hook, &agreed).await?;
    let second = Arriving::begin(&installation, &hook, &agreed, &post(&agreed, "wamid.SECOND")?).await?;
    ensure!(second.end().await? == "200");
    let both = async || {
        let messages = naledi.every_message(&conversation).await?;
        Ok((messages.len() == 2).then_some(()))
    };
    until("both messages", AMPLE, both).await?;
    let place = tempfile::tempdir()?;
    let folder = |name: &str| place.path().join(name);
    let name = |name: &str| folder(name).to_str().map(str::to_owned).context("a path");
    installation.run(&["backup", "make", &name("before")?]).await?;
    // The files as a snapshot of the machine has them.
    copied(&installation.data(), &folder("snapshot"))?;

    let arguments = [
        "erase",
        "conversation",
        &conversation,
        "--reason",
        "order",
        "--authority",
        "4711",
        "--json",
    ];
    let certificate = installation.json(&arguments).await?;
    let erasure = certificate["erasure"].as_str().context("it has an id")?.to_owned();
    ensure!(certificate["challenge"].is_null(), "{certificate}");
    let early = installation.ended(&["erase", "challenge", &erasure]).await?;
    ensure!(
        early.status.code() == Some(0) || early.complained().contains("once it is live"),
        "{early:?}"
    );
    let live = async || {
        let shown = installation.json(&["erase", "show", &erasure, "--json"]).await?;
        Ok(shown["live_at"].is_string().then_some(()))
    };
    until("it is live", AMPLE, live).await?;

    let first = challenged(&installation, &erasure, &[], true).await?;
    for living in ["vault", "records", "files", "spool"] {
        let (outcome, found, opened) = at(&first, living)?;
        ensure!(
            (outcome.as_str(), found, opened) == ("nothing_opens", 0, 0),
            "{living}: {first}"
        );
    }
    let (outcome, found, opened) = at(&first, "backup")?;
    ensure!(outcome == "opens" && found >= 2 && opened == found, "{first}");
    let shown = installation.run(&["erase", "show", &erasure]).await?;
    ensure!(
        shown.said().contains("OPEN") && shown.said().contains("backup bkp_"),
        "{shown:?}"
    );
    if let Engine::Sqlite = engine {
        // Files from before have rows and keys: the challenger must not miss that.
        let missed = challenged(&installation, &erasure, &[&folder("snapshot")], false).await?;
        let (outcome, found, opened) = at(&missed, "elsewhere")?;
        ensure!(outcome == "opens" && found >= 2 && opened == found, "{missed}");
    }

    installation
        .run(&["epoch", "retire", "--authority", "the board"])
        .await?;
    let waits = async || {
        let listed = installation.json(&["epoch", "list", "--json"]).await?;
        let waits = listed[0]["retirement"]["waits"].as_str().unwrap_or_default().to_owned();
        Ok(waits.contains("backup make").then_some(()))
    };
    until("it waits for a backup", AMPLE, waits).await?;
    installation.run(&["backup", "make", &name("after")?]).await?;
    installation.run(&["backup", "drill", &name("after")?]).await?;
    let retired = async || {
        let listed = installation.json(&["epoch", "list", "--json"]).await?;
        Ok((listed[0]["stage"] == "retired").then_some(()))
    };
    until("the epoch is retired", AMPLE, retired).await?;

    let last = challenged(&installation, &erasure, &[&folder("snapshot")], true).await?;
    for (place, outcome, _, opened) in attempts(&last) {
        ensure!(outcome == "nothing_opens" && opened == 0, "{place}: {last}");
    }
    let backups = attempts(&last).into_iter().filter(|(place, ..)| place == "backup");
    let found: Vec<u64> = backups.map(|(_, _, found, _)| found).collect();
    ensure!(
        found.len() == 2 && found[0] == 0 && found[1] >= 2,
        "newest first: {last}"
    );
    let shown = installation.json(&["erase", "show", &erasure, "--json"]).await?;
    ensure!(shown["challenge"] == last, "{shown}");
    std::fs::rename(folder("before"), folder("away"))?;
    let gone = challenged(&installation, &erasure, &[], true).await?;
    let backups = attempts(&gone).into_iter().filter(|(place, ..)| place == "backup");
    let oldest = backups.map(|(_, outcome, ..)| outcome).next_back();
    ensure!(oldest.as_deref() == Some("key_destroyed"), "{gone}");
    let verified = installation.json(&["verify", "--json"]).await?;
    ensure!(verified["sound"] == true, "{verified}");
    installation.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_is_challenged_on_sqlite() -> Result<()> {
    challenge(Engine::Sqlite).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_is_challenged_on_postgres() -> Result<()> {
    challenge(Engine::Postgres).await
}
