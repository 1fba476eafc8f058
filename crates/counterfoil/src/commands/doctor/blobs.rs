//! The place of sealed files as the doctor sees it: whether an object can be written, read, replaced by who read it last, and removed.

use super::findings::Findings;
use crate::compose;
use crate::config::Settings;
use crate::config::blobs::BlobPlace;
use crate::system::System;
use crate::telemetry::chain;
use counterfoil_store::{BlobError, Blobs};

const WHAT: &str = "blobs";

/// Tries the place with a small object of its own, which is gone afterwards.
pub(super) async fn look(settings: &Settings, system: &System, findings: &mut Findings) {
    let place = match &settings.storage.blobs {
        BlobPlace::Folder(folder) => format!("the folder {}", folder.display()),
        BlobPlace::Bucket(bucket) => format!("the bucket {}", bucket.name),
    };
    let blobs = match compose::blobs(settings) {
        Ok(blobs) => blobs,
        Err(error) => return findings.broken(WHAT, format!("{error:#}")),
    };
    let name = format!("doctor/{:016x}", u64::from_be_bytes(system.random.array()));
    match try_out(&blobs, &name).await {
        Ok(None) => findings.well(
            WHAT,
            format!("{place} keeps, gives back, replaces and removes what it is asked to"),
        ),
        Ok(Some(fault)) => findings.broken(WHAT, format!("{place} {fault}")),
        Err(error) => findings.broken(WHAT, format!("{place}: {}", chain(&error))),
    }
}

/// What the place does not do as it must, if anything.
async fn try_out(blobs: &Blobs, name: &str) -> Result<Option<&'static str>, BlobError> {
    let fault = steps(blobs, name).await;
    blobs.remove_orphan(name).await?;
    match fault? {
        None if blobs.get(name).await?.is_some() => Ok(Some("does not remove what it is told to remove")),
        fault => Ok(fault),
    }
}

async fn steps(blobs: &Blobs, name: &str) -> Result<Option<&'static str>, BlobError> {
    const UNGUARDED: &str = "replaces an object that somebody else wrote in between: it does not know If-Match and If-None-Match, and \
                             without them the mirrored log could go back";
    let Some(first) = blobs.replace(name, None, &b"first"[..]).await? else {
        return Ok(Some("says that a new object is there already"));
    };
    if blobs.get(name).await?.as_deref() != Some(b"first") {
        return Ok(Some("does not give back what was written"));
    }
    if blobs.replace(name, None, &b"second"[..]).await?.is_some() {
        return Ok(Some(UNGUARDED));
    }
    if blobs
        .replace(name, Some(&first), &b"third, longer"[..])
        .await?
        .is_none()
    {
        return Ok(Some("does not replace what was read last"));
    }
    if blobs.replace(name, Some(&first), &b"fourth"[..]).await?.is_some() {
        return Ok(Some(UNGUARDED));
    }
    Ok(None)
}
