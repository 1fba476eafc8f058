//! A hook that answers every text with the same text: the whole way of a message, in and out.
//!
//! ```text
//! GET  ─► handshake ─► the challenge
//! POST ─► signature ─► split ─► seen before? ─► 200 ─► read mark, typing ─► the same words, quoting ─► statuses come in
//! ```
//!
//! It keeps nothing when it stops. A hook that must lose nothing keeps the post durably before it answers 200.
//!
//! ```text
//! GRAPH_URL=https://graph.facebook.com ACCESS_TOKEN=… APP_SECRET=… VERIFY_TOKEN=… cargo run --example echo
//! ```
#![expect(clippy::print_stderr, reason = "an example says what it does")]

use std::collections::HashSet;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use counterfoil_whatsapp::client::{AccessToken, Client, ClientError, ClientOptions, SendError};
use counterfoil_whatsapp::error::{Fate, meaning};
use counterfoil_whatsapp::message::{OutboundContent, OutboundMessage, ReadMark, Recipient};
use counterfoil_whatsapp::webhook::item::{InboundContent, InboundMessage, StatusUpdate};
use counterfoil_whatsapp::webhook::signature::SIGNATURE_HEADER;
use counterfoil_whatsapp::webhook::{AppSecret, Handshake, Item, VerifyToken, WebhookItem, handshake, split, verify};
use tokio::net::TcpListener;
use url::Url;

/// What the hook works with.
pub(crate) struct Echo {
    client: Client,
    app_secret: AppSecret,
    verify_token: VerifyToken,
    /// Repeats come for days: a real hook keeps a hash of each text in its database.
    seen: Mutex<HashSet<Vec<u8>>>,
}

impl Echo {
    /// Prepares a hook for one app.
    pub(crate) fn new(graph_url: Url, token: &str, app_secret: &str, verify_token: &str) -> Result<Self, ClientError> {
        let mut options = ClientOptions::new(graph_url, "v25.0", AccessToken::new(token));
        // With it the token is of no use to whoever steals it alone.
        options.app_secret = Some(AppSecret::new(app_secret));
        Ok(Self {
            client: Client::new(options)?,
            app_secret: AppSecret::new(app_secret),
            verify_token: VerifyToken::new(verify_token),
            seen: Mutex::default(),
        })
    }

    /// Serves the hook at `/hook`.
    pub(crate) async fn serve(self, listener: TcpListener) -> std::io::Result<()> {
        let hook = get(shake_hands).post(take);
        let router = Router::new().route("/hook", hook).with_state(Arc::new(self));
        axum::serve(listener, router).await
    }

    async fn work(&self, item: WebhookItem) {
        match item.item {
            Item::Message(message) => {
                if let Some(number) = item.phone_number_id {
                    self.answer(&number, &message).await;
                }
            }
            Item::Status(status) => tell(&status),
            // All that is rightly signed is worth keeping; this example only counts.
            _ => eprintln!("passed over: {}", item.kind.name()),
        }
    }

    async fn answer(&self, number: &str, message: &InboundMessage) {
        let (InboundContent::Text { body }, Some(to)) = (&message.content, Recipient::answering(message)) else {
            return;
        };
        let read = ReadMark {
            message_id: message.id.clone(),
            typing: true,
        };
        if let Err(error) = self.client.mark_read(number, &read).await {
            eprintln!("not marked as read: {error}");
        }
        let words = OutboundContent::Text {
            body: body.clone(),
            preview_url: false,
        };
        let answer = OutboundMessage::new(to, words).answering(&message.id);
        match self.client.send(number, &answer).await {
            Ok(_) => {}
            // Nothing went out, or the same may be tried again: a real hook puts it back into its queue.
            Err(SendError::NotSent) => eprintln!("not sent; it can be tried again"),
            Err(SendError::Refused(error)) if error.class.fate() != Fate::Final => {
                eprintln!("not now: {}", error.advice.sentence());
            }
            Err(SendError::Refused(error)) => eprintln!("refused for good: {}", error.advice.sentence()),
            // It may be on its way: wait for a status before sending again.
            Err(SendError::Unknown) => eprintln!("perhaps sent"),
            Err(SendError::Invalid(limit)) => eprintln!("never sent: {limit}"),
        }
    }
}

/// Says why a message of ours did not arrive.
fn tell(status: &StatusUpdate) {
    for code in status.errors.iter().filter_map(|fault| fault.code) {
        eprintln!("not delivered: {}", meaning(code).advice.sentence());
    }
}

/// `GET`: the provider asks whether the hook is ours.
async fn shake_hands(
    State(echo): State<Arc<Echo>>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<String, StatusCode> {
    let of = |key: &str| {
        query
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value.as_str())
    };
    let offered = Handshake {
        mode: of("hub.mode"),
        verify_token: of("hub.verify_token"),
        challenge: of("hub.challenge"),
    };
    let challenge = handshake::answer(offered, &echo.verify_token).map_err(|_| StatusCode::FORBIDDEN)?;
    Ok(challenge.to_owned())
}

/// `POST`: what happened.
async fn take(State(echo): State<Arc<Echo>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let signature = headers.get(SIGNATURE_HEADER).and_then(|value| value.to_str().ok());
    if verify(signature, &body, &[&echo.app_secret]).is_err() {
        return StatusCode::FORBIDDEN;
    }
    for item in split(&body).items {
        let new = {
            let mut seen = echo.seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.insert(item.dedupe.clone())
        };
        if new {
            // The provider waits a few seconds for its 200, so the work is done beside.
            let echo = Arc::clone(&echo);
            tokio::spawn(async move { echo.work(item).await });
        }
    }
    StatusCode::OK
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    #[expect(clippy::disallowed_methods, reason = "an example has no configuration of its own")]
    let setting = |name: &str| std::env::var(name).map_err(|_| format!("set {name}"));
    let echo = Echo::new(
        Url::parse(&setting("GRAPH_URL")?)?,
        &setting("ACCESS_TOKEN")?,
        &setting("APP_SECRET")?,
        &setting("VERIFY_TOKEN")?,
    )?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 8080)).await?;
    eprintln!(
        "listening on http://{}/hook; give the provider an HTTPS address that leads here",
        listener.local_addr()?
    );
    Ok(echo.serve(listener).await?)
}
