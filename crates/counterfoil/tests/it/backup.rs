//! Backups by command, beside the running server: taken, listed, tried; and what is not whole is never called a backup.

use crate::arriving::{Arriving, conversing, post};
use anyhow::{Context, Result, ensure};
use counterfoil_testkit::colleague::Colleague;
use counterfoil_testkit::customer::Agreed;
use counterfoil_testkit::installation::{Choices, Engine, Installation, Lost};
use counterfoil_testkit::patience::{AMPLE, until};
use serde_json::Value;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// What the doctor says of backups: state and words.
async fn doctor(installation: &Installation) -> Result<(String, String)> {
    let told = installation.ended(&["doctor", "--json"]).await?;
    let findings: Value = serde_json::from_str(&told.said())?;
    let all = findings.as_array().context("findings")?;
    let found = all
        .iter()
        .find(|found| found["what"] == "backups")
        .context("nothing of backups")?;
    let text = |key: &str| found[key].as_str().unwrap_or_default().to_owned();
    Ok((text("state"), text("said")))
}

fn flip(file: &Path, from_end: usize) -> Result<()> {
    let mut bytes = std::fs::read(file)?;
    let at = bytes.len() - from_end;
    bytes[at] ^= 1;
    Ok(std::fs::write(file, bytes)?)
}

