//! What someone wrote, as it comes over the wire: a form with perhaps a file, from a page or a program. Second station of a message on
//! its way out; it reads within limits and hands on, and judges nothing.

use crate::error::{Failure, Problem};
use crate::state::Web;
use axum::extract::multipart::Field;
use axum::extract::{FromRequest, Multipart, Request};
use bytes::{Bytes, BytesMut};
use counterfoil_flow::outbound::note::note;
use counterfoil_flow::outbound::reply::{Reply, reply};
use counterfoil_flow::outbound::{IdempotencyKey, Upload, WriteError, Written};
use counterfoil_model::{ConversationId, MessageId};
use counterfoil_policy::Staff;

/// The largest form: the largest file that WhatsApp takes (a document of 100 MB) and room for the rest.
pub(crate) const FORM_LIMIT_BYTES: usize = (100 << 20) + (1 << 20);
/// The longest field that is not a file; texts have limits of their own, which the use case knows.
const FIELD_LIMIT_BYTES: usize = 256 << 10;

/// What someone wrote.
#[derive(Default)]
pub(crate) struct Composed {
    pub(crate) text: String,
    pub(crate) note: bool,
    pub(crate) quoted: Option<MessageId>,
    pub(crate) key: Option<String>,
    pub(crate) file: Option<Upload>,
}

impl Composed {
    /// Reads a `multipart/form-data` request with the fields `kind` (`reply` or `note`), `text`, `quoted`, `key` and `file`.
    pub(crate) async fn read(web: &Web, request: Request) -> Result<Self, Failure> {
        let _share = web.upload_bytes.take(request.headers(), FORM_LIMIT_BYTES)?;
        let form = Multipart::from_request(request, web).await;
        let mut form = form.map_err(|_| Failure::malformed())?;
        let mut composed = Self::default();
        while let Some(field) = form.next_field().await.map_err(|error| broken(&error))? {
            composed.take(field).await?;
        }
        Ok(composed)
    }

    async fn take(&mut self, field: Field<'_>) -> Result<(), Failure> {
        match field.name().unwrap_or_default() {
            "kind" => self.note = text(field).await? == "note",
            "text" => self.text = text(field).await?.replace("\r\n", "\n"),
            "quoted" => self.quoted = id(&text(field).await?)?,
            "key" => self.key = Some(text(field).await?).filter(|key| !key.is_empty()),
            "file" => self.file = upload(field).await?,
            _ => return Err(Failure::malformed()),
        }
        Ok(())
    }

    /// Sends or notes it, in a conversation of `staff`.
    pub(crate) async fn write(
        self,
        web: &Web,
        staff: &Staff,
        conversation: ConversationId,
    ) -> Result<Written, WriteError> {
        let key = self.key.map(|key| IdempotencyKey {
            key,
            scope: *staff.session.bytes(),
        });
        if self.note {
            return note(&web.flow, staff, conversation, self.text, key).await;
        }
        let reply_ = Reply {
            conversation,
            text: self.text,
            file: self.file,
            quoted: self.quoted,
            key,
        };
        reply(&web.flow, staff, reply_).await
    }
}

/// The message that is quoted: none when the field is empty.
fn id(text: &str) -> Result<Option<MessageId>, Failure> {
    match text {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| Failure::of(Problem::QuotedNotFound)),
    }
}

async fn upload(field: Field<'_>) -> Result<Option<Upload>, Failure> {
    let file_name = field.file_name().filter(|name| !name.is_empty()).map(str::to_owned);
    let media_type = field.content_type().unwrap_or("application/octet-stream").to_owned();
    let bytes = whole(field, FORM_LIMIT_BYTES).await?;
    // A browser sends an empty part when no file was chosen.
    let chosen = file_name.is_some() || !bytes.is_empty();
    Ok(chosen.then_some(Upload {
        file_name,
        media_type,
        bytes,
    }))
}

async fn text(field: Field<'_>) -> Result<String, Failure> {
    let bytes = whole(field, FIELD_LIMIT_BYTES).await?;
    String::from_utf8(bytes.into()).map_err(|_| Failure::malformed())
}

async fn whole(mut field: Field<'_>, limit: usize) -> Result<Bytes, Failure> {
    let mut whole = BytesMut::new();
    while let Some(piece) = field.chunk().await.map_err(|error| broken(&error))? {
        if whole.len() + piece.len() > limit {
            return Err(Failure::too_large());
        }
        whole.extend_from_slice(&piece);
    }
    Ok(whole.freeze())
}

fn broken(error: &axum::extract::multipart::MultipartError) -> Failure {
    if error.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
        Failure::too_large()
    } else {
        Failure::broken_off()
    }
}
