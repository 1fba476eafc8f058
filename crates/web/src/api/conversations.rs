//! Conversations: listing them, reading their messages, writing into them.

use super::shapes;
use super::strict::Strict;
use crate::composed::Composed;
use crate::error::Failure;
use crate::pages::cursor;
use crate::pages::id::Id;
use crate::session::Caller;
use crate::state::Web;
use axum::Json;
use axum::extract::{FromRequest, Query, Request, State};
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use counterfoil_flow::reading::inbox::{InboxQuery, View, inbox};
use counterfoil_flow::reading::thread::thread;
use counterfoil_model::{ConversationId, MessageId};
use serde::Deserialize;
use serde_json::{Value, json};

/// Rows on a page when the caller names no number.
const ROWS: u16 = 50;
/// Rows on a page at most.
const MOST_ROWS: u16 = 100;

/// Which page of a list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Paging {
    #[serde(default)]
    view: Option<String>,
    #[serde(default)]
    after: Option<String>,
    #[serde(default)]
    before: Option<String>,
    #[serde(default)]
    limit: Option<u16>,
}

impl Paging {
    fn limit(&self) -> Result<u16, Failure> {
        let limit = self.limit.unwrap_or(ROWS);
        (1..=MOST_ROWS)
            .contains(&limit)
            .then_some(limit)
            .ok_or(Failure::malformed())
    }
}

/// Reads a cursor that was given; one that we never gave is an error.
fn given<T>(text: Option<&String>, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Failure> {
    text.map(|text| read(text).ok_or(Failure::malformed())).transpose()
}

/// `GET /api/v1/conversations?view=all|waiting&after=&limit=`
pub(crate) async fn list(
    State(web): State<Web>,
    Caller(staff): Caller,
    Query(paging): Query<Paging>,
) -> Result<Json<Value>, Failure> {
    let view = match paging.view.as_deref() {
        None | Some("all") => View::All,
        Some("waiting") => View::Waiting,
        Some(_) => return Err(Failure::malformed()),
    };
    let query = InboxQuery {
        view,
        after: given(paging.after.as_ref(), cursor::read_inbox)?,
        limit: paging.limit()?,
    };
    let page = inbox(&web.flow, &staff, query).await?;
    Ok(Json(shapes::conversations(&page)))
}

/// `GET /api/v1/conversations/{conversation}/messages?before=&limit=`
pub(crate) async fn messages(
    State(web): State<Web>,
    Caller(staff): Caller,
    Id(conversation): Id<ConversationId>,
    Query(paging): Query<Paging>,
) -> Result<Json<Value>, Failure> {
    let before = given(paging.before.as_ref(), cursor::read_thread)?;
    let found = thread(&web.flow, &staff, conversation, before, paging.limit()?).await?;
    Ok(Json(shapes::thread(&found)))
}

/// A message as JSON.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewMessage {
    text: String,
    #[serde(default)]
    note: bool,
    #[serde(default)]
    quoted: Option<MessageId>,
}

/// `POST /api/v1/conversations/{conversation}/messages`: JSON, or a form with a file. 201 when it was written, 200 when the same
/// `Idempotency-Key` had written it before.
pub(crate) async fn post(
    State(web): State<Web>,
    Caller(staff): Caller,
    Id(conversation): Id<ConversationId>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Failure> {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let mut composed = if kind.is_some_and(|kind| kind.starts_with("multipart/form-data")) {
        Composed::read(&web, request).await?
    } else {
        let Strict(new) = Strict::<NewMessage>::from_request(request, &web).await?;
        Composed {
            text: new.text,
            note: new.note,
            quoted: new.quoted,
            ..Composed::default()
        }
    };
    if let Some(key) = headers.get("idempotency-key") {
        let key = key.to_str().map_err(|_| Failure::malformed())?;
        composed.key = Some(key.to_owned());
    }
    let written = composed.write(&web, &staff, conversation).await?;
    let status = if written.repeated {
        StatusCode::OK
    } else {
        StatusCode::CREATED
    };
    let body = json!({"message": written.message, "conversation": conversation, "repeated": written.repeated});
    let place = [(LOCATION, format!("/api/v1/messages/{}", written.message))];
    Ok((status, place, Json(body)).into_response())
}
