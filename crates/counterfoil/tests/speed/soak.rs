//! Half an hour of work at a third of what the machine can do, with pages open: nothing grows.
//!
//! What it can do is measured first, in the same run: posts as fast as they are answered, until the last of them is recorded. More than
//! that would pile up whatever the server does.

use crate::filled::{Filled, Held};
use crate::load::Load;
use anyhow::{Context, Result, ensure};
use counterfoil_testkit::surroundings::full_size;

/// How many people have a page open.
const PAGES: usize = 50;
/// What is recorded must never lie further behind than so many seconds of work.
const BEHIND_AT_MOST: f64 = 5.0;
/// A figure is flat when its later half lies no higher above the earlier than this share of it.
const FLAT: f64 = 0.10;

/// One minute of it.
#[derive(Debug, Clone, Copy)]
struct Minute {
    held: Held,
    p50_ms: f64,
    p99_ms: f64,
    waiting: u64,
}

/// What is looked at: its name, how a minute tells it, and how much it may differ by chance.
type Figure = (&'static str, fn(&Minute) -> f64, f64);

/// The mean of what `of` tells of some minutes.
fn mean(minutes: &[Minute], of: impl Fn(&Minute) -> f64) -> f64 {
    minutes.iter().map(of).sum::<f64>() / minutes.len().max(1) as f64
}

#[tokio::test]
async fn fire_8_soak() -> Result<()> {
    let (minutes, seconds, burst) = if full_size() { (30, 60.0, 50_000) } else { (4, 1.0, 300) };
    let mut house = Filled::with(50, 500).await?;
    house.serve().await?;
    let agent = house.agent().await?;
    let hook = house.hook().await?;
    let mut pages = Vec::new();
    for _ in 0..PAGES {
        pages.push(house.open_page(&agent).await?);
    }

    let mut load = Load::new(hook);
    let top = load.top(&house, burst).await?;
    let rate = top / 3.0;
    println!("{top:.0} a second from post to record; now {rate:.0} a second for {minutes} minutes, {PAGES} pages open");

    let mut seen = Vec::new();
    for minute in 1..=minutes {
        let sent = load.send(&house, (rate * seconds) as usize, Some(rate)).await?;
        let waiting = house.waiting().await?;
        let figure = |name: &str| sent[name].as_f64().context("the generator measures");
        let minute_seen = Minute {
            held: house.held()?,
            p50_ms: figure("p50_ms")?,
            p99_ms: figure("p99_ms")?,
            waiting,
        };
        println!("{minute:>2}: {minute_seen:?}");
        agent.page("/inbox").await?;
        seen.push(minute_seen);
    }
    house.all_recorded().await?;
    ensure!(pages.iter().all(|page| !page.is_finished()), "a page lost its stream");
    for page in pages {
        page.abort();
    }
    house.stop().await?;
    println!("{}", house.verify().await?);

    // The first fifth warms up: caches fill and the allocator settles.
    let steady = &seen[minutes / 5..];
    let (early, late) = steady.split_at(steady.len() / 2);
    let figures: [Figure; 5] = [
        ("memory, MB", |minute| minute.held.resident_mb, 4.0),
        ("files", |minute| minute.held.files as f64, 2.0),
        ("connections", |minute| minute.held.connections as f64, 2.0),
        ("p50, ms", |minute| minute.p50_ms, 1.0),
        ("p99, ms", |minute| minute.p99_ms, 10.0),
    ];
    let mut rising = Vec::new();
    for (name, of, noise) in figures {
        let (before, after) = (mean(early, of), mean(late, of));
        println!("{name}: {before:.1} in the first half, {after:.1} in the second");
        if after > before * (1.0 + FLAT) + noise {
            rising.push(name);
        }
    }
    let behind = seen.iter().map(|minute| minute.waiting).max().unwrap_or_default();
    println!("at most {behind} posts waited to be recorded");
    if full_size() {
        ensure!(rising.is_empty(), "not flat: {rising:?}");
        ensure!(behind as f64 <= rate * BEHIND_AT_MOST, "recording fell behind");
    }
    Ok(())
}
