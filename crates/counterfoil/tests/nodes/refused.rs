//! Starting on parts that do not belong together is refused, and the refusal says what to do.

use crate::copies::Part;
use crate::house::{House, Shared};
use crate::posts::{Provider, all_there_once};
use anyhow::{Result, ensure};
use counterfoil_testkit::patience::{AMPLE, until};
use counterfoil_testkit::sqlite;

const NEWER: &str = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                     VALUES (999, 'later', true, '', 0)";

#[tokio::test]
async fn fire_3_older_and_forked_parts_are_refused_on_sqlite() -> Result<()> {
    older_and_forked_parts(House::on_sqlite().await?).await
}

#[tokio::test]
async fn fire_3_older_and_forked_parts_are_refused_on_postgres() -> Result<()> {
    older_and_forked_parts(House::on_postgres(1).await?).await
}

/// Serves, takes posts, records all of them, and stops: the log goes on and is signed several times.
async fn goes_on(house: &mut House, provider: &Provider, numbers: std::ops::Range<usize>) -> Result<()> {
    house.serve(0).await?;
    for number in numbers.clone() {
        provider.deliver(number).await?;
    }
    let recorded = async || {
        let stats = house.json(0, &["intake", "stats", "--json"]).await?;
        Ok((stats["posts"].as_u64() >= Some(1) && stats["waiting"] == 0 && stats["spooled"] == 0).then_some(()))
    };
    until("everything to be recorded", AMPLE, recorded).await?;
    house.stop().await
}

async fn older_and_forked_parts(mut house: House) -> Result<()> {
    house.serve(0).await?;
    let provider = Provider::connect(&house).await?;
    provider.deliver(0).await?;
    all_there_once(&house, 1).await?;
    house.stop().await?;
    let earlier = house.copy("earlier").await?;
    for numbers in [1..3, 3..5, 5..7] {
        goes_on(&mut house, &provider, numbers).await?;
    }
    let now = house.copy("now").await?;

    for (part, said) in [
        (
            Part::Database,
            "the database was rolled back or restored from an older backup. Put back the newer database",
        ),
        (Part::Vault, "the head in the vault store ends at"),
        (Part::Blobs, "the checkpoint mirrored in the blob store ends at"),
    ] {
        house.put_back(part, &earlier).await?;
        let refusal = house.refused(0, &["serve"]).await?;
        ensure!(refusal.contains("nothing is served"), "{part:?}: {refusal}");
        ensure!(
            refusal.contains(said) && refusal.contains("the same time"),
            "{part:?}: {refusal}"
        );
        house.put_back(part, &now).await?;
    }
    // Put right, it serves again.
    goes_on(&mut house, &provider, 7..8).await?;

    // All of an earlier time is one story; but it goes on in another way, and then meets what the first way left.
    for part in [Part::Database, Part::Vault, Part::Blobs] {
        house.put_back(part, &earlier).await?;
    }
    goes_on(&mut house, &provider, 100..140).await?;
    for part in [Part::Vault, Part::Blobs] {
        house.put_back(part, &now).await?;
    }
    let refusal = house.refused(0, &["serve"]).await?;
    ensure!(refusal.contains("do not give the root"), "{refusal}");
    ensure!(refusal.contains("Run `counterfoil verify`"), "{refusal}");
    Ok(())
}

#[tokio::test]
async fn tables_of_a_newer_version_are_refused_with_what_to_do() -> Result<()> {
    let house = House::on_sqlite().await?;
    for name in ["vault.db", "data.db"] {
        sqlite::change(&house.folder().join("data-0").join(name), NEWER).await?;
        newer(&house).await?;
    }
    let house = House::on_postgres(1).await?;
    let Shared::Server { records, vault, .. } = &house.shared else {
        unreachable!("it lies on a server")
    };
    for database in [vault, records] {
        database.change(NEWER).await?;
        newer(&house).await?;
    }
    Ok(())
}

async fn newer(house: &House) -> Result<()> {
    let refusal = house.refused(0, &["serve"]).await?;
    ensure!(refusal.contains("newer than version"), "{refusal}");
    ensure!(refusal.contains("start the newer program"), "{refusal}");
    Ok(())
}

#[tokio::test]
async fn a_second_process_on_one_folder_is_refused_with_what_to_do() -> Result<()> {
    let mut house = House::on_sqlite().await?;
    house.serve(0).await?;
    let mut second = house.command(0, &["serve"]);
    second
        .env("COUNTERFOIL_SERVER__ADDRESS", "127.0.0.1:0")
        .env("COUNTERFOIL_ADMIN__ADDRESS", "127.0.0.1:0");
    let ended = counterfoil_testkit::process::run(&mut second).await?;
    ensure!(ended.status.code() == Some(1), "{}", ended.said());
    let refusal = ended.complained();
    ensure!(refusal.contains("another process is already working in"), "{refusal}");
    ensure!(refusal.contains("stop it first"), "{refusal}");
    Ok(())
}
