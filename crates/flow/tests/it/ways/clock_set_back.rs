//! The clock is set back by an hour or a day: what comes in is recorded, ids stay apart, the log goes on, and nothing waits for the old time.

use super::house::House;
use super::posts::{Guest, Post, text};
use crate::harness::{BackDoor, Cell, Place};
use std::collections::HashSet;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);

async fn fire_5_a_clock_that_is_set_back_holds_nothing_up(place: Place) {
    let house = House::open(place).await;
    let guest = Guest::by_phone("31612345678");
    for (nth, back) in [Duration::ZERO, HOUR, 24 * HOUR].into_iter().enumerate() {
        house.place.clock.back(back);
        // The provider's own clock went on.
        let says = format!("message {nth}");
        let at = house.seconds() + i64::try_from(back.as_secs()).unwrap();
        house.post(&Post(vec![text(guest, &says, at)])).await;
        let says: Vec<String> = (0..=nth).map(|nth| format!("message {nth}")).collect();
        let mut texts = house.texts().await.concat();
        texts.sort();
        assert_eq!(texts, says);
    }
    // Everything has its number: the log did not stop.
    house
        .until("no leaf waits for its number", async || {
            (house.count("pending_leaf").await == 0).then_some(())
        })
        .await;
    let mut door = BackDoor::data(&house.place).await;
    let rows = door.rows("SELECT id FROM message", &[]).await;
    let ids: HashSet<Vec<u8>> = rows
        .into_iter()
        .map(|mut row| match row.remove(0) {
            Cell::Bytes(id) => id,
            other => panic!("an id is bytes, not {other:?}"),
        })
        .collect();
    assert_eq!(ids.len(), 3);
}

on_both! {
    fire_5_a_clock_that_is_set_back_holds_nothing_up
}
