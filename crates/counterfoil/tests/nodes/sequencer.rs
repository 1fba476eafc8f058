//! The node that numbers and signs is killed again and again while posts come in: the log is one history all the same, and goes on soon.

use crate::house::{House, Shared};
use crate::posts::{Provider, all_there_once};
use anyhow::{Context, Result, bail, ensure};
use counterfoil_testkit::patience::{AMPLE, until};
use counterfoil_testkit::postgres::Onlooker;
use counterfoil_testkit::surroundings::full_size;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::rc::Rc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::task::{LocalSet, spawn_local};

/// The longest that no checkpoint may be signed while there is something to sign.
const GAP_AT_MOST: Duration = Duration::from_secs(5);
const NEWEST: &str = "select note from checkpoint order by size desc limit 1";
const ALL: &str = "select note from checkpoint order by size";

#[tokio::test]
async fn vault_7_whoever_signs_is_killed_and_the_log_is_one_history() -> Result<()> {
    LocalSet::new().run_until(one_history()).await
}

async fn one_history() -> Result<()> {
    let kills = if full_size() { 50 } else { 2 };
    let mut house = House::on_postgres(2).await?;
    house.serve_all().await?;
    let provider = Provider::connect(&house).await?;
    until("the other node to know the connection", AMPLE, async || {
        Ok(provider.shakes(1).await?.then_some(()))
    })
    .await?;
    let ended = Rc::new(Cell::new(false));
    let load = spawn_local(steadily(provider.clone(), ended.clone()));
    let Shared::Server { records, .. } = &house.shared else {
        bail!("two nodes share a server")
    };
    let watching = spawn_local(watch(records.onlooker(), ended.clone()));
    for round in 0..kills {
        let chance = usize::try_from(RandomState::new().hash_one(round) % 200)?;
        let moment = provider.acknowledged.load(Ordering::SeqCst) + 1 + chance;
        until("the moment", AMPLE, async || {
            Ok((provider.acknowledged.load(Ordering::SeqCst) >= moment).then_some(()))
        })
        .await?;
        let (leader, before) = (house.leader()?, house.led().len());
        house.kill(leader).await?;
        house.serve(leader).await?;
        until("somebody to lead again", AMPLE, async || {
            Ok((house.led().len() > before).then_some(()))
        })
        .await?;
    }
    ended.set(true);
    let posted = load.await??;
    let seen = watching.await??;
    all_there_once(&house, posted).await?;
    house.stop().await?;
    let Shared::Server { records, .. } = &house.shared else {
        bail!("two nodes share a server")
    };
    let kept = records.ask(ALL).await?;
    let kept: BTreeMap<u64, String> = kept.iter().map(|note| read(note)).collect::<Result<_>>()?;
    for (size, root) in &seen.roots {
        ensure!(
            kept.get(size) == Some(root),
            "what was signed at {size} is not what is kept"
        );
    }
    let verified = house.json(0, &["verify", "--json"]).await?;
    ensure!(verified["sound"] == true, "{verified}");
    let led = house.one_led_at_a_time()?;
    println!(
        "vault.7: {kills} kills of whoever signed, {posted} messages there once, {} checkpoints seen of {}, led {led} times; at most {} ms without a new one",
        seen.roots.len(),
        kept.len(),
        seen.widest.as_millis()
    );
    if full_size() {
        ensure!(seen.widest < GAP_AT_MOST, "nothing was signed for {:?}", seen.widest);
    }
    Ok(())
}

/// Delivers one post after the other until told to end; how many.
async fn steadily(provider: Provider, ended: Rc<Cell<bool>>) -> Result<usize> {
    let mut count = 0;
    while !ended.get() {
        provider.deliver(count).await?;
        count += 1;
    }
    Ok(count)
}

/// What was seen of the checkpoints.
#[derive(Default)]
struct Seen {
    roots: BTreeMap<u64, String>,
    /// The longest time from one to the next.
    widest: Duration,
}

/// Looks at each newest checkpoint until told to end.
async fn watch(records: Onlooker, ended: Rc<Cell<bool>>) -> Result<Seen> {
    let mut seen = Seen::default();
    while !ended.get() {
        let newest = seen.roots.keys().next_back().copied();
        let (next, took) = until("a newer checkpoint", AMPLE, async || {
            if ended.get() {
                return Ok(Some(None));
            }
            let told = records.ask(NEWEST).await?;
            let (size, root) = read(told.first().context("there is none yet")?)?;
            Ok((Some(size) > newest).then_some(Some((size, root))))
        })
        .await?;
        if let Some((size, root)) = next {
            // The first one tells nothing of the time before it.
            seen.widest = if newest.is_some() {
                seen.widest.max(took)
            } else {
                seen.widest
            };
            seen.roots.insert(size, root);
        }
    }
    Ok(seen)
}

/// Size and root of a checkpoint, as its second and third line say (C2SP tlog-checkpoint).
fn read(note: &str) -> Result<(u64, String)> {
    let mut lines = note.lines().skip(1);
    let size = lines.next().context("a checkpoint has a size")?.parse()?;
    Ok((size, lines.next().context("a checkpoint has a root")?.to_owned()))
}
