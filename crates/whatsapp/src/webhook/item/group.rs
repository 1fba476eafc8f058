//! What happened to a group: created, joined, left, renamed, suspended.
//!
//! Source: Meta, Groups, 2025-11 and 2026-02.

use serde_json::Value;

use super::fault::Fault;
use super::opaque::Opaque;
use super::shape;
use crate::redacted::redacted_debug;
use crate::webhook::kind::GroupKind;

/// One group event.
#[derive(Clone, PartialEq, Eq)]
pub struct GroupEvent {
    /// What happened.
    pub event: GroupKind,
    /// The provider's id of the group.
    pub group_id: Option<String>,
    /// The request of ours that it answers.
    pub request_id: Option<String>,
    /// When it happened, unix microseconds.
    pub timestamp: Option<i64>,
    /// Why it failed.
    pub errors: Vec<Fault>,
    /// The whole event: who joined or left, which setting was taken.
    pub event_json: Opaque,
}

redacted_debug!(GroupEvent);

/// Reads a group event; `None` if it is not an object with a type.
pub(crate) fn read(group: &Value) -> Option<GroupEvent> {
    let event = match shape::str_of(group, "type")? {
        "group_create" => GroupKind::Created,
        "group_delete" => GroupKind::Deleted,
        "group_participants_add" => GroupKind::ParticipantsAdded,
        "group_participants_remove" => GroupKind::ParticipantsRemoved,
        "group_join_request_created" => GroupKind::JoinRequestCreated,
        "group_join_request_revoked" => GroupKind::JoinRequestRevoked,
        "group_settings_update" => GroupKind::SettingsUpdated,
        "group_suspend" => GroupKind::Suspended,
        "group_suspend_cleared" => GroupKind::SuspensionCleared,
        _ => GroupKind::Unknown,
    };
    Some(GroupEvent {
        event,
        group_id: shape::some_text(group, "group_id"),
        request_id: shape::some_text(group, "request_id"),
        timestamp: shape::instant(group, "timestamp"),
        errors: Fault::list(group),
        event_json: Opaque::of(group),
    })
}
