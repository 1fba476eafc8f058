//! Sending: what certainly did not go out, what was refused, and what may have gone out.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use counterfoil_testkit::port::free_port;
use counterfoil_whatsapp::client::{ChangeError, Client, ClientError, RequestError, SendError};
use counterfoil_whatsapp::error::{Advice, ErrorClass};
use counterfoil_whatsapp::limits::LimitError;
use counterfoil_whatsapp::message::{OutboundMessage, ReadMark};
use counterfoil_whatsapp::phone::PhoneNumber;
use counterfoil_whatsapp::webhook::AppSecret;
use serde_json::{Value, json};
use url::Url;

use crate::server::{Reply, Server, options};

fn text(body: &str) -> OutboundMessage {
    OutboundMessage::text(PhoneNumber::parse("+1 555 010 0201").unwrap(), body)
}

fn mark(typing: bool) -> ReadMark {
    ReadMark {
        message_id: "wamid.X".into(),
        typing,
    }
}

async fn outcome(reply: Reply) -> SendError {
    // Only a server that stays silent is worth giving up on early; the others answer however slow the machine is.
    let patience = if matches!(reply, Reply::Silence) {
        Duration::from_secs(1)
    } else {
        Duration::from_secs(30)
    };
    let server = Server::start(vec![reply]).await;
    let mut options = server.options();
    options.timeouts.request = patience;
    let outcome = Client::new(options)
        .unwrap()
        .send("700", &text("hello"))
        .await
        .expect_err("it does not succeed");
    assert_eq!(server.requests().len(), 1, "sent once, never again by itself");
    outcome
}

fn refusal(code: i64) -> String {
    json!({ "error": { "message": "(#x) about +15550100201", "type": "OAuthException", "code": code, "error_subcode": 7,
        "error_data": { "details": "words about +15550100201" }, "fbtrace_id": "Atrace" } })
    .to_string()
}

#[tokio::test]
async fn an_accepted_message_has_an_id() {
    let answer = json!({ "messaging_product": "whatsapp", "contacts": [{ "input": "+15550100201", "wa_id": "15550100201" }],
        "messages": [{ "id": "wamid.NEW", "message_status": "accepted" }] });
    let server = Server::start(vec![Reply::Answer(200, answer.to_string())]).await;
    let accepted = server.client().send("700", &text("hello")).await.unwrap();
    assert_eq!(accepted.message_id, "wamid.NEW");
    assert_eq!(accepted.wa_id.as_deref(), Some("15550100201"));
    assert!(!accepted.held);
    let request = server.requests().remove(0);
    assert!(
        request.starts_with("POST /v25.0/700/messages HTTP/1.1\r\n"),
        "{request}"
    );
    assert!(request.contains("authorization: Bearer invented-token"));
    let body: Value = serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap();
    assert_eq!(
        body,
        json!({ "messaging_product": "whatsapp", "recipient_type": "individual", "to": "+15550100201", "type": "text",
            "text": { "body": "hello", "preview_url": false } })
    );
}

#[tokio::test]
async fn a_refusal_says_what_to_do_and_prints_no_words() {
    let SendError::Refused(error) = outcome(Reply::Answer(400, refusal(131_047))).await else {
        panic!("not refused")
    };
    assert_eq!((error.code, error.subcode, error.status), (Some(131_047), Some(7), 400));
    assert_eq!(
        (error.class, error.advice),
        (ErrorClass::NeedsTemplate, Advice::WindowClosed)
    );
    assert_eq!(error.details(), Some("words about +15550100201"));
    let shown = format!("{error:?} {error} {}", SendError::Refused(error.clone()));
    assert!(!shown.contains("5550100201") && shown.contains("131047"), "{shown}");
}

#[tokio::test]
async fn answers_without_a_number_are_judged_by_their_status() {
    for (status, class) in [
        (401, ErrorClass::NeedsHuman),
        (429, ErrorClass::RetrySlow),
        (404, ErrorClass::NeedsHuman),
        (302, ErrorClass::NeedsHuman),
    ] {
        let SendError::Refused(error) = outcome(Reply::Answer(status, "<html>".into())).await else {
            panic!("{status}")
        };
        assert_eq!((error.code, error.class), (None, class), "{status}");
    }
}

