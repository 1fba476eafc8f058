//! Sending: what is accepted, what is refused with which code, and the ticks that follow.

use std::time::Duration;

use counterfoil_simulator::{ApiCallKind, Faults, Refusal, SendFault, SimContent, Ticks};
use serde_json::{Value, json};

use crate::harness::{NUMBER, TOKEN, WABA, World};

fn text(to: &str, body: &str) -> Value {
    json!({ "messaging_product": "whatsapp", "to": to, "type": "text", "text": { "body": body } })
}

#[tokio::test]
async fn a_reply_is_accepted_and_goes_to_read_with_our_id_in_every_status() {
    let world = World::start().await;
    let mut body = text("+27825550101", "We are on it.");
    body["biz_opaque_callback_data"] = json!("out_0001");
    let (status, answer) = world.send(&body).await;
    assert_eq!(status, 200);
    assert_eq!(
        answer["contacts"][0],
        json!({ "input": "+27825550101", "wa_id": "27825550101" })
    );
    world.sim.settled().await;
    let mut statuses = world.hook.statuses();
    statuses.sort();
    let echo = || Some("out_0001".to_owned());
    assert_eq!(
        statuses,
        [
            ("delivered".to_owned(), echo()),
            ("read".to_owned(), echo()),
            ("sent".to_owned(), echo())
        ]
    );
    let thread = world.sim.thread(&world.customer);
    assert_eq!(thread[0].id.as_str(), answer["messages"][0]["id"].as_str().unwrap());
    assert_eq!(
        (&thread[0].content, thread[0].ticks),
        (&SimContent::Text("We are on it.".to_owned()), Ticks::Read)
    );
}

#[tokio::test]
async fn bad_messages_are_refused_with_the_providers_code() {
    let world = World::start().await;
    let to = "27825550101";
    let long = "x".repeat(4097);
    let three = |n: usize| {
        (0..n)
            .map(|i| json!({ "type": "reply", "reply": { "id": i.to_string(), "title": i.to_string() } }))
            .collect::<Vec<_>>()
    };
    let buttons = |n: usize| {
        json!({ "messaging_product": "whatsapp", "to": to, "type": "interactive",
        "interactive": { "type": "button", "body": { "text": "?" }, "action": { "buttons": three(n) } } })
    };
    let of = |kind: &str, part: Value| json!({ "messaging_product": "whatsapp", "to": to, "type": kind, kind: part });
    let cases = [
        ("no product", json!({ "to": to, "text": { "body": "x" } }), 100),
        (
            "no recipient",
            json!({ "messaging_product": "whatsapp", "text": { "body": "x" } }),
            131_008,
        ),
        ("not a number", text("Thandi", "x"), 131_009),
        ("to ourselves", text("27215550100", "x"), 131_021),
        ("no text", of("text", json!({})), 131_008),
        ("empty text", text(to, ""), 131_008),
        ("too long", text(to, &long), 100),
        ("unknown type", of("poll", json!({})), 131_051),
        ("unknown file", of("image", json!({ "id": "1234" })), 100),
        (
            "caption on sound",
            of("audio", json!({ "id": "1234", "caption": "x" })),
            100,
        ),
        ("four buttons", buttons(4), 131_009),
        (
            "north of the pole",
            of("location", json!({ "latitude": 91, "longitude": 0 })),
            131_009,
        ),
        ("nameless contact", of("contacts", json!([{ "phones": [] }])), 131_008),
        (
            "reaction to nothing",
            of("reaction", json!({ "message_id": "wamid.none", "emoji": "👍" })),
            131_009,
        ),
        (
            "template without language",
            of("template", json!({ "name": "claim_received" })),
            131_008,
        ),
    ];
    for (name, body, code) in cases {
        let (status, answer) = world.send(&body).await;
        assert_eq!(
            (status, &answer["error"]["code"]),
            (400, &json!(code)),
            "{name}: {answer}"
        );
        assert!(
            answer["error"]["message"].is_string() && answer["error"]["fbtrace_id"].is_string(),
            "{name}"
        );
    }
    assert!(world.hook.all().is_empty());
    assert_eq!(world.send(&buttons(3)).await.0, 200);
}

#[tokio::test]
async fn a_wrong_token_and_a_wrong_proof_are_refused() {
    let world = World::start().await;
    let url = world.graph(&format!("{NUMBER}/messages"));
    let answer = world
        .client
        .post(&url)
        .bearer_auth("stolen")
        .json(&text("27825550101", "x"))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 401);
    assert_eq!(answer.json::<Value>().await.unwrap()["error"]["code"], 190);
    // openssl: printf token-of-the-test | openssl dgst -sha256 -hmac app-secret-of-the-test
    let right = "1464bc2a259cbbfb76e4d097d984532815b8fafcb37ef6662addd08b3f0b57ea";
    for (proof, status) in [(right, 200), ("0000", 400)] {
        let url = format!("{url}?appsecret_proof={proof}");
        let answer = world
            .client
            .post(url)
            .bearer_auth(TOKEN)
            .json(&text("27825550101", "x"))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status().as_u16(), status, "{proof}");
    }
}

