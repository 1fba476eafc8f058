//! Copying the sealed files of an installation, from wherever they lie into the folder of a backup.

use super::manifest::Files;
use anyhow::Context;
use counterfoil_store::{BlobError, Blobs, Store, blob_id};

/// How much of a file is in memory at a time, in bytes.
const PIECE: u64 = 4 << 20;

/// What is said where a folder of names cannot be read.
const NOT_LISTED: &str = "the sealed files could not be listed";

/// Copies all sealed files. One that is erased meanwhile is left out: its key is gone before the copy of the vault is taken.
///
/// # Errors
/// Which file could not be read or written.
pub(super) async fn copy(from: &Blobs, to: &Blobs) -> anyhow::Result<Files> {
    let mut files = Files::default();
    let mut walk = from.walk();
    while let Some(here) = walk.next().await.context(NOT_LISTED)? {
        for name in here.names {
            if let Some(bytes) = copy_one(from, to, &name)
                .await
                .context("a sealed file could not be copied")?
            {
                files.count += 1;
                files.bytes += bytes;
            }
        }
    }
    Ok(files)
}

/// Copies the sealed files that a record names and that are not there; how many. What no record names is not brought: it may be of something that was erased.
///
/// # Errors
/// Which file could not be read or written.
pub(super) async fn copy_missing(from: &Blobs, to: &Blobs, store: &Store) -> anyhow::Result<u64> {
    let mut copied = 0;
    let mut walk = from.walk();
    while let Some(here) = walk.next().await.context(NOT_LISTED)? {
        let ids: Vec<_> = here.names.iter().filter_map(|name| blob_id(name)).collect();
        let named = store.blobs_named(&ids).await.context("the records could not be read")?;
        for name in here.names {
            let named = blob_id(&name).is_some_and(|id| named.contains(&id));
            let there = to.size(&name).await.context("a sealed file could not be looked for")?;
            if named && there.is_none() {
                let bytes = copy_one(from, to, &name).await;
                copied += u64::from(bytes.context("a sealed file could not be copied")?.is_some());
            }
        }
    }
    Ok(copied)
}

async fn copy_one(from: &Blobs, to: &Blobs, name: &str) -> Result<Option<u64>, BlobError> {
    let Some(size) = from.size(name).await? else {
        return Ok(None);
    };
    let mut writer = to.begin(name).await?;
    let mut at = 0;
    while at < size {
        let end = size.min(at + PIECE);
        let Some(piece) = from.get_range(name, at..end).await? else {
            writer.abandon().await?;
            return Ok(None);
        };
        writer.push(piece).await?;
        at = end;
    }
    writer.finish().await?;
    Ok(Some(size))
}
