//! The database goes between two calls and in the middle of one: the caller hears so, with what to do, and asking again with the same key
//! does it once.

use crate::arriving::conversing;
use anyhow::{Result, ensure};
use counterfoil_testkit::colleague::{Colleague, http};
use counterfoil_testkit::customer::Agreed;
use counterfoil_testkit::installation::{Choices, Engine, Installation};
use counterfoil_testkit::patience::{AMPLE, until};
use counterfoil_testkit::wire::Wire;
use reqwest::RequestBuilder;
use serde_json::{Value, json};

fn reply(installation: &Installation, naledi: &Colleague, conversation: &str, key: &str) -> Result<RequestBuilder> {
    let address = format!("{}/api/v1/conversations/{conversation}/messages", installation.address);
    let call = http()?
        .post(address)
        .header("cookie", format!("counterfoil={}", naledi.session));
    Ok(call
        .header("sec-fetch-site", "same-origin")
        .header("idempotency-key", key)
        .header("content-type", "application/json")
        .body(json!({"note": true, "text": format!("A note {key}")}).to_string()))
}

/// The answer says that the installation is not all there, and what to do.
async fn told_to_try_again(call: RequestBuilder) -> Result<()> {
    let answer = call.send().await?;
    ensure!(answer.status() == 503, "{answer:?}");
    ensure!(answer.headers().contains_key("retry-after"), "{answer:?}");
    ensure!(answer.headers()["content-type"] == "application/problem+json");
    let problem: Value = serde_json::from_str(&answer.text().await?)?;
    ensure!(
        problem["code"] == "unavailable" && problem.to_string().contains("Nothing is lost. Try again"),
        "{problem}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_goes_between_two_calls_or_during_one_loses_and_doubles_nothing() -> Result<()> {
    let choices = Choices::plain(env!("CARGO_BIN_EXE_counterfoil"), Engine::Postgres);
    let mut installation = Installation::make(choices).await?;
    let wire = Wire::to(&installation.databases[0].server()).await?;
    installation.reach_through(&wire)?;
    installation.serve().await?;
    let agreed = Agreed::plain();
    let hook = agreed.connect(&installation, "http://127.0.0.1:9").await?;
    let (naledi, conversation) = conversing(&installation, &hook, &agreed).await?;
    let call = |key: &str| reply(&installation, &naledi, &conversation, key);
    let written = async |key: &'static str| {
        let status = call(key)?.send().await?.status();
        // 200 when it had been written before.
        Ok((status == 201 || status == 200).then_some(()))
    };

    wire.cut().await?;
    told_to_try_again(call("between")?).await?;
    wire.mend().await?;
    until("the note to be taken", AMPLE, async || written("between").await).await?;

    // The call waits in the database when the wire is cut.
    let locked = installation.databases[0].lock("message").await?;
    let waiting = tokio::spawn(told_to_try_again(call("during")?));
    let waits = "select 'waits' from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    let seen = async || Ok((!installation.databases[0].ask(waits).await?.is_empty()).then_some(()));
    until("the call to wait in the database", AMPLE, seen).await?;
    wire.cut().await?;
    waiting.await??;
    locked.release().await?;
    wire.mend().await?;
    until("the note to be taken", AMPLE, async || written("during").await).await?;
    written("between").await?;

    let mut texts: Vec<String> = Vec::new();
    for message in naledi.every_message(&conversation).await? {
        texts.extend(message["body"]["text"].as_str().map(str::to_owned));
    }
    texts.sort();
    ensure!(
        texts == ["A note between", "A note during", "The windscreen cracked"],
        "{texts:?}"
    );
    installation.stop().await?;
    let verified = installation.json(&["verify", "--json"]).await?;
    ensure!(verified["sound"] == true, "{verified}");
    Ok(())
}
