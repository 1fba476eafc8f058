//! *Look at the disk*: the very row and blob of the visitor's newest message, as bytes.

use super::Stage;
use super::dump::dump;
use super::search::files;
use anyhow::Context;
use counterfoil_policy::{Actor, Machine, reach};
use counterfoil_store::blob_name;
use counterfoil_store::read::{ConversationFilter, Page};
use counterfoil_store::rows::MessageRow;
use std::path::Path;

/// How many bytes of each are shown.
const SHOWN: usize = 512;
/// How many bytes tell the place of a row in a file.
const TELLING: usize = 32;

/// What lies there.
#[derive(serde::Serialize)]
pub(super) struct Disk {
    columns: Vec<(&'static str, String)>,
    row: Bytes,
    blob: Option<Bytes>,
}

/// Sealed bytes and where they stand.
#[derive(serde::Serialize)]
struct Bytes {
    /// The file below the data folder, and the byte of it at which they begin; without one they are the whole file.
    file: String,
    from: Option<usize>,
    length: usize,
    dump: String,
}

impl Stage {
    /// The visitor's conversation, oldest message first; empty before they wrote.
    pub(super) async fn messages(&self) -> anyhow::Result<Vec<MessageRow>> {
        let reach = reach(&Actor::Machine(Machine::Upkeep))?;
        let store = &self.house.store;
        let newest = store
            .conversation_list(&reach, ConversationFilter::All, None, 100)
            .await?;
        let Some(conversation) = newest.iter().find(|row| row.channel == Some(self.channel)) else {
            return Ok(Vec::new());
        };
        Ok(store.message_page(conversation.id, &reach, Page::Latest, 100).await?)
    }

    /// What lies on the disk of the newest message; `None` before there is one.
    pub(super) async fn disk(&self) -> anyhow::Result<Option<Disk>> {
        let messages = self.messages().await?;
        let Some(message) = messages.last() else {
            return Ok(None);
        };
        let data = self.settings.storage.data.clone();
        let sealed = message.body.bytes().to_vec();
        let (file, from) = {
            let (data, sealed) = (data.clone(), sealed.clone());
            tokio::task::spawn_blocking(move || place_of(&data, &sealed)).await??
        };
        let row = Bytes {
            file,
            from,
            length: sealed.len(),
            dump: dump(&sealed, SHOWN),
        };
        Ok(Some(Disk {
            columns: columns(message),
            row,
            blob: self.newest_blob(&messages).await?,
        }))
    }

    async fn newest_blob(&self, messages: &[MessageRow]) -> anyhow::Result<Option<Bytes>> {
        let store = &self.house.store;
        let ids: Vec<_> = messages.iter().map(|message| message.id).collect();
        let attachments: Vec<_> = store
            .attachments_of(&ids)
            .await?
            .iter()
            .map(|attachment| attachment.id)
            .collect();
        let steps = store.attachment_steps_of(&attachments).await?;
        let Some(blob) = steps.iter().rev().find_map(|step| step.blob) else {
            return Ok(None);
        };
        let folder = self.settings.storage.blobs.folder();
        let path = folder
            .context("a demo keeps its files in a folder")?
            .join(blob_name(blob));
        let bytes = std::fs::read(&path).context("the sealed file could not be read")?;
        let shown = path.strip_prefix(&self.settings.storage.data).unwrap_or(&path);
        Ok(Some(Bytes {
            file: shown.display().to_string(),
            from: None,
            length: bytes.len(),
            dump: dump(&bytes, SHOWN),
        }))
    }
}

/// The columns of a row that are not sealed: ids, times, small numbers and keyed hashes.
fn columns(row: &MessageRow) -> Vec<(&'static str, String)> {
    let keyed = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let length =
        |bytes: Option<usize>| bytes.map_or_else(|| "none".to_owned(), |bytes| format!("{bytes} sealed bytes"));
    vec![
        ("id", row.id.to_string()),
        ("conversation_id", row.conversation.to_string()),
        ("direction", row.direction.name().to_owned()),
        ("kind", row.kind.name().to_owned()),
        ("occurred_at", row.occurred_at.rfc3339()),
        (
            "provider_hash",
            row.provider
                .as_ref()
                .map_or_else(|| "none".to_owned(), |hash| keyed(hash.bytes())),
        ),
        ("sealed_body", length(Some(row.body.bytes().len()))),
        ("sealed_raw", length(row.raw.as_ref().map(|raw| raw.bytes().len()))),
        ("recorded_at", row.recorded_at.rfc3339()),
    ]
}

/// The file under `folder` and the byte at which `sealed` begins.
fn place_of(folder: &Path, sealed: &[u8]) -> std::io::Result<(String, Option<usize>)> {
    let telling = &sealed[..sealed.len().min(TELLING)];
    for path in files(folder)? {
        let Ok(bytes) = std::fs::read(&path) else { continue };
        if let Some(at) = position(&bytes, telling) {
            let file = path.strip_prefix(folder).unwrap_or(&path).display();
            return Ok((file.to_string(), Some(at)));
        }
    }
    Ok(("data.db".to_owned(), None))
}

/// Where `part` begins in `bytes`.
pub(super) fn position(bytes: &[u8], part: &[u8]) -> Option<usize> {
    let first = *part.first()?;
    let mut from = 0;
    while let Some(at) = bytes.get(from..)?.iter().position(|byte| *byte == first) {
        if bytes[from + at..].starts_with(part) {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}