#[tokio::test]
async fn a_server_error_counts_as_refused_only_in_the_providers_own_form() {
    let SendError::Refused(error) = outcome(Reply::Answer(500, refusal(131_000))).await else {
        panic!("not refused")
    };
    assert_eq!(error.class, ErrorClass::RetrySoon);
    for (status, body) in [(500, ""), (502, "<html>Bad Gateway</html>"), (504, "{}")] {
        assert_eq!(
            outcome(Reply::Answer(status, body.into())).await,
            SendError::Unknown,
            "{status}"
        );
    }
}

#[tokio::test]
async fn without_a_usable_answer_the_message_may_have_gone_out() {
    assert_eq!(outcome(Reply::Silence).await, SendError::Unknown);
    assert_eq!(outcome(Reply::Reset).await, SendError::Unknown);
    assert_eq!(
        outcome(Reply::Half(200, "{\"messages\":[".into())).await,
        SendError::Unknown
    );
    assert_eq!(outcome(Reply::Answer(200, "{}".into())).await, SendError::Unknown);
    assert_eq!(
        outcome(Reply::Answer(200, "x".repeat(2 * 1024 * 1024))).await,
        SendError::Unknown
    );
}

#[tokio::test]
async fn without_a_connection_nothing_went_out() {
    let nobody = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port().unwrap()));
    let client = Client::new(options(nobody)).unwrap();
    assert_eq!(client.send("700", &text("hello")).await, Err(SendError::NotSent));
    assert_eq!(
        client.mark_read("700", &mark(false)).await,
        Err(ChangeError::Request(RequestError::NotSent))
    );
}

#[tokio::test]
async fn what_breaks_a_limit_does_not_leave() {
    let server = Server::start(Vec::new()).await;
    let outcome = server.client().send("700", &text(" ")).await;
    assert!(matches!(outcome, Err(SendError::Invalid(LimitError::Empty(_)))));
    let nothing = ReadMark {
        message_id: String::new(),
        typing: false,
    };
    let outcome = server.client().mark_read("700", &nothing).await;
    assert!(matches!(outcome, Err(ChangeError::Invalid(LimitError::Empty(_)))));
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn the_proof_goes_with_each_request_and_odd_ids_stay_in_their_place() {
    let server = Server::start(vec![Reply::Answer(200, "{\"success\":true}".into())]).await;
    let mut options = server.options();
    options.app_secret = Some(AppSecret::new("app secret"));
    let client = Client::new(options).unwrap();
    client.mark_read("../700?x=1", &mark(true)).await.unwrap();
    let request = server.requests().remove(0);
    // HMAC-SHA256 of "invented-token" under "app secret".
    let (line, body) = (
        request.lines().next().unwrap(),
        request.split_once("\r\n\r\n").unwrap().1,
    );
    let (path, query) = line.strip_prefix("POST ").unwrap().split_once('?').unwrap();
    assert_eq!(path, "/v25.0/..%2F700%3Fx=1/messages");
    let proof = query
        .strip_prefix("appsecret_proof=")
        .unwrap()
        .split(' ')
        .next()
        .unwrap();
    let expected = counterfoil_whatsapp::webhook::sign(b"invented-token", &AppSecret::new("app secret"));
    assert_eq!(format!("sha256={proof}"), expected);
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!(body["typing_indicator"]["type"], "text");
}

#[test]
fn a_token_is_never_sent_in_the_clear() {
    let client = |address: &str, version: &str| {
        let mut options = options("127.0.0.1:1".parse().unwrap());
        options.base_url = Url::parse(address).unwrap();
        options.version = version.to_owned();
        Client::new(options).map(drop)
    };
    assert_eq!(client("https://graph.example", "v25.0"), Ok(()));
    assert_eq!(client("http://[::1]:8080/", "v25.0"), Ok(()));
    for address in [
        "http://graph.example",
        "ftp://graph.example",
        "https://user:pass@graph.example",
        "data:x",
    ] {
        assert_eq!(client(address, "v25.0"), Err(ClientError::NotSafe), "{address}");
    }
    for version in ["", "25.0", "v", "v25/x", "v25 "] {
        assert_eq!(
            client("https://graph.example", version),
            Err(ClientError::Version),
            "{version}"
        );
    }
}
