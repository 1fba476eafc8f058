//! Sealing a file's bytes piece by piece into the blob store, and opening them again.
//!
//! The blob is durable before any row names it; a blob without a row is swept.

use super::about::Held;
use crate::Flow;
use crate::context::Unavailable;
use aws_lc_rs::digest::{Context, SHA256};
use bytes::{Bytes, BytesMut};
use counterfoil_model::{BlobId, Opened, TreeId};
use counterfoil_policy::{Machine, machine_permit};
use counterfoil_store::blobs::blob_name;
use counterfoil_store::rows::AttachmentStepRow;
use counterfoil_vault::{BlobShape, Item, Json, Kind, Label, OpenError, Place};
use futures_util::{Stream, StreamExt, pin_mut};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// A file's bytes, sealed and durable, with what was seen on the way.
pub(crate) struct Stored {
    pub(crate) blob: BlobId,
    /// SHA-256 of the sealed object.
    pub(crate) digest: [u8; 32],
    /// The sealed object's head, which names its key's address.
    pub(crate) header: Vec<u8>,
    /// The item that sealed it. What is known of the file is sealed by the same: whoever destroys that key destroys the file's.
    pub(crate) item: Item,
    /// SHA-256 of the readable bytes.
    pub(crate) sha256: [u8; 32],
    pub(crate) length: u64,
    /// The first bytes, to tell what they are.
    pub(crate) start: Vec<u8>,
}

/// Why a file's bytes were not stored.
pub(crate) enum StoreFailure<E> {
    /// The source broke off.
    Source(E),
    /// There were more than `limit` bytes.
    TooLarge,
    /// The blob store or the key store did not answer.
    Unavailable(Unavailable),
}

/// How many first bytes are looked at to tell what a file is.
const START: usize = 512;

/// Seals `source` under `tree` into a new blob, up to `limit` bytes.
pub(crate) async fn store<S, E>(flow: &Flow, tree: TreeId, source: S, limit: u64) -> Result<Stored, StoreFailure<E>>
where
    S: Stream<Item = Result<Bytes, E>> + Send,
{
    let away = |error: Unavailable| StoreFailure::Unavailable(error);
    let blob = BlobId::new(flow.now(), flow.random());
    let item = flow.vault().item(tree).await.map_err(|error| away(error.into()))?;
    let mut sealer = item.blob_sealer(Place {
        kind: Kind::Blob,
        object: *blob.bytes(),
        label: Label::Blob,
    });
    let mut writer = flow
        .blobs()
        .begin(&blob_name(blob))
        .await
        .map_err(|error| away(error.into()))?;
    let (mut plain, mut sealed) = (Context::new(&SHA256), Context::new(&SHA256));
    let (mut length, mut start) = (0_u64, Vec::with_capacity(START));

    let header = sealer.header();
    sealed.update(&header);
    writer.push(header.clone()).await.map_err(|error| away(error.into()))?;
    pin_mut!(source);
    while let Some(piece) = source.next().await {
        let piece = match piece {
            Ok(piece) => piece,
            Err(error) => {
                writer.abandon().await.map_err(|error| away(error.into()))?;
                return Err(StoreFailure::Source(error));
            }
        };
        length += piece.len() as u64;
        if length > limit {
            writer.abandon().await.map_err(|error| away(error.into()))?;
            return Err(StoreFailure::TooLarge);
        }
        start.extend_from_slice(&piece[..piece.len().min(START - start.len())]);
        plain.update(&piece);
        let chunk = sealer.push(&piece);
        sealed.update(&chunk);
        writer.push(chunk).await.map_err(|error| away(error.into()))?;
    }
    let last = sealer.finish();
    sealed.update(&last);
    writer.push(last).await.map_err(|error| away(error.into()))?;
    writer.finish().await.map_err(|error| away(error.into()))?;
    Ok(Stored {
        blob,
        digest: bytes32(sealed),
        header,
        item,
        sha256: bytes32(plain),
        length,
        start,
    })
}

fn bytes32(context: Context) -> [u8; 32] {
    let mut digest = [0; 32];
    digest.copy_from_slice(context.finish().as_ref());
    digest
}

/// What the bytes are: told by the bytes where they tell, else by what was said, else unknown.
///
/// Text formats that a browser would run (HTML, SVG, scripts) never come out of here as such.
pub(crate) fn media_type(start: &[u8], said: Option<&str>) -> String {
    if let Some(kind) = infer::get(start) {
        // WhatsApp's voice notes are Ogg; players want to hear that it is sound.
        if kind.mime_type() == "application/ogg" || kind.mime_type() == "video/ogg" {
            return "audio/ogg".to_owned();
        }
        if !matches!(kind.mime_type(), "text/html" | "text/xml" | "image/svg+xml") {
            return kind.mime_type().to_owned();
        }
    }
    match said.map(|said| said.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()) {
        Some(said) if matches!(said.as_str(), "text/plain" | "text/csv" | "application/pdf") => said,
        _ => "application/octet-stream".to_owned(),
    }
}

