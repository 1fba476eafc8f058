//! Whatever comes again, in whatever cut, changes nothing but the count of repeats.

use super::house::House;
use super::posts::{Guest, Post, message, status, text};
use crate::harness::{BackDoor, Cell, Place};
use counterfoil_store::rows::ItemMark;
use counterfoil_whatsapp::webhook::split;
use serde_json::json;

const TABLES: [&str; 8] = [
    "message",
    "contact",
    "contact_name",
    "identity",
    "conversation",
    "tick",
    "attachment",
    "kept",
];

/// Two people, a picture, a status and something nobody knows.
fn items(at: i64) -> Vec<serde_json::Value> {
    let picture = json!({"type": "image", "image": {"id": "7001", "mime_type": "image/jpeg"}});
    vec![
        text(Guest::by_both("31612345678", "NL.100"), "one", at),
        message(Guest::by_phone("31687654321"), "two", at + 1, &picture),
        text(Guest::by_both("31612345678", "NL.100"), "three", at + 2),
        status("wamid.other", "delivered", at + 3, &json!({})),
        json!({"field": "unheard_of", "value": {"x": 1}}),
    ]
}

async fn what_comes_again_changes_nothing(place: Place) {
    let house = House::open(place).await;
    let items = items(house.seconds());
    let whole = Post(items.clone());
    house.post(&whole).await;
    let (before, seen) = (house.counts(TABLES).await, house.texts().await);
    assert_eq!(before, [3, 2, 2, 3, 2, 1, 1, 1]);
    assert_eq!(house.repeated().await, 0);

    // The same delivery.
    house.post(&whole).await;
    assert_eq!(house.repeated().await, 5);
    // In another cut, and later.
    house.pass(std::time::Duration::from_secs(3 * 24 * 60 * 60));
    house.post_bytes(whole.bytes_in_one_entry()).await;
    assert_eq!(house.repeated().await, 10);
    // Each by itself, the other way round.
    for item in items.iter().rev() {
        house.post(&Post(vec![item.clone()])).await;
    }
    assert_eq!(house.repeated().await, 15);
    // One post that holds an item twice.
    let twice = [items.clone(), items.clone()].concat();
    house.post(&Post(twice)).await;
    assert_eq!(house.repeated().await, 25);

    assert_eq!(house.counts(TABLES).await, before);
    assert_eq!(house.texts().await, seen);
    let stats = house.stats().await;
    let sum = |of: fn(&counterfoil_flow::intake::stats::KindCount) -> u64| stats.kinds.values().map(of).sum::<u64>();
    assert_eq!((sum(|kind| kind.recorded), sum(|kind| kind.kept)), (4, 1));
    assert_eq!((stats.posts, stats.waiting), (9, 0));
}

async fn a_new_item_beside_old_ones_is_recorded(place: Place) {
    let house = House::open(place).await;
    let at = house.seconds();
    let (guest, other) = (Guest::by_phone("31612345678"), Guest::by_phone("31687654321"));
    house.post(&Post(vec![text(guest, "one", at)])).await;
    house
        .post(&Post(vec![text(other, "two", at + 1), text(guest, "one", at)]))
        .await;
    assert_eq!(house.texts().await, [["two"], ["one"]]);
    assert_eq!(house.repeated().await, 1);
}

/// The provider's own examples have one message from a user id alone and from a number alone.
async fn the_same_message_under_another_name_of_its_sender_is_a_repeat(place: Place) {
    let house = House::open(place).await;
    let at = house.seconds();
    for guest in [Guest::by_phone("31612345678"), Guest::by_id("NL.100")] {
        house.post(&Post(vec![text(guest, "one", at)])).await;
    }
    assert_eq!(
        (house.texts().await, house.repeated().await),
        (vec![vec!["one".to_owned()]], 1)
    );
}

/// As an installation stands whose items were taken before marks had a time (migration 0014).
async fn what_was_taken_before_marks_had_a_time_is_still_known(place: Place) {
    let house = House::open(place).await;
    let whole = Post(items(house.seconds()));
    let before = house.counts(TABLES).await;
    let mut door = BackDoor::data(&house.place).await;
    for item in split(&whole.bytes()).items {
        let mark = ItemMark::without_time(house.opened.vault().dedupe(&item.dedupe));
        let mark = Cell::Bytes(mark.bytes().to_vec());
        let tombstone = "INSERT INTO seen (mark, at) VALUES ($1, 1)";
        assert_eq!(door.change(tombstone, &[mark]).await, Some(1));
    }
    house.post(&whole).await;
    assert_eq!(house.repeated().await, 5);
    assert_eq!(house.counts(TABLES).await, before);

    // Another type under an id that was taken is another item.
    let bytes = String::from_utf8(whole.bytes()).unwrap();
    let bytes = bytes.replace(r#""type":"text""#, r#""type":"unheard_of""#);
    house.post_bytes(bytes.into_bytes()).await;
    let [messages] = house.counts(["message"]).await;
    assert_eq!((messages, house.repeated().await), (2, 8));
}

on_both! {
    what_comes_again_changes_nothing
    the_same_message_under_another_name_of_its_sender_is_a_repeat
    what_was_taken_before_marks_had_a_time_is_still_known
    a_new_item_beside_old_ones_is_recorded
}
