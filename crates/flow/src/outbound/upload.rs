//! A file that a colleague attaches: checked against what WhatsApp takes, sealed before anything is recorded.

use super::{Upload, WriteError};
use crate::Flow;
use crate::attachment::about::{About, Held};
use crate::attachment::blob::{self, StoreFailure, Stored};
use crate::attachment::fetch::{Step, add_step};
use crate::context::Unavailable;
use crate::log;
use counterfoil_ledger::registry::LeafKind;
use counterfoil_model::attachment::AttachmentStep;
use counterfoil_model::message::MessageKind;
use counterfoil_model::{AttachmentId, MessageId};
use counterfoil_policy::Staff;
use counterfoil_store::Unit;
use counterfoil_store::rows::{AttachmentRow, ConversationRow};
use counterfoil_vault::{Content as _, Json, Kind, Label, Place};
use counterfoil_whatsapp::limits;
use futures_util::stream;
use std::convert::Infallible;

/// A file that is sealed and waits for its message to be recorded.
pub(crate) struct Sealed {
    pub(crate) kind: MessageKind,
    stored: Stored,
    media_type: String,
    file_name: Option<String>,
}

/// Checks and seals a file.
///
/// # Errors
/// [`WriteError::FileNotAllowed`], [`WriteError::FileTooLarge`], [`WriteError::Unavailable`].
pub(crate) async fn seal(flow: &Flow, conversation: &ConversationRow, upload: Upload) -> Result<Sealed, WriteError> {
    let media_type = blob::media_type(&upload.bytes[..upload.bytes.len().min(512)], Some(&upload.media_type));
    let rule = limits::upload_rule_of(&media_type, &upload.bytes).ok_or(WriteError::FileNotAllowed)?;
    if upload.bytes.len() as u64 > rule.limit_bytes {
        return Err(WriteError::FileTooLarge {
            limit_bytes: rule.limit_bytes,
        });
    }
    let source = stream::iter([Ok::<_, Infallible>(upload.bytes)]);
    let stored = match blob::store(flow, conversation.tree, source, rule.limit_bytes).await {
        Ok(stored) => stored,
        Err(StoreFailure::Source(never)) => match never {},
        Err(StoreFailure::TooLarge) => {
            return Err(WriteError::FileTooLarge {
                limit_bytes: rule.limit_bytes,
            });
        }
        Err(StoreFailure::Unavailable(error)) => return Err(error.into()),
    };
    let kind = match rule.sent_as {
        limits::UploadKind::Image => MessageKind::Image,
        limits::UploadKind::Video => MessageKind::Video,
        limits::UploadKind::Audio => MessageKind::Audio,
        limits::UploadKind::Sticker => MessageKind::Sticker,
        limits::UploadKind::Document => MessageKind::Document,
    };
    Ok(Sealed {
        kind,
        stored,
        media_type,
        file_name: upload.file_name,
    })
}

/// Adds to `unit` the attachment of `message` with its first step.
pub(crate) async fn add(
    flow: &Flow,
    unit: Unit,
    conversation: &ConversationRow,
    message: MessageId,
    staff: &Staff,
    sealed: &Sealed,
) -> Result<Unit, Unavailable> {
    let at = flow.now();
    let id = AttachmentId::new(at, flow.random());
    let key = flow.vault().item(conversation.tree).await?;
    let place = Place {
        kind: Kind::Attachment,
        object: *id.bytes(),
        label: Label::About,
    };
    let about = Json(About {
        file_name: sealed.file_name.clone(),
        media_type: Some(sealed.media_type.clone()),
        sha256: Some(sealed.stored.sha256),
        provider_id: None,
        url: None,
    });
    let leaf = log::leaf(LeafKind::Attachment, at, id.bytes(), log::staff(staff))
        .commitment(log::label(Label::About), key.commit(Label::About, &about.encode()))
        .follows(*message.bytes());
    let row = AttachmentRow {
        id,
        message,
        position: 0,
        kind: sealed.kind,
        about: key.seal(place, &about).retyped(),
        recorded_at: at,
    };
    let held = Held {
        media_type: sealed.media_type.clone(),
        length: sealed.stored.length,
        sha256: sealed.stored.sha256,
        header: sealed.stored.header.clone(),
        provider_id: None,
    };
    let step = Step {
        step: AttachmentStep::Fetched,
        failure: None,
        attempts: 1,
        stored: Some(&sealed.stored),
        held: Some(held),
    };
    add_step(flow, unit.record(row, leaf), conversation, id, step).await
}