/// Whether a page may show such bytes in place.
pub(crate) fn shown_inline(media_type: &str) -> bool {
    matches!(
        media_type,
        "image/jpeg"
            | "image/png"
            | "image/webp"
            | "image/gif"
            | "audio/ogg"
            | "audio/mpeg"
            | "audio/mp4"
            | "audio/aac"
            | "audio/amr"
            | "audio/x-m4a"
            | "audio/m4a"
            | "video/mp4"
            | "video/3gpp"
    )
}

/// What is known of a file whose bytes are here. `None` when it was erased.
pub(crate) async fn held(
    flow: &Flow,
    machine: Machine,
    row: &AttachmentStepRow,
) -> Result<Option<Opened<Json<Held>>>, Unavailable> {
    let Some(about) = &row.about else { return Ok(None) };
    let place = Place {
        kind: Kind::AttachmentStep,
        object: *row.id.bytes(),
        label: Label::About,
    };
    let permit = machine_permit(machine, vec![place.object]);
    match flow.vault().open(&permit, place, &about.retyped::<Json<Held>>()).await {
        Ok(held) => Ok(Some(held)),
        Err(OpenError::Erased) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// How many bytes of files are open as a whole at the same time: two of the largest.
const OPEN_BYTES: usize = 200 * 1024 * 1024;
/// One permit of that stands for so many bytes.
const GRAIN: u64 = 1024;
/// How many chunks of a sealed file are read at a time.
const WINDOW: u32 = 64;

/// The room for files that are open as a whole.
pub(crate) fn room() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(OPEN_BYTES / GRAIN as usize))
}

/// A file that is open as a whole, and its share of the room: keep it as long as the bytes.
pub(crate) struct Whole {
    pub(crate) bytes: Bytes,
    pub(crate) share: OwnedSemaphorePermit,
}

/// All readable bytes of a file, for handing it on. Waits while too much is open; who holds a share must not ask for another.
pub(crate) async fn read_whole(
    flow: &Flow,
    machine: Machine,
    row: &AttachmentStepRow,
    held: &Held,
) -> Result<Whole, Unavailable> {
    let away = |what: &'static str| Unavailable(what.into());
    let blob = row.blob.ok_or_else(|| away("a fetched file names no blob"))?;
    let place = Place {
        kind: Kind::Blob,
        object: *blob.bytes(),
        label: Label::Blob,
    };
    let permit = machine_permit(machine, vec![place.object]);
    let opener = flow.vault().blob_open(&permit, place, &held.header).await?;
    let name = blob_name(blob);
    let sealed_length = flow.blobs().size(&name).await?;
    let sealed_length = sealed_length.ok_or_else(|| away("the bytes of a file are not where they were put"))?;
    let shape = BlobShape::of(sealed_length)
        .filter(|shape| shape.length() == held.length)
        .ok_or_else(|| away("a file has another length than was recorded"))?;
    let permits = u32::try_from(held.length / GRAIN + 1).unwrap_or(u32::MAX);
    let share = Arc::clone(&flow.inner.open_files).acquire_many_owned(permits).await;
    let share = share.map_err(|closed| Unavailable(Box::new(closed)))?;

    let mut bytes = BytesMut::with_capacity(usize::try_from(held.length).unwrap_or(0));
    for first in (0..shape.chunks()).step_by(WINDOW as usize) {
        let numbers = first..shape.chunks().min(first + WINDOW);
        let ranges: Vec<_> = numbers
            .clone()
            .filter_map(|number| shape.sealed_range(number))
            .collect();
        let (Some(start), Some(end)) = (ranges.first(), ranges.last()) else {
            break;
        };
        let sealed = flow.blobs().get_range(&name, start.start..end.end).await?;
        let mut sealed = sealed.ok_or_else(|| away("the bytes of a file are not where they were put"))?;
        for (number, range) in numbers.zip(&ranges) {
            let length = usize::try_from(range.end - range.start)
                .unwrap_or(usize::MAX)
                .min(sealed.len());
            bytes.extend_from_slice(opener.chunk(shape, number, &sealed.split_to(length))?.expose());
        }
    }
    Ok(Whole {
        bytes: bytes.freeze(),
        share,
    })
}

/// A name for a file that came without one.
pub(crate) fn plain_name(number: usize, media_type: &str) -> String {
    let ending = match media_type {
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "image/webp" => "webp",
        "audio/ogg" => "ogg",
        "audio/mpeg" => "mp3",
        "video/mp4" => "mp4",
        "application/pdf" => "pdf",
        _ => "bin",
    };
    format!("attachment-{number}.{ending}")
}
