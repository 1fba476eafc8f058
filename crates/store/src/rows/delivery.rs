//! What came in: deliveries, what their items became, what is kept whole, what was seen before.

use super::{ItemMark, record, row, stored_codes};
use counterfoil_model::{ConnectionId, DeliveryId, KeptId, Timestamp};
use counterfoil_vault::Sealed;

stored_codes! {
    /// How far a delivery has come.
    DeliveryState {
        /// Not all of its items are recorded.
        Waiting = 1,
        /// All of its items are accounted for.
        Done = 2,
    }
}

stored_codes! {
    /// What an item of a delivery became.
    ItemOutcome {
        /// On the record.
        Recorded = 1,
        /// Seen before; nothing changed.
        Repeat = 2,
        /// Not understood, or for a number that is not set up: kept whole.
        Kept = 3,
    }
}

row! {
    /// One post of the provider, sealed to the intake key.
    DeliveryRow in "delivery" {
        id: DeliveryId = "id",
        connection: ConnectionId = "connection_id",
        received_at: Timestamp = "received_at",
        /// The post under the intake seal; gone once it is done.
        sealed: Option<Vec<u8>> = "sealed",
        state: DeliveryState = "state",
        done_at: Option<Timestamp> = "done_at",
    }
}

stored_codes! {
    /// Why a delivery is tried again later.
    Trouble {
        /// Items of it could not be recorded.
        NotRecorded = 1,
        /// It does not open: its key is gone or its bytes were altered.
        DoesNotOpen = 2,
    }
}

row! {
    /// A delivery that is tried again later, so that it does not hold up the others. Made by [`crate::Change::delivery_postponed`].
    #[derive(Debug, PartialEq, Eq)]
    PostponedRow in "postponed" {
        delivery: DeliveryId = "delivery_id",
        reason: Trouble = "reason",
        /// How often it failed.
        failures: i64 = "failures",
        /// When it failed first.
        since: Timestamp = "since",
        /// When it is tried next.
        try_at: Timestamp = "try_at",
    }
}

row! {
    /// What one item of a delivery became.
    IntakeItemRow in "intake_item" {
        delivery: DeliveryId = "delivery_id",
        /// Its place in the post, from 0.
        position: i64 = "position",
        /// What it was: one of our words, such as `text` or `status.read`.
        kind: String = "kind",
        outcome: ItemOutcome = "outcome",
        at: Timestamp = "at",
    }
}

row! {
    /// An item that was taken. Inserting one again is a conflict named `seen`.
    SeenRow in "seen" {
        mark: ItemMark = "mark",
        /// Since when it is only a tombstone, swept after its term; none while a message bears the mark.
        at: Option<Timestamp> = "at",
    }
}

stored_codes! {
    /// How much something that the provider tells of itself matters to us.
    Weight {
        /// To be known.
        Information = 1,
        /// To be looked at.
        Attention = 2,
        /// To be acted on now.
        Alarm = 3,
    }
}

record! {
    /// Something rightly signed and not understood, kept whole.
    KeptRow in "kept" {
        id: KeptId = "id",
        connection: ConnectionId = "connection_id",
        reason: i64 = "reason",
        raw: Sealed<Vec<u8>> = "sealed_raw",
        review_at: Timestamp = "review_at",
        recorded_at: Timestamp = "recorded_at",
        /// What it is, by the name under which it is counted; none of what came before names were kept.
        kind: Option<String> = "kind",
        weight: Weight = "weight",
    }
}
