//! Taking over what the version of 2026-11-22 left behind (`tests/data`): it is brought up to date at the first start, also when that is
//! broken off; nothing of it is lost; what a newer version left behind is refused.

use anyhow::{Context, Result, ensure};
use counterfoil_testkit::colleague::{Colleague, http};
use counterfoil_testkit::installation::{Engine, Installation};
use counterfoil_testkit::patience::{AMPLE, until};
use counterfoil_testkit::sqlite;
use counterfoil_testkit::surroundings::full_size;
use counterfoil_whatsapp::webhook::{AppSecret, sign};
use serde_json::json;
use std::path::Path;

/// What was said in the two conversations of the earlier version.
const SAID: [&str; 6] = [
    "Ask for a photo of it.",
    "Is my policy paid up?",
    "Please send us a photo of it.",
    "The windscreen cracked, part 1",
    "The windscreen cracked, part 2",
    "The windscreen cracked, part 3",
];

async fn left_behind(engine: Engine) -> Result<Installation> {
    let name = match engine {
        Engine::Sqlite => "sqlite",
        Engine::Postgres => "postgres",
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/written-2026-11-22");
    let archive = folder.join(format!("{name}.tar.gz"));
    Installation::left_behind(env!("CARGO_BIN_EXE_counterfoil"), engine, &archive).await
}

/// Everything that was said, as the JSON interface shows it to who had joined before the update.
async fn said(installation: &Installation) -> Result<Vec<String>> {
    let naledi = Colleague::sign_in(&installation.address, "naledi@example.org", "a long enough password").await?;
    let mut said = Vec::new();
    for conversation in naledi.every_conversation().await? {
        let messages = naledi.every_message(&conversation).await?;
        let texts = messages.iter().filter_map(|message| message["body"]["text"].as_str());
        said.extend(texts.map(str::to_owned));
    }
    said.sort();
    Ok(said)
}

async fn sound(installation: &Installation) -> Result<()> {
    let verified = installation.json(&["verify", "--json"]).await?;
    ensure!(verified["sound"] == true, "{verified}");
    Ok(())
}

async fn takes_a_post(installation: &Installation) -> Result<()> {
    let connections = installation.json(&["connection", "list", "--json"]).await?;
    let hook = connections[0]["hook"]
        .as_str()
        .context("the connection is still there")?;
    let message = json!({"id": "wamid.NEW", "from": "15550100202", "timestamp": "1790000001", "type": "text",
        "text": {"body": "And a word after the update"}});
    let value = json!({"messaging_product": "whatsapp", "metadata": {"display_phone_number": "15550100200", "phone_number_id": "100"},
        "contacts": [{"profile": {"name": "Sipho"}, "wa_id": "15550100202"}], "messages": [message]});
    let post = json!({"object": "whatsapp_business_account",
        "entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}]})
    .to_string();
    let signature = sign(post.as_bytes(), &AppSecret::new("s3cret-of-the-old-version"));
    let request = http()?.post(format!("{}{hook}", installation.address)).body(post);
    let answer = request.header("x-hub-signature-256", signature).send().await?;
    ensure!(answer.status() == 200, "{answer:?}");
    let recorded = async || {
        let stats = installation.json(&["intake", "stats", "--json"]).await?;
        ensure!(
            stats["posts"] == 7 && stats["kinds"]["message.unknown_type"]["kept"] == 1,
            "{stats}"
        );
        Ok((stats["waiting"] == 0).then_some(()))
    };
    until("the new message to be recorded", AMPLE, recorded).await.map(drop)
}

async fn taken_over(engine: Engine) -> Result<()> {
    let mut installation = left_behind(engine).await?;
    // Who only looks changes nothing, and says what to do.
    let looked = installation.ended(&["verify"]).await?;
    ensure!(looked.complained().contains("start the server once"), "{looked:?}");
    let looked = installation.ended(&["doctor", "--json"]).await?;
    ensure!(looked.said().contains("start the server once") && looked.status.code() == Some(1));

    installation.serve().await?;
    ensure!(said(&installation).await? == SAID);
    sound(&installation).await?;
    takes_a_post(&installation).await?;
    installation.stop().await?;
    sound(&installation).await?;

    // It stays as it is at the next start.
    installation.serve().await?;
    ensure!(said(&installation).await?.len() == SAID.len() + 1);
    installation.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_earlier_version_left_behind_is_taken_over_on_sqlite() -> Result<()> {
    taken_over(Engine::Sqlite).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_earlier_version_left_behind_is_taken_over_on_postgres() -> Result<()> {
    taken_over(Engine::Postgres).await
}

/// Killed again and again at these system calls while it brings the tables up to date, and then let do it.
async fn broken_off(engine: Engine, places: &[(&str, &[u32])]) -> Result<()> {
    let mut early = 0;
    for (call, all) in places {
        let step = if full_size() { 1 } else { 5 };
        for nth in all.iter().step_by(step) {
            let mut installation = left_behind(engine).await?;
            early += u32::from(installation.killed_at(call, *nth).await?);
            installation.serve().await.with_context(|| format!("{call} {nth}"))?;
            ensure!(said(&installation).await? == SAID, "{call} {nth}");
            installation.stop().await?;
            sound(&installation).await?;
        }
    }
    println!("an update broken off {early} times before the server was up, and taken up again");
    ensure!(early >= 2, "it was broken off {early} times");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_that_is_broken_off_is_taken_up_again_on_sqlite() -> Result<()> {
    let writes = [1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 120];
    let syncs = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12];
    broken_off(Engine::Sqlite, &[("pwrite64", &writes), ("fsync", &syncs)]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_that_is_broken_off_is_taken_up_again_on_postgres() -> Result<()> {
    let sent = [2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 24, 28, 32, 40];
    broken_off(Engine::Postgres, &[("sendto", &sent)]).await
}

async fn refused(installation: &Installation) -> Result<()> {
    for command in ["serve", "verify", "doctor"] {
        let ended = installation.ended(&[command]).await?;
        let told = format!("{}{}", ended.said(), ended.complained());
        let what_to_do = "start the newer program, or restore a backup from before the update";
        ensure!(
            ended.status.code() == Some(1) && told.contains(what_to_do),
            "{command}: {ended:?}"
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_newer_version_left_behind_is_refused_with_what_to_do() -> Result<()> {
    let mut installation = left_behind(Engine::Sqlite).await?;
    installation.serve().await?;
    installation.stop().await?;
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', 1, x'00', 0)";
    let file = installation.data().join("data.db");
    sqlite::change(&file, newer).await?;
    refused(&installation).await?;
    // The newer program, which is this one, finds it as it was.
    sqlite::change(&file, "DELETE FROM _sqlx_migrations WHERE version = 9999").await?;
    installation.serve().await?;
    ensure!(said(&installation).await? == SAID);
    installation.stop().await?;

    let mut installation = left_behind(Engine::Postgres).await?;
    installation.serve().await?;
    installation.stop().await?;
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', true, '\\x00', 0)";
    installation.databases[0].change(newer).await?;
    refused(&installation).await
}
