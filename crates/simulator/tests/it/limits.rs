//! How fast a business may write, and what a person's wish about marketing does.

use std::time::Duration;

use counterfoil_simulator::{CustomerId, Faults};
use serde_json::{Value, json};

use crate::harness::World;

fn text(to: &str) -> Value {
    json!({ "messaging_product": "whatsapp", "to": to, "type": "text", "text": { "body": "x" } })
}

fn template(name: &str) -> Value {
    json!({ "messaging_product": "whatsapp", "to": "27825550101", "type": "template",
        "template": { "name": name, "language": { "code": "en" } } })
}

impl World {
    /// The code of the refusal; none when the message was taken.
    async fn refusal_of(&self, body: &Value) -> Option<u64> {
        let (_, answer) = self.send(body).await;
        answer["error"]["code"].as_u64()
    }
}

#[tokio::test]
async fn a_burst_to_one_person_is_paid_back_before_the_next_message() {
    let world = World::start().await;
    world.sim.set_faults(Faults {
        enforce_pair_rate: true,
        ..Faults::default()
    });
    for _ in 0..45 {
        assert_eq!(world.refusal_of(&text("27825550101")).await, None);
    }
    assert_eq!(world.refusal_of(&text("27825550101")).await, Some(131_056));
    assert_eq!(
        world.refusal_of(&text("27825550102")).await,
        None,
        "others are not affected"
    );
    world.pass(Duration::from_secs(45 * 6 - 1));
    assert_eq!(world.refusal_of(&text("27825550101")).await, Some(131_056));
    world.pass(Duration::from_secs(1));
    assert_eq!(world.refusal_of(&text("27825550101")).await, None);
}

#[tokio::test]
async fn a_message_every_six_seconds_goes_on_for_ever() {
    let world = World::start().await;
    world.sim.set_faults(Faults {
        enforce_pair_rate: true,
        ..Faults::default()
    });
    for _ in 0..60 {
        assert_eq!(world.refusal_of(&text("27825550101")).await, None);
        world.pass(Duration::from_secs(6));
    }
}

#[tokio::test]
async fn messages_of_one_second_are_counted_in_both_directions() {
    let world = World::start().await;
    world.sim.set_faults(Faults {
        throughput: Some(20),
        ..Faults::default()
    });
    let other = CustomerId::parse("+27 82 555 0102").unwrap();
    for _ in 0..5 {
        world.sim.customer_text(&other, "hi", None).await;
    }
    for _ in 0..15 {
        assert_eq!(world.refusal_of(&text("27825550101")).await, None);
    }
    let (status, answer) = world.send(&text("27825550101")).await;
    assert_eq!((status, &answer["error"]["code"]), (429, &json!(130_429)));
    world.pass(Duration::from_secs(1));
    assert_eq!(world.refusal_of(&text("27825550101")).await, None);
}

#[tokio::test]
async fn without_the_switches_nothing_is_counted_against_the_business() {
    let world = World::start().await;
    for _ in 0..100 {
        assert_eq!(world.refusal_of(&text("27825550101")).await, None);
    }
}

#[tokio::test]
async fn a_stop_is_told_and_marketing_then_fails_until_it_is_taken_back() {
    let world = World::start().await;
    world.sim.set_marketing_templates(["winter_sale"]);
    let failures = || {
        let statuses = world.hook.statuses();
        statuses.iter().filter(|(status, _)| status == "failed").count()
    };
    for (wants, name, failed) in [
        (true, "winter_sale", 0),
        (false, "claim_received", 0),
        (false, "winter_sale", 1),
        (true, "winter_sale", 1),
    ] {
        world.sim.customer_wants_marketing(&world.customer, wants).await;
        assert_eq!(world.refusal_of(&template(name)).await, None);
        world.sim.settled().await;
        assert_eq!(failures(), failed, "{name} with marketing {wants}");
    }
    let changes: Vec<Value> = world
        .hook
        .all()
        .iter()
        .map(|post| post.json()["entry"][0]["changes"][0].clone())
        .collect();
    let wishes: Vec<&Value> = changes
        .iter()
        .filter(|change| change["field"] == "user_preferences")
        .collect();
    let told = &wishes[1]["value"];
    let user_id = world.sim.user_id(&world.customer);
    assert_eq!(
        (&told["contacts"][0]["user_id"], &told["contacts"][0]["wa_id"]),
        (&json!(user_id), &json!("27825550101"))
    );
    let expected = json!({ "wa_id": "27825550101", "user_id": user_id, "detail": "User requested to stop marketing messages",
        "category": "marketing_messages", "value": "stop", "timestamp": 1_780_000_000 });
    assert_eq!(told["user_preferences"][0], expected);
    assert_eq!(wishes[3]["value"]["user_preferences"][0]["value"], "resume");
    let failed = changes
        .iter()
        .find(|change| change["value"]["statuses"][0]["status"] == "failed")
        .unwrap();
    assert_eq!(failed["value"]["statuses"][0]["errors"][0]["code"], 131_050);
}
