//! Files of spooled posts: fetched while the database is away, or a gate's full nodes, since the provider may keep them for an hour only.
//!
//! ```text
//! spooled post ─► looked into, in memory ─► each file: looked up, fetched, checked, sealed to the intake key ─► spool
//! database back ─► hand over: spool ─► blob store, under the same keyed name ─► the job that fetches files takes it from there
//! ```
//!
//! Nothing is deleted at the provider here: the job does that, once the file is on the record. What is not fetched here is fetched
//! by that job; a wish does not outlive this process.

use super::door::IntakeDoor;
use crate::Flow;
use crate::attachment::fetch::LIMIT_BYTES;
use crate::background::chain;
use crate::context::Unavailable;
use crate::jobs::back_off;
use aws_lc_rs::digest::{Context, SHA256};
use bytes::Bytes;
use counterfoil_model::{ConnectionId, Opened, Timestamp};
use counterfoil_store::spool::SpooledFile;
use counterfoil_vault::{INTAKE_FILE_HEADER, IntakeFileShape, OpenError};
use counterfoil_whatsapp::client::FetchError;
use counterfoil_whatsapp::webhook::item::InboundContent;
use counterfoil_whatsapp::webhook::{Item, split};
use futures_util::StreamExt;
use futures_util::stream::{self, FuturesUnordered, Stream};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, mpsc, watch};

/// How many files may be wished for; what comes then waits for the job.
const WISHES: usize = 4_096;
/// How many are fetched side by side.
const SIDE_BY_SIDE: usize = 4;
/// How often one is tried: over about an hour.
const TRIES: i64 = 15;
/// How often it is looked whether a post was handed on.
const LOOK: Duration = Duration::from_millis(250);
/// How many bytes are moved at a time.
const PIECE: u64 = 1 << 20;

/// A file that shall be fetched.
struct Wish {
    connection: ConnectionId,
    /// When its post came in.
    received_at: Timestamp,
    media_id: Opened<String>,
    sha256: Option<[u8; 32]>,
}

/// What is wished for, and who fetches it.
pub(super) struct Early {
    wishes: mpsc::Sender<Wish>,
    waiting: Mutex<mpsc::Receiver<Wish>>,
}

impl Default for Early {
    fn default() -> Self {
        let (wishes, waiting) = mpsc::channel(WISHES);
        Self {
            wishes,
            waiting: Mutex::new(waiting),
        }
    }
}

impl Early {
    /// Looks into a spooled post for files.
    pub(super) fn wish(&self, connection: ConnectionId, received_at: Timestamp, body: &Bytes) {
        for item in split(body).items {
            let Item::Message(message) = item.item else { continue };
            let InboundContent::Media(media) = message.content else {
                continue;
            };
            let Some(id) = media.id else { continue };
            let wish = Wish {
                connection,
                received_at,
                media_id: Opened::new(id),
                sha256: media.sha256,
            };
            if self.wishes.try_send(wish).is_err() {
                metrics::counter!("counterfoil_early_files_total", "outcome" => "left").increment(1);
            }
        }
    }

    /// Fetches what is wished for until `stop` turns true.
    pub(super) async fn run(&self, door: &IntakeDoor, mut stop: watch::Receiver<bool>) {
        let mut waiting = self.waiting.lock().await;
        let mut under_way = FuturesUnordered::new();
        while !*stop.borrow() {
            tokio::select! {
                wish = waiting.recv(), if under_way.len() < SIDE_BY_SIDE => match wish {
                    Some(wish) => under_way.push(fetch_one(door, wish)),
                    None => return,
                },
                Some(outcome) = under_way.next() => {
                    metrics::counter!("counterfoil_early_files_total", "outcome" => outcome).increment(1);
                }
                _ = stop.changed() => {}
            }
        }
    }
}

/// Fetches one file, again and again, until it is there, cannot be had, or its post was handed on; how it ended.
async fn fetch_one(door: &IntakeDoor, wish: Wish) -> &'static str {
    let mut spooling = door.spooling();
    for tries in 1..=TRIES {
        // While posts are handed on, this one soon is; should that end first, its file is wanted after all.
        while !*spooling.borrow_and_update() {
            if door.has_handed_on(wish.received_at) {
                return "left";
            }
            tokio::select! {
                () = door.clock().sleep(LOOK) => {}
                _ = spooling.changed() => {}
            }
        }
        match fetch(door, &wish).await {
            Ok(true) => return "fetched",
            Ok(false) => return "left",
            Err(error) => tracing::warn!(%error, "a file of a spooled post was not fetched yet"),
        }
        tokio::select! {
            () = door.clock().sleep(back_off(tries)) => {}
            _ = spooling.wait_for(|spooling| !spooling) => {}
        }
    }
    "failed"
}

