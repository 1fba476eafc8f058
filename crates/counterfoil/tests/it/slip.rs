//! `counterfoil slip` and the log's folder, made by a real server, checked by somebody who has nothing but the files and the key.

use crate::arriving::conversing;
use anyhow::{Context, Result, ensure};
use counterfoil_testkit::customer::Agreed;
use counterfoil_testkit::installation::{Choices, Engine, Installation};
use counterfoil_testkit::patience::{AMPLE, until};
use counterfoil_verify::{Keys, folder, item};
use serde_json::Value;

/// The steps of a life by their names.
fn names(told: &Value) -> Vec<&str> {
    let steps = told["steps"].as_array().map(Vec::as_slice).unwrap_or_default();
    steps.iter().filter_map(|step| step["name"].as_str()).collect()
}

async fn a_slip_is_handed_out_and_checked(engine: Engine) -> Result<()> {
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

    // Beside the running server, as soon as it is signed.
    let signed = async || {
        let ended = installation.ended(&["slip", message, "--json"]).await?;
        ensure!(ended.status.success(), "{}", ended.complained());
        let told: Value = serde_json::from_slice(&ended.stdout)?;
        // It was read in the list and in the thread.
        ensure!(names(&told).starts_with(&["message", "reading"]), "{told}");
        Ok(Some(told))
    };
    let (told, _) = until("a signed slip with the reading", AMPLE, signed).await?;
    ensure!(told["item"] == message && told["erased_at"].is_null(), "{told}");
    installation.stop().await?;

    let told = installation
        .json(&["slip", message, "--out", "one.slip", "--json"])
        .await?;
    let slip = std::fs::read_to_string(installation.folder().join("one.slip"))?;
    ensure!(told["slip"] == slip.as_str() && told["unsigned"] == 0, "{told}");
    for readable in ["windscreen", "Thandi", "27105550101", "wamid", "Naledi"] {
        ensure!(!slip.contains(readable), "{readable} is in the slip");
    }
    let keys = Keys::of(told["key"].as_str().context("a key")?.parse()?, Vec::new());
    let report = item::slip(slip.as_bytes(), &[], &keys)?;
    ensure!(report.sound && report.verdict == "included but withheld", "{report}");
    ensure!(report.fields.iter().any(|field| field.label == "body"), "{report}");

    // Erased, it still has its slip, which says so.
    installation.serve().await?;
    let arguments = [
        "erase",
        "message",
        message,
        "--reason",
        "request",
        "--authority",
        "request 17",
        "--wait",
    ];
    installation.run(&arguments).await?;
    installation.stop().await?;
    let arguments = ["slip", message, "--out", "erased.slip", "--json"];
    let told = installation.json(&arguments).await?;
    let slip = std::fs::read_to_string(installation.folder().join("erased.slip"))?;
    let mut report = item::slip(slip.as_bytes(), &[], &keys)?;
    item::whole(&mut report, &installation.data().join("blobs/ledger"), &keys)?;
    ensure!(report.sound && report.verdict == "included but erased", "{report}");
    ensure!(report.whole == Some(true) && !told["erased_at"].is_null(), "{report}");
    println!("{report}");

    // In words, and never over a file that is there.
    let words = installation.run(&["slip", message]).await?.said();
    ensure!(
        words.contains("  reading") && words.contains("commits to body"),
        "{words}"
    );
    ensure!(words.contains("\nerased   20"), "{words}");
    let again = installation.ended(&["slip", message, "--out", "one.slip"]).await?;
    ensure!(again.status.code() == Some(1), "{}", again.said());

    let folder = installation.data().join("blobs/ledger");
    let report = folder::check(&folder, &keys, &[], |_, _| {})?;
    ensure!(report.sound && report.size == Some(report.leaves), "{report}");
    println!("{report}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn vault_1_a_slip_is_handed_out_and_checked_on_sqlite() -> Result<()> {
    a_slip_is_handed_out_and_checked(Engine::Sqlite).await
}

#[tokio::test(flavor = "multi_thread")]
async fn vault_1_a_slip_is_handed_out_and_checked_on_postgres() -> Result<()> {
    a_slip_is_handed_out_and_checked(Engine::Postgres).await
}

#[tokio::test(flavor = "multi_thread")]
async fn of_what_the_log_does_not_know_there_is_no_slip() -> Result<()> {
    let choices = Choices::plain(env!("CARGO_BIN_EXE_counterfoil"), Engine::Sqlite);
    let installation = Installation::make(choices).await?;
    let unknown = format!("msg_{}", "0".repeat(32));
    let ended = installation.ended(&["slip", &unknown]).await?;
    ensure!(ended.status.code() == Some(1), "{}", ended.said());
    ensure!(
        ended.complained().contains("the log knows nothing of that id"),
        "{}",
        ended.complained()
    );
    for mistyped in ["msg_12", "windscreen", "msg_ABCDEF00000000000000000000000000"] {
        let ended = installation.ended(&["slip", mistyped]).await?;
        ensure!(ended.status.code() == Some(2), "{mistyped}");
    }
    Ok(())
}
