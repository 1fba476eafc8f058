//! Bytes in flight: reading a body takes its share first, so that many large posts cannot fill the memory.

use crate::arrival::Arrival;
use crate::error::Failure;
use axum::body::Body;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_LENGTH;
use bytes::Bytes;
use futures_util::StreamExt;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// One permit of a budget stands for so many bytes.
const GRAIN: usize = 1024;

/// How many bytes may be read at the same time; cheap to clone.
#[derive(Clone)]
pub(crate) struct Budget(Arc<Semaphore>);

/// A share of a budget, given back when dropped.
pub(crate) struct Share(OwnedSemaphorePermit);

fn permits(bytes: usize) -> u32 {
    u32::try_from(bytes / GRAIN + 1).unwrap_or(u32::MAX)
}

impl Budget {
    pub(crate) fn new(bytes: usize) -> Self {
        Self(Arc::new(Semaphore::new(bytes / GRAIN)))
    }

    /// Takes the share of a body: what it announces, or `limit` when it announces nothing. Refuses what announces more.
    pub(crate) fn take(&self, headers: &HeaderMap, limit: usize) -> Result<Share, Failure> {
        let bytes = announced(headers).unwrap_or(limit);
        if bytes > limit {
            return Err(Failure::too_large());
        }
        self.share(bytes)
    }

    /// Takes a share of `bytes`.
    fn share(&self, bytes: usize) -> Result<Share, Failure> {
        let permit = Arc::clone(&self.0).try_acquire_many_owned(permits(bytes));
        permit.map(Share).map_err(|_| Failure::busy())
    }

    /// Makes a share one of `bytes`, when it is smaller.
    fn grow(&self, share: &mut Share, bytes: usize) -> Result<(), Failure> {
        let held = u32::try_from(share.0.num_permits()).unwrap_or(u32::MAX);
        let more = permits(bytes).saturating_sub(held);
        let permit = Arc::clone(&self.0).try_acquire_many_owned(more);
        share.0.merge(permit.map_err(|_| Failure::busy())?);
        Ok(())
    }
}

/// How many bytes of posts may be in memory at the same time. Small posts have a part of their own, so that large ones, which may be
/// anybody's until they are read whole, never keep them out; cheap to clone.
#[derive(Clone)]
pub(crate) struct PostBudget {
    small: Budget,
    large: Budget,
}

/// In what pieces a post is kept until it is whole.
const PIECE_BYTES: usize = 64 << 10;
/// Up to this size a post is small.
const SMALL_BYTES: usize = 64 << 10;

impl PostBudget {
    /// A budget of `bytes` in all, an eighth of it for small posts.
    pub(crate) fn new(bytes: usize) -> Self {
        Self {
            small: Budget::new(bytes / 8),
            large: Budget::new(bytes - bytes / 8),
        }
    }

    /// Reads a post of at most `limit` bytes, taking its share as it comes: who only announces holds nothing. What announces more
    /// than `limit` is refused unread.
    pub(crate) async fn read(
        &self,
        headers: &HeaderMap,
        mut arrival: Arrival,
        limit: usize,
    ) -> Result<(Bytes, Share), Failure> {
        if announced(headers).is_some_and(|bytes| bytes > limit) {
            return Err(Failure::too_large());
        }
        let mut heap = Heap::default();
        let mut share = self.small.share(0)?;
        while let Some(piece) = arrival.next().await? {
            let length = heap.length + piece.len();
            if length > limit {
                return Err(Failure::too_large());
            }
            if length <= SMALL_BYTES {
                self.small.grow(&mut share, length)?;
            } else if heap.length <= SMALL_BYTES {
                share = self.large.share(length)?;
            } else {
                self.large.grow(&mut share, length)?;
            }
            heap.add(&piece);
        }
        Ok((heap.whole(), share))
    }
}

/// What came so far, in pieces of one size: a body that grows in one piece is copied again and again, and leaves memory of every size behind.
#[derive(Default)]
struct Heap {
    full: Vec<Vec<u8>>,
    last: Vec<u8>,
    length: usize,
}

impl Heap {
    fn add(&mut self, mut piece: &[u8]) {
        self.length += piece.len();
        while !piece.is_empty() {
            let room = PIECE_BYTES - self.last.len();
            let (now, later) = piece.split_at(room.min(piece.len()));
            self.last.extend_from_slice(now);
            piece = later;
            if self.last.len() == PIECE_BYTES {
                self.full
                    .push(std::mem::replace(&mut self.last, Vec::with_capacity(PIECE_BYTES)));
            }
        }
    }

    fn whole(self) -> Bytes {
        if self.full.is_empty() {
            return self.last.into();
        }
        let mut whole = Vec::with_capacity(self.length);
        for piece in self.full.iter().chain([&self.last]) {
            whole.extend_from_slice(piece);
        }
        whole.into()
    }
}

fn announced(headers: &HeaderMap) -> Option<usize> {
    let text = headers.get(CONTENT_LENGTH)?.to_str().ok()?;
    Some(usize::try_from(text.parse::<u64>().ok()?).unwrap_or(usize::MAX))
}

/// Reads a body of at most `limit` bytes, and stops reading as soon as it is longer.
pub(crate) async fn read(body: Body, limit: usize) -> Result<Bytes, Failure> {
    let mut stream = body.into_data_stream();
    let mut heap = Heap::default();
    while let Some(piece) = stream.next().await {
        let piece = piece.map_err(|_| Failure::broken_off())?;
        if heap.length + piece.len() > limit {
            return Err(Failure::too_large());
        }
        heap.add(&piece);
    }
    Ok(heap.whole())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_any_size_make_the_whole() {
        for sizes in [
            &[][..],
            &[1, 0, 7],
            &[PIECE_BYTES],
            &[PIECE_BYTES - 1, 2],
            &[3 * PIECE_BYTES + 5, 1],
            &[100; 2_000],
        ] {
            let bytes: Vec<u8> = (0..sizes.iter().sum::<usize>()).map(|at| (at % 251) as u8).collect();
            let (mut heap, mut rest) = (Heap::default(), &bytes[..]);
            for size in sizes {
                let (piece, later) = rest.split_at(*size);
                heap.add(piece);
                rest = later;
            }
            assert_eq!(heap.length, bytes.len());
            assert!(heap.full.iter().all(|piece| piece.len() == PIECE_BYTES));
            assert_eq!(heap.whole(), bytes);
        }
    }
}
