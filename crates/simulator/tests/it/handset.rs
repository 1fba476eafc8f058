//! The handset page: what it shows, what it sends, who may frame it and who may not write through it.

use std::time::Duration;

use counterfoil_simulator::{CustomerProfile, SimContent, Ticks};
use futures_util::StreamExt;
use serde_json::{Value, json};

use crate::harness::World;

impl World {
    pub(crate) async fn thread_html(&self) -> String {
        let url = format!("{}/thread?customer={}", self.sim.handset_url(), self.customer);
        self.client.get(url).send().await.unwrap().text().await.unwrap()
    }

    pub(crate) async fn act(&self, path: &str, pairs: &[(&str, &str)]) -> u16 {
        let mut form: Vec<(&str, &str)> = vec![("customer", self.customer.as_str())];
        form.extend_from_slice(pairs);
        let body: Vec<String> = form
            .iter()
            .map(|(name, value)| format!("{name}={}", escaped(value)))
            .collect();
        let request = self
            .client
            .post(format!("{}{path}", self.sim.handset_url()))
            .header("x-live", "1");
        let request = request
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.join("&"));
        request.send().await.unwrap().status().as_u16()
    }

    fn message_kinds(&self) -> Vec<Value> {
        let messages = self
            .hook
            .all()
            .into_iter()
            .map(|arrived| arrived.json()["entry"][0]["changes"][0]["value"]["messages"][0]["type"].clone());
        messages.collect()
    }
}

fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test]
async fn writing_on_the_page_reaches_the_hook_and_shows_two_ticks() {
    let world = World::start().await;
    assert_eq!(
        world
            .act("/send", &[("body", "Hi, my windscreen cracked <b> & more")])
            .await,
        204
    );
    world.sim.settled().await;
    let text = world.hook.all()[0].json()["entry"][0]["changes"][0]["value"]["messages"][0]["text"]["body"].clone();
    assert_eq!(text, "Hi, my windscreen cracked <b> & more");
    let html = world.thread_html().await;
    assert!(html.contains("windscreen cracked &#60;b&#62; &#38; more"), "{html}");
    assert!(html.contains(r#"data-test="ticks" data-state="delivered""#) && html.contains(">Delivered</span>"));
    assert_eq!(world.act("/send", &[("body", "   ")]).await, 422);
}

#[tokio::test]
async fn the_page_is_whole_and_may_be_framed_by_loopback_only() {
    let world = World::start().await;
    world
        .sim
        .set_customer(&world.customer, CustomerProfile::named("Siphiwe <Ndlovu>"));
    let url = format!("{}/?customer={}", world.sim.handset_url(), world.customer);
    let answer = world.client.get(url).send().await.unwrap();
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(
        policy.starts_with("default-src 'none'")
            && policy.contains("frame-ancestors http://127.0.0.1:* http://localhost:*"),
        "{policy}"
    );
    assert!(!policy.contains("unsafe"));
    let html = answer.text().await.unwrap();
    for place in [
        "compose",
        "send",
        "photo",
        "sample-photo",
        "sample-voice",
        "sample-document",
        "customer",
        "thread",
    ] {
        assert!(html.contains(&format!(r#"data-test="{place}""#)), "{place}");
    }
    assert!(
        html.contains("Siphiwe &#60;Ndlovu&#62;")
            && !html.contains("style=")
            && !html.contains("onclick=")
            && !html.contains("<script>")
    );
}

#[tokio::test]
async fn another_sites_page_and_another_name_are_refused() {
    let world = World::start().await;
    let url = format!("{}/send", world.sim.handset_url());
    let body = format!("customer={}&body=x", world.customer);
    let form = || {
        world
            .client
            .post(&url)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.clone())
    };
    assert_eq!(
        form()
            .header("sec-fetch-site", "cross-site")
            .send()
            .await
            .unwrap()
            .status(),
        403
    );
    assert_eq!(
        form().header("host", "evil.example").send().await.unwrap().status(),
        421
    );
    assert!(world.sim.thread(&world.customer).is_empty());
}

#[tokio::test]
async fn samples_and_files_go_out_as_their_kind() {
    let world = World::start().await;
    for what in ["photo", "voice", "document", "location"] {
        assert_eq!(world.act("/sample", &[("what", what)]).await, 204, "{what}");
        world.sim.settled().await;
    }
    let part = reqwest::multipart::Part::bytes(vec![1, 2, 3])
        .file_name("x.png")
        .mime_str("image/png")
        .unwrap();
    let form = reqwest::multipart::Form::new()
        .text("customer", world.customer.to_string())
        .part("file", part);
    let answer = world
        .client
        .post(format!("{}/file", world.sim.handset_url()))
        .header("x-live", "1")
        .multipart(form)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 204);
    world.sim.settled().await;
    assert_eq!(
        world.message_kinds(),
        ["image", "audio", "document", "location", "image"]
    );
    let SimContent::Media { id: Some(id), .. } = world.sim.thread(&world.customer)[0].content.clone() else {
        panic!("a photo")
    };
    let served = world
        .client
        .get(format!("{}/media/{id}", world.sim.handset_url()))
        .send()
        .await
        .unwrap();
    assert_eq!(served.headers()["content-type"], "image/jpeg");
    assert_eq!(served.bytes().await.unwrap(), world.sim.media_bytes(&id).unwrap());
}

#[tokio::test]
async fn a_reply_is_read_only_when_the_page_says_that_it_was_seen() {
    let world = World::start().await;
    world
        .sim
        .set_customer(&world.customer, CustomerProfile::named("Thandi"));
    let body = json!({ "messaging_product": "whatsapp", "to": world.customer.as_str(), "type": "interactive", "interactive":
        { "type": "button", "body": { "text": "Does Tuesday suit you?" }, "action": { "buttons": [{ "type": "reply", "reply": { "id": "yes", "title": "Yes" } }] } } });
    assert_eq!(world.send(&body).await.0, 200);
    world.sim.settled().await;
    assert_eq!(world.sim.thread(&world.customer)[0].ticks, Ticks::Delivered);
    let html = world.thread_html().await;
    assert!(
        html.contains("data-unseen")
            && html.contains("Does Tuesday suit you?")
            && html.contains(r#"data-from="business""#)
    );
    assert_eq!(world.act("/seen", &[]).await, 204);
    world.sim.settled().await;
    assert_eq!(world.sim.thread(&world.customer)[0].ticks, Ticks::Read);
    assert_eq!(world.hook.statuses().last().unwrap().0, "read");
    let id = world.sim.thread(&world.customer)[0].id.to_string();
    assert_eq!(world.act("/tap", &[("of", &id), ("id", "yes")]).await, 204);
    assert_eq!(world.act("/tap", &[("of", &id), ("id", "no")]).await, 422);
    world.sim.settled().await;
    assert_eq!(world.message_kinds().last().unwrap(), "interactive");
}

#[tokio::test]
async fn a_change_is_told_to_the_page_at_once() {
    let world = World::start().await;
    let url = format!("{}/events?customer={}", world.sim.handset_url(), world.customer);
    let mut events = world.client.get(url).send().await.unwrap().bytes_stream();
    world.sim.customer_text(&world.customer, "hello", None).await;
    let told = tokio::time::timeout(Duration::from_secs(5), events.next())
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    assert!(std::str::from_utf8(&told).unwrap().contains("event: changed"));
}
