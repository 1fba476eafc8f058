//! Nodes that are killed at any moment: what was acknowledged is there, once.

use crate::house::{House, Shared};
use crate::posts::{Provider, all_there_once};
use anyhow::{Context, Result, ensure};
use counterfoil_testkit::patience::{AMPLE, until};
use counterfoil_testkit::surroundings::full_size;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::atomic::Ordering;
use tokio::task::{JoinSet, LocalSet, spawn_local};

/// Posts under way at once.
const IN_FLIGHT: usize = 16;

#[tokio::test]
async fn fire_3_nothing_is_lost_or_doubled_when_nodes_are_killed() -> Result<()> {
    LocalSet::new().run_until(nothing_is_lost_or_doubled()).await
}

async fn nothing_is_lost_or_doubled() -> Result<()> {
    let (rounds, posts) = if full_size() { (20, 300) } else { (2, 60) };
    let mut house = House::on_postgres(2).await?;
    house.serve_all().await?;
    let provider = Provider::connect(&house).await?;
    until("the other node to know the connection", AMPLE, async || {
        Ok(provider.shakes(1).await?.then_some(()))
    })
    .await?;
    for round in 0..rounds {
        let chance = RandomState::new().hash_one(round);
        let victim = usize::from(chance.is_multiple_of(2));
        let moment = round * posts + 1 + usize::try_from(chance >> 8)? % (posts - 1);
        let load = spawn_local(load(provider.clone(), round * posts, posts));
        until("the moment", AMPLE, async || {
            Ok((provider.acknowledged.load(Ordering::SeqCst) >= moment).then_some(()))
        })
        .await?;
        house.kill(victim).await?;
        house.serve(victim).await?;
        load.await??;
    }
    let posted = rounds * posts;
    let stats = all_there_once(&house, posted).await?;
    house.stop().await?;
    let verified = house.json(0, &["verify", "--json"]).await?;
    ensure!(verified["sound"] == true, "{verified}");
    let Shared::Server { records, .. } = &house.shared else {
        unreachable!("two nodes share a server")
    };
    let rows = records.ask("select cast(count(*) as text) from message").await?;
    ensure!(
        rows == [posted.to_string()],
        "{posted} were posted and {rows:?} are there"
    );
    let led = house.one_led_at_a_time()?;
    let repeated = &stats["kinds"]["message.text"]["repeated"];
    println!(
        "fire.3: {rounds} kills under load, {posted} acknowledged and there once, {repeated} repeats, led {led} times"
    );
    Ok(())
}

/// Delivers so many posts from the number `from` on.
async fn load(provider: Provider, from: usize, count: usize) -> Result<()> {
    let mut under_way = JoinSet::new();
    for number in from..from + count {
        if under_way.len() == IN_FLIGHT {
            under_way.join_next().await.context("some are under way")???;
        }
        let provider = provider.clone();
        under_way.spawn_local(async move { provider.deliver(number).await });
    }
    while let Some(delivered) = under_way.join_next().await {
        delivered??;
    }
    Ok(())
}
