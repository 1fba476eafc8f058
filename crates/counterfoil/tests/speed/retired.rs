//! A million key trees go over to the next epoch while posts come in at half of what the machine can do.
//!
//! What it can do is measured first, and how it takes posts at half of that before anything is retired: both in the same run.

use crate::filled::{Filled, VERIFIED_WITHIN};
use crate::load::Load;
use anyhow::{Context, Result, ensure};
use counterfoil_testkit::patience::{begin, since, until};
use counterfoil_testkit::surroundings::full_size;
use serde_json::Value;
use std::time::Duration;

/// From the decision until nothing is wrapped under the old epoch any more.
const EMPTIED_WITHIN: Duration = Duration::from_secs(15 * 60);
/// How much less may come in meanwhile.
const LESS: f64 = 0.20;
/// How far recording may lie behind, in seconds of work.
const BEHIND_AT_MOST: f64 = 5.0;

/// The retirement of the first epoch, as it is listed.
async fn retirement(house: &Filled) -> Result<Value> {
    let listed = house.json(&["epoch", "list", "--json"]).await?;
    Ok(listed[0]["retirement"].clone())
}

/// Posts a second that were acknowledged, and how long half and 99 of 100 took.
fn figures(sent: &Value) -> Result<(f64, f64, f64)> {
    let figure = |name: &str| sent[name].as_f64().context("the generator measures");
    ensure!(sent["refused"] == 0, "posts were refused: {sent}");
    Ok((
        figure("posts")? / figure("seconds")?,
        figure("p50_ms")?,
        figure("p99_ms")?,
    ))
}

#[tokio::test]
async fn vault_6_a_million_trees_change_their_epoch() -> Result<()> {
    // A conversation and its contact have a tree each.
    let (conversations, burst, seconds) = if full_size() {
        (500_000, 50_000, 20.0)
    } else {
        (300, 300, 1.0)
    };
    let mut house = Filled::with(conversations, conversations).await?;
    house.serve().await?;
    let mut load = Load::new(house.hook().await?);
    let top = load.top(&house, burst).await?;
    let rate = top / 2.0;
    let posts = (rate * seconds) as usize;
    let quiet = figures(&load.send(&house, posts, Some(rate)).await?)?;
    println!("{top:.0} a second from post to record; at {rate:.0}: {quiet:?} (a second, p50 ms, p99 ms)");

    let decided = begin();
    house.run(&["epoch", "retire", "--authority", "a proof"]).await?;
    let (mut slowest, mut behind) = (f64::INFINITY, 0);
    loop {
        let seen = figures(&load.send(&house, posts, Some(rate)).await?)?;
        behind = behind.max(house.waiting().await?);
        slowest = slowest.min(seen.0);
        println!(
            "{:>4.0} s: {seen:?}, {behind} waiting at most",
            since(decided).as_secs_f64()
        );
        if retirement(&house).await?["steps"]["emptied"].is_string() {
            break;
        }
        ensure!(since(decided) < EMPTIED_WITHIN, "it takes too long");
    }
    let took = since(decided);
    println!(
        "emptied within {:.0} s; at least {:.3} of the posts a second came in",
        took.as_secs_f64(),
        slowest / quiet.0
    );
    house.all_recorded().await?;

    // What is left: a backup that holds, and the end of the key.
    house.run_within(VERIFIED_WITHIN, &["backup", "make", "backup"]).await?;
    house
        .run_within(VERIFIED_WITHIN, &["backup", "drill", "backup"])
        .await?;
    let ended = async || {
        Ok(retirement(&house).await?["steps"]["destroyed"]
            .is_string()
            .then_some(()))
    };
    until("the key to be destroyed", EMPTIED_WITHIN, ended).await?;
    house.stop().await?;
    println!("{}", house.verify().await?);
    if full_size() {
        ensure!(slowest >= quiet.0 * (1.0 - LESS), "less came in");
        ensure!(behind as f64 <= rate * BEHIND_AT_MOST, "recording fell behind");
    }
    Ok(())
}
