//! What was said another way stands in the same thread: on the shared phone, while another service answered, in a history, in calls.

use super::house::House;
use super::posts::{Guest, NUMBER, Post, message, status, text};
use crate::harness::{Place, leaves_are_as_the_page_says};
use counterfoil_flow::reading::thread::MessageView;
use counterfoil_model::body::{Along, Body};
use counterfoil_model::message::{Direction, MessageKind, Origin};
use counterfoil_model::tick::TickState;
use serde_json::{Value, json};

const GUEST: &str = "31612345678";
const OWN: &str = "31205550101";

fn under(field: &str, mut value: Value) -> Post {
    value["metadata"] = json!({"display_phone_number": OWN, "phone_number_id": NUMBER});
    Post(vec![json!({"field": field, "value": value})])
}

fn said_by_us(id: &str, at: i64, body: &str) -> Value {
    json!({"from": OWN, "to": GUEST, "id": format!("wamid.{id}"), "timestamp": at.to_string(), "type": "text", "text": {"body": body}})
}

fn history(messages: &[Value]) -> Post {
    let thread = json!({"id": GUEST, "messages": messages});
    under(
        "history",
        json!({"history": [{"metadata": {"phase": 0, "chunk_order": 1, "progress": 50}, "threads": [thread]}]}),
    )
}

async fn messages(house: &House) -> Vec<MessageView> {
    house.thread(house.conversation().await).await.messages
}

async fn what_is_typed_on_the_shared_phone_stands_in_the_thread_with_its_ticks(place: Place) {
    let house = House::open(place).await;
    let at = house.seconds() - 600;
    house.post(&Post(vec![text(Guest::by_phone(GUEST), "hello", at)])).await;
    house
        .post(&under(
            "smb_message_echoes",
            json!({"message_echoes": [said_by_us("typed", at + 10, "we come at ten")]}),
        ))
        .await;
    house
        .post(&Post(vec![status("wamid.typed", "read", at + 20, &json!({}))]))
        .await;
    let edit = json!({
        "from": OWN, "to": GUEST, "id": "wamid.edit", "timestamp": (at + 30).to_string(), "type": "edit",
        "edit": {"original_message_id": "wamid.typed", "message": {"type": "text", "text": {"body": "we come at eleven"}}},
    });
    house
        .post(&under("smb_message_echoes", json!({"message_echoes": [edit]})))
        .await;

    let thread = messages(&house).await;
    assert_eq!(thread.len(), 2, "the edit is shown at what it changes");
    let typed = &thread[1];
    assert_eq!(
        (typed.direction, typed.origin, typed.kind),
        (Direction::Outbound, Origin::PhoneApp, MessageKind::Text)
    );
    assert!(typed.author.is_none(), "WhatsApp does not tell who typed it");
    assert_eq!(typed.state, Some(TickState::Read));
    assert_eq!(
        typed.edits.last().unwrap().0.expose().words(),
        Some("we come at eleven")
    );
    assert_eq!(typed.body.as_ref().unwrap().expose().words(), Some("we come at ten"));
    // Only the contact's own words open the window.
    assert_eq!(house.inbox().await[0].last_at.seconds(), at + 30);
    assert_eq!(
        house
            .thread(house.conversation().await)
            .await
            .last_inbound_at
            .unwrap()
            .seconds(),
        at
    );
    leaves_are_as_the_page_says(house.opened.store()).await;
}

async fn a_history_brings_nothing_twice_and_a_file_takes_the_place_of_what_announced_it(place: Place) {
    let house = House::open(place).await;
    let at = house.seconds() - 600;
    house.post(&Post(vec![text(Guest::by_phone(GUEST), "hello", at)])).await;
    house
        .post(&under(
            "smb_message_echoes",
            json!({"message_echoes": [said_by_us("typed", at + 10, "we come at ten")]}),
        ))
        .await;
    let heard = json!({"from": GUEST, "id": "wamid.hello", "timestamp": at.to_string(), "type": "text", "text": {"body": "hello"}});
    let before = json!({"from": GUEST, "id": "wamid.before", "timestamp": (at - 86_400).to_string(), "type": "text", "text": {"body": "long ago"}});
    let picture = json!({"from": GUEST, "id": "wamid.picture", "timestamp": (at - 86_399).to_string(), "type": "media_placeholder"});
    house
        .post(&history(&[
            heard,
            said_by_us("typed", at + 10, "we come at ten"),
            before,
            picture,
        ]))
        .await;
    let thread = messages(&house).await;
    let told: Vec<(Origin, MessageKind)> = thread.iter().map(|one| (one.origin, one.kind)).collect();
    assert_eq!(
        told,
        [
            (Origin::History, MessageKind::Text),
            (Origin::History, MessageKind::Placeholder),
            (Origin::Live, MessageKind::Text),
            (Origin::PhoneApp, MessageKind::Text),
        ]
    );
    let file = json!({"from": GUEST, "id": "wamid.picture", "timestamp": (at - 86_399).to_string(), "type": "image", "image": {"id": "77", "mime_type": "image/png"}});
    house.post(&under("history", json!({"messages": [file]}))).await;
    let thread = messages(&house).await;
    assert_eq!(
        (thread.len(), thread[1].kind, thread[1].attachments.len()),
        (4, MessageKind::Image, 1)
    );
}

