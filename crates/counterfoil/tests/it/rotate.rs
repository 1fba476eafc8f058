//! Changing the log's key by command, with the server running: it serves on, and whoever has either key checks the log with nothing but the files.

use crate::arriving::{Arriving, conversing, post};
use anyhow::{Context, Result, ensure};
use counterfoil_testkit::customer::Agreed;
use counterfoil_testkit::installation::{Choices, Engine, Installation};
use counterfoil_testkit::patience::{AMPLE, until};
use counterfoil_verify::{Keys, folder, item};
use serde_json::Value;

async fn listed(installation: &Installation) -> Result<Vec<(String, String)>> {
    let listed = installation.json(&["log", "keys", "--json"]).await?;
    let listed = listed.as_array().context("a list")?.iter();
    let pair = |key: &Value| Some((key["key"].as_str()?.to_owned(), key["standing"].as_str()?.to_owned()));
    listed.map(pair).collect::<Option<_>>().context("keys")
}

async fn changed(installation: &Installation, keys: usize) -> Result<()> {
    let settled = async || {
        let listed = listed(installation).await?;
        let last = listed.last().is_some_and(|(_, standing)| standing == "signs");
        Ok((listed.len() == keys && last).then_some(()))
    };
    until("the old seed is destroyed", AMPLE, settled).await?;
    Ok(())
}

fn keys(key: &str) -> Result<Keys> {
    Ok(Keys::of(key.parse()?, Vec::new()))
}

async fn rotated(engine: Engine) -> Result<()> {
    let choices = Choices::plain(env!("CARGO_BIN_EXE_counterfoil"), engine);
    let mut installation = Installation::make(choices).await?;
    installation.serve().await?;
    let agreed = Agreed::plain();
    let hook = agreed.connect(&installation, "http://127.0.0.1:9").await?;
    let (naledi, conversation) = conversing(&installation, &hook, &agreed).await?;
    let messages = naledi
        .messages(&conversation, "the message", |all| !all.is_empty())
        .await?;
    let message = messages[0]["id"].as_str().context("a message has an id")?;
    let (old, _) = listed(&installation).await?.remove(0);
    let signed = async || {
        let ended = installation.ended(&["slip", message, "--json"]).await?;
        Ok(ended.status.success().then_some(ended.stdout))
    };
    let (kept, _) = until("a signed slip", AMPLE, signed).await?;
    let kept: Value = serde_json::from_slice(&kept)?;
    ensure!(kept["key"] == old.as_str(), "{kept}");

    let said = installation.run(&["log", "rotate"]).await?.said();
    ensure!(said.contains(&format!("before   {old}")), "{said}");
    ensure!(said.contains("take a backup now"), "{said}");
    changed(&installation, 2).await?;
    // It serves on, and a server that starts now knows the new key alone.
    let second = Arriving::begin(&installation, &hook, &agreed, &post(&agreed, "wamid.SECOND")?).await?;
    ensure!(second.end().await? == "200");
    installation.stop().await?;
    installation.serve().await?;
    let both = async || {
        let messages = naledi.every_message(&conversation).await?;
        Ok((messages.len() == 2).then_some(()))
    };
    until("both messages", AMPLE, both).await?;
    let verified = installation.json(&["verify", "--json"]).await?;
    ensure!(verified["sound"] == true, "{verified}");
    installation.stop().await?;
    // Without a server the command does its part, and the next server the rest.
    installation.run(&["log", "rotate"]).await?;
    ensure!(listed(&installation).await?[2].1 == "next");
    installation.serve().await?;
    changed(&installation, 3).await?;
    installation.stop().await?;

    let listed = listed(&installation).await?;
    let standing: Vec<&str> = listed.iter().map(|(_, standing)| standing.as_str()).collect();
    ensure!(standing == ["destroyed", "destroyed", "signs"], "{standing:?}");
    let words = installation.run(&["log", "keys"]).await?.said();
    ensure!(
        words.contains(&format!("signs      {}, named by leaf ", listed[2].0)),
        "{words}"
    );
    let place = installation.data().join("blobs/ledger");
    let now = installation.json(&["slip", message, "--json"]).await?;
    ensure!(now["key"] == listed[2].0.as_str(), "{now}");
    for (key, _) in &listed {
        let given = keys(key)?;
        let report = folder::check(&place, &given, &[], |_, _| {})?;
        ensure!(report.sound && report.keys.len() == 3, "{report}");
        let followed = given.in_folder(&place)?;
        for told in [&kept, &now] {
            let slip = told["slip"].as_str().context("a slip")?;
            let mut report = item::slip(slip.as_bytes(), &[], &followed)?;
            item::whole(&mut report, &place, &followed)?;
            ensure!(report.sound && report.whole == Some(true), "{report}");
        }
    }
    // What lay in a drawer is as good as it was, with the key of its time and nothing else.
    let slip = kept["slip"].as_str().context("a slip")?;
    ensure!(item::slip(slip.as_bytes(), &[], &keys(&old)?)?.sound);
    // A backup of now goes on by itself.
    let copy = tempfile::tempdir()?;
    let copy = copy.path().join("copy");
    let copy = copy.to_str().context("a path")?;
    installation.serve().await?;
    installation.run(&["backup", "make", copy]).await?;
    let tried = installation.run(&["backup", "drill", copy]).await?;
    ensure!(tried.said().starts_with("Sound: "), "{tried:?}");
    let verified = installation.json(&["fsck", "--json"]).await?;
    ensure!(
        verified["sound"] == true && verified["log"]["key"] == listed[2].0.as_str(),
        "{verified}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_logs_key_is_changed_on_sqlite() -> Result<()> {
    rotated(Engine::Sqlite).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_logs_key_is_changed_on_postgres() -> Result<()> {
    rotated(Engine::Postgres).await
}
