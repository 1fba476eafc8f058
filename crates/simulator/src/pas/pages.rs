//! The pages of the PAS for people: the list, a policy, a claim with what was filed on it, live.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::{Stream, StreamExt};
use tokio_stream::wrappers::BroadcastStream;

use crate::page::{self, Html};
use crate::pas::PasShared;
use crate::pas::registry::FiledDocument;
use crate::samples::{Claim, Policy};

pub(super) fn routes() -> Router<Arc<PasShared>> {
    Router::new()
        .route("/", get(home))
        .route("/policies/{number}", get(policy_page))
        .route("/claims/{number}", get(claim_page))
        .route("/claims/{number}/documents", get(documents_part))
        .route("/claims/{number}/events", get(claim_events))
        .route("/documents/{id}/files/{index}", get(file))
        .route("/pas.css", get(page::pas_css))
        .route("/live.js", get(page::live_js))
}

#[derive(Template)]
#[template(path = "pas_home.html")]
struct Home {
    rows: Vec<HomeRow>,
}

struct HomeRow {
    claim: Claim,
    holder: String,
    documents: usize,
}

#[derive(Template)]
#[template(path = "pas_policy.html")]
struct PolicyPage {
    policy: Policy,
    claims: Vec<Claim>,
}

#[derive(Template)]
#[template(path = "pas_claim.html")]
struct ClaimPage {
    claim: Claim,
    /// For example `24 November 2026`.
    reported: String,
    policy: Policy,
    documents: String,
}

#[derive(Template)]
#[template(path = "pas_documents.html")]
struct DocumentsPart {
    documents: Vec<DocumentView>,
}

struct DocumentView {
    id: String,
    from: &'static str,
    text: String,
    occurred: String,
    received: String,
    files: Vec<FileView>,
}

struct FileView {
    address: String,
    name: String,
    size: String,
    shown: Shown,
}

/// How a file is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Picture,
    Sound,
    Link,
}

async fn home(State(shared): State<Arc<PasShared>>) -> Response {
    let book = shared.registry.book();
    let all = shared.registry.documents();
    let rows = book.claims().map(|claim| HomeRow {
        holder: book
            .policy(&claim.policy)
            .map(|policy| policy.holder.name.clone())
            .unwrap_or_default(),
        documents: all.iter().filter(|document| document.claim == claim.number).count(),
        claim: claim.clone(),
    });
    Html::page(&Home { rows: rows.collect() })
}

async fn policy_page(State(shared): State<Arc<PasShared>>, Path(number): Path<String>) -> Response {
    let book = shared.registry.book();
    match book.policy(&number) {
        Some(policy) => {
            let claims = book.claims_on(&number).cloned().collect();
            Html::page(&PolicyPage {
                policy: policy.clone(),
                claims,
            })
        }
        None => page::not_found("There is no policy with this number."),
    }
}

async fn claim_page(State(shared): State<Arc<PasShared>>, Path(number): Path<String>) -> Response {
    let book = shared.registry.book();
    let claim = book.claim(&number);
    let Some((claim, policy)) = claim.and_then(|claim| book.policy(&claim.policy).map(|policy| (claim, policy))) else {
        return page::not_found("There is no claim with this number.");
    };
    let documents = documents_of(&shared, &number).render();
    let page = documents.map(|documents| ClaimPage {
        reported: claim.reported_on(shared.first_day).strftime("%-d %B %Y").to_string(),
        claim: claim.clone(),
        policy: policy.clone(),
        documents,
    });
    page.map_or_else(
        |_| StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        |page| Html::page(&page),
    )
}

async fn documents_part(State(shared): State<Arc<PasShared>>, Path(number): Path<String>) -> Response {
    Html::page(&documents_of(&shared, &number))
}

/// One event for each filing on this claim.
async fn claim_events(
    State(shared): State<Arc<PasShared>>,
    Path(number): Path<String>,
) -> Sse<impl Stream<Item = Result<Event, std::convert::Infallible>>> {
    let changes = BroadcastStream::new(shared.registry.watch());
    Sse::new(changes.filter_map(move |change| {
        // A page that fell behind looks again in any case.
        let mine = change.map_or(true, |claim| claim == number);
        std::future::ready(mine.then(|| Ok(Event::default().event("changed").data("documents"))))
    }))
}

async fn file(State(shared): State<Arc<PasShared>>, Path((id, index)): Path<(String, usize)>) -> Response {
    let Some(file) = shared.registry.file_of(&id, index) else {
        return page::not_found("There is no such file.");
    };
    page::media(&file.media_type, file.content)
}

fn documents_of(shared: &PasShared, claim: &str) -> DocumentsPart {
    let documents = shared.registry.documents_on(claim);
    DocumentsPart {
        documents: documents.iter().rev().map(view).collect(),
    }
}

fn view(document: &FiledDocument) -> DocumentView {
    let files = document.files.iter().enumerate().map(|(index, file)| FileView {
        address: format!("/documents/{}/files/{index}", document.id),
        name: file.name.clone(),
        size: page::size_words(file.content.len()),
        shown: match file.media_type.split('/').next() {
            Some("image") => Shown::Picture,
            Some("audio") => Shown::Sound,
            _ => Shown::Link,
        },
    });
    let occurred = document
        .occurred_at
        .parse::<jiff::Timestamp>()
        .map(|time| time.as_microsecond())
        .unwrap_or(0);
    DocumentView {
        id: document.id.clone(),
        from: if document.from == "staff" { "Staff" } else { "Customer" },
        text: document.text.clone(),
        occurred: page::moment(occurred),
        received: page::moment(document.received_micros),
        files: files.collect(),
    }
}
