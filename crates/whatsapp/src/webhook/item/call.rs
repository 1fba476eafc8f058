//! What happened to a call. Even where calls are not taken, that there was one goes on the record.
//!
//! Source: Meta, Calling, 2026; recordings and transcripts as seen in public libraries, August 2026.

use serde_json::Value;

use super::fault::Fault;
use super::media::{Media, MediaKind};
use super::sender::Party;
use super::shape;
use crate::redacted::redacted_debug;
use crate::webhook::kind::CallKind;

/// One event of a call.
#[derive(Clone, PartialEq, Eq)]
pub struct CallEvent {
    /// The provider's id of the call.
    pub id: String,
    /// What happened.
    pub event: CallKind,
    /// When it happened, unix microseconds.
    pub timestamp: Option<i64>,
    /// Who is called by whom; `None` if not told.
    pub direction: Option<CallDirection>,
    /// The person on the other side.
    pub other_side: Party,
    /// The call took place, once it has ended (`COMPLETED`); otherwise it failed.
    pub completed: Option<bool>,
    /// When it began, unix microseconds.
    pub started_at: Option<i64>,
    /// When it ended, unix microseconds.
    pub ended_at: Option<i64>,
    /// How long it took, in seconds.
    pub duration_seconds: Option<i64>,
    /// The text that we gave along, to match by.
    pub callback_data: Option<String>,
    /// The recording or transcript to fetch.
    pub media: Option<Media>,
    /// Why it failed.
    pub errors: Vec<Fault>,
}

/// Who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CallDirection {
    /// The person calls the business.
    FromContact,
    /// The business calls the person.
    FromBusiness,
}

redacted_debug!(CallEvent);

/// Reads a call event; `None` without an id or an event.
pub(crate) fn read(call: &Value, contact: Option<&Value>, own_number: Option<&str>) -> Option<CallEvent> {
    let event = match shape::str_of(call, "event")? {
        "connect" => CallKind::Connect,
        "terminate" => CallKind::Terminate,
        "call_recording_available" => CallKind::RecordingAvailable,
        "call_transcription_available" => CallKind::TranscriptionAvailable,
        _ => CallKind::Unknown,
    };
    let direction = match shape::str_of(call, "direction") {
        Some("USER_INITIATED") => Some(CallDirection::FromContact),
        Some("BUSINESS_INITIATED") => Some(CallDirection::FromBusiness),
        _ => None,
    };
    // The samples disagree on who stands in `from` when the business calls: the other side is whoever is not us.
    let from = shape::some_text(call, "from");
    let from_us = from
        .as_deref()
        .is_some_and(|from| own_number.is_some_and(|own| crate::phone::same_number(from, own)));
    let other_side = if from_us {
        Party::addressee(call, contact)
    } else {
        Party::sender(call, contact)
    };
    let recording = shape::child(call, "call_recording").and_then(|recording| shape::child(recording, "audio"));
    let transcript = shape::child(call, "call_transcript").and_then(|transcript| shape::child(transcript, "document"));
    Some(CallEvent {
        id: shape::some_text(call, "id")?,
        event,
        timestamp: shape::instant(call, "timestamp"),
        direction,
        other_side,
        completed: shape::str_of(call, "status").map(|status| status == "COMPLETED"),
        started_at: shape::instant(call, "start_time"),
        ended_at: shape::instant(call, "end_time"),
        duration_seconds: shape::whole(call, "duration").filter(|seconds| *seconds >= 0),
        callback_data: shape::some_text(call, "biz_opaque_callback_data"),
        media: recording
            .and_then(|audio| Media::read(MediaKind::Audio { voice: false }, audio))
            .or_else(|| transcript.and_then(|document| Media::read(MediaKind::Document, document))),
        errors: Fault::list(call),
    })
}
