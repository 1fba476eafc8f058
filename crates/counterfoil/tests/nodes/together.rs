//! Two nodes at work: what one takes in, a page on the other shows; what one is told, the other knows.

use crate::house::{House, Shared};
use crate::live::Reader;
use crate::posts::{Provider, all_there_once, text};
use anyhow::{Result, ensure};
use counterfoil_testkit::patience::{AMPLE, until};
use counterfoil_testkit::process::run;
use serde_json::Value;

#[tokio::test]
async fn fire_3_a_page_on_one_node_shows_what_comes_in_at_the_other() -> Result<()> {
    let mut house = House::on_postgres(2).await?;
    house.serve_all().await?;

    // A connection that was set up at one node answers at the other.
    let provider = Provider::connect(&house).await?;
    let (_, knows) = until("the other node to know the connection", AMPLE, async || {
        Ok(provider.shakes(1).await?.then_some(()))
    })
    .await?;

    // Somebody who joined at one node is signed in at the other.
    let naledi = Reader::joined(&house).await?;
    let mut pages = [naledi.live(&house, 0).await?, naledi.live(&house, 1).await?];

    for number in 0..6 {
        let (at, other) = (number % 2, 1 - number % 2);
        ensure!(provider.post(at, number).await?, "node {at} takes the post");
        let conversation = pages[other].new_messages(1).await?;
        let path = format!("/api/v1/conversations/{conversation}/messages");
        let thread: Value = naledi.json(&house, other, &path).await?;
        ensure!(thread.to_string().contains(&text(number)), "{thread}");
        pages[at].new_messages(1).await?;
    }
    all_there_once(&house, 6).await?;

    let doctor = run(&mut house.command(0, &["doctor", "--json"])).await?;
    let doctor: Value = serde_json::from_slice(&doctor.stdout)?;
    let said = |what: &str| {
        let findings = doctor.as_array().into_iter().flatten();
        let found = findings.filter(|finding| finding["what"] == what);
        found.map(ToString::to_string).collect::<String>()
    };
    ensure!(said("nodes").matches("renewed").count() == 2, "{doctor}");
    ensure!(said("blobs").contains("\"well\""), "{doctor}");
    house.stop().await?;

    let verified = house.json(0, &["verify", "--json"]).await?;
    ensure!(verified["sound"] == true, "{verified}");
    let Shared::Server { bucket, .. } = &house.shared else {
        unreachable!("two nodes share a bucket")
    };
    let names = bucket.names();
    ensure!(names.iter().all(|name| name.starts_with("claims/")), "{names:?}");
    ensure!(bucket.get("claims/ledger/checkpoint").is_some(), "{names:?}");
    ensure!(
        !house.folder().join("data-0/blobs/ledger").exists(),
        "nothing of it lies in a folder"
    );
    println!(
        "fire.3: a connection was known at the other node after {} ms; led {} times",
        knows.as_millis(),
        house.one_led_at_a_time()?
    );
    Ok(())
}