async fn taken_and_tried(engine: Engine) -> Result<()> {
    let choices = Choices::plain(env!("CARGO_BIN_EXE_counterfoil"), engine);
    let mut installation = Installation::make(choices).await?;
    installation.serve().await?;
    let agreed = Agreed::plain();
    // Nobody answers for the provider: nothing is sent.
    let hook = agreed.connect(&installation, "http://127.0.0.1:9").await?;
    let (naledi, conversation) = conversing(&installation, &hook, &agreed).await?;
    let (state, said) = doctor(&installation).await?;
    ensure!(
        state == "doubtful" && said.contains("all of it would be lost"),
        "{said}"
    );
    let listed = installation.run(&["backup", "list"]).await?;
    ensure!(listed.said().contains("No backup"), "{listed:?}");

    let place = tempfile::tempdir()?;
    let first = place.path().join("first");
    let first = first.to_str().context("a path")?;
    let made = installation.json(&["backup", "make", first, "--json"]).await?;
    let mode = |path: &Path| Ok::<u32, anyhow::Error>(std::fs::metadata(path)?.permissions().mode() & 0o777);
    ensure!(mode(Path::new(first))? == 0o700, "for its owner only");
    for file in ["data.copy", "vault.copy", "backup.json"] {
        ensure!(mode(&Path::new(first).join(file))? == 0o600, "{file}");
    }
    ensure!(made["log"]["size"].as_u64() > Some(5), "{made}");
    // A folder that is there is not touched, and nothing is left of the attempt.
    let again = installation.ended(&["backup", "make", first]).await?;
    ensure!(again.complained().contains("is there already"), "{again:?}");
    let nowhere = place.path().join("none/second");
    let nowhere = installation
        .ended(&["backup", "make", nowhere.to_str().context("a path")?])
        .await?;
    ensure!(nowhere.complained().contains("cannot be made"), "{nowhere:?}");
    ensure!(std::fs::read_dir(place.path())?.count() == 1);

    let (state, said) = doctor(&installation).await?;
    ensure!(state == "doubtful" && said.contains("nobody has tried"), "{said}");
    // What comes in after it is in the next one.
    let second = Arriving::begin(&installation, &hook, &agreed, &post(&agreed, "wamid.SECOND")?).await?;
    ensure!(second.end().await? == "200");
    let both = async || {
        let messages = naledi.every_message(&conversation).await?;
        Ok((messages.len() == 2).then_some(messages))
    };
    let (messages, _) = until("both messages", AMPLE, both).await?;
    let tried = installation.run(&["backup", "drill", first]).await?;
    ensure!(tried.said().starts_with("Sound: "), "{tried:?}");
    ensure!(
        std::fs::read_dir(place.path())?.count() == 1,
        "the scratch place is gone"
    );
    let (state, said) = doctor(&installation).await?;
    ensure!(
        state == "well" && said.contains("the last minute would be lost; "),
        "{said}"
    );

    // A message that was erased after a backup is still in it until its key epoch is retired; one taken after that lacks it, and is sound.
    let id = messages[0]["id"].as_str().context("a message has an id")?;
    let erase = [
        "erase",
        "message",
        id,
        "--reason",
        "request",
        "--authority",
        "17",
        "--wait",
        "--json",
    ];
    installation.json(&erase).await?;
    let second = place.path().join("second");
    let second = second.to_str().context("a path")?;
    installation.run(&["backup", "make", second]).await?;
    let tried = installation.json(&["backup", "drill", second, "--json"]).await?;
    ensure!(tried["sound"] == true && tried["opened"].as_u64() > Some(5), "{tried}");
    let listed = installation.json(&["backup", "list", "--json"]).await?;
    ensure!(listed.as_array().is_some_and(|all| all.len() == 2), "{listed}");
    ensure!(
        listed[1]["catalogued"]["backup"] == made["backup"] && listed[1]["whereabouts"] == first,
        "{listed}"
    );
    ensure!(
        listed[0]["drilled_sound"] == true && listed[1]["drilled_sound"] == true,
        "{listed}"
    );

    // What was altered is found, and that is on the log too.
    flip(&Path::new(second).join("data.copy"), 4_000)?;
    let tried = installation.ended(&["backup", "drill", second]).await?;
    ensure!(tried.said().contains("NOT sound"), "{tried:?}");
    ensure!(tried.well().is_err());
    let (state, said) = doctor(&installation).await?;
    ensure!(state == "broken" && said.contains("NOT sound"), "{said}");
    let refused = installation.ended(&["backup", "enter", second]).await?;
    ensure!(refused.complained().contains("altered or is not whole"), "{refused:?}");
    // Copies of one backup under the manifest of another are neither.
    std::fs::copy(Path::new(first).join("data.copy"), Path::new(second).join("data.copy"))?;
    let refused = installation.ended(&["backup", "enter", second]).await?;
    ensure!(
        refused.complained().contains("not the copy that the manifest"),
        "{refused:?}"
    );

    // Entered anew it lies where it lies now; and with the server stopped all of it works as well.
    installation.stop().await?;
    installation.run(&["backup", "enter", first]).await?;
    let third = place.path().join("third");
    installation
        .run(&["backup", "make", third.to_str().context("a path")?])
        .await?;
    let tried = installation
        .run(&["backup", "drill", third.to_str().context("a path")?])
        .await?;
    ensure!(tried.said().starts_with("Sound: "), "{tried:?}");
    let verified = installation.json(&["verify", "--json"]).await?;
    ensure!(verified["sound"] == true, "{verified}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn backups_are_taken_and_tried_on_sqlite() -> Result<()> {
    taken_and_tried(Engine::Sqlite).await
}

#[tokio::test(flavor = "multi_thread")]
async fn backups_are_taken_and_tried_on_postgres() -> Result<()> {
    taken_and_tried(Engine::Postgres).await
}

/// A backup of another installation has another log.
#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_another_installation_is_not_entered() -> Result<()> {
    let choices = || Choices::plain(env!("CARGO_BIN_EXE_counterfoil"), Engine::Sqlite);
    let (one, other) = (
        Installation::make(choices()).await?,
        Installation::make(choices()).await?,
    );
    let place = tempfile::tempdir()?;
    let folder = place.path().join("backup");
    let folder = folder.to_str().context("a path")?;
    one.run(&["backup", "make", folder]).await?;
    let refused = other.ended(&["backup", "enter", folder]).await?;
    ensure!(
        refused.complained().contains("not a part of this installation's log"),
        "{refused:?}"
    );
    let refused = other.ended(&["backup", "drill", folder]).await?;
    ensure!(refused.complained().contains("not in the catalogue"), "{refused:?}");
    Ok(())
}

