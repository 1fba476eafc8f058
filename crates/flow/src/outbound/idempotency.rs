//! Repeating a write safely: the same key with the same content is the same message.
//!
//! A caller's key is kept for 24 hours, our own for sending a message again for good. Both are keyed digests of key, scope and
//! route, and of the content; never the key or the content itself.

use super::{IdempotencyKey, WriteError};
use crate::Flow;
use crate::context::Unavailable;
use counterfoil_model::{MessageId, Timestamp};
use counterfoil_store::rows::IdempotencyRow;
use counterfoil_vault::Keyed;
use std::time::Duration;

/// How long a key is remembered.
const REMEMBERED: Duration = Duration::from_secs(24 * 60 * 60);

/// A key as it is kept.
pub(crate) struct Remembered {
    key: Keyed,
    body: Keyed,
}

/// What a key says about a write.
pub(crate) enum Found {
    /// There is no key, or it is new: go on.
    New(Option<Remembered>),
    /// The same write was done before, as this message.
    Repeat(MessageId),
}

/// Looks a key up. `route` names the operation and its object, `content` is what the write says.
///
/// # Errors
/// [`WriteError::KeyMalformed`], [`WriteError::KeyReused`], [`WriteError::Unavailable`].
pub(crate) async fn find(
    flow: &Flow,
    key: Option<&IdempotencyKey>,
    route: &[u8],
    content: &[&[u8]],
) -> Result<Found, WriteError> {
    let Some(key) = key else { return Ok(Found::New(None)) };
    if key.key.is_empty() || key.key.chars().count() > 200 {
        return Err(WriteError::KeyMalformed);
    }
    let remembered = Remembered {
        key: flow
            .vault()
            .digest("idempotency key", &parts(&[&key.scope, route, key.key.as_bytes()])),
        body: flow.vault().digest("idempotency body", &parts(content)),
    };
    match flow
        .store()
        .idempotency_get(remembered.key)
        .await
        .map_err(Unavailable::from)?
    {
        None => Ok(Found::New(Some(remembered))),
        Some(row) if row.body == remembered.body => Ok(Found::Repeat(MessageId::from_bytes(row.subject))),
        Some(_) => Err(WriteError::KeyReused),
    }
}

impl Remembered {
    /// The row that remembers that this write made `message`.
    pub(crate) fn row(&self, message: MessageId, now: Timestamp) -> IdempotencyRow {
        IdempotencyRow {
            key: self.key,
            body: self.body,
            subject: *message.bytes(),
            expires_at: now.plus(REMEMBERED),
        }
    }

    /// As [`Self::row`], for good.
    pub(crate) fn row_for_good(&self, message: MessageId) -> IdempotencyRow {
        IdempotencyRow {
            expires_at: Timestamp::from_micros(i64::MAX),
            ..self.row(message, Timestamp::default())
        }
    }
}

/// Joins parts with their lengths, so that no two lists of parts give the same bytes.
fn parts(parts: &[&[u8]]) -> Vec<u8> {
    let mut joined = Vec::with_capacity(parts.iter().map(|part| part.len() + 8).sum());
    for part in parts {
        joined.extend_from_slice(&(part.len() as u64).to_be_bytes());
        joined.extend_from_slice(part);
    }
    joined
}
