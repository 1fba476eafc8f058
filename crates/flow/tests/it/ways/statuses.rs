//! What becomes of a message of ours: reports in any order, any number of times, and never a step back.

use super::house::House;
use super::posts::{Guest, Post, status, text};
use crate::harness::{Place, leaves_are_as_the_page_says};
use counterfoil_flow::outbound::reply::{Reply, reply};
use counterfoil_flow::reading::thread::{MessageView, message};
use counterfoil_model::MessageId;
use counterfoil_model::tick::TickState;
use serde_json::{Value, json};

/// A house in which a reply was written that no provider has taken yet.
async fn replied(place: Place) -> (House, MessageId) {
    let house = House::open(place).await;
    let guest = text(Guest::by_phone("31612345678"), "hello", house.seconds() - 60);
    house.post(&Post(vec![guest])).await;
    let answer = Reply {
        conversation: house.conversation().await,
        text: "A plumber is on the way".to_owned(),
        file: None,
        quoted: None,
        key: None,
    };
    let written = reply(&house.flow, &house.staff, answer).await.unwrap();
    (house, written.message)
}

async fn view(house: &House, id: MessageId) -> MessageView {
    message(&house.flow, &house.staff, id).await.unwrap().1
}

/// Reports `state`, with our own id echoed, as the provider does.
async fn report(house: &House, id: MessageId, state: &str, more: Value) {
    let mut more = more;
    more["biz_opaque_callback_data"] = json!(id.to_string());
    let at = house.seconds();
    house.post(&Post(vec![status("wamid.ours", state, at, &more)])).await;
}

async fn a_state_never_moves_back(place: Place) {
    let (house, id) = replied(place).await;
    assert_eq!(view(&house, id).await.state, Some(TickState::Queued));
    // The first report comes before the answer to the send, and out of order.
    for (state, want) in [
        ("delivered", TickState::Delivered),
        ("sent", TickState::Delivered),
        ("read", TickState::Read),
        ("delivered", TickState::Read),
        ("failed", TickState::Read),
    ] {
        report(&house, id, state, json!({})).await;
        assert_eq!(view(&house, id).await.state, Some(want), "after {state}");
    }
    assert_eq!(view(&house, id).await.failure, None);
    // Queued by us, and four reports; the second "delivered" was the first one again.
    assert_eq!((house.count("tick").await, house.repeated().await), (5, 1));
}

async fn a_report_with_the_providers_id_alone_finds_its_message(place: Place) {
    let (house, id) = replied(place).await;
    let at = house.seconds();
    // It came first, and nobody could know whose it is.
    house
        .post(&Post(vec![status("wamid.ours", "read", at, &json!({}))]))
        .await;
    assert_eq!(view(&house, id).await.state, Some(TickState::Queued));
    report(&house, id, "sent", json!({})).await;
    assert_eq!(view(&house, id).await.state, Some(TickState::Read));
}

async fn a_failure_says_why(place: Place) {
    for (code, want) in [
        (131_026, "not_on_whatsapp"),
        (131_047, "window_closed"),
        (1_234_567, "other"),
    ] {
        let (house, id) = replied(place.beside().await).await;
        report(&house, id, "failed", json!({"errors": [{"code": code, "title": "No"}]})).await;
        let seen = view(&house, id).await;
        assert_eq!(
            (seen.state, seen.failure),
            (Some(TickState::Failed), Some(want)),
            "{code}"
        );
    }
}

async fn a_report_about_an_unknown_message_is_recorded_and_shown_nowhere(place: Place) {
    let (house, id) = replied(place).await;
    let at = house.seconds();
    let stranger = MessageId::from_bytes([9; 16]).to_string();
    for more in [
        json!({}),
        json!({"biz_opaque_callback_data": stranger}),
        json!({"biz_opaque_callback_data": "words"}),
    ] {
        let id = format!("wamid.{}", more.to_string().len());
        house.post(&Post(vec![status(&id, "delivered", at, &more)])).await;
    }
    assert_eq!(house.count("tick").await, 4);
    assert_eq!(view(&house, id).await.state, Some(TickState::Queued));
    // A message from the contact has no such states, even if its own id is echoed.
    let inbound = house.thread(house.conversation().await).await.messages.remove(0);
    report(&house, inbound.id, "read", json!({})).await;
    assert_eq!(view(&house, inbound.id).await.state, None);
    leaves_are_as_the_page_says(house.opened.store()).await;
}

on_both! {
    a_state_never_moves_back
    a_report_with_the_providers_id_alone_finds_its_message
    a_failure_says_why
    a_report_about_an_unknown_message_is_recorded_and_shown_nowhere
}
