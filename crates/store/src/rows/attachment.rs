//! Attachments and how far they have come.

use super::record;
use counterfoil_model::attachment::{AttachmentStep, FetchFailure};
use counterfoil_model::message::MessageKind;
use counterfoil_model::{AttachmentId, AttachmentStepId, BlobId, MessageId, Timestamp};
use counterfoil_vault::Sealed;

record! {
    /// A file of a message.
    AttachmentRow in "attachment" {
        id: AttachmentId = "id",
        message: MessageId = "message_id",
        /// Its place in the message, from 0.
        position: i64 = "position",
        kind: MessageKind = "kind",
        about: Sealed<Vec<u8>> = "sealed_about",
        recorded_at: Timestamp = "recorded_at",
    }
}

record! {
    /// One step in the life of an attachment.
    AttachmentStepRow in "attachment_step" {
        id: AttachmentStepId = "id",
        attachment: AttachmentId = "attachment_id",
        step: AttachmentStep = "step",
        failure: Option<FetchFailure> = "failure",
        attempts: i64 = "attempts",
        blob: Option<BlobId> = "blob_id",
        /// SHA-256 of the sealed bytes.
        blob_digest: Option<[u8; 32]> = "blob_digest",
        about: Option<Sealed<Vec<u8>>> = "sealed_about",
        at: Timestamp = "at",
        recorded_at: Timestamp = "recorded_at",
    }
}
