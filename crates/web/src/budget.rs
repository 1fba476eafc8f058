//! Bytes in flight: reading a body takes its share first, so that many large posts cannot fill the memory.

use crate::error::Failure;
use axum::body::Body;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_LENGTH;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// One permit of a budget stands for so many bytes.
const GRAIN: usize = 1024;

/// How many bytes may be read at the same time; cheap to clone.
#[derive(Clone)]
pub(crate) struct Budget(Arc<Semaphore>);

/// A share of a budget, given back when dropped.
pub(crate) struct Share(#[expect(dead_code, reason = "held for its drop")] OwnedSemaphorePermit);

impl Budget {
    pub(crate) fn new(bytes: usize) -> Self {
        Self(Arc::new(Semaphore::new(bytes / GRAIN)))
    }

    /// Takes the share of a body: what it announces, or `limit` when it announces nothing. Refuses what announces more.
    pub(crate) fn take(&self, headers: &HeaderMap, limit: usize) -> Result<Share, Failure> {
        let announced = headers
            .get(CONTENT_LENGTH)
            .and_then(|value| value.to_str().ok())
            .and_then(|text| text.parse::<u64>().ok());
        let bytes = match announced {
            Some(bytes) => usize::try_from(bytes).unwrap_or(usize::MAX),
            None => limit,
        };
        if bytes > limit {
            return Err(Failure::too_large());
        }
        let permits = u32::try_from(bytes / GRAIN + 1).unwrap_or(u32::MAX);
        let permit = Arc::clone(&self.0).try_acquire_many_owned(permits);
        permit.map(Share).map_err(|_| Failure::busy())
    }
}

/// Reads a body of at most `limit` bytes, and stops reading as soon as it is longer.
pub(crate) async fn read(body: Body, limit: usize) -> Result<Bytes, Failure> {
    let mut stream = body.into_data_stream();
    let mut whole = BytesMut::new();
    while let Some(piece) = stream.next().await {
        let piece = piece.map_err(|_| Failure::broken_off())?;
        if whole.len() + piece.len() > limit {
            return Err(Failure::too_large());
        }
        whole.extend_from_slice(&piece);
    }
    Ok(whole.freeze())
}
