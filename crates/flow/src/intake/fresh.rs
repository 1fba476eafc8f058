//! Posts that this node has just taken in, still at hand: recording them need not read and open what was sealed a moment ago.
//!
//! Stands between accepting and recording, beside the store and never in its place: only what the store holds is taken from here, and what is
//! not here is read there. It holds few bytes, only while this node records, and wipes what goes.

use super::record::Arrived;
use counterfoil_model::{DeliveryId, Opened};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many bytes are kept at hand.
const MOST_BYTES: usize = 8 << 20;

/// Fresh posts by delivery.
#[derive(Default)]
pub(crate) struct Fresh(Mutex<Posts>);

#[derive(Default)]
struct Posts {
    /// Whether this node records.
    wanted: bool,
    bytes: usize,
    by_delivery: BTreeMap<DeliveryId, (Arrived, Opened<Vec<u8>>)>,
}

impl Fresh {
    /// Whether this node records what comes in; if not, nothing is kept at hand.
    pub(crate) fn want(&self, wanted: bool) {
        let mut posts = self.posts();
        posts.wanted = wanted;
        if !wanted {
            posts.bytes = 0;
            posts.by_delivery.clear();
        }
    }

    /// Keeps a post at hand, if there is room, for as long as the answer is held or when it [stays](AtHand::stays). It is put here before it is
    /// durable, since it may be recorded at once then.
    #[must_use]
    pub(crate) fn put(&self, arrived: Arrived, body: &[u8]) -> AtHand<'_> {
        let mut posts = self.posts();
        if posts.wanted && posts.bytes + body.len() <= MOST_BYTES {
            posts.bytes += body.len();
            posts
                .by_delivery
                .insert(arrived.delivery, (arrived, Opened::new(body.to_vec())));
        }
        AtHand {
            fresh: self,
            delivery: Some(arrived.delivery),
        }
    }

    /// Takes a post, if it is at hand.
    pub(crate) fn take(&self, delivery: DeliveryId) -> Option<(Arrived, Opened<Vec<u8>>)> {
        let mut posts = self.posts();
        let taken = posts.by_delivery.remove(&delivery)?;
        posts.bytes -= taken.1.expose().len();
        Some(taken)
    }

    fn posts(&self) -> MutexGuard<'_, Posts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A post that is at hand until it is known whether it is durable.
pub(crate) struct AtHand<'a> {
    fresh: &'a Fresh,
    delivery: Option<DeliveryId>,
}

impl AtHand<'_> {
    /// It is durable, and stays until it is taken.
    pub(crate) fn stays(mut self) {
        self.delivery = None;
    }
}

impl Drop for AtHand<'_> {
    fn drop(&mut self) {
        if let Some(delivery) = self.delivery {
            drop(self.fresh.take(delivery));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use counterfoil_model::{ConnectionId, Timestamp};

    fn arrived(number: u8) -> Arrived {
        Arrived {
            delivery: DeliveryId::from_bytes([number; 16]),
            connection: ConnectionId::from_bytes([9; 16]),
            at: Timestamp::from_micros(1),
        }
    }

    #[test]
    fn a_post_is_at_hand_once_and_only_while_there_is_room_and_wish() {
        let fresh = Fresh::default();
        fresh.put(arrived(1), b"nobody records").stays();
        assert!(fresh.take(arrived(1).delivery).is_none());

        fresh.want(true);
        fresh.put(arrived(2), b"post").stays();
        let taken = fresh.take(arrived(2).delivery).map(|(_, body)| body.expose().clone());
        assert_eq!(taken.as_deref(), Some(&b"post"[..]));
        assert!(fresh.take(arrived(2).delivery).is_none());

        fresh.put(arrived(3), &vec![0; MOST_BYTES]).stays();
        fresh.put(arrived(4), b"too much").stays();
        assert!(fresh.take(arrived(4).delivery).is_none());
        assert!(fresh.take(arrived(3).delivery).is_some());
        fresh.put(arrived(4), b"room again").stays();
        fresh.want(false);
        assert!(fresh.take(arrived(4).delivery).is_none());
    }

    #[test]
    fn a_post_that_did_not_become_durable_is_not_kept_at_hand() {
        let fresh = Fresh::default();
        fresh.want(true);
        let first = fresh.put(arrived(1), b"not kept");
        drop(first);
        assert!(fresh.take(arrived(1).delivery).is_none());
        assert_eq!(fresh.posts().bytes, 0);

        // It may be recorded before whoever took it in hears that it is durable.
        let second = fresh.put(arrived(2), b"kept");
        assert!(fresh.take(arrived(2).delivery).is_some());
        second.stays();
        assert_eq!(fresh.posts().bytes, 0);
    }
}
