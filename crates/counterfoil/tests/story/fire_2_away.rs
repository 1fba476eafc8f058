//! Under fire: the database goes away, with and without a restart meanwhile, and the disk fills up. Nothing acknowledged is lost.

use crate::PROGRAM;
use crate::away::{Away, state};
use crate::poster::{Poster, health};
use anyhow::{Result, ensure};
use counterfoil_simulator::samples::{PhotoKind, photo};
use counterfoil_simulator::{ApiCallKind, MediaFault};
use counterfoil_testkit::colleague::{Colleague, http};
use counterfoil_testkit::customer::{Agreed, customer};
use counterfoil_testkit::hold::Hold;
use counterfoil_testkit::installation::{Choices, Engine, Installation};
use counterfoil_testkit::patience::{AMPLE, begin, moment, since, until};
use counterfoil_testkit::postgres::Server;
use counterfoil_testkit::small_disk::SmallDisk;
use counterfoil_testkit::surroundings::full_size;
use std::process::Command;
use std::time::Duration;

/// How many posts are acknowledged in each stretch: about as many as come in 20 s at full size.
fn stretch() -> usize {
    if full_size() { 4_000 } else { 60 }
}

/// How long the database is away at full size, under load all the time.
const AWAY: Duration = Duration::from_secs(20);

/// Between two hundreds of them, so that what comes in can be recorded within the patience of a test.
const BREATH: Duration = Duration::from_millis(150);

/// Posts under load for as long as the database is away.
async fn meanwhile(poster: &Poster) -> Result<()> {
    let begun = begin();
    poster.acknowledges(stretch()).await?;
    while full_size() && since(begun) < AWAY {
        poster.acknowledges(100).await?;
        moment(BREATH).await;
    }
    Ok(())
}

async fn connected(engine: Engine) -> Result<(Installation, Away, Poster)> {
    let (mut installation, away) = match engine {
        Engine::Postgres => Away::with_server().await?,
        Engine::Sqlite => {
            let mut installation = Installation::make(Choices::plain(PROGRAM, engine)).await?;
            let away = Away::of(&mut installation, engine).await?;
            (installation, away)
        }
    };
    installation.serve().await?;
    let hook = Agreed::plain().connect(&installation, "http://127.0.0.1:9").await?;
    let poster = Poster::new(&hook, &Agreed::plain())?;
    Ok((installation, away, poster))
}

