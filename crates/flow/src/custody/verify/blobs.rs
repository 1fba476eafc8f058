//! The files: each that a record names is there, is what the record says, and opens; what no record names is told.

use super::contents::Recorded;
use super::records::{Found, place};
use super::report::What;
use super::{Run, Stage};
use crate::context::Unavailable;
use crate::custody::away;
use aws_lc_rs::digest::{Context, SHA256};
use counterfoil_model::BlobId;
use counterfoil_policy::{Machine, machine_permit};
use counterfoil_store::{BlobFolder, blob_id, blob_name};
use counterfoil_vault::{BLOB_HEADER, BlobOpener, BlobShape, Kind, Label, OpenError, Place};

/// What became of one file.
enum File {
    Whole { bytes: u64 },
    Erased,
    Wrong(What),
}

/// Looks at the file that a step of an attachment names, if it names one. `erased`: what is known of the file was erased.
pub(super) async fn check(
    run: &mut Run<'_>,
    recorded: &'static Recorded,
    found: &Found,
    erased: bool,
) -> Result<(), Unavailable> {
    let Some(blob) = found.row.id("blob_id").map(BlobId::from_bytes) else {
        return Ok(());
    };
    let digest = found.row.bytes("blob_digest");
    // The record digest binds the column; the leaf names the object beside, for who has no rows.
    if let (Some(leaf), Some(digest)) = (&found.leaf, digest)
        && !leaf.objects.iter().any(|object| object.as_slice() == digest)
        && found.fits
    {
        let place = place(run, recorded, &found.id, Some(found)).await?;
        run.differs(
            place,
            recorded.table,
            recorded.written(&found.id),
            Some("blob_digest"),
            What::Disagrees,
        );
    }
    match file(run, blob, digest).await? {
        File::Whole { bytes } => {
            run.report.blobs.blobs += 1;
            run.report.blobs.bytes += bytes;
            run.opened += 1;
        }
        File::Erased => run.report.blobs.erased += 1,
        File::Wrong(What::Missing) if erased => run.report.blobs.erased += 1,
        // A row that was altered may name another file; the row is told already.
        File::Wrong(_) if !found.fits => {}
        File::Wrong(what) => run.differs(format!("file {blob}"), "object", blob_name(blob), None, what),
    }
    Ok(())
}

/// Reads a file chunk by chunk, digests it and opens it.
async fn file(run: &Run<'_>, blob: BlobId, digest: Option<&[u8]>) -> Result<File, Unavailable> {
    let (blobs, name) = (run.flow.blobs(), blob_name(blob));
    let Some(size) = blobs.size(&name).await.map_err(away)? else {
        return Ok(File::Wrong(What::Missing));
    };
    let Some(shape) = BlobShape::of(size) else {
        return Ok(File::Wrong(What::Altered));
    };
    let Some(header) = blobs.get_range(&name, 0..BLOB_HEADER as u64).await.map_err(away)? else {
        return Ok(File::Wrong(What::Missing));
    };
    let place = Place {
        kind: Kind::Blob,
        object: *blob.bytes(),
        label: Label::Blob,
    };
    let permit = machine_permit(Machine::Verify, vec![place.object]);
    let opener: Option<BlobOpener> = match run.flow.vault().blob_open(&permit, place, &header).await {
        Ok(opener) => Some(opener),
        // Whether it is rightly gone only the digest can tell.
        Err(OpenError::Erased) => None,
        Err(OpenError::Altered) => return Ok(File::Wrong(What::Altered)),
        Err(error) => return Err(error.into()),
    };
    let mut sha256 = Context::new(&SHA256);
    sha256.update(&header);
    for number in 0..shape.chunks() {
        let Some(range) = shape.sealed_range(number) else {
            return Ok(File::Wrong(What::Altered));
        };
        let Some(sealed) = blobs.get_range(&name, range).await.map_err(away)? else {
            return Ok(File::Wrong(What::Missing));
        };
        sha256.update(&sealed);
        if opener
            .as_ref()
            .is_some_and(|opener| opener.chunk(shape, number, &sealed).is_err())
        {
            return Ok(File::Wrong(What::Altered));
        }
    }
    Ok(match (digest == Some(sha256.finish().as_ref()), opener) {
        (false, _) => File::Wrong(What::Altered),
        (true, Some(_)) => File::Whole { bytes: size },
        (true, None) => File::Erased,
    })
}

/// Tells of objects that no record names. They are the rest of work that was not finished and hold what nobody can open any more
/// once they are swept; they are not a failure.
pub(super) async fn orphans(run: &mut Run<'_>) -> Result<(), Unavailable> {
    let (mut seen, mut walk) = (0, run.flow.blobs().walk());
    while let Some(BlobFolder { folder, names }) = walk.next().await.map_err(away)? {
        seen += names.len() as u64;
        let ids: Vec<(BlobId, &String)> = names.iter().filter_map(|name| Some((blob_id(name)?, name))).collect();
        for page in ids.chunks(64) {
            let asked: Vec<BlobId> = page.iter().map(|(id, _)| *id).collect();
            let named = run.flow.store().blobs_named(&asked).await?;
            run.report.blobs.orphans += page.iter().filter(|(id, _)| !named.contains(id)).count() as u64;
        }
        let strange = names.len() - ids.len();
        if strange > 0 {
            run.report
                .note(format!("{strange} objects under {folder} have names that are no ids."));
        }
    }
    if run.report.blobs.orphans > 0 {
        let orphans = run.report.blobs.orphans;
        run.report.note(format!(
            "{orphans} objects are named by no record: the rest of work that broke off, to be swept."
        ));
    }
    run.at(Stage::Objects, seen, Some(seen));
    Ok(())
}