/// All is lost but a backup and the key folder: what the backup has comes back on either engine, and work goes on from there.
async fn lost_and_restored(engine: Engine, onto: Engine) -> Result<()> {
    let choices = Choices::plain(env!("CARGO_BIN_EXE_counterfoil"), engine);
    let mut installation = Installation::make(choices).await?;
    installation.serve().await?;
    let agreed = Agreed::plain();
    let hook = agreed.connect(&installation, "http://127.0.0.1:9").await?;
    let (naledi, conversation) = conversing(&installation, &hook, &agreed).await?;
    let place = tempfile::tempdir()?;
    let folder = place.path().join("backup");
    let folder = folder.to_str().context("a path")?;
    installation.run(&["backup", "make", folder]).await?;
    let arrives = async |installation: &Installation, id: &str| {
        let arriving = Arriving::begin(installation, &hook, &agreed, &post(&agreed, id)?).await?;
        ensure!(arriving.end().await? == "200");
        Ok(())
    };
    arrives(&installation, "wamid.SECOND").await?;
    installation.stop().await?;
    // Where something is, nothing is restored.
    let refused = installation.ended(&["backup", "restore", folder]).await?;
    ensure!(refused.complained().contains("is not empty"), "{refused:?}");
    installation.lose(onto).await?;

    let (keys, away) = (
        installation.folder().join("keys"),
        installation.folder().join("keys-away"),
    );
    std::fs::rename(&keys, &away)?;
    let refused = installation.ended(&["backup", "restore", folder]).await?;
    ensure!(refused.well().is_err());
    if keys.exists() {
        std::fs::remove_dir_all(&keys)?;
    }
    std::fs::rename(&away, &keys)?;
    let told = installation.run(&["backup", "restore", folder]).await?;
    ensure!(told.said().contains("log      goes on behind leaf"), "{told:?}");
    let refused = installation.ended(&["backup", "restore", folder]).await?;
    ensure!(refused.complained().contains("is not empty"), "{refused:?}");
    ensure!(
        std::fs::read_dir(place.path())?.count() == 1,
        "no scratch place is left"
    );
    let verified = installation.json(&["verify", "--json"]).await?;
    ensure!(verified["sound"] == true, "{verified}");

    let (state, said) = doctor(&installation).await?;
    ensure!(state == "doubtful" && said.contains("nobody has tried"), "{said}");

    installation.serve().await?;
    ensure!(
        naledi.every_message(&conversation).await.is_err(),
        "nobody is signed in any more"
    );
    let naledi = Colleague::sign_in(&installation.address, "naledi@example.org", "a long enough password").await?;
    ensure!(naledi.every_message(&conversation).await?.len() == 1);
    // The provider repeats what it was told was lost, and something new comes.
    for id in ["wamid.SECOND", "wamid.THIRD", "wamid.SECOND"] {
        arrives(&installation, id).await?;
    }
    let all = async || Ok((naledi.every_message(&conversation).await?.len() == 3).then_some(()));
    until("all three messages", AMPLE, all).await?;
    installation.stop().await?;
    let verified = installation.json(&["verify", "--json"]).await?;
    ensure!(verified["sound"] == true, "{verified}");
    // Once it serves it can be backed up and tried like any other.
    let next = place.path().join("next");
    let next = next.to_str().context("a path")?;
    installation.run(&["backup", "make", next]).await?;
    installation.run(&["backup", "drill", next]).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_lost_is_restored_on_sqlite() -> Result<()> {
    lost_and_restored(Engine::Sqlite, Engine::Sqlite).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_lost_is_restored_on_postgres() -> Result<()> {
    lost_and_restored(Engine::Postgres, Engine::Postgres).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_lost_on_sqlite_is_restored_on_postgres() -> Result<()> {
    lost_and_restored(Engine::Sqlite, Engine::Postgres).await
}

/// The texts of a conversation, one after the other.
async fn said(naledi: &Colleague, conversation: &str) -> Result<usize> {
    Ok(naledi.every_message(conversation).await?.len())
}

/// One customer wrote once before the backup and once after it, and the first message was erased since. The backup lies in the folder that is given, the installation is
/// stopped.
async fn erased_since(installation: &mut Installation, folder: &str) -> Result<String> {
    installation.serve().await?;
    let agreed = Agreed::plain();
    let hook = agreed.connect(installation, "http://127.0.0.1:9").await?;
    let (naledi, conversation) = conversing(installation, &hook, &agreed).await?;
    installation.run(&["backup", "make", folder]).await?;
    let first = naledi.every_message(&conversation).await?;
    let first = first[0]["id"].as_str().context("a message has an id")?.to_owned();
    let arriving = Arriving::begin(installation, &hook, &agreed, &post(&agreed, "wamid.SECOND")?).await?;
    ensure!(arriving.end().await? == "200");
    let both = async || Ok((said(&naledi, &conversation).await? == 2).then_some(()));
    until("both messages", AMPLE, both).await?;
    let erase = ["erase", "message", &first, "--reason", "request", "--authority", "17"];
    installation.json(&[&erase[..], &["--wait", "--json"]].concat()).await?;
    installation.stop().await?;
    Ok(conversation)
}

/// It serves, the conversation is there without what was erased, and something new comes.
async fn goes_on(installation: &mut Installation, conversation: &str) -> Result<()> {
    let verified = installation.json(&["verify", "--json"]).await?;
    ensure!(verified["sound"] == true, "{verified}");
    installation.serve().await?;
    let naledi = Colleague::sign_in(&installation.address, "naledi@example.org", "a long enough password").await?;
    ensure!(said(&naledi, conversation).await? == 0, "it stays erased");
    installation.invite("Ben").await?;
    installation.stop().await?;
    let verified = installation.json(&["verify", "--json"]).await?;
    ensure!(verified["sound"] == true, "{verified}");
    Ok(())
}

/// The records are lost, and the mirrored log is not; nor, unless it is said, is the vault.
async fn restored_beside_the_log(engine: Engine, lost: &[Lost]) -> Result<()> {
    let choices = Choices::plain(env!("CARGO_BIN_EXE_counterfoil"), engine);
    let mut installation = Installation::make(choices).await?;
    let place = tempfile::tempdir()?;
    let folder = place.path().join("backup");
    let folder = folder.to_str().context("a path")?;
    let conversation = erased_since(&mut installation, folder).await?;
    for which in lost {
        installation.lose_database(*which).await?;
    }
    if lost.contains(&Lost::Vault) {
        // As when the epoch was retired since: its root key is gone, and that of the next is here.
        let keys = installation.folder().join("keys");
        let mut names = std::fs::read_dir(&keys)?;
        let first = names.find_map(|entry| {
            let path = entry.ok()?.path();
            path.to_str()?.ends_with(".epoch-1.key").then_some(path)
        });
        let first = first.context("a root key")?;
        let next = first.to_str().context("a path")?.replace("epoch-1", "epoch-2");
        std::fs::rename(&first, &next)?;
        let refused = installation.ended(&["backup", "restore", folder]).await?;
        ensure!(refused.complained().contains("opens nothing any more"), "{refused:?}");
        std::fs::rename(&next, &first)?;
    }
    let told = installation.run(&["backup", "restore", folder]).await?;
    for words in [
        "brought forward from the mirror",
        "erased   1 records",
        "lost            1  message",
    ] {
        ensure!(told.said().contains(words), "{words}: {told:?}");
    }
    let from_backup = told.said().contains("rows, from the backup");
    ensure!(from_backup == lost.contains(&Lost::Vault), "{told:?}");
    let again = installation.ended(&["backup", "restore", folder]).await?;
    ensure!(again.complained().contains("is not empty"), "{again:?}");
    goes_on(&mut installation, &conversation).await
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_records_are_restored_beside_log_and_vault_on_sqlite() -> Result<()> {
    restored_beside_the_log(Engine::Sqlite, &[Lost::Records]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_records_are_restored_beside_log_and_vault_on_postgres() -> Result<()> {
    restored_beside_the_log(Engine::Postgres, &[Lost::Records]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_databases_are_restored_beside_the_log() -> Result<()> {
    restored_beside_the_log(Engine::Sqlite, &[Lost::Records, Lost::Vault]).await
}

/// Story 7: restoring last month's copy of the records by hand, the server refuses until what was erased since is erased again.
#[tokio::test(flavor = "multi_thread")]
async fn records_put_back_by_hand_are_brought_forward_before_they_are_served() -> Result<()> {
    let choices = Choices::plain(env!("CARGO_BIN_EXE_counterfoil"), Engine::Sqlite);
    let mut installation = Installation::make(choices).await?;
    installation.serve().await?;
    installation.stop().await?;
    let refused = installation.run(&["backup", "forward"]).await?;
    ensure!(refused.said().contains("nothing to do"), "{refused:?}");
    let place = tempfile::tempdir()?;
    let file = installation.data().join("data.db");
    let copy = place.path().join("data.db");
    installation.serve().await?;
    let agreed = Agreed::plain();
    let hook = agreed.connect(&installation, "http://127.0.0.1:9").await?;
    let (naledi, conversation) = conversing(&installation, &hook, &agreed).await?;
    let first = naledi.every_message(&conversation).await?;
    let first = first[0]["id"].as_str().context("a message has an id")?.to_owned();
    installation.stop().await?;
    std::fs::copy(&file, &copy)?;
    installation.serve().await?;
    let erase = [
        "erase",
        "message",
        &first,
        "--reason",
        "request",
        "--authority",
        "17",
        "--wait",
        "--json",
    ];
    let erased = installation.json(&erase).await?;
    let erasure = erased["erasure"].as_str().context("an erasure has an id")?;
    installation.stop().await?;

    installation.lose_database(Lost::Records).await?;
    std::fs::copy(&copy, &file)?;
    let refused = installation.ended(&["serve"]).await?;
    ensure!(
        refused.complained().contains("counterfoil backup forward"),
        "{refused:?}"
    );
    ensure!(refused.well().is_err());
    let told = installation.json(&["backup", "forward", "--json"]).await?;
    ensure!(told["erased_again"] == 1 && told["leaves"] == 3, "{told}");
    goes_on(&mut installation, &conversation).await?;
    installation.serve().await?;
    // Its decision was lost with the records; the log tells it.
    let certificate = installation.json(&["erase", "show", erasure, "--json"]).await?;
    ensure!(
        certificate["lost"] == true && certificate["authority"].is_null(),
        "{certificate}"
    );
    for told in ["target", "object", "reason", "decided_at", "live_at", "records"] {
        ensure!(certificate[told] == erased[told], "{told}: {certificate}");
    }
    let page = place.path().join("certificate.html");
    let page_path = page.to_str().context("a path")?;
    installation
        .run(&["erase", "show", erasure, "--page", page_path])
        .await?;
    let page = std::fs::read_to_string(&page)?;
    ensure!(page.contains("what is here is what the log tells"), "{page}");
    let listed = installation.run(&["erase", "list"]).await?;
    ensure!(listed.said().contains(erasure), "{listed:?}");
    let refused = installation.ended(&["erase", "challenge", erasure]).await?;
    ensure!(refused.complained().contains("cannot be challenged"), "{refused:?}");
    Ok(())
}
