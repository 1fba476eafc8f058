//! Webhooks: their bytes, their signature, their repetition.

use bytes::Bytes;
use counterfoil_simulator::{Faults, HandshakeError, Ticks, WebhookFaults};

use crate::harness::{SECRET, World};

/// HMAC as RFC 2104 writes it, over a plain SHA-256: not the code under test.
fn hmac_by_hand(key: &[u8], message: &[u8]) -> String {
    use aws_lc_rs::digest::{SHA256, digest};
    assert!(key.len() <= 64);
    let mut block = [0_u8; 64];
    block[..key.len()].copy_from_slice(key);
    let inner: Vec<u8> = block
        .iter()
        .map(|byte| byte ^ 0x36)
        .chain(message.iter().copied())
        .collect();
    let inner = digest(&SHA256, &inner);
    let outer: Vec<u8> = block
        .iter()
        .map(|byte| byte ^ 0x5c)
        .chain(inner.as_ref().iter().copied())
        .collect();
    digest(&SHA256, &outer)
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[test]
fn the_hand_made_hmac_is_right() {
    // RFC 4231, test case 2.
    let mac = hmac_by_hand(b"Jefe", b"what do ya want for nothing?");
    assert_eq!(mac, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

#[tokio::test]
async fn a_text_arrives_signed_and_in_the_providers_spelling() {
    let world = World::start().await;
    let id = world
        .sim
        .customer_text(&world.customer, "Sawubona 👋 / molweni, ünï", None)
        .await;
    let arrived = world.hook.wait_for(1).await.remove(0);
    assert_eq!(
        arrived.signature,
        format!("sha256={}", hmac_by_hand(SECRET.as_bytes(), &arrived.body))
    );
    let spelled = std::str::from_utf8(&arrived.body).unwrap();
    assert!(spelled.is_ascii());
    assert!(
        spelled.contains(r#""body":"Sawubona \ud83d\udc4b \/ molweni, \u00fcn\u00ef""#),
        "{spelled}"
    );

    let json = arrived.json();
    assert_eq!(json["object"], "whatsapp_business_account");
    let change = &json["entry"][0]["changes"][0];
    assert_eq!(change["field"], "messages");
    assert_eq!(change["value"]["metadata"]["phone_number_id"], crate::harness::NUMBER);
    assert_eq!(change["value"]["contacts"][0]["profile"]["name"], "Thandi Nkosi");
    assert_eq!(change["value"]["contacts"][0]["wa_id"], "27825550101");
    let message = &change["value"]["messages"][0];
    assert_eq!(message["id"], id.as_str());
    assert_eq!(message["from"], "27825550101");
    assert_eq!(message["timestamp"], "1780000000");
    assert_eq!(message["type"], "text");
    assert_eq!(message["text"]["body"], "Sawubona 👋 / molweni, ünï");
    assert!(message["from_user_id"].as_str().unwrap().starts_with("ZA."));
}

#[tokio::test]
async fn anything_but_200_is_posted_again_and_only_then_ticks_twice() {
    let world = World::start().await;
    world.hook.answer_next_with(&[500, 204]);
    world.sim.customer_text(&world.customer, "once", None).await;
    let arrived = world.hook.wait_for(3).await;
    world.sim.settled().await;
    assert_eq!(world.hook.all().len(), 3);
    assert!(arrived.iter().all(|one| one.body == arrived[0].body));
    assert_eq!(world.sim.thread(&world.customer)[0].ticks, Ticks::Delivered);
}

#[tokio::test]
async fn duplicates_are_posted_when_asked_for() {
    let world = World::start().await;
    let webhooks = WebhookFaults {
        duplicates: 2,
        ..WebhookFaults::default()
    };
    world.sim.set_faults(Faults {
        webhooks,
        ..Faults::default()
    });
    world.sim.customer_text(&world.customer, "thrice", None).await;
    world.sim.settled().await;
    assert_eq!(world.hook.all().len(), 3);
}

#[tokio::test]
async fn every_kind_has_its_own_shape() {
    let world = World::start().await;
    let (sim, customer) = (&world.sim, &world.customer);
    let first = sim.customer_text(customer, "first", None).await;
    sim.customer_text(customer, "second", Some(first.clone())).await;
    sim.customer_image(customer, Bytes::from_static(b"jpeg"), "image/jpeg", Some("the crack"))
        .await;
    sim.customer_voice(customer, Bytes::from_static(b"OggS")).await;
    sim.customer_document(
        customer,
        Bytes::from_static(b"%PDF"),
        "application/pdf",
        None,
        "quote.pdf",
    )
    .await;
    sim.customer_location(customer, -33.9, 18.4, Some("Home"), None).await;
    sim.customer_contacts(customer, "Sipho", "+27825550102").await;
    sim.customer_reaction(customer, &first, Some("👍")).await;
    sim.customer_reaction(customer, &first, None).await;
    sim.customer_button_reply(customer, &first, "yes", "Yes").await;
    sim.customer_list_reply(customer, &first, "row-1", "Row one").await;
    sim.settled().await;
    let mut shapes: Vec<String> = world
        .hook
        .all()
        .iter()
        .map(|arrived| {
            let message = arrived.json()["entry"][0]["changes"][0]["value"]["messages"][0].clone();
            let kind = message["type"].as_str().unwrap().to_owned();
            let inner: Vec<String> = match &message[&kind] {
                serde_json::Value::Object(map) => map.keys().cloned().collect(),
                other => vec![format!("array of {}", other.as_array().unwrap().len())],
            };
            let context = if message["context"]["id"].is_string() {
                " + context"
            } else {
                ""
            };
            format!("{kind}: {}{context}", inner.join(" "))
        })
        .collect();
    shapes.sort();
    assert_eq!(
        shapes,
        [
            "audio: id mime_type sha256 url voice",
            "contacts: array of 1",
            "document: filename id mime_type sha256 url",
            "image: caption id mime_type sha256 url",
            "interactive: button_reply type + context",
            "interactive: list_reply type + context",
            "location: latitude longitude name",
            "reaction: emoji message_id",
            "reaction: message_id",
            "text: body",
            "text: body + context",
        ]
    );
}

#[tokio::test]
async fn a_customer_who_hides_the_number_is_known_by_user_id_only() {
    let world = World::start().await;
    let profile = counterfoil_simulator::CustomerProfile {
        hides_number: true,
        username: Some("thandi.n".to_owned()),
        ..counterfoil_simulator::CustomerProfile::named("Thandi")
    };
    world.sim.set_customer(&world.customer, profile);
    world.sim.customer_text(&world.customer, "hello", None).await;
    let value = world.hook.wait_for(1).await[0].json()["entry"][0]["changes"][0]["value"].clone();
    assert!(value["contacts"][0].get("wa_id").is_none());
    assert!(value["messages"][0].get("from").is_none());
    assert_eq!(value["contacts"][0]["user_id"], world.sim.user_id(&world.customer));
    assert_eq!(value["contacts"][0]["profile"]["username"], "thandi.n");
}

#[tokio::test]
async fn the_handshake_asks_for_the_challenge_back() {
    let world = World::start().await;
    world.sim.subscribe(&world.hook_url).await.unwrap();
    let elsewhere = world.hook_url.replace("/main", "/other");
    let refused = world.sim.subscribe(&elsewhere).await;
    assert!(
        matches!(refused, Err(HandshakeError::Refused { status: 404 })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn out_of_order_means_that_the_second_overtakes_the_first() {
    let (world, gate) = World::start_gated().await;
    let webhooks = WebhookFaults {
        out_of_order: true,
        ..WebhookFaults::default()
    };
    world.sim.set_faults(Faults {
        webhooks,
        ..Faults::default()
    });
    world.sim.customer_text(&world.customer, "first", None).await;
    world.sim.customer_text(&world.customer, "second", None).await;
    let body = |index: usize| {
        world.hook.all()[index].json()["entry"][0]["changes"][0]["value"]["messages"][0]["text"]["body"].clone()
    };
    world.hook.wait_for(1).await;
    assert_eq!(body(0), "second");
    gate.send(true).unwrap();
    world.hook.wait_for(2).await;
    assert_eq!(body(1), "first");
}

#[tokio::test]
async fn a_delayed_webhook_waits() {
    let (world, gate) = World::start_gated().await;
    let webhooks = WebhookFaults {
        delay: std::time::Duration::from_secs(60),
        ..WebhookFaults::default()
    };
    world.sim.set_faults(Faults {
        webhooks,
        ..Faults::default()
    });
    world.sim.customer_text(&world.customer, "late", None).await;
    assert_eq!(world.sim.thread(&world.customer)[0].ticks, Ticks::Sent);
    assert!(world.hook.all().is_empty());
    gate.send(true).unwrap();
    world.sim.settled().await;
    assert_eq!(world.hook.all().len(), 1);
}

#[tokio::test]
async fn without_a_subscribed_app_nothing_is_posted_and_an_override_must_shake_hands() {
    let world = World::start().await;
    let url = world.graph(&format!("{}/subscribed_apps", crate::harness::WABA));
    let token = crate::harness::TOKEN;
    world.client.delete(&url).bearer_auth(token).send().await.unwrap();
    world.sim.customer_text(&world.customer, "to nobody", None).await;
    world.sim.settled().await;
    assert!(world.hook.all().is_empty());
    let attach = async |hook: &str, verify: &str| {
        let wish = serde_json::json!({ "override_callback_uri": hook, "verify_token": verify });
        world
            .client
            .post(&url)
            .bearer_auth(token)
            .json(&wish)
            .send()
            .await
            .unwrap()
            .status()
            .as_u16()
    };
    assert_eq!(attach(&world.hook_url, "wrong").await, 400);
    assert_eq!(attach(&world.hook_url, "verify-token").await, 200);
    world.sim.customer_text(&world.customer, "to the hook", None).await;
    world.sim.settled().await;
    assert_eq!(world.hook.all().len(), 1);
}
