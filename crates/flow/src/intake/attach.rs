//! Recording that a message has a file, and asking for it to be fetched.

use crate::Flow;
use crate::attachment::about::About;
use crate::context::Unavailable;
use crate::jobs::JobKind;
use crate::log;
use counterfoil_ledger::leaf::Actor;
use counterfoil_ledger::registry::LeafKind;
use counterfoil_model::message::MessageKind;
use counterfoil_model::{AttachmentId, MessageId};
use counterfoil_store::Unit;
use counterfoil_store::rows::{AttachmentRow, ConversationRow};
use counterfoil_vault::{Content as _, Json, Kind, Label, Place};
use counterfoil_whatsapp::webhook::item::Media;

/// Adds to `unit` the file of a message and the job that fetches it.
pub(crate) async fn add(
    flow: &Flow,
    unit: Unit,
    conversation: &ConversationRow,
    message: MessageId,
    kind: MessageKind,
    media: &Media,
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
        file_name: media.filename.clone(),
        media_type: media.mime_type.clone(),
        sha256: media.sha256,
        provider_id: media.id.clone(),
        url: media.url.clone(),
    });
    let leaf = log::leaf(LeafKind::Attachment, at, id.bytes(), Actor::SYSTEM)
        .commitment(log::label(Label::About), key.commit(Label::About, &about.encode()))
        .follows(*message.bytes());
    let row = AttachmentRow {
        id,
        message,
        position: 0,
        kind,
        about: key.seal(place, &about).retyped(),
        recorded_at: at,
    };
    Ok(unit.record(row, leaf).job(JobKind::Fetch.due(*id.bytes(), at)))
}
