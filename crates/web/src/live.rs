//! The live stream: one server-sent-events stream per tab that names what changed. The page fetches what it shows of it.
//!
//! Last station of a message on its way in. Every answer is cut to what the reader may see, the session is looked at again at least
//! every half minute, and a stream never carries content.

use crate::error::{Failure, Problem};
use crate::session::{SignedIn, cookie};
use crate::state::Web;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use counterfoil_flow::live::{Change, LiveEvents, bell, events_after};
use counterfoil_flow::people::session::session;
use counterfoil_model::Secret;
use counterfoil_policy::Staff;
use futures_util::stream;
use serde::Deserialize;
use serde_json::json;
use std::convert::Infallible;
use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, watch};

/// How long a stream is silent at most, so that proxies and pages see that it lives.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long a session may have ended before its stream does.
const RECHECK: Duration = Duration::from_secs(30);
/// How long one stream lives; the page opens the next one where this one ended.
const LIFETIME: Duration = Duration::from_secs(3600);

/// From which number on.
#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    after: i64,
}

struct Tab {
    web: Web,
    staff: Staff,
    token: Secret,
    after: i64,
    bell: watch::Receiver<i64>,
    closing: watch::Receiver<bool>,
    opened: Duration,
    checked: Duration,
    /// What is to be said first.
    greeting: bool,
    ended: bool,
    _seat: OwnedSemaphorePermit,
}

/// `GET /live?after=<number>`
pub(crate) async fn stream(
    State(web): State<Web>,
    SignedIn(staff): SignedIn,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let seat = Arc::clone(&web.live_pages)
        .try_acquire_owned()
        .map_err(|_| Failure::busy())?;
    let token = cookie::token(&headers, &web.door.settings).ok_or(Failure::of(Problem::SignInNeeded))?;
    let resumed = headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok()?.parse::<i64>().ok());
    let now = web.door.clock.monotonic();
    let tab = Tab {
        bell: bell(&web.flow),
        closing: web.closing.clone(),
        after: resumed.unwrap_or(0).max(asked.after),
        staff,
        token,
        opened: now,
        checked: now,
        greeting: true,
        ended: false,
        web,
        _seat: seat,
    };
    let pieces = stream::unfold(tab, |mut tab| async move {
        let piece = tab.next().await?;
        Some((Ok::<_, Infallible>(Bytes::from(piece)), tab))
    });
    let kind = [(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"))];
    Ok((kind, Body::from_stream(pieces)).into_response())
}

impl Tab {
    /// What to say next; `None` when the stream is over.
    async fn next(&mut self) -> Option<String> {
        if self.ended {
            return None;
        }
        if self.greeting {
            // Browsers wait two seconds before they come back, so that a restart is not a stampede.
            self.greeting = false;
            return Some("retry: 2000\n: live\n\n".to_owned());
        }
        loop {
            let now = self.web.door.clock.monotonic();
            if *self.closing.borrow() || now.saturating_sub(self.opened) >= LIFETIME {
                return None;
            }
            if now.saturating_sub(self.checked) >= RECHECK {
                self.checked = now;
                match session(&self.web.flow, &self.token).await {
                    // Rights may have changed with it.
                    Ok(Some(staff)) => self.staff = staff,
                    Ok(None) => return self.end(),
                    Err(_) => return None,
                }
            }
            // Seen before asking, so that a ring during the question is heard after it.
            self.bell.borrow_and_update();
            let found = events_after(&self.web.flow, &self.staff, self.after).await.ok()?;
            let before = self.after;
            if let Some(said) = self.say(&found) {
                return Some(said);
            }
            if self.after > before {
                // All of it was for others; there may be more behind it.
                continue;
            }
            let waited = tokio::select! {
                rung = self.bell.changed() => rung.is_ok(),
                closed = self.closing.changed() => closed.is_ok(),
                () = self.web.door.clock.sleep(HEARTBEAT) => return Some(": beat\n\n".to_owned()),
            };
            if !waited {
                return None;
            }
        }
    }

    fn end(&mut self) -> Option<String> {
        self.ended = true;
        Some("event: end\ndata: {}\n\n".to_owned())
    }

    /// The events as text; `None` when there are none. The cursor moves on even over what this person may not see.
    fn say(&mut self, found: &LiveEvents) -> Option<String> {
        self.after = self.after.max(found.next);
        if found.gap {
            return Some(format!("id: {}\nevent: gap\ndata: {{}}\n\n", self.after));
        }
        let mut said = String::new();
        for event in &found.events {
            let data = match event.change {
                Change::MessageNew(conversation, message) => {
                    json!({"change": "message_new", "conversation": conversation, "message": message})
                }
                Change::MessageChanged(conversation, message) => {
                    json!({"change": "message_changed", "conversation": conversation, "message": message})
                }
                Change::ConversationChanged(conversation) => {
                    json!({"change": "conversation_changed", "conversation": conversation})
                }
            };
            write!(said, "id: {}\nevent: change\ndata: {data}\n\n", event.number).ok()?;
        }
        (!said.is_empty()).then_some(said)
    }
}
