//! A million stored messages: how long the start takes, how long inbox and thread take, how much memory an idle server holds.

use crate::filled::Filled;
use anyhow::{Context, Result, ensure};
use counterfoil_testkit::surroundings::full_size;
use std::time::Duration;

/// From the start of the process until it says that it is ready.
const READY_WITHIN: Duration = Duration::from_secs(1);
/// Half of the answers of inbox and thread within so many milliseconds, measured at the server.
const ANSWER_MS_AT_MOST: f64 = 30.0;
/// The memory of a server that nobody asks anything, in MB.
const IDLE_MB_AT_MOST: f64 = 60.0;

/// (route as the server names it, ways to ask for it)
fn pages(conversations: &[String]) -> [(&'static str, Vec<String>); 5] {
    let each = |path: &dyn Fn(&str) -> String| conversations.iter().map(|id| path(id)).collect::<Vec<_>>();
    [
        ("/inbox", vec!["/inbox".to_owned(); conversations.len()]),
        ("/inbox/{conversation}", each(&|id| format!("/inbox/{id}"))),
        (
            "/fragments/conversations/{conversation}",
            each(&|id| format!("/fragments/conversations/{id}")),
        ),
        (
            "/api/v1/conversations",
            vec!["/api/v1/conversations".to_owned(); conversations.len()],
        ),
        (
            "/api/v1/conversations/{conversation}/messages",
            each(&|id| format!("/api/v1/conversations/{id}/messages")),
        ),
    ]
}

#[tokio::test]
async fn fire_7_a_million_messages() -> Result<()> {
    let (conversations, messages) = if full_size() { (5_000, 1_000_000) } else { (30, 300) };
    let mut house = Filled::with(conversations, messages).await?;

    let ready = house.serve().await?;
    let fresh = house.held()?.resident_mb;
    println!("ready after {} ms, {fresh:.0} MB then", ready.as_millis());

    let agent = house.agent().await?;
    let every = agent.every_conversation().await?;
    ensure!(every.len() == conversations, "{} conversations are there", every.len());
    let some: Vec<String> = every.iter().step_by(every.len().div_ceil(200)).cloned().collect();
    let mut slow = Vec::new();
    for (route, paths) in pages(&some) {
        for path in &paths {
            agent.page(path).await?;
        }
        let median = house.median_ms(route).await.with_context(|| route.to_owned())?;
        println!("{route}: {} asked, median {median:.1} ms at the server", paths.len());
        if median >= ANSWER_MS_AT_MOST {
            slow.push(route);
        }
    }
    let used = house.held()?.resident_mb;
    println!("{used:.0} MB after all that");
    house.stop().await?;

    // The same again as somebody meets it who restarts a server that has been in use.
    let again = house.serve().await?;
    let idle = house.held()?.resident_mb;
    println!("started again: ready after {} ms, {idle:.0} MB", again.as_millis());
    house.stop().await?;
    if full_size() {
        ensure!(
            ready < READY_WITHIN && again < READY_WITHIN,
            "it took too long until the server was ready"
        );
        ensure!(slow.is_empty(), "slower than promised: {slow:?}");
        ensure!(
            fresh.max(idle) < IDLE_MB_AT_MOST,
            "an idle server holds too much memory"
        );
    }
    Ok(())
}
