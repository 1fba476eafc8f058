//! Erasing by command, with the server running: the message goes, its certificate says what happened, and all else verifies.

use crate::arriving::{Arriving, conversing, post};
use anyhow::{Context, Result, ensure};
use counterfoil_testkit::colleague::Colleague;
use counterfoil_testkit::customer::Agreed;
use counterfoil_testkit::installation::{Choices, Engine, Installation};
use counterfoil_testkit::patience::{AMPLE, until};

async fn erased(engine: Engine) -> Result<()> {
    let choices = Choices::plain(env!("CARGO_BIN_EXE_counterfoil"), engine);
    let mut installation = Installation::make(choices).await?;
    installation.serve().await?;
    let agreed = Agreed::plain();
    // Nobody answers for the provider: nothing is sent.
    let hook = agreed.connect(&installation, "http://127.0.0.1:9").await?;
    let (naledi, conversation) = conversing(&installation, &hook, &agreed).await?;
    let second = Arriving::begin(&installation, &hook, &agreed, &post(&agreed, "wamid.SECOND")?).await?;
    ensure!(second.end().await? == "200");
    let both = async || {
        let messages = naledi.every_message(&conversation).await?;
        Ok((messages.len() == 2).then_some(messages))
    };
    let (messages, _) = until("both messages", AMPLE, both).await?;
    let id = messages[0]["id"].as_str().context("a message has an id")?.to_owned();

    let refused = installation
        .ended(&["erase", "message", &id, "--reason", "request", "--authority", " "])
        .await?;
    ensure!(refused.complained().contains("on whose word"), "{refused:?}");
    let unread = installation
        .ended(&["erase", "contact", &id, "--reason", "request", "--authority", "x"])
        .await?;
    ensure!(unread.complained().contains("not an id"), "{unread:?}");
    let held = installation
        .run(&["hold", "message", &id, "--authority", "case 4711"])
        .await?;
    let hold = held
        .said()
        .trim()
        .trim_start_matches("Held by ")
        .trim_end_matches('.')
        .to_owned();
    let refused = installation
        .ended(&["erase", "message", &id, "--reason", "request", "--authority", "x"])
        .await?;
    ensure!(refused.complained().contains(&hold), "{refused:?}");
    let held = installation.json(&["hold", "list", "--json"]).await?;
    ensure!(
        held[0]["hold"] == hold.as_str() && held[0]["authority"] == "case 4711",
        "{held}"
    );
    installation.run(&["hold", "release", &hold]).await?;
    let arguments = [
        "erase",
        "message",
        &id,
        "--reason",
        "request",
        "--authority",
        "request 17",
        "--wait",
        "--json",
    ];
    let certificate = installation.json(&arguments).await?;
    ensure!(
        certificate["records"] == 1 && certificate["authority"] == "request 17",
        "{certificate}"
    );
    ensure!(
        certificate["live_at"].is_string() && certificate["decided_by"] == "operator",
        "{certificate}"
    );

    let left = naledi.every_message(&conversation).await?;
    ensure!(left.len() == 1 && left[0]["id"] != id.as_str(), "{left:?}");
    let erasure = certificate["erasure"].as_str().context("it has an id")?;
    let shown = installation.run(&["erase", "show", erasure]).await?;
    ensure!(
        shown.said().contains("beyond reach") && shown.said().contains("request 17"),
        "{shown:?}"
    );
    let listed = installation.json(&["erase", "list", "--json"]).await?;
    ensure!(listed.as_array().is_some_and(|all| all.len() == 1), "{listed}");
    installation.stop().await?;
    let verified = installation.json(&["verify", "--json"]).await?;
    ensure!(verified["sound"] == true, "{verified}");
    // Without a server it is decided all the same, and done by the next one.
    let id = left[0]["id"].as_str().context("a message has an id")?;
    let decided = installation
        .json(&[
            "erase",
            "message",
            id,
            "--reason",
            "mistake",
            "--authority",
            "17a",
            "--json",
        ])
        .await?;
    ensure!(decided["live_at"].is_null(), "{decided}");
    installation.serve().await?;
    let none = async || {
        Ok(messages_of(&installation, &conversation)
            .await?
            .is_empty()
            .then_some(()))
    };
    until("the other one to go", AMPLE, none).await?;
    installation.stop().await
}

async fn messages_of(installation: &Installation, conversation: &str) -> Result<Vec<serde_json::Value>> {
    let naledi = Colleague::sign_in(&installation.address, "naledi@example.org", "a long enough password").await?;
    naledi.every_message(conversation).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_erased_by_command_on_sqlite() -> Result<()> {
    erased(Engine::Sqlite).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_erased_by_command_on_postgres() -> Result<()> {
    erased(Engine::Postgres).await
}
