//! The node that numbers and signs stands still for longer than its lease and then goes on where it was.

use crate::house::House;
use crate::live::Reader;
use crate::posts::{Provider, all_there_once};
use anyhow::{Context, Result, ensure};
use counterfoil_testkit::patience::{AMPLE, until};
use counterfoil_testkit::surroundings::full_size;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fire_3_a_paused_leader_is_overtaken_and_changes_nothing_when_it_goes_on() -> Result<()> {
    let rounds = if full_size() { 5 } else { 1 };
    let mut house = House::on_postgres(2).await?;
    house.serve_all().await?;
    let provider = Provider::connect(&house).await?;
    until("the other node to know the connection", AMPLE, async || {
        Ok(provider.shakes(1).await?.then_some(()))
    })
    .await?;
    let naledi = Reader::joined(&house).await?;

    let mut posted = 0;
    for _ in 0..rounds {
        let leader = house.leader()?;
        let other = 1 - leader;
        let mut page = naledi.live(&house, other).await?.patient(AMPLE * 2);
        // Posts are under way at the leader when it stops, so that it stops in the middle of something.
        let before: Vec<usize> = (posted..posted + 20).collect();
        for number in &before {
            ensure!(provider.post(leader, *number).await?, "the leader takes posts");
        }
        house.program(leader)?.pause();
        for number in posted + 20..posted + 40 {
            ensure!(provider.post(other, number).await?, "the other takes posts");
        }
        posted += 40;
        page.new_messages(20).await.context("the other carries on")?;
        until("the other to lead", AMPLE, async || {
            Ok((house.leader()? == other).then_some(()))
        })
        .await?;
        house.program(leader)?.resume();
        for number in posted..posted + 20 {
            provider.deliver(number).await?;
        }
        posted += 20;
        all_there_once(&house, posted).await?;
    }
    house.stop().await?;
    let verified = house.json(0, &["verify", "--json"]).await?;
    ensure!(verified["sound"] == true, "{verified}");
    let led = house.one_led_at_a_time()?;
    println!(
        "fire.3: the leader was paused {rounds} times and overtaken, {posted} messages, led {led} times, all sound"
    );
    Ok(())
}