async fn goes_away_under_load(engine: Engine) -> Result<()> {
    let (mut installation, mut away, poster) = connected(engine).await?;
    let load = poster.load();
    poster.acknowledges(stretch()).await?;
    away.begins(&installation).await?;
    meanwhile(&poster).await?;
    state(&installation, "spooling").await?;
    away.ends().await?;
    state(&installation, "serving").await?;
    poster.acknowledges(stretch()).await?;
    load.end().await;
    println!(
        "{} posts acknowledged, {} refused",
        poster.acknowledged(),
        poster.refused()
    );
    ensure!(poster.refused() == 0, "{} posts were refused", poster.refused());
    poster.prove(&installation).await?;
    installation.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn fire_2_a_database_that_goes_away_under_load_loses_nothing_on_sqlite() -> Result<()> {
    goes_away_under_load(Engine::Sqlite).await
}

#[tokio::test(flavor = "multi_thread")]
async fn fire_2_a_database_that_goes_away_under_load_loses_nothing_on_postgres() -> Result<()> {
    goes_away_under_load(Engine::Postgres).await
}

async fn is_away_at_a_start(engine: Engine) -> Result<()> {
    let (mut installation, mut away, poster) = connected(engine).await?;
    let load = poster.load();
    poster.acknowledges(stretch()).await?;
    if engine == Engine::Postgres {
        away.begins(&installation).await?;
        poster.acknowledges(stretch()).await?;
    }
    installation.kill().await?;
    if let Away::File(hold) = &mut away {
        *hold = Some(Hold::all(&installation.data().join("data.db")).await?);
    }
    installation.serve().await?;
    meanwhile(&poster).await?;
    ensure!(health(&installation).await?["state"] == "spooling");

    // Hooks shake hands, pages say what is the matter, and so do commands.
    let (hook, client) = (poster.hook(), http()?);
    let shake =
        format!("{hook}?hub.mode=subscribe&hub.verify_token=a%20verify%20token%20of%20the%20stories&hub.challenge=77");
    ensure!(client.get(shake).send().await?.text().await? == "77");
    let page = client.get(format!("{}/inbox", installation.address)).send().await?;
    ensure!(
        page.status() == 503 && page.headers().contains_key("retry-after"),
        "{page:?}"
    );
    ensure!(
        page.text()
            .await?
            .contains("A part of the installation did not answer.")
    );
    let call = client
        .get(format!("{}/api/v1/conversations", installation.address))
        .send()
        .await?;
    ensure!(
        call.status() == 503 && call.headers()["content-type"] == "application/problem+json",
        "{call:?}"
    );
    ensure!(
        client
            .get(format!("{}/readyz", installation.admin()))
            .send()
            .await?
            .status()
            == 503
    );
    ensure!(
        client
            .get(format!("{}/healthz", installation.admin()))
            .send()
            .await?
            .status()
            == 204
    );
    let measures = client
        .get(format!("{}/metrics", installation.admin()))
        .send()
        .await?
        .text()
        .await?;
    ensure!(measures.contains("counterfoil_intake_spooling 1"), "{measures}");

    // Killed once more: what was acknowledged meanwhile is there after that start too.
    installation.kill().await?;
    installation.serve().await?;
    poster.acknowledges(stretch()).await?;
    away.ends().await?;
    state(&installation, "serving").await?;
    let page = client.get(format!("{}/sign-in", installation.address)).send().await?;
    ensure!(page.status() == 200, "{page:?}");
    poster.acknowledges(stretch()).await?;
    load.end().await;
    poster.prove(&installation).await?;
    installation.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn fire_2_a_restart_while_the_database_is_away_loses_nothing_on_sqlite() -> Result<()> {
    is_away_at_a_start(Engine::Sqlite).await
}

#[tokio::test(flavor = "multi_thread")]
async fn fire_2_a_restart_while_the_database_is_away_loses_nothing_on_postgres() -> Result<()> {
    is_away_at_a_start(Engine::Postgres).await
}

#[tokio::test(flavor = "multi_thread")]
async fn fire_2_a_full_disk_refuses_and_loses_nothing_once_it_is_freed() -> Result<()> {
    let mut installation = Installation::make(Choices::plain(PROGRAM, Engine::Sqlite)).await?;
    let data = installation.data();
    let aside = installation.folder().join("data-before");
    std::fs::rename(&data, &aside)?;
    std::fs::create_dir(&data)?;
    let _disk = SmallDisk::on(&data, "24m")?;
    let copied = Command::new("cp").arg("-a").arg(aside.join(".")).arg(&data).status()?;
    ensure!(copied.success());
    installation.serve().await?;
    let hook = Agreed::plain().connect(&installation, "http://127.0.0.1:9").await?;
    let poster = Poster::new(&hook, &Agreed::plain())?;
    for _ in 0..20 {
        ensure!(poster.post().await);
    }
    let ballast = data.join("ballast");
    let filled = Command::new("dd")
        .args(["if=/dev/zero", "bs=4k", "status=none"])
        .arg(format!("of={}", ballast.display()))
        .stderr(std::process::Stdio::null())
        .status()?;
    ensure!(!filled.success(), "the disk has an end");
    // What room is left in the files is used up; then a post is refused, and it stays so.
    let refused = async || Ok((!poster.post().await).then_some(()));
    until("a post to be refused", AMPLE, refused).await?;
    std::fs::remove_file(&ballast)?;
    let taken = async || Ok(poster.post().await.then_some(()));
    until("posts to be taken again", AMPLE, taken).await?;
    for _ in 0..20 {
        poster.post().await;
    }
    poster.prove(&installation).await?;
    installation.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn fire_2_a_full_disk_of_the_database_server_loses_nothing_once_it_is_freed() -> Result<()> {
    // What is posted at full size must fit once the disk is freed.
    let mut server = Server::on_a_disk_of(if full_size() { 640 } else { 160 }).await?;
    let choices = Choices {
        server: Some(server.url()),
        ..Choices::plain(PROGRAM, Engine::Postgres)
    };
    let mut installation = Installation::make(choices).await?;
    installation.serve().await?;
    let hook = Agreed::plain().connect(&installation, "http://127.0.0.1:9").await?;
    let poster = Poster::new(&hook, &Agreed::plain())?;
    let load = poster.load();
    poster.acknowledges(stretch()).await?;
    let filled = Command::new("dd")
        .args(["if=/dev/zero", "bs=4k", "status=none"])
        .arg(format!("of={}", server.ballast().display()))
        .stderr(std::process::Stdio::null())
        .status()?;
    ensure!(!filled.success(), "the disk has an end");
    // What room is left in the server's files is used up; from then on this node's own disk takes the posts.
    let spooling = async || {
        poster.acknowledges(20).await?;
        Ok((health(&installation).await?["state"] == "spooling").then_some(()))
    };
    until("the spool to take over", AMPLE * 4, spooling).await?;
    meanwhile(&poster).await?;
    std::fs::remove_file(server.ballast())?;
    let (mut ended, freed) = (false, begin());
    while health(&installation).await?["state"] != "serving" {
        ensure!(since(freed) < AMPLE * 2, "the node does not serve again");
        // Without room for its log the server ends, perhaps only now, and its operator starts it again.
        if !server.runs()? {
            server.start().await?;
            ended = true;
        }
        moment(BREATH).await;
    }
    poster.acknowledges(stretch()).await?;
    load.end().await;
    println!(
        "{} posts acknowledged, {} refused; the database server had ended: {ended}",
        poster.acknowledged(),
        poster.refused()
    );
    poster.prove(&installation).await?;
    installation.stop().await
}

async fn a_file_is_fetched_meanwhile(engine: Engine) -> Result<()> {
    let agreed = Agreed::plain();
    let provider = agreed.provider().await?;
    let mut installation = Installation::make(Choices::plain(PROGRAM, engine)).await?;
    let mut away = Away::of(&mut installation, engine).await?;
    installation.serve().await?;
    let hook = agreed.connect(&installation, &provider.graph_url()).await?;
    provider.subscribe(&hook).await?;
    let link = installation.invite("Naledi Dlamini").await?;
    let agent = Colleague::join(&installation.address, &link, "naledi", "tamboerskloof brandwag nine").await?;

    away.begins(&installation).await?;
    let one = customer(&provider, "Thandi", "27821234567")?;
    let picture = photo(7, PhotoKind::Windscreen).into();
    provider
        .customer_image(&one, picture, "image/jpeg", Some("the windscreen"))
        .await;
    let spooled = async || {
        let health = health(&installation).await?;
        Ok((health["spool"]["files"] == 1 && health["spool"]["posts"] == 1).then_some(()))
    };
    until("the photo to be in the spool", AMPLE * 2, spooled).await?;
    let deleted = |call: &counterfoil_simulator::ApiCall| matches!(call.kind, ApiCallKind::MediaDelete { .. });
    ensure!(
        !provider.requests().iter().any(deleted),
        "deleted before it was on the record"
    );

    // From now on the provider has it no more.
    provider.fail_next_media(MediaFault::NotFound, usize::MAX);
    away.ends().await?;
    state(&installation, "serving").await?;
    let conversation = agent.conversations(1).await?.remove(0);
    let here = |messages: &[serde_json::Value]| {
        messages.len() == 1
            && messages[0]["attachments"][0]["state"] == "here"
            && messages[0]["attachments"][0]["deleted_at_provider"] != serde_json::Value::Null
    };
    agent
        .messages(&conversation, "the photo that was fetched meanwhile", here)
        .await?;
    ensure!(health(&installation).await?["spool"]["files"] == 0);
    let left = installation.data().join("blobs/intake");
    let gone = async || Ok((!left.exists() || std::fs::read_dir(&left)?.next().is_none()).then_some(()));
    until("nothing to be left of the early file", AMPLE, gone).await?;
    let verified = installation.json(&["verify", "--json"]).await?;
    ensure!(verified["sound"] == true, "{verified}");
    provider.shutdown().await;
    installation.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn fire_2_a_file_of_a_spooled_post_is_fetched_meanwhile_on_sqlite() -> Result<()> {
    a_file_is_fetched_meanwhile(Engine::Sqlite).await
}

#[tokio::test(flavor = "multi_thread")]
async fn fire_2_a_file_of_a_spooled_post_is_fetched_meanwhile_on_postgres() -> Result<()> {
    a_file_is_fetched_meanwhile(Engine::Postgres).await
}
