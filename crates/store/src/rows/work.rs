//! What drives the work: jobs, leases, the log and the events.

use super::row;
use counterfoil_model::{ConversationId, EventId, JobId, LeafId, NodeId, PersonId, Timestamp};

row! {
    /// A piece of work to be done.
    JobRow in "job" {
        id: JobId = "id",
        kind: String = "kind",
        subject: Vec<u8> = "subject",
        run_at: Timestamp = "run_at",
        attempts: i64 = "attempts",
        node: Option<NodeId> = "node",
        leased_until: Option<Timestamp> = "leased_until",
        /// Since when what it does may have happened; absent while it certainly has not.
        begun_at: Option<Timestamp> = "begun_at",
    }
}

row! {
    /// How much of its pace something has used up.
    PaceRow in "pace" {
        /// A number or a conversation of ours.
        subject: [u8; 16] = "subject",
        /// Until when the turns that were taken last.
        until: Timestamp = "until",
    }
}

row! {
    /// Who leads, until when, under which fencing number.
    LeaseRow in "lease" {
        name: String = "name",
        owner: NodeId = "owner",
        fence: i64 = "fence",
        leased_until: Timestamp = "leased_until",
    }
}

row! {
    /// A leaf that has no number yet.
    PendingLeafRow in "pending_leaf" {
        id: LeafId = "id",
        subject: [u8; 16] = "subject",
        bytes: Vec<u8> = "bytes",
    }
}

row! {
    /// An event that has no number yet.
    PendingEventRow in "pending_event" {
        id: EventId = "id",
        kind: i64 = "kind",
        conversation: Option<ConversationId> = "conversation_id",
        subject: Option<[u8; 16]> = "subject",
        person: Option<PersonId> = "person_id",
        at: Timestamp = "at",
    }
}

row! {
    /// An entry of the log.
    #[derive(Debug, PartialEq, Eq)]
    LeafRow in "leaf" {
        /// Its index in the tree, from 0.
        number: i64 = "number",
        subject: [u8; 16] = "subject",
        hash: [u8; 32] = "hash",
        bytes: Vec<u8> = "bytes",
    }
}

row! {
    /// Something that happened, in the order of its number, from 1.
    #[derive(Debug, Copy, PartialEq, Eq)]
    EventRow in "event" {
        number: i64 = "number",
        kind: i64 = "kind",
        /// Where; readers are cut by it.
        conversation: Option<ConversationId> = "conversation_id",
        subject: Option<[u8; 16]> = "subject",
        person: Option<PersonId> = "person_id",
        at: Timestamp = "at",
    }
}

row! {
    /// How far the log goes. There is one row, with id 1.
    LogHeadRow in "log_head" {
        id: i64 = "id",
        size: i64 = "size",
        frontier: Vec<u8> = "frontier",
        root: [u8; 32] = "root",
        event_number: i64 = "event_number",
        fence: i64 = "fence",
    }
}

row! {
    /// A signed note about the log at a size.
    #[derive(Debug, PartialEq, Eq)]
    CheckpointRow in "checkpoint" {
        size: i64 = "size",
        note: String = "note",
    }
}
