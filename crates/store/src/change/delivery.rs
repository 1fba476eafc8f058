//! Changes of deliveries, and sweeping what has had its term.

use super::Change;
use crate::rows::{PostponedRow, Row};
use crate::sql::value::args;
use crate::sql::{Field, statements};
use counterfoil_model::{DeliveryId, Timestamp};

statements! {
    DELIVERIES_DONE = "UPDATE delivery SET state = 2, sealed = NULL, done_at = $1 WHERE state = 1 AND id IN ({list})";
    DELIVERY_POSTPONED = "INSERT INTO postponed (delivery_id, reason, failures, since, try_at) VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (delivery_id) DO UPDATE SET reason = excluded.reason, failures = excluded.failures, try_at = excluded.try_at";
    DELIVERY_NO_MORE_POSTPONED = "DELETE FROM postponed WHERE delivery_id = $1";
    SEEN_SWEEP = "DELETE FROM seen WHERE at < $1";
    IDEMPOTENCY_SWEEP = "DELETE FROM idempotency WHERE expires_at < $1";
    READING_SWEEP = "DELETE FROM reading WHERE at < $1";
    PACE_SWEEP = "DELETE FROM pace WHERE until < $1";
    EVENT_SWEEP = "DELETE FROM event WHERE at < $1";
}

impl Change {
    /// All items of these deliveries are accounted for: their sealed posts go. One that was done already stays as it is.
    pub fn deliveries_done(deliveries: &[DeliveryId], at: Timestamp) -> Self {
        let list = deliveries.iter().map(|id| id.into_value()).collect();
        Self::listed("delivery", DELIVERIES_DONE, args![at], list)
    }

    /// A delivery is tried again later, and does not stand in the way until then.
    pub fn delivery_postponed(row: PostponedRow) -> Self {
        Self::one("postponed", DELIVERY_POSTPONED, row.values())
    }

    /// A delivery that was postponed came through after all.
    pub fn delivery_no_more_postponed(delivery: DeliveryId) -> Self {
        Self::any("postponed", DELIVERY_NO_MORE_POSTPONED, args![delivery])
    }

    /// Forgets the pace of those who have been at rest since a time.
    pub fn pace_sweep(before: Timestamp) -> Self {
        Self::any("pace", PACE_SWEEP, args![before])
    }

    /// Removes tombstones of items taken before a time; what finds a message stays.
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