#[tokio::test]
async fn faults_happen_as_planned() {
    let world = World::start().await;
    let codes = [
        (Refusal::Internal, 500, 131_000),
        (Refusal::Throughput, 429, 130_429),
        (Refusal::WindowClosed, 400, 131_047),
        (Refusal::Undeliverable, 400, 131_026),
        (Refusal::PairRate, 400, 131_056),
        (Refusal::TokenExpired, 401, 190),
    ];
    for (refusal, status, code) in codes {
        world.sim.fail_next_sends(SendFault::Refused(refusal), 1);
        let (got, answer) = world.send(&text("27825550101", "x")).await;
        assert_eq!((got, &answer["error"]["code"]), (status, &json!(code)));
    }
    world
        .sim
        .fail_next_sends(SendFault::FailsLater(Refusal::Undeliverable), 1);
    assert_eq!(world.send(&text("27825550101", "later")).await.0, 200);
    world.sim.settled().await;
    let failed = world.hook.all().pop().unwrap().json()["entry"][0]["changes"][0]["value"].clone();
    assert_eq!(failed["statuses"][0]["status"], "failed");
    assert_eq!(failed["statuses"][0]["errors"][0]["code"], 131_026);
    assert!(failed.get("contacts").is_none());
}

#[tokio::test]
async fn a_lost_answer_still_sends_and_a_lost_request_does_not() {
    let world = World::start().await;
    let url = world.graph(&format!("{NUMBER}/messages"));
    let impatient = reqwest::Client::builder()
        .no_proxy()
        .timeout(Duration::from_millis(400))
        .build()
        .unwrap();
    for (fault, arrives) in [(SendFault::LostAnswer, true), (SendFault::LostRequest, false)] {
        let before = world.sim.thread(&world.customer).len();
        world.sim.fail_next_sends(fault, 1);
        let answer = impatient
            .post(&url)
            .bearer_auth(TOKEN)
            .json(&text("27825550101", "x"))
            .send()
            .await;
        assert!(answer.unwrap_err().is_timeout());
        assert_eq!(world.sim.thread(&world.customer).len() > before, arrives, "{fault:?}");
    }
}

#[tokio::test]
async fn the_window_closes_after_24_hours_when_it_is_kept() {
    let world = World::start().await;
    world.sim.set_faults(Faults {
        enforce_window: true,
        ..Faults::default()
    });
    let template = json!({ "messaging_product": "whatsapp", "to": "27825550101", "type": "template",
        "template": { "name": "claim_received", "language": { "code": "en" } } });
    assert_eq!(world.send(&text("27825550101", "x")).await.1["error"]["code"], 131_047);
    world.sim.customer_text(&world.customer, "hi", None).await;
    assert_eq!(world.send(&text("27825550101", "x")).await.0, 200);
    world.pass(Duration::from_secs(24 * 60 * 60));
    assert_eq!(world.send(&text("27825550101", "x")).await.1["error"]["code"], 131_047);
    assert_eq!(world.send(&template).await.0, 200);
}

#[tokio::test]
async fn marking_as_read_turns_the_customers_ticks_blue_and_is_on_the_log() {
    let world = World::start().await;
    let first = world.sim.customer_text(&world.customer, "one", None).await;
    let second = world.sim.customer_text(&world.customer, "two", None).await;
    let body = json!({ "messaging_product": "whatsapp", "status": "read", "message_id": second.as_str(), "typing_indicator": { "type": "text" } });
    assert_eq!(world.send(&body).await, (200, json!({ "success": true })));
    let thread = world.sim.thread(&world.customer);
    assert!(thread.iter().all(|message| message.ticks == Ticks::Read));
    let calls = world.sim.requests();
    assert_eq!(
        calls.last().unwrap().kind,
        ApiCallKind::MarkRead {
            id: second,
            typing: true
        }
    );
    assert_ne!(thread[0].id, thread[1].id);
    assert_eq!(thread[0].id, first);
}

#[tokio::test]
async fn a_person_known_by_user_id_only_can_be_answered() {
    let world = World::start().await;
    let user_id = world.sim.user_id(&world.customer);
    let body =
        json!({ "messaging_product": "whatsapp", "recipient": user_id, "type": "text", "text": { "body": "x" } });
    let (status, answer) = world.send(&body).await;
    assert_eq!(
        (status, &answer["contacts"][0]),
        (200, &json!({ "input": user_id, "user_id": user_id }))
    );
}

#[tokio::test]
async fn the_number_and_the_account_answer_about_themselves() {
    let world = World::start().await;
    let (_, number) = world
        .get(&format!("{NUMBER}?fields=id,display_phone_number,quality_rating"))
        .await;
    assert_eq!(
        number,
        json!({ "id": NUMBER, "display_phone_number": "+27215550100", "quality_rating": "GREEN" })
    );
    let (_, numbers) = world.get(&format!("{WABA}/phone_numbers")).await;
    assert_eq!(numbers["data"][0]["id"], NUMBER);
    let (_, settings) = world.get(&format!("{NUMBER}/settings")).await;
    assert_eq!(settings["storage_configuration"]["status"], "DEFAULT");
    let url = world.graph(&format!("{NUMBER}/settings"));
    let wish = json!({ "storage_configuration": { "status": "IN_COUNTRY_STORAGE_ENABLED", "data_localization_region": "ZA" } });
    let answer = world
        .client
        .post(&url)
        .bearer_auth(TOKEN)
        .json(&wish)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    let (_, settings) = world.get(&format!("{NUMBER}/settings")).await;
    assert_eq!(settings["storage_configuration"]["data_localization_region"], "ZA");
    let both = json!({ "storage_configuration": { "status": "NO_STORAGE_ENABLED", "retention_minutes": 60, "data_localization_region": "ZA" } });
    let answer = world
        .client
        .post(&url)
        .bearer_auth(TOKEN)
        .json(&both)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 400);
    let (status, unknown) = world.get("123").await;
    assert_eq!((status, &unknown["error"]["error_subcode"]), (400, &json!(33)));
}
