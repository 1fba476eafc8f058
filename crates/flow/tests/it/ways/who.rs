//! One contact for each person: by number, by user id, by both, and through every change.

use super::house::House;
use super::posts::{Guest, Post, system, text};
use crate::harness::{BackDoor, Cell, Place, leaves_are_as_the_page_says};
use serde_json::json;

const PHONE: &str = "31612345678";
const NEW_PHONE: &str = "31699999999";
const ID: &str = "NL.70000000000000000001";
const NEW_ID: &str = "NL.70000000000000000002";

/// How many identities of this kind there are: living, and ended.
async fn identities(house: &House, kind: i64) -> (usize, usize) {
    let mut door = BackDoor::data(&house.place).await;
    let rows = door
        .rows("SELECT ended_at FROM identity WHERE kind = $1", &[Cell::Int(kind)])
        .await;
    let living = rows.iter().filter(|row| row[0] == Cell::Null).count();
    (living, rows.len() - living)
}

fn kind_of_phone() -> i64 {
    counterfoil_model::contact::IdentityKind::Phone.code()
}

fn kind_of_id() -> i64 {
    counterfoil_model::contact::IdentityKind::UserId.code()
}

async fn a_person_keeps_one_thread_however_they_are_named(place: Place) {
    let house = House::open(place).await;
    let at = house.seconds() - 600;
    for (n, guest) in (0..).zip([
        Guest::by_phone(PHONE),
        Guest::by_both(PHONE, ID),
        Guest::by_id(ID),
        Guest::by_phone(PHONE),
    ]) {
        house.post(&Post(vec![text(guest, &n.to_string(), at + n)])).await;
    }
    assert_eq!(house.texts().await, [["0", "1", "2", "3"]]);
    assert_eq!(house.counts(["contact", "conversation", "identity"]).await, [1, 1, 2]);
}

async fn items_of_one_post_find_the_same_new_person(place: Place) {
    let house = House::open(place).await;
    let at = house.seconds() - 600;
    // The number alone and both names come side by side; whoever is first makes the contact.
    let all = (0..12).map(|n| {
        let guest = if n % 2 == 0 {
            Guest::by_phone(PHONE)
        } else {
            Guest::by_both(PHONE, ID)
        };
        text(guest, &format!("{n:02}"), at + n)
    });
    house.post(&Post(all.collect())).await;
    assert_eq!(
        house.counts(["message", "contact", "conversation", "identity"]).await,
        [12, 1, 1, 2]
    );
}

async fn two_people_never_share_a_thread(place: Place) {
    let house = House::open(place).await;
    let at = house.seconds() - 600;
    let same_name = [
        Guest::by_phone(PHONE),
        Guest::by_phone(NEW_PHONE),
        Guest::by_id(ID),
        Guest::by_id(NEW_ID),
    ];
    for (n, guest) in (0..).zip(same_name) {
        house.post(&Post(vec![text(guest, &n.to_string(), at + n)])).await;
    }
    assert_eq!(house.texts().await, [["3"], ["2"], ["1"], ["0"]]);
}

async fn a_changed_number_stays_the_same_person(place: Place) {
    let house = House::open(place).await;
    let at = house.seconds() - 600;
    house
        .post(&Post(vec![text(Guest::by_phone(PHONE), "before", at)]))
        .await;
    let told = json!({"type": "user_changed_number", "body": "Guest changed", "wa_id": NEW_PHONE});
    house
        .post(&Post(vec![system(Some(PHONE), "change", at + 60, &told)]))
        .await;
    house
        .post(&Post(vec![text(Guest::by_phone(NEW_PHONE), "after", at + 61)]))
        .await;
    assert_eq!(house.counts(["contact", "conversation"]).await, [1, 1]);
    assert_eq!(identities(&house, kind_of_phone()).await, (1, 1));
    let seen = house.thread(house.conversation().await).await;
    assert_eq!(seen.messages.len(), 3);
    assert_eq!(seen.last_four.unwrap().expose(), "9999");

    // The old number is dated: it ended when the change happened.
    let mut door = BackDoor::data(&house.place).await;
    let ended = door
        .rows("SELECT since, ended_at FROM identity WHERE ended_at IS NOT NULL", &[])
        .await;
    assert_eq!(ended, [[Cell::Int(at * 1_000_000), Cell::Int((at + 60) * 1_000_000)]]);

    // Whoever gets the old number is somebody else.
    house
        .post(&Post(vec![text(Guest::by_phone(PHONE), "stranger", at + 90)]))
        .await;
    assert_eq!(house.counts(["contact", "conversation"]).await, [2, 2]);
    assert_eq!(house.texts().await[0], ["stranger"]);
}

async fn a_changed_user_id_stays_the_same_person(place: Place) {
    let house = House::open(place).await;
    let at = house.seconds() - 600;
    house.post(&Post(vec![text(Guest::by_id(ID), "before", at)])).await;
    let told =
        json!({"type": "user_changed_user_id", "body": "Guest changed", "user_id": NEW_ID, "previous_user_id": ID});
    house.post(&Post(vec![system(None, "change", at + 60, &told)])).await;
    house
        .post(&Post(vec![text(Guest::by_id(NEW_ID), "after", at + 61)]))
        .await;
    assert_eq!(house.counts(["contact", "conversation"]).await, [1, 1]);
    assert_eq!(identities(&house, kind_of_id()).await, (1, 1));
}

async fn a_number_with_a_new_owner_keeps_the_histories_apart(place: Place) {
    let house = House::open(place).await;
    let at = house.seconds() - 600;
    house
        .post(&Post(vec![text(Guest::by_both(PHONE, ID), "old owner", at)]))
        .await;
    house
        .post(&Post(vec![text(Guest::by_both(PHONE, NEW_ID), "new owner", at + 60)]))
        .await;
    assert_eq!(house.texts().await, [["new owner"], ["old owner"]]);
    assert_eq!(identities(&house, kind_of_phone()).await, (1, 1));
    // The number now finds the new owner, the user id still the old one.
    house
        .post(&Post(vec![text(Guest::by_phone(PHONE), "by number", at + 61)]))
        .await;
    house.post(&Post(vec![text(Guest::by_id(ID), "by id", at + 62)])).await;
    assert_eq!(
        house.texts().await,
        [vec!["old owner", "by id"], vec!["new owner", "by number"]]
    );
    assert_eq!(house.count("contact").await, 2);
    leaves_are_as_the_page_says(house.opened.store()).await;
}

async fn a_late_message_does_not_take_a_number_back(place: Place) {
    let house = House::open(place).await;
    let at = house.seconds() - 600;
    house
        .post(&Post(vec![text(Guest::by_both(PHONE, ID), "old owner", at)]))
        .await;
    house
        .post(&Post(vec![text(Guest::by_both(PHONE, NEW_ID), "new owner", at + 60)]))
        .await;
    // Written before the number changed hands, delivered after.
    house
        .post(&Post(vec![text(Guest::by_both(PHONE, ID), "late", at + 30)]))
        .await;
    house
        .post(&Post(vec![text(Guest::by_phone(PHONE), "by number", at + 61)]))
        .await;
    assert_eq!(
        house.texts().await,
        [vec!["new owner", "by number"], vec!["old owner", "late"]]
    );
}

on_both! {
    a_person_keeps_one_thread_however_they_are_named
    items_of_one_post_find_the_same_new_person
    two_people_never_share_a_thread
    a_changed_number_stays_the_same_person
    a_changed_user_id_stays_the_same_person
    a_number_with_a_new_owner_keeps_the_histories_apart
    a_late_message_does_not_take_a_number_back
}
