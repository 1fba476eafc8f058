//! A post that cannot be recorded is tried again later, for as long as it takes, and holds up no other.

use super::house::House;
use super::posts::{Guest, Post, signature, text};
use crate::harness::{BackDoor, Place};
use counterfoil_flow::intake::accept::accept;
use serde_json::json;
use std::time::Duration;

/// More than are taken at a time, so that they would fill a round.
const IN_TROUBLE: usize = 70;
/// Longer than anything is postponed.
const LONGEST: Duration = Duration::from_secs(65);

/// Hands over a post and does not wait for its items.
async fn hand_over(house: &House, post: &Post) {
    let body = post.bytes();
    let signed = signature(&body);
    accept(house.door(), house.connected.connection, Some(&signed), body.into())
        .await
        .unwrap();
}

async fn fire_5_a_post_that_cannot_be_recorded_holds_up_no_other(place: Place) {
    let house = House::open(place).await;
    let known = Guest::by_phone("31612345678");
    house.post(&Post(vec![text(known, "known", house.seconds())])).await;

    // From now on nobody new can be recorded.
    let mut door = BackDoor::data(&house.place).await;
    door.refuse("INSERT ON contact").await;
    for n in 0..IN_TROUBLE {
        let phone = format!("316200{n:05}");
        let stranger = text(Guest::by_phone(&phone), &format!("stranger {n}"), house.seconds());
        // Beside the first of them stands an item that is in order.
        let beside = (n == 0).then(|| text(known, "beside", house.seconds()));
        hand_over(&house, &Post(beside.into_iter().chain([stranger]).collect())).await;
    }
    let riddle = json!({"field": "unheard_of", "value": {"riddle": "what has keys but no locks"}});
    hand_over(&house, &Post(vec![riddle])).await;
    house
        .until("the riddle is kept", async || {
            (house.count("kept").await == 1).then_some(())
        })
        .await;
    let in_trouble = u64::try_from(IN_TROUBLE).unwrap();
    house
        .until("the others are postponed", async || {
            let stats = house.stats().await;
            (stats.waiting == in_trouble && stats.postponed == in_trouble).then_some(())
        })
        .await;
    // Both came in the same second, so their order is open.
    let mut texts = house.texts().await.concat();
    texts.sort();
    assert_eq!(texts, ["beside", "known"]);

    // A second failure, then all is well again.
    house
        .as_time_passes("each has failed twice", Duration::from_secs(1), async || {
            let sql = "SELECT delivery_id FROM postponed WHERE failures < 2";
            let mut door = BackDoor::data(&house.place).await;
            door.rows(sql, &[]).await.is_empty().then_some(())
        })
        .await;
    door.allow("contact").await;
    house
        .as_time_passes("all are recorded", LONGEST, async || {
            (house.stats().await.waiting == 0).then_some(())
        })
        .await;
    assert_eq!(house.stats().await.postponed, 0);
    let mut texts: Vec<String> = house.texts().await.concat();
    texts.sort();
    let mut wanted: Vec<String> = (0..IN_TROUBLE).map(|n| format!("stranger {n}")).collect();
    wanted.extend(["known", "beside"].map(str::to_owned));
    wanted.sort();
    assert_eq!(texts, wanted);
    assert_eq!(house.repeated().await, 0);
}

async fn a_post_that_does_not_open_stays_and_is_told(place: Place) {
    let house = House::open(place).await;
    let mut door = BackDoor::data(&house.place).await;
    let known = Guest::by_phone("31612345678");
    // Altered on its way in.
    door.refuse("INSERT ON message").await;
    hand_over(&house, &Post(vec![text(known, "altered", house.seconds())])).await;
    house
        .until("it is postponed", async || {
            (house.stats().await.postponed == 1).then_some(())
        })
        .await;
    let altered = door
        .change("UPDATE delivery SET sealed = substr(sealed, 1, 40)", &[])
        .await;
    assert_eq!(altered, Some(1));
    door.allow("message").await;
    house
        .as_time_passes("it is told that it does not open", LONGEST, async || {
            let sql = "SELECT delivery_id FROM postponed WHERE reason = 2";
            let mut door = BackDoor::data(&house.place).await;
            (door.rows(sql, &[]).await.len() == 1).then_some(())
        })
        .await;
    hand_over(&house, &Post(vec![text(known, "sound", house.seconds())])).await;
    house
        .until("the next is recorded", async || {
            (house.count("message").await == 1).then_some(())
        })
        .await;
    assert_eq!(house.texts().await, [["sound"]]);
    let stats = house.stats().await;
    assert_eq!((stats.waiting, stats.postponed), (1, 1));
}

on_both! {
    fire_5_a_post_that_cannot_be_recorded_holds_up_no_other
    a_post_that_does_not_open_stays_and_is_told
}
