//! The same check at the send door, together with what the simulated provider remembers.

use counterfoil_simulator::forms::{Form, check};
use counterfoil_simulator::{ApiCallKind, SimContent};
use serde_json::{Value, json};

use super::bodies::{good, template, to_group};
use super::walk::{way, with};
use crate::harness::{NUMBER, TOKEN, World};

/// The id that the good bodies give their files, and the message that some are about.
const FILE: &str = "1602186516975000";
const MESSAGE: &str = "wamid.A";

async fn uploaded(world: &World) -> String {
    let part = reqwest::multipart::Part::bytes(vec![1, 2, 3])
        .mime_str("image/jpeg")
        .unwrap();
    let form = reqwest::multipart::Form::new()
        .text("messaging_product", "whatsapp")
        .part("file", part);
    let request = world
        .client
        .post(world.graph(&format!("{NUMBER}/media")))
        .bearer_auth(TOKEN)
        .multipart(form);
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    answer["id"].as_str().unwrap().to_owned()
}

/// The body with a file and a message that the provider has.
fn known(body: &Value, file: &str, message: &str) -> Value {
    let text = body.to_string().replace(&format!("\"{FILE}\""), &format!("\"{file}\""));
    serde_json::from_str(&text.replace(&format!("\"{MESSAGE}\""), &format!("\"{message}\""))).unwrap()
}

#[tokio::test]
async fn every_form_to_a_person_is_taken_and_shown_on_the_phone() {
    let world = World::start().await;
    let file = uploaded(&world).await;
    let message = world.sim.customer_text(&world.customer, "Hello?", None).await;
    for (form, body) in good() {
        let (status, answer) = world.send(&known(&body, &file, message.as_str())).await;
        let to_person = body["recipient_type"] != "group";
        assert_eq!(status, if to_person { 200 } else { 400 }, "{}: {answer}", form.word());
    }
    world.sim.settled().await;
    let sent = good()
        .iter()
        .filter(|(_, body)| body.get("to").is_some() && body["recipient_type"] != "group")
        .count();
    assert_eq!(world.sim.thread(&world.customer).len(), sent + 1);
    let html = world.thread_html().await;
    for shown in [
        "Your claim",
        "Reply by Monday",
        "After lunch",
        "Report damage",
        "Send location",
        "Provide address",
        "https://example.org/a",
        "Choose preference",
        "Share contact info",
        "Product 2lc20305pt",
        "View catalog",
        "Learn more",
        "Most asked for",
        "Template: claim_received_2 (Thandi, R 1 250.00, 31 May)",
        "WINTER25",
        "View items",
        "offer.pdf",
    ] {
        assert!(html.contains(shown), "{shown} is not on the phone");
    }
}

#[tokio::test]
async fn what_does_not_fit_is_refused_with_its_place_and_noted_as_refused() {
    let world = World::start().await;
    let (_, body) = good().into_iter().find(|(form, _)| *form == Form::List).unwrap();
    let body = with(
        &body,
        &way("interactive.action.sections.0.rows.0.id"),
        json!("x".repeat(201)),
    );
    let (status, answer) = world.send(&body).await;
    assert_eq!((status, &answer["error"]["code"]), (400, &json!(100)));
    let details = "Param interactive.action.sections[0].rows[0].id must be at most 200 characters long.";
    assert_eq!(answer["error"]["error_data"]["details"], details);
    let call = world.sim.requests().pop().unwrap();
    assert!(matches!(call.kind, ApiCallKind::Send { id: None, .. }) && !call.granted);
    assert!(world.sim.thread(&world.customer).is_empty());
}

#[tokio::test]
async fn a_file_that_the_provider_does_not_have_is_refused_wherever_it_stands() {
    let world = World::start().await;
    let with_file = good()
        .into_iter()
        .filter(|(_, body)| body.to_string().contains(FILE) && body["recipient_type"] != "group");
    let bodies: Vec<_> = with_file.collect();
    assert!(bodies.len() >= 8);
    for (form, body) in bodies {
        let (status, answer) = world.send(&body).await;
        assert_eq!(
            (status, &answer["error"]["code"]),
            (400, &json!(100)),
            "{}",
            form.word()
        );
    }
    // What a flow gets may look like a file.
    let start = json!({ "type": "action", "action": { "flow_action_data": { "image": { "id": "none" } } } });
    let flow = template(json!([{ "type": "button", "sub_type": "flow", "index": "0", "parameters": [start] }]));
    assert_eq!(world.send(&flow).await.0, 200);
}

#[tokio::test]
async fn codes_of_the_provider_come_back_for_wrong_recipients() {
    let world = World::start().await;
    let code = |answer: &Value| answer["error"]["code"].as_u64().unwrap();
    let (_, mut one_time) = good()
        .into_iter()
        .find(|(form, _)| *form == Form::TemplateOneTimeCode)
        .unwrap();
    one_time["recipient"] = json!(world.sim.user_id(&world.customer));
    one_time.as_object_mut().unwrap().remove("to");
    assert_eq!(code(&world.send(&one_time).await.1), 131_062);
    let (_, buttons) = good()
        .into_iter()
        .find(|(form, _)| *form == Form::LocationRequest)
        .unwrap();
    assert_eq!(code(&world.send(&to_group(buttons)).await.1), 131_051);
    let (_, text) = good()
        .into_iter()
        .find(|(_, body)| body["recipient_type"] == "group")
        .unwrap();
    assert_eq!(check(&text), Ok(Form::Text));
    assert_eq!(code(&world.send(&text).await.1), 131_009);
}

#[tokio::test]
async fn rows_and_quick_replies_answer_and_other_buttons_do_not() {
    let world = World::start().await;
    for form in [Form::List, Form::Template, Form::Link] {
        let named = |body: &Value| form != Form::Template || body.to_string().contains("quick_reply");
        let (_, body) = good()
            .into_iter()
            .find(|(known, body)| *known == form && named(body))
            .unwrap();
        assert_eq!(world.send(&body).await.0, 200);
    }
    world.sim.settled().await;
    let ids: Vec<String> = world
        .sim
        .thread(&world.customer)
        .iter()
        .map(|message| message.id.to_string())
        .collect();
    assert_eq!(world.act("/tap", &[("of", ids[0].as_str()), ("id", "14")]).await, 204);
    assert_eq!(world.act("/tap", &[("of", ids[1].as_str()), ("id", "yes")]).await, 204);
    assert_eq!(world.act("/tap", &[("of", ids[2].as_str()), ("id", "Open")]).await, 422);
    let thread = world.sim.thread(&world.customer);
    let chosen = SimContent::ListReply {
        id: "14".to_owned(),
        title: "Two".to_owned(),
        description: Some("After lunch".to_owned()),
    };
    let tapped = SimContent::TemplateButton {
        payload: "yes".to_owned(),
        text: "Quick reply".to_owned(),
    };
    assert_eq!((&thread[3].content, &thread[4].content), (&chosen, &tapped));
}
