//! What WhatsApp tells of its own is listed for whoever looks after connections, with what matters first, and shows nobody's words.

use super::house::{House, colleague};
use super::posts::{Guest, Post, message_to, provider_error};
use crate::harness::Place;
use counterfoil_flow::connections::told::{ToldError, Weight, told};
use counterfoil_model::person::Role;
use counterfoil_policy::Actor;
use serde_json::json;
use std::time::Duration;

fn statement(field: &str, event: &str) -> Post {
    Post(vec![
        json!({"field": field, "value": {"display_phone_number": "31205550101", "event": event}}),
    ])
}

async fn statements_are_listed_newest_first_by_weight_and_in_parts(place: Place) {
    let house = House::open(place).await;
    for (field, event) in [
        ("security", "PIN_RESET_REQUEST"),
        ("phone_number_quality_update", "THROUGHPUT_UPGRADE"),
        ("message_template_status_update", "PAUSED"),
    ] {
        house.pass(Duration::from_secs(1));
        house.post(&statement(field, event)).await;
    }
    house.pass(Duration::from_secs(1));
    house.post(&Post(vec![provider_error(131_035)])).await;
    // What a customer wrote to a number that is not ours, and what nobody understands, is kept and not shown here.
    let body = json!({"type": "text", "text": {"body": "for somebody else"}});
    house
        .post(&Post(vec![message_to(
            "999",
            Guest::by_phone("31612345678"),
            "elsewhere",
            house.seconds(),
            &body,
        )]))
        .await;
    house.post(&statement("weather", "RAIN")).await;

    let keeper = Actor::Staff(colleague(&house.flow, &house.place, "keeper@example.org", &[Role::Administrator]).await);
    let list = async |least, before, limit| told(&house.flow, &keeper, least, before, limit).await.unwrap();
    let all = list(Weight::Information, None, 100).await;
    let kinds: Vec<&str> = all.items.iter().map(|one| one.kind).collect();
    assert_eq!(
        kinds,
        [
            "error",
            "field.message_template_status_update",
            "field.phone_number_quality_update",
            "field.security"
        ]
    );
    let security = &all.items[3];
    assert_eq!(security.event.as_ref().unwrap().expose(), "PIN_RESET_REQUEST");
    assert_eq!(security.about.as_ref().unwrap().expose(), "31205550101");
    assert!(security.whole.as_ref().unwrap().expose().contains("PIN_RESET_REQUEST"));
    assert!(all.older.is_none());

    let alarms = list(Weight::Alarm, None, 100).await;
    let kinds: Vec<&str> = alarms.items.iter().map(|one| one.kind).collect();
    assert_eq!(kinds, ["error", "field.security"]);

    let first = list(Weight::Information, None, 3).await;
    let rest = list(Weight::Information, first.older, 3).await;
    assert_eq!((first.items.len(), rest.items.len(), rest.older), (3, 1, None));
    assert_eq!(rest.items[0].kind, "field.security");

    let agent = Actor::Staff(house.staff.clone());
    let refused = told(&house.flow, &agent, Weight::Information, None, 1).await;
    assert!(matches!(refused, Err(ToldError::Refused)));
}

on_both! {
    statements_are_listed_newest_first_by_weight_and_in_parts
}
