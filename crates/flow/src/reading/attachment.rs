//! Opening a file: whole, or the range that a player asks for.

use super::ReadError;
use super::leave::leave;
use super::opener::Opener;
use crate::Flow;
use crate::attachment::about::{About, Held};
use crate::attachment::blob::shown_inline;
use crate::context::Unavailable;
use bytes::Bytes;
use counterfoil_model::attachment::AttachmentStep;
use counterfoil_model::{AttachmentId, BlobId, Opened};
use counterfoil_policy::{Actor, Openable, Purpose, Staff, Stands, may_open, reach};
use counterfoil_store::blobs::blob_name;
use counterfoil_vault::{BLOB_CHUNK, BlobOpener, BlobShape, Json, Kind, Label, Place};
use futures_util::stream::{self, BoxStream, StreamExt};
use std::ops::RangeInclusive;
use std::sync::Arc;

/// A file as it is handed to a page.
pub struct AttachmentContent {
    /// What its bytes are, from the bytes themselves and not from what the sender said.
    pub media_type: String,
    /// Whether a page may show it in place; everything else is offered as a plain file.
    pub inline: bool,
    /// Its name, cleaned of anything that a path or a header could misread.
    pub file_name: Option<Opened<String>>,
    /// How many bytes the whole file has.
    pub length: u64,
    /// Which bytes the stream carries.
    pub range: RangeInclusive<u64>,
    /// The bytes, opened piece by piece.
    pub bytes: BoxStream<'static, Result<Bytes, ReadError>>,
}

/// Opens a file for `staff`. `range` is the first byte and, if given, the last one; `None` for the whole. Leaves a reading leaf
/// before it returns.
///
/// # Errors
/// As [`super::thread::thread`]; [`ReadError::NotFound`] also while the file is not here.
pub async fn attachment(
    flow: &Flow,
    staff: &Staff,
    attachment: AttachmentId,
    range: Option<(u64, Option<u64>)>,
) -> Result<AttachmentContent, ReadError> {
    let reach = reach(&Actor::Staff(staff.clone()))?;
    let row = flow
        .store()
        .attachment_get(attachment)
        .await?
        .ok_or(ReadError::NotFound)?;
    let message = flow
        .store()
        .message_get(row.message)
        .await?
        .ok_or(ReadError::NotFound)?;
    let conversation = flow
        .store()
        .conversation_get(message.conversation, &reach)
        .await?
        .ok_or(ReadError::NotFound)?;
    let steps = flow.store().attachment_steps_of(&[row.id]).await?;
    let step = steps
        .into_iter()
        .find(|step| step.step == AttachmentStep::Fetched)
        .ok_or(ReadError::NotFound)?;
    let (Some(blob), Some(held)) = (step.blob, &step.about) else {
        return Err(ReadError::NotFound);
    };

    let stands = Stands::Conversation(conversation.team);
    let things = [*row.id.bytes(), *step.id.bytes(), *blob.bytes()].map(|object| Openable { object, stands });
    let permit = may_open(staff, Purpose::Handle, &things)?;
    leave(flow, staff, &permit, &[*row.id.bytes()]).await?;
    let opener = Opener { flow, permit: &permit };
    let held = opener
        .open(
            Kind::AttachmentStep,
            step.id.bytes(),
            Label::About,
            &held.retyped::<Json<Held>>(),
        )
        .await?
        .ok_or(ReadError::Erased)?;
    let about = opener
        .open(
            Kind::Attachment,
            row.id.bytes(),
            Label::About,
            &row.about.retyped::<Json<About>>(),
        )
        .await?;
    let held = &held.expose().0;

    let place = Place {
        kind: Kind::Blob,
        object: *blob.bytes(),
        label: Label::Blob,
    };
    let bytes = flow.vault().blob_open(&permit, place, &held.header).await?;
    let sealed_length = flow.blobs().size(&blob_name(blob)).await.map_err(Unavailable::from)?;
    let shape = sealed_length
        .and_then(BlobShape::of)
        .filter(|shape| shape.length() == held.length);
    let shape = shape.ok_or(ReadError::Altered)?;
    let range = clamp(range, held.length).ok_or(ReadError::NotFound)?;
    Ok(AttachmentContent {
        inline: shown_inline(&held.media_type),
        media_type: held.media_type.clone(),
        file_name: about.and_then(|about| {
            about
                .expose()
                .0
                .file_name
                .as_deref()
                .map(|name| Opened::new(cleaned(name)))
        }),
        length: held.length,
        bytes: pieces(flow.clone(), blob, bytes, shape, range.clone()),
        range,
    })
}

/// The wanted bytes within a file of `length` bytes. `None` when none of them is.
fn clamp(range: Option<(u64, Option<u64>)>, length: u64) -> Option<RangeInclusive<u64>> {
    let (first, last) = range.unwrap_or((0, None));
    if length == 0 {
        // An empty file has no last byte; the stream of this range is empty.
        return range.is_none().then_some(RangeInclusive::new(1, 0));
    }
    let last = last.unwrap_or(length - 1).min(length - 1);
    (first <= last).then_some(first..=last)
}

/// A file name without anything that a path or a header could misread.
fn cleaned(name: &str) -> String {
    let name: String = name
        .chars()
        .map(|letter| match letter {
            '/' | '\\' | ':' | '"' | '<' | '>' | '|' | '*' | '?' => '_',
            letter if letter.is_control() => '_',
            // Characters that turn the direction of reading can disguise an ending.
            '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}' => '_',
            letter => letter,
        })
        .take(150)
        .collect();
    name.trim_start_matches('.').to_owned()
}

/// The readable bytes of `range`, chunk by chunk.
fn pieces(
    flow: Flow,
    blob: BlobId,
    opener: BlobOpener,
    shape: BlobShape,
    range: RangeInclusive<u64>,
) -> BoxStream<'static, Result<Bytes, ReadError>> {
    let (first, end) = (*range.start(), range.end() + 1);
    let opener = Arc::new(opener);
    stream::iter(shape.chunks_of(first..end))
        .then(move |number| {
            let (flow, opener) = (flow.clone(), opener.clone());
            async move {
                let place = shape.sealed_range(number).ok_or(ReadError::Altered)?;
                let sealed = flow
                    .blobs()
                    .get_range(&blob_name(blob), place)
                    .await
                    .map_err(Unavailable::from)?;
                let plain = opener.chunk(shape, number, &sealed.ok_or(ReadError::Altered)?)?;
                let plain = plain.expose();
                let start = u64::from(number) * BLOB_CHUNK as u64;
                let within = |offset: u64| {
                    usize::try_from(offset.saturating_sub(start))
                        .unwrap_or(plain.len())
                        .min(plain.len())
                };
                Ok(Bytes::copy_from_slice(&plain[within(first)..within(end)]))
            }
        })
        .boxed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_stay_within_the_file() {
        for (range, length, want) in [
            (None, 10, Some(0..=9)),
            (Some((0, Some(3))), 10, Some(0..=3)),
            (Some((4, None)), 10, Some(4..=9)),
            (Some((4, Some(99))), 10, Some(4..=9)),
            (Some((10, None)), 10, None),
            (Some((5, Some(3))), 10, None),
        ] {
            assert_eq!(clamp(range, length), want, "{range:?}");
        }
    }

    #[test]
    fn names_lose_what_could_be_misread() {
        assert_eq!(cleaned("../../etc/passwd"), "_.._etc_passwd");
        assert_eq!(cleaned("invoice\u{202E}fdp.exe"), "invoice_fdp.exe");
        assert_eq!(cleaned("a\"b\r\nc"), "a_b__c");
    }
}
