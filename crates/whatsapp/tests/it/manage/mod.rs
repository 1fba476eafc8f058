//! Everything but messages: each request once as it should go, with its path, query and body, and then in every way in which it can
//! fail.

mod groups;
mod people;
mod setup;
mod templates;

use std::net::{Ipv4Addr, SocketAddr};

use counterfoil_testkit::port::free_port;
use counterfoil_whatsapp::client::{ChangeError, Client, RequestError};
use counterfoil_whatsapp::error::ErrorClass;
use counterfoil_whatsapp::webhook::{AppSecret, sign};
use serde_json::{Value, json};

use crate::server::{Reply, Server, options};

pub(crate) use templates::draft;

/// A request as the server took it.
#[derive(Debug, PartialEq)]
struct Asked {
    /// Method and path.
    line: String,
    query: Vec<(String, String)>,
    /// `null` without one.
    body: Value,
}

fn asked(line: &str, query: &[(&str, &str)], body: Value) -> Asked {
    let query = query
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    Asked {
        line: line.to_owned(),
        query: query.collect(),
        body,
    }
}

/// Done, without more to say.
fn success() -> Value {
    json!({ "success": true })
}

/// Makes a request in each way in which it can fail, then once more, answered with `answer`, and tells what was asked.
async fn exchange<T>(
    answer: Value,
    call: impl AsyncFn(&Client) -> Result<T, RequestError>,
) -> (Result<T, RequestError>, Asked) {
    let refusal = json!({ "error": { "message": "about +15550100201", "type": "OAuthException", "code": 100 } });
    let refusals = [
        (Reply::Answer(400, refusal.to_string()), (Some(100), ErrorClass::Never)),
        (Reply::Answer(502, "<html>".into()), (None, ErrorClass::RetrySoon)),
        (Reply::Answer(401, String::new()), (None, ErrorClass::NeedsHuman)),
    ];
    let failures = [
        (Reply::Reset, RequestError::NoAnswer),
        (Reply::Half(200, "{\"success\"".into()), RequestError::NoAnswer),
        (Reply::Answer(200, "nonsense".into()), RequestError::Unreadable),
        (Reply::Answer(200, "[]".into()), RequestError::Unreadable),
    ];
    let (mut replies, mut refused, mut failed) = (Vec::new(), Vec::new(), Vec::new());
    for (reply, expected) in refusals {
        replies.push(reply);
        refused.push(expected);
    }
    for (reply, expected) in failures {
        replies.push(reply);
        failed.push(expected);
    }
    replies.push(Reply::Answer(200, answer.to_string()));
    let server = Server::start(replies).await;
    let client = proving(&server);
    for expected in &refused {
        let Some(RequestError::Refused(error)) = call(&client).await.err() else {
            panic!("not refused")
        };
        assert_eq!((error.code, error.class), *expected);
        assert!(!format!("{error} {error:?}").contains("5550100201"), "prints no words");
    }
    for expected in &failed {
        assert_eq!(call(&client).await.err().as_ref(), Some(expected));
    }
    let outcome = call(&client).await;
    let requests = server.requests();
    assert_eq!(requests.len(), refused.len() + failed.len() + 1, "asked once each time");

    let nobody = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port().unwrap()));
    let client = Client::new(options(nobody)).unwrap();
    assert_eq!(call(&client).await.err(), Some(RequestError::NotSent));
    (outcome, read(&requests[requests.len() - 1]))
}

fn proving(server: &Server) -> Client {
    let mut options = server.options();
    options.app_secret = Some(AppSecret::new("app secret"));
    Client::new(options).unwrap()
}

/// Reads a request; the proof must be there and right, and is left out.
fn read(request: &str) -> Asked {
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("authorization: Bearer invented-token"), "{head}");
    let line = head.lines().next().unwrap().strip_suffix(" HTTP/1.1").unwrap();
    let (line, query) = line.split_once('?').unwrap();
    let mut query: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let at = query
        .iter()
        .position(|(key, _)| key == "appsecret_proof")
        .expect("a proof");
    let (_, proof) = query.remove(at);
    assert_eq!(
        format!("sha256={proof}"),
        sign(b"invented-token", &AppSecret::new("app secret"))
    );
    Asked {
        line: line.to_owned(),
        query,
        body: if body.is_empty() {
            Value::Null
        } else {
            serde_json::from_str(body).unwrap()
        },
    }
}

/// A draft that is within the limits fails as its request does.
fn requested<T>(outcome: Result<T, ChangeError>) -> Result<T, RequestError> {
    outcome.map_err(|error| match error {
        ChangeError::Request(error) => error,
        ChangeError::Invalid(limit) => panic!("{limit}"),
    })
}