/// Fetches and seals one file. `false` when there is nothing that trying again would change.
async fn fetch(door: &IntakeDoor, wish: &Wish) -> Result<bool, String> {
    let said = |error: &dyn std::error::Error| chain(error);
    let Some(kit) = door.kit() else { return Ok(false) };
    let (Some(known), Some(sealer)) = (kit.connection(wish.connection), kit.sealer(door.now())) else {
        return Ok(false);
    };
    let public = sealer.public();
    let media_id = wish.media_id.expose();
    let file = SpooledFile(kit.reference.name(wish.connection, media_id));
    if door
        .spool()
        .file_size(file)
        .await
        .map_err(|error| said(&error))?
        .is_some()
    {
        return Ok(true);
    }
    let info = known
        .client
        .lookup(media_id, None)
        .await
        .map_err(|error| said(&error))?;
    if info.size_bytes.is_some_and(|size| size > LIMIT_BYTES) {
        return Ok(false);
    }
    let source = match known.client.fetch(&info.url, LIMIT_BYTES).await {
        Ok(source) => source.into_stream(),
        Err(FetchError::TooLong { .. } | FetchError::HostNotAllowed) => return Ok(false),
        Err(error) => return Err(said(&error)),
    };
    let mut source = std::pin::pin!(source);
    let mut sealer = public.file_sealer(wish.connection, file.0, door.random());
    let mut writer = door.spool().file_begin(file).await.map_err(|error| said(&error))?;
    let mut digest = Context::new(&SHA256);
    let mut length = 0_u64;
    let mut sealed = sealer.header();
    let outcome = loop {
        if let Err(error) = writer.push(sealed).await {
            break Err(said(&error));
        }
        match source.next().await {
            Some(Ok(piece)) => {
                digest.update(&piece);
                length += piece.len() as u64;
                sealed = sealer.push(&piece);
            }
            Some(Err(error)) => break Err(said(&error)),
            None => break writer.push(sealer.finish()).await.map_err(|error| said(&error)),
        }
    };
    let announced = wish.sha256.or(info.sha256);
    let digest = digest.finish();
    let right = announced.is_none_or(|announced| announced == digest.as_ref())
        && info.size_bytes.is_none_or(|size| size == length);
    if outcome.is_ok() && right {
        writer.finish().await.map_err(|error| said(&error))?;
        return Ok(true);
    }
    writer.abandon().await.map_err(|error| said(&error))?;
    outcome?;
    Err("its size or digest is not what was announced".to_owned())
}

/// The name of a handed-over file in the blob store.
pub(crate) fn blob_name(file: SpooledFile) -> String {
    format!("intake/{}", file.hex())
}

/// Brings spooled files into the blob store, where the job finds them, whichever node runs it.
pub(crate) async fn hand_over(flow: &Flow, door: &IntakeDoor) -> Result<(), Unavailable> {
    if door.spool().depth().files == 0 {
        return Ok(());
    }
    for file in door.spool().files().await? {
        let Some(size) = door.spool().file_size(file).await? else {
            continue;
        };
        let mut writer = flow.blobs().begin(&blob_name(file)).await?;
        let mut at = 0;
        while at < size {
            let end = size.min(at + PIECE);
            let Some(piece) = door.spool().file_range(file, at..end).await? else {
                return Err(Unavailable("a spooled file went while it was moved".into()));
            };
            writer.push(piece).await?;
            at = end;
        }
        writer.finish().await?;
        door.spool().file_done(file).await?;
    }
    Ok(())
}

/// The readable bytes of a file that was fetched early, if it was; and its name.
pub(crate) async fn early_file(
    flow: &Flow,
    connection: ConnectionId,
    media_id: &str,
) -> Result<Option<(String, impl Stream<Item = Result<Bytes, Unavailable>> + Send + use<>)>, Unavailable> {
    let file = SpooledFile(flow.vault().intake_reference_key().name(connection, media_id));
    let name = blob_name(file);
    let Some(shape) = flow.blobs().size(&name).await?.and_then(IntakeFileShape::of) else {
        return Ok(None);
    };
    let header = flow.blobs().get_range(&name, 0..INTAKE_FILE_HEADER as u64).await?;
    let Some(header) = header else { return Ok(None) };
    let opener = match flow.vault().intake_file_open(connection, file.0, &header).await {
        Ok(opener) => Arc::new(opener),
        Err(OpenError::Unavailable(error)) => return Err(Unavailable(Box::new(error))),
        Err(error) => {
            tracing::warn!(error = %chain(&error), "a file that was fetched early does not open; the provider is asked again");
            return Ok(None);
        }
    };
    let (flow, from) = (flow.clone(), name.clone());
    let chunks = stream::iter(0..shape.chunks()).then(move |number| {
        let (flow, name, opener) = (flow.clone(), from.clone(), Arc::clone(&opener));
        async move {
            let range = shape.sealed_range(number).unwrap_or(0..0);
            let sealed = flow.blobs().get_range(&name, range).await?;
            let sealed = sealed.ok_or_else(|| Unavailable("a file that was fetched early is gone".into()))?;
            let plain = opener.chunk(shape, number, &sealed)?;
            Ok(Bytes::from(plain.expose().clone()))
        }
    });
    Ok(Some((name, chunks)))
}