async fn what_another_service_says_and_hears_is_marked(place: Place) {
    let house = House::open(place).await;
    let at = house.seconds() - 600;
    let heard = json!({"from": GUEST, "id": "wamid.heard", "timestamp": at.to_string(), "type": "text", "text": {"body": "my claim"}});
    let contacts = json!([{"wa_id": GUEST, "profile": {"name": "Guest"}}]);
    house
        .post(&under(
            "standby",
            json!({"standby": {"contacts": contacts, "messages": [heard]}}),
        ))
        .await;
    let sent = json!({"id": "wamid.sent", "timestamp": (at + 5).to_string(), "message": {"to": GUEST, "type": "text", "text": {"body": "a machine says"}}});
    house
        .post(&under("standby", json!({"standby": {"message_echoes": [sent]}})))
        .await;
    let thread = messages(&house).await;
    let told: Vec<(Origin, Direction)> = thread.iter().map(|one| (one.origin, one.direction)).collect();
    assert_eq!(
        told,
        [
            (Origin::OtherService, Direction::Inbound),
            (Origin::OtherService, Direction::Outbound)
        ]
    );
}

async fn a_call_is_a_line_and_opens_the_window_when_they_called(place: Place) {
    let house = House::open(place).await;
    let at = house.seconds() - 600;
    let call = |event: &str, at: i64, more: Value| {
        let mut call = json!({"id": "wacid.1", "from": GUEST, "to": OWN, "event": event, "timestamp": at.to_string(), "direction": "USER_INITIATED"});
        for (key, part) in more.as_object().unwrap() {
            call[key] = part.clone();
        }
        under("calls", json!({"calls": [call]}))
    };
    house.post(&call("connect", at, json!({}))).await;
    house
        .post(&call(
            "terminate",
            at + 61,
            json!({"status": "COMPLETED", "duration": 61}),
        ))
        .await;
    let recording = json!({"call_recording": {"audio": {"id": "78", "mime_type": "audio/ogg"}}});
    house.post(&call("call_recording_available", at + 90, recording)).await;
    let thread = house.thread(house.conversation().await).await;
    assert!(thread.window_until.is_some());
    let lines: Vec<&Body> = thread
        .messages
        .iter()
        .map(|one| one.body.as_ref().unwrap().expose())
        .collect();
    assert!(matches!(lines[0], Body::Call { event, by_contact: Some(true), .. } if event == "began"));
    assert!(matches!(lines[1], Body::Call { event, seconds: Some(61), .. } if event == "ended"));
    assert_eq!(thread.messages[2].attachments[0].kind, MessageKind::Audio);
    // Each event once, however often it comes.
    house
        .post(&call(
            "terminate",
            at + 61,
            json!({"status": "COMPLETED", "duration": 61}),
        ))
        .await;
    assert_eq!(messages(&house).await.len(), 3);
}

async fn what_comes_along_is_kept_with_the_message(place: Place) {
    let house = House::open(place).await;
    let at = house.seconds() - 600;
    let rest = json!({
        "type": "text", "text": {"body": "is this still there?"},
        "context": {"forwarded": true, "referred_product": {"catalog_id": "1", "product_retailer_id": "sofa-3"}},
        "referral": {"source_url": "https://example.org/ad", "headline": "Sofas", "body": "All of them"},
    });
    house
        .post(&Post(vec![message(Guest::by_phone(GUEST), "asked", at, &rest)]))
        .await;
    let thread = messages(&house).await;
    let body = thread[0].body.as_ref().unwrap().expose();
    let Along {
        forwarded,
        product,
        advertisement,
    } = body.along().unwrap();
    assert_eq!((*forwarded, product.as_deref()), (Some(false), Some("sofa-3")));
    assert_eq!(advertisement.as_ref().unwrap().headline.as_deref(), Some("Sofas"));
    assert_eq!(
        house.inbox().await[0].line.as_ref().unwrap().expose(),
        "is this still there?"
    );
}

async fn a_wish_about_marketing_is_a_line_of_the_thread(place: Place) {
    let house = House::open(place).await;
    let at = house.seconds() - 600;
    house.post(&Post(vec![text(Guest::by_phone(GUEST), "hello", at)])).await;
    let wish = json!({"wa_id": GUEST, "category": "marketing_messages", "value": "stop", "timestamp": at + 5});
    house
        .post(&under("user_preferences", json!({"user_preferences": [wish]})))
        .await;
    let thread = messages(&house).await;
    assert_eq!(
        (thread[1].direction, thread[1].kind),
        (Direction::System, MessageKind::System)
    );
    assert!(
        matches!(thread[1].body.as_ref().unwrap().expose(), Body::Notice { event, .. } if event == "marketing_stopped")
    );
}

on_both! {
    what_is_typed_on_the_shared_phone_stands_in_the_thread_with_its_ticks
    a_history_brings_nothing_twice_and_a_file_takes_the_place_of_what_announced_it
    what_another_service_says_and_hears_is_marked
    a_call_is_a_line_and_opens_the_window_when_they_called
    what_comes_along_is_kept_with_the_message
    a_wish_about_marketing_is_a_line_of_the_thread
}
