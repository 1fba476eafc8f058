//! The PAS: files once, says no clearly, goes away and comes back, shows what it holds.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use counterfoil_simulator::samples::{self, PhotoKind};
use serde_json::{Value, json};

use crate::harness::World;

const CLAIM: &str = "CLM-2026-004711";

fn item(text: &str) -> Value {
    json!({ "external_id": "msg_1", "kind": "message", "occurred_at": "2026-11-22T09:14:00Z", "from": "customer", "text": text, "files": [] })
}

async fn file(world: &World, claim: &str, key: Option<&str>, body: &Value) -> (u16, Value) {
    let pas = world.sim.pas();
    let mut request = world
        .client
        .post(format!("{}/api/claims/{claim}/documents", pas.url()))
        .bearer_auth(pas.token())
        .json(body);
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn page(world: &World, path: &str) -> String {
    world
        .client
        .get(format!("{}{path}", world.sim.pas_url()))
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap()
}

#[tokio::test]
async fn an_item_is_filed_once_per_key() {
    let world = World::start().await;
    let first = file(&world, CLAIM, Some("k1"), &item("windscreen")).await;
    assert_eq!(
        first,
        (
            201,
            json!({ "document_id": "DOC-88213", "received_at": "2026-05-28T20:26:40Z" })
        )
    );
    let again = file(&world, CLAIM, Some("k1"), &item("windscreen")).await;
    assert_eq!((again.0, &again.1), (200, &first.1));
    let other = file(&world, CLAIM, Some("k1"), &item("something else")).await;
    assert_eq!((other.0, &other.1["code"]), (409, &json!("idempotency_key_reused")));
    let elsewhere = world.sim.pas().claims()[1].number.clone();
    assert_eq!(file(&world, &elsewhere, Some("k1"), &item("windscreen")).await.0, 409);
    let second = file(&world, CLAIM, Some("k2"), &item("windscreen")).await;
    assert_eq!((second.0, &second.1["document_id"]), (201, &json!("DOC-88214")));
    assert_eq!(world.sim.pas().documents().len(), 2);
}

#[tokio::test]
async fn what_is_wrong_is_said_with_a_code() {
    let world = World::start().await;
    assert_eq!(
        file(&world, "CLM-0", Some("k"), &item("x")).await.1["code"],
        "unknown_claim"
    );
    assert_eq!(
        file(&world, CLAIM, None, &item("x")).await.1["code"],
        "missing_idempotency_key"
    );
    for (name, value) in [
        ("kind", "letter"),
        ("from", "nobody"),
        ("occurred_at", "yesterday"),
        ("external_id", ""),
    ] {
        let mut body = item("x");
        body[name] = json!(value);
        let (status, answer) = file(&world, CLAIM, Some(name), &body).await;
        assert_eq!((status, &answer["code"]), (422, &json!("invalid")), "{name}");
    }
    let url = format!("{}/api/claims/{CLAIM}", world.sim.pas_url());
    assert_eq!(world.client.get(&url).send().await.unwrap().status(), 401);
    assert_eq!(
        world
            .client
            .get(&url)
            .bearer_auth("other")
            .send()
            .await
            .unwrap()
            .status(),
        401
    );
    assert!(world.sim.pas().documents().is_empty());
}

#[tokio::test]
async fn claims_and_policies_are_found() {
    let world = World::start().await;
    let pas = world.sim.pas();
    let get = async |path: &str| -> Value {
        world
            .client
            .get(format!("{}{path}", pas.url()))
            .bearer_auth(pas.token())
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    };
    let found = get("/api/claims?query=thandi%20windscreen").await;
    assert_eq!(found["claims"][0]["number"], CLAIM);
    assert_eq!(get("/api/claims?query=no%20such%20thing").await["claims"], json!([]));
    assert_eq!(get(&format!("/api/claims/{CLAIM}")).await["policy"], "KM-20417");
    assert_eq!(get("/api/policies/KM-20417").await["claims"][0]["number"], CLAIM);
    file(&world, CLAIM, Some("k"), &item("hello")).await;
    assert_eq!(
        get(&format!("/api/claims/{CLAIM}/documents")).await["documents"][0]["text"],
        "hello"
    );
}

#[tokio::test]
async fn it_goes_away_and_comes_back_on_the_same_port_with_what_it_had() {
    let world = World::start().await;
    let pas = world.sim.pas();
    let url = pas.url();
    file(&world, CLAIM, Some("k1"), &item("before")).await;
    pas.stop().await;
    assert!(world.client.get(&url).send().await.unwrap_err().is_connect());
    pas.start().await.unwrap();
    pas.start().await.unwrap();
    assert_eq!(pas.url(), url);
    assert_eq!(file(&world, CLAIM, Some("k1"), &item("before")).await.0, 200);
}

#[tokio::test]
async fn a_claims_page_shows_text_and_picture_and_nothing_of_a_script() {
    let world = World::start().await;
    let photo = samples::photo(1, PhotoKind::Windscreen);
    let mut body = item("<script>alert(1)</script> windscreen");
    body["files"] = json!([{ "name": "crack.jpg", "media_type": "image/jpeg", "content": STANDARD.encode(&photo) },
        { "name": "page.html", "media_type": "text/html", "content": STANDARD.encode("<script>") }]);
    assert_eq!(file(&world, CLAIM, Some("k"), &body).await.0, 201);
    let text = page(&world, &format!("/claims/{CLAIM}")).await;
    assert!(
        text.contains("DOC-88213") && text.contains("alert(1)") && !text.contains("<script>alert"),
        "{text}"
    );
    assert!(text.contains(r#"src="/documents/DOC-88213/files/0""#));
    let served = world
        .client
        .get(format!("{}/documents/DOC-88213/files/0", world.sim.pas_url()))
        .send()
        .await
        .unwrap();
    assert_eq!(served.headers()["content-type"], "image/jpeg");
    assert_eq!(served.bytes().await.unwrap(), photo);
    let html = world
        .client
        .get(format!("{}/documents/DOC-88213/files/1", world.sim.pas_url()))
        .send()
        .await
        .unwrap();
    assert_eq!(html.headers()["content-type"], "application/octet-stream");
    assert!(page(&world, "/").await.contains(CLAIM));
    assert!(page(&world, "/policies/KM-20417").await.contains("Thandi Nkosi"));
}

#[tokio::test]
async fn a_document_is_withdrawn_once_by_the_key_that_it_came_in_under() {
    let world = World::start().await;
    let pas = world.sim.pas();
    let withdraw = async |key: &str| {
        let request = world.client.delete(format!("{}/api/filings/{key}", pas.url()));
        let answer = request.bearer_auth(pas.token()).send().await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or(Value::Null))
    };
    file(&world, CLAIM, Some("k1"), &item("windscreen")).await;
    file(&world, CLAIM, Some("k2"), &item("mirror")).await;
    let unknown = withdraw("k3").await;
    assert_eq!((unknown.0, &unknown.1["code"]), (404, &json!("unknown_document")));
    let gone = withdraw("k1").await;
    assert_eq!((gone.0, &gone.1["document_id"]), (200, &json!("DOC-88213")));
    assert!(gone.1["withdrawn_at"].is_string());
    assert_eq!(withdraw("k1").await, gone, "asked again, it says the same");
    let again = file(&world, CLAIM, Some("k1"), &item("windscreen")).await;
    assert_eq!((again.0, &again.1["code"]), (410, &json!("withdrawn")));
    pas.must_keep("DOC-88214");
    let kept = withdraw("k2").await;
    assert_eq!((kept.0, &kept.1["code"]), (409, &json!("must_be_kept")));
    pas.offer_withdrawal(false);
    assert_eq!(withdraw("k2").await.0, 405);
    assert_eq!(pas.documents().len(), 1);
    assert!(!page(&world, &format!("/claims/{CLAIM}")).await.contains("DOC-88213"));
}
