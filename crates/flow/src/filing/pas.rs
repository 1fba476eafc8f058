//! The wire to the policy administration system: one POST per filing, under our own id.
//!
//! The other system promises: the same `Idempotency-Key` with the same content answers with the same document id. So a lost answer
//! is made good by asking again. Its address is the operator's, its answers are bounded and never trusted further than their shape.

use super::claims::Claim;
use crate::context::PasSettings;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use counterfoil_model::{FilingId, Timestamp};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;

/// How long the other system may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a look-up while someone types may take.
const GLANCE: Duration = Duration::from_secs(2);
/// The largest answer that is read.
const ANSWER_BYTES: usize = 256 * 1024;

/// What is put on a claim.
#[derive(Serialize)]
pub(crate) struct Document {
    /// Our id of the filing.
    pub(crate) external_id: String,
    pub(crate) kind: &'static str,
    /// RFC 3339.
    pub(crate) occurred_at: String,
    /// `customer` or `staff`.
    pub(crate) from: &'static str,
    pub(crate) text: String,
    pub(crate) files: Vec<DocumentFile>,
}

/// A file of it.
#[derive(Serialize)]
pub(crate) struct DocumentFile {
    pub(crate) name: String,
    pub(crate) media_type: String,
    /// Base64.
    pub(crate) content: String,
    /// Its share of the room for open files.
    #[serde(skip)]
    _room: OwnedSemaphorePermit,
}

impl DocumentFile {
    pub(crate) fn new(name: String, media_type: String, bytes: &[u8], room: OwnedSemaphorePermit) -> Self {
        Self {
            name,
            media_type,
            content: STANDARD.encode(bytes),
            _room: room,
        }
    }
}

/// The other system's own acknowledgement.
#[derive(Deserialize)]
pub(crate) struct Acknowledged {
    pub(crate) document_id: String,
}

/// Why a filing has no acknowledgement.
pub(crate) enum FilingFailure {
    /// The other system is away, busy, or does not know our token: ask again later.
    Away,
    /// It will not take it, with its status.
    Refused(u16),
}

/// Hands a document to the other system.
pub(crate) async fn file(
    http: &reqwest::Client,
    settings: &PasSettings,
    filing: FilingId,
    claim: &str,
    document: &Document,
) -> Result<Acknowledged, FilingFailure> {
    let url = address(settings, &["api", "claims", claim, "documents"]).ok_or(FilingFailure::Away)?;
    let answer = http
        .post(url)
        .bearer_auth(settings.token.reveal())
        .header("Idempotency-Key", filing.to_string())
        .timeout(PATIENCE)
        .json(document)
        .send()
        .await
        .map_err(|_| FilingFailure::Away)?;
    let status = answer.status();
    if status.is_success() {
        let body = bounded(answer).await.ok_or(FilingFailure::Away)?;
        let acknowledged: Acknowledged = serde_json::from_slice(&body).map_err(|_| FilingFailure::Away)?;
        let fits = (1..=200).contains(&acknowledged.document_id.len());
        return if fits {
            Ok(acknowledged)
        } else {
            Err(FilingFailure::Away)
        };
    }
    match status.as_u16() {
        401 | 403 | 408 | 425 | 429 | 500.. => Err(FilingFailure::Away),
        other => Err(FilingFailure::Refused(other)),
    }
}

/// The other system's acknowledgement that it withdrew a document.
#[derive(Deserialize)]
struct Withdrawn {
    /// RFC 3339.
    withdrawn_at: String,
}

/// Why a document is not withdrawn.
pub(crate) enum WithdrawalFailure {
    /// The other system is away, busy, or does not know our token: ask again later.
    Away,
    /// It has no such document.
    NotThere,
    /// It withdraws nothing.
    NotOffered,
    /// It keeps the document, with its status.
    Refused(u16),
}

/// Asks the other system to withdraw what it was handed under this filing; when it did.
pub(crate) async fn withdraw(
    http: &reqwest::Client,
    settings: &PasSettings,
    filing: FilingId,
) -> Result<Timestamp, WithdrawalFailure> {
    let url = address(settings, &["api", "filings", &filing.to_string()]).ok_or(WithdrawalFailure::Away)?;
    let asked = http.delete(url).bearer_auth(settings.token.reveal()).timeout(PATIENCE);
    let answer = asked.send().await.map_err(|_| WithdrawalFailure::Away)?;
    let status = answer.status();
    if status.is_success() {
        let body = bounded(answer).await.ok_or(WithdrawalFailure::Away)?;
        let withdrawn: Withdrawn = serde_json::from_slice(&body).map_err(|_| WithdrawalFailure::Away)?;
        return Timestamp::from_rfc3339(&withdrawn.withdrawn_at).ok_or(WithdrawalFailure::Away);
    }
    match status.as_u16() {
        // A door that is not there and a document that is not there look alike but for the words.
        404 | 410 => match bounded(answer).await.as_deref().map(serde_json::from_slice::<Said>) {
            Some(Ok(said)) if said.code == "unknown_document" => Err(WithdrawalFailure::NotThere),
            _ => Err(WithdrawalFailure::NotOffered),
        },
        405 | 501 => Err(WithdrawalFailure::NotOffered),
        401 | 403 | 408 | 425 | 429 | 500.. => Err(WithdrawalFailure::Away),
        other => Err(WithdrawalFailure::Refused(other)),
    }
}

/// The stable code of an error of the other system.
#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    code: String,
}

#[derive(Deserialize)]
struct ClaimLine {
    number: String,
    #[serde(default)]
    about: String,
}

/// Claims that fit what someone has typed. `None` when the other system is away.
pub(crate) async fn find_claims(http: &reqwest::Client, settings: &PasSettings, query: &str) -> Option<Vec<Claim>> {
    let mut url = address(settings, &["api", "claims"])?;
    url.query_pairs_mut().append_pair("query", query);
    let answer = http
        .get(url)
        .bearer_auth(settings.token.reveal())
        .timeout(GLANCE)
        .send()
        .await
        .ok()?;
    if !answer.status().is_success() {
        return None;
    }
    #[derive(Deserialize)]
    struct Found {
        claims: Vec<ClaimLine>,
    }
    let found: Found = serde_json::from_slice(&bounded(answer).await?).ok()?;
    Some(
        found
            .claims
            .into_iter()
            .take(10)
            .map(|line| Claim {
                number: line.number,
                title: line.about,
            })
            .collect(),
    )
}

fn address(settings: &PasSettings, path: &[&str]) -> Option<url::Url> {
    let mut url = url::Url::parse(&settings.url).ok()?;
    url.path_segments_mut().ok()?.pop_if_empty().extend(path);
    Some(url)
}

async fn bounded(mut answer: reqwest::Response) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(piece) = answer.chunk().await.ok()? {
        if body.len() + piece.len() > ANSWER_BYTES {
            return None;
        }
        body.extend_from_slice(&piece);
    }
    Some(body)
}

/// A time as the other system reads it.
pub(crate) fn written(at: Timestamp) -> String {
    at.rfc3339()
}
