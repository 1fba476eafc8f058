//! Retiring a key epoch by command, with the server running: it serves on, and no backup of the vault from before opens anything any more.

use crate::arriving::{Arriving, conversing, post};
use anyhow::{Context, Result, ensure};
use counterfoil_testkit::customer::Agreed;
use counterfoil_testkit::installation::{Choices, Engine, Installation};
use counterfoil_testkit::patience::{AMPLE, until};
use serde_json::Value;

/// What `epoch list` says of the first epoch's retirement.
async fn retirement(installation: &Installation) -> Result<(Value, Value)> {
    let listed = installation.json(&["epoch", "list", "--json"]).await?;
    Ok((listed[0]["retirement"].clone(), listed))
}

async fn waits_for(installation: &Installation, words: &str) -> Result<()> {
    let waits = async || {
        let (retirement, _) = retirement(installation).await?;
        Ok(retirement["waits"]
            .as_str()
            .unwrap_or("nothing")
            .contains(words)
            .then_some(()))
    };
    until(words, AMPLE, waits).await?;
    Ok(())
}

async fn retired(engine: Engine) -> Result<()> {
    let choices = Choices::plain(env!("CARGO_BIN_EXE_counterfoil"), engine);
    let mut installation = Installation::make(choices).await?;
    installation.serve().await?;
    let agreed = Agreed::plain();
    let hook = agreed.connect(&installation, "http://127.0.0.1:9").await?;
    let (naledi, conversation) = conversing(&installation, &hook, &agreed).await?;
    let place = tempfile::tempdir()?;
    let folder = |name: &str| {
        let path = place.path().join(name);
        path.to_str().map(str::to_owned).context("a path")
    };
    let (before, after) = (folder("before")?, folder("after")?);
    installation.run(&["backup", "make", &before]).await?;
    let tried = installation.run(&["backup", "drill", &before]).await?;
    ensure!(tried.said().starts_with("Sound: "), "{tried:?}");

    let refused = installation.ended(&["epoch", "retire", "--authority", " "]).await?;
    ensure!(refused.complained().contains("on whose word"), "{refused:?}");
    let decided = installation
        .run(&["epoch", "retire", "--authority", "the board"])
        .await?;
    ensure!(decided.said().contains("copy it to where"), "{decided:?}");
    let refused = installation.ended(&["epoch", "retire", "--authority", "again"]).await?;
    ensure!(refused.complained().contains("is going on"), "{refused:?}");
    waits_for(&installation, "counterfoil backup make").await?;
    // It serves on, and a backup from before does not do.
    let second = Arriving::begin(&installation, &hook, &agreed, &post(&agreed, "wamid.SECOND")?).await?;
    ensure!(second.end().await? == "200");
    let both = async || {
        let messages = naledi.every_message(&conversation).await?;
        Ok((messages.len() == 2).then_some(()))
    };
    until("both messages", AMPLE, both).await?;
    installation.run(&["backup", "make", &after]).await?;
    waits_for(&installation, "tried and sound").await?;
    installation.run(&["backup", "drill", &after]).await?;
    waits_for(&installation, "nothing").await?;

    let (retirement, listed) = retirement(&installation).await?;
    ensure!(
        listed[0]["stage"] == "retired" && listed[1]["stage"] == "open",
        "{listed}"
    );
    for step in ["turned", "rekeyed", "emptied", "destroyed"] {
        ensure!(retirement["steps"][step].is_string(), "{retirement}");
    }
    let shown = installation.run(&["epoch", "list"]).await?;
    ensure!(shown.said().contains("on the word of the board"), "{shown:?}");
    let verified = installation.json(&["verify", "--json"]).await?;
    ensure!(
        verified["sound"] == true && verified["vault"]["epochs"] == 2,
        "{verified}"
    );
    let log = installation.json(&["fsck", "--log", "--json"]).await?;
    ensure!(
        log["sound"] == true && log["tables"] == serde_json::json!([]) && log["log"]["leaves"].as_u64() > Some(5),
        "{log}"
    );
    // What is in the old one is still there, and nobody has a key for it.
    let dead = installation.ended(&["backup", "drill", &before]).await?;
    ensure!(
        dead.said().contains("NOT sound") && dead.said().contains("root key of epoch 1"),
        "{dead:?}"
    );

    // A server that starts now knows only the new key.
    installation.stop().await?;
    installation.serve().await?;
    let messages = naledi.every_message(&conversation).await?;
    ensure!(messages.len() == 2);
    let tried = installation.run(&["backup", "drill", &after]).await?;
    ensure!(tried.said().starts_with("Sound: "), "{tried:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_epoch_is_retired_on_sqlite() -> Result<()> {
    retired(Engine::Sqlite).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_epoch_is_retired_on_postgres() -> Result<()> {
    retired(Engine::Postgres).await
}
