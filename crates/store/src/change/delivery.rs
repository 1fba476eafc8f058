//! Changes of deliveries, and sweeping what has had its term.

use super::Change;
use crate::sql::statements;
use crate::sql::value::args;
use counterfoil_model::{DeliveryId, Timestamp};

statements! {
    DELIVERY_DONE = "UPDATE delivery SET state = 2, sealed = NULL, done_at = $2 WHERE id = $1 AND state = 1";
    SEEN_SWEEP = "DELETE FROM seen WHERE at < $1";
    IDEMPOTENCY_SWEEP = "DELETE FROM idempotency WHERE expires_at < $1";
    READING_SWEEP = "DELETE FROM reading WHERE at < $1";
    PACE_SWEEP = "DELETE FROM pace WHERE until < $1";
    EVENT_SWEEP = "DELETE FROM event WHERE at < $1";
}

impl Change {
    /// All items of a delivery are accounted for: its sealed post goes. Conflict `delivery`: it was done already.
    pub fn delivery_done(delivery: DeliveryId, at: Timestamp) -> Self {
        Self::one("delivery", DELIVERY_DONE, args![delivery, at])
    }

    /// Forgets the pace of those who have been at rest since a time.
    pub fn pace_sweep(before: Timestamp) -> Self {
        Self::any("pace", PACE_SWEEP, args![before])
    }

    /// Removes tombstones of items taken before a time.
    pub fn seen_sweep(before: Timestamp) -> Self {
        Self::any("seen", SEEN_SWEEP, args![before])
    }

    /// Removes keys of repeated requests that ran out before a time.
    pub fn idempotency_sweep(before: Timestamp) -> Self {
        Self::any("idempotency", IDEMPOTENCY_SWEEP, args![before])
    }

    /// Removes what is remembered of readings before a time; their leaves stay.
    pub fn reading_sweep(before: Timestamp) -> Self {
        Self::any("reading", READING_SWEEP, args![before])
    }

    /// Removes events of before a time; a reader whose cursor is older starts from the lists.
    pub fn event_sweep(before: Timestamp) -> Self {
        Self::any("event", EVENT_SWEEP, args![before])
    }
}
