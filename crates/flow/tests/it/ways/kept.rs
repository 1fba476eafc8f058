//! What is rightly signed is never dropped: not understood, for another number, or no JSON at all, it is kept whole and counted.

use super::house::House;
use super::posts::{Guest, Post, message_to, provider_error, signature, text};
use crate::harness::Place;
use counterfoil_flow::intake::accept::{AcceptError, accept};
use counterfoil_model::ConnectionId;
use counterfoil_policy::{Machine, machine_permit};
use counterfoil_vault::{Kind, Label};
use serde_json::json;
use std::time::Duration;

/// What is kept, opened, oldest first.
async fn kept(house: &House) -> Vec<String> {
    let mut all = Vec::new();
    for row in house.opened.store().kept_list(None, 100).await.unwrap() {
        let place = counterfoil_vault::Place {
            kind: Kind::Kept,
            object: *row.id.bytes(),
            label: Label::Raw,
        };
        let permit = machine_permit(Machine::Verify, vec![place.object]);
        let raw = house.opened.vault().open(&permit, place, &row.raw).await.unwrap();
        all.push(String::from_utf8_lossy(raw.expose()).into_owned());
    }
    all
}

async fn what_cannot_be_placed_is_kept_whole_and_counted(place: Place) {
    let house = House::open(place).await;
    let at = house.seconds();
    let body = json!({"type": "text", "text": {"body": "for somebody else"}});
    let riddle = json!({"field": "unheard_of", "value": {"riddle": "what has keys but no locks"}});
    for (change, holds) in [
        (
            message_to("999", Guest::by_phone("31612345678"), "elsewhere", at, &body),
            "for somebody else",
        ),
        (riddle, "what has keys but no locks"),
        (provider_error(131_035), "131035"),
    ] {
        house.post(&Post(vec![change])).await;
        let kept = kept(&house).await;
        assert!(kept.iter().any(|raw| raw.contains(holds)), "{holds}");
    }
    let stats = house.stats().await;
    assert_eq!(stats.kinds.values().map(|count| count.kept).sum::<u64>(), 3);
    assert_eq!(house.counts(["kept", "message", "contact"]).await, [3, 0, 0]);
}

async fn the_same_error_on_another_day_is_another_one(place: Place) {
    let house = House::open(place).await;
    let error = Post(vec![provider_error(131_035)]);
    house.post(&error).await;
    house.post(&error).await;
    assert_eq!((house.count("kept").await, house.repeated().await), (1, 1));
    house.pass(Duration::from_secs(24 * 60 * 60));
    house.post(&error).await;
    assert_eq!(house.count("kept").await, 2);
}

async fn a_post_that_is_no_json_is_kept_byte_for_byte(place: Place) {
    let house = House::open(place).await;
    for body in ["this is no JSON", "{\"object\": ", "[]", "\"words\"", "{}"] {
        house.post_bytes(body.as_bytes().to_vec()).await;
    }
    assert_eq!(house.count("kept").await, 5);
    let kept = kept(&house).await;
    for body in ["this is no JSON", "{\"object\": "] {
        assert!(kept.iter().any(|raw| raw == body), "{body}");
    }
    // What comes after is not held up.
    house
        .post(&Post(vec![text(
            Guest::by_phone("31612345678"),
            "hello",
            house.seconds(),
        )]))
        .await;
    assert_eq!(house.texts().await, [["hello"]]);
}

async fn what_is_not_rightly_signed_is_not_accepted(place: Place) {
    let house = House::open(place).await;
    let body = Post(vec![text(Guest::by_phone("31612345678"), "hello", house.seconds())]).bytes();
    let right = signature(&body);
    let mut changed = body.clone();
    *changed.last_mut().unwrap() = b' ';
    let here = house.connected.connection;
    for (signed, body) in [
        (None, &body),
        (Some("sha256=00"), &body),
        (Some(right.as_str()), &changed),
    ] {
        let told = accept(house.door(), here, signed, body.clone().into()).await;
        assert!(matches!(told, Err(AcceptError::Signature)));
    }
    let nowhere = ConnectionId::from_bytes([9; 16]);
    let told = accept(house.door(), nowhere, Some(&right), body.into()).await;
    assert!(matches!(told, Err(AcceptError::UnknownConnection)));
    assert_eq!(house.counts(["delivery", "message", "kept"]).await, [0, 0, 0]);
}

on_both! {
    what_cannot_be_placed_is_kept_whole_and_counted
    the_same_error_on_another_day_is_another_one
    a_post_that_is_no_json_is_kept_byte_for_byte
    what_is_not_rightly_signed_is_not_accepted
}
