//! Copying the sealed files of an installation, from wherever they lie into the folder of a backup.

use super::manifest::Files;
use anyhow::Context;
use counterfoil_store::{BlobError, Blobs};

/// How much of a file is in memory at a time, in bytes.
const PIECE: u64 = 4 << 20;

/// Copies all sealed files. One that is erased meanwhile is left out: its key is gone before the copy of the vault is taken.
///
/// # Errors
/// Which file could not be read or written.
pub(super) async fn copy(from: &Blobs, to: &Blobs) -> anyhow::Result<Files> {
    let mut files = Files::default();
    // A folder of names per last byte of the id: a 256th of all names at a time.
    for byte in 0..=u8::MAX {
        let names = from.list(&format!("blobs/{byte:02x}")).await;
        for name in names.context("the sealed files could not be listed")? {
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
