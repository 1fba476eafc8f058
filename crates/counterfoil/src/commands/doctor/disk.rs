//! The disks as the doctor sees them: who may look into the data folder, how much room there is, and whether what is written really gets
//! to the disk.

use super::findings::Findings;
use crate::config::Settings;
use crate::config::blobs::BlobPlace;
use crate::config::database::Database;
use crate::system::System;
use std::fs::{File, OpenOptions};
use std::io::{Error, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;
use std::time::Duration;

/// Below this much room nothing can be relied on.
const TOO_LITTLE_BYTES: u64 = 256 << 20;
/// Below this much room somebody should look.
const LITTLE_BYTES: u64 = 4 << 30;
/// With so few files left to be made, somebody should look.
const FEW_FILES: u64 = 10_000;
/// How much is written to see whether it can be.
static TRIED: [u8; 64 << 10] = [0xC0; 64 << 10];
/// A sync that takes longer holds up every acknowledgement.
const SLOW: Duration = Duration::from_secs(1);

/// File systems that are gone after a restart, by the number that Linux gives them (`linux/magic.h`): tmpfs, ramfs.
const VOLATILE: [u64; 2] = [0x0102_1994, 0x8584_58F6];
/// File systems of other machines: NFS, SMB, CIFS, SMB2.
const ELSEWHERE: [u64; 4] = [0x6969, 0x517B, 0xFF53_4D42, 0xFE53_4D42];

/// Looks at the folders of data, spool and sealed files.
pub(super) fn look(settings: &Settings, system: &System, findings: &mut Findings) {
    let storage = &settings.storage;
    rights(&storage.data, findings);
    place("disk of data", &storage.data, settings, system, findings);
    place("disk of spool", &settings.intake.spool, settings, system, findings);
    if let BlobPlace::Folder(folder) = &storage.blobs {
        place("disk of blobs", folder, settings, system, findings);
    }
}

fn rights(folder: &Path, findings: &mut Findings) {
    match std::fs::metadata(folder) {
        Ok(meta) if meta.mode() & 0o077 != 0 => findings.broken(
            "data folder",
            format!(
                "{} is open to other accounts; make it private with `chmod go= {0}`",
                folder.display()
            ),
        ),
        Ok(_) => findings.well("data folder", "it is for its owner alone"),
        Err(error) => findings.broken("data folder", format!("{} cannot be seen: {error}", folder.display())),
    }
}

fn place(what: &'static str, folder: &Path, settings: &Settings, system: &System, findings: &mut Findings) {
    // A folder that is made at the first start stands on the disk of the one above it.
    let Some(there) = folder.ancestors().find(|folder| folder.is_dir()) else {
        return findings.broken(
            what,
            format!("{} is not there, nor anything above it", folder.display()),
        );
    };
    let shown = there.display();
    let took = match try_out(there, system) {
        Ok(took) => took,
        Err(error) => {
            return findings.broken(
                what,
                format!(
                    "nothing can be kept in {shown}: {error}; free room there, or give this account its right to write"
                ),
            );
        }
    };
    let (room, kind) = match rustix::fs::statvfs(there).and_then(|room| Ok((room, rustix::fs::statfs(there)?))) {
        Ok((room, kind)) => (room, u64::try_from(kind.f_type).unwrap_or_default()),
        Err(error) => return findings.broken(what, format!("the room in {shown} cannot be seen: {error}")),
    };
    let free = room.f_bavail.saturating_mul(room.f_frsize);
    let few_files = room.f_files > 0 && room.f_favail < FEW_FILES;
    let spool_bytes = settings.intake.spool_bytes;
    let said = format!(
        "{} MB free in {shown}; what was written there was on the disk after {} ms",
        free >> 20,
        took.as_millis()
    );
    if free < TOO_LITTLE_BYTES {
        findings.broken(what, format!("{said}; free room before it is full"));
    } else if ELSEWHERE.contains(&kind) && keeps_rows_here(settings) {
        findings.broken(
            what,
            format!("{said}; it lies on another machine, where SQLite is not safe: use a local disk"),
        );
    } else if VOLATILE.contains(&kind) {
        findings.doubtful(
            what,
            format!("{said}; it lies in memory and is gone after a restart: use a disk"),
        );
    } else if took > SLOW {
        findings.doubtful(what, format!("{said}: each acknowledgement waits that long"));
    } else if few_files {
        findings.doubtful(what, format!("{said}; only {} more files can be made", room.f_favail));
    } else if what == "disk of spool" && free < spool_bytes {
        findings.doubtful(
            what,
            format!(
                "{said}; the spool may take {} MB (intake.spool_megabytes)",
                spool_bytes >> 20
            ),
        );
    } else if free < LITTLE_BYTES {
        findings.doubtful(what, said);
    } else {
        findings.well(what, said);
    }
}

fn keeps_rows_here(settings: &Settings) -> bool {
    let storage = &settings.storage;
    let in_a_folder = |database: &&Database| matches!(database, Database::Folder(_));
    [&storage.records, &storage.vault].iter().any(in_a_folder)
}

/// Writes a small file of its own, brings it to the disk, reads it back and removes it; how long bringing it there took.
fn try_out(folder: &Path, system: &System) -> Result<Duration, Error> {
    let name = format!(".doctor-{:016x}", u64::from_be_bytes(system.random.array()));
    let path = folder.join(name);
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)?;
    let begun = system.clock.monotonic();
    let kept = file
        .write_all(&TRIED)
        .and_then(|()| file.sync_all())
        .and_then(|()| File::open(folder)?.sync_all());
    let took = system.clock.monotonic().saturating_sub(begun);
    let mut found = Vec::new();
    let read = kept.and_then(|()| File::open(&path)?.read_to_end(&mut found));
    let removed = std::fs::remove_file(&path);
    read?;
    removed?;
    if found != TRIED {
        return Err(Error::other("what is read there is not what was written"));
    }
    Ok(took)
}
