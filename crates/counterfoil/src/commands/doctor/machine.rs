//! The machine as the doctor sees it: the data folder, room on the disk, TLS files, and whether a server runs.

use super::findings::Findings;
use crate::config::Settings;
use crate::listen::tls;
use std::os::unix::fs::MetadataExt;
use tokio::net::UnixStream;

/// Below this much room nothing can be relied on.
const TOO_LITTLE_BYTES: u64 = 256 << 20;
/// Below this much room somebody should look.
const LITTLE_BYTES: u64 = 4 << 30;

/// Looks at the machine.
pub(super) async fn look(settings: &Settings, findings: &mut Findings) {
    data_folder(settings, findings);
    room(settings, findings);
    tls(settings, findings);
    if UnixStream::connect(settings.storage.socket()).await.is_ok() {
        findings.well("server", "it is running");
    } else {
        findings.doubtful("server", "it is not running on this data folder");
    }
}

fn data_folder(settings: &Settings, findings: &mut Findings) {
    let folder = &settings.storage.data;
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

fn room(settings: &Settings, findings: &mut Findings) {
    let free = match rustix::fs::statvfs(&settings.storage.data) {
        Ok(found) => found.f_bavail.saturating_mul(found.f_frsize),
        Err(error) => return findings.broken("room", format!("the free room on the disk cannot be seen: {error}")),
    };
    let said = format!("{} MB free where the data lies", free >> 20);
    if free < TOO_LITTLE_BYTES {
        findings.broken("room", said);
    } else if free < LITTLE_BYTES {
        findings.doubtful("room", said);
    } else {
        findings.well("room", said);
    }
}

fn tls(settings: &Settings, findings: &mut Findings) {
    let server = &settings.server;
    match &server.tls {
        Some(files) => match tls::read(files) {
            Ok(_) => findings.unseen(
                "certificate",
                "its files can be used; when it runs out is not looked at by this version",
            ),
            Err(error) => {
                let cause = std::error::Error::source(&error).map_or_else(String::new, |cause| format!(": {cause}"));
                findings.broken("certificate", format!("{error}{cause}"));
            }
        },
        None if server.address.ip().is_loopback() => {
            findings.well("certificate", "none needed: plain HTTP on loopback alone")
        }
        None => findings.unseen("certificate", "the proxy in front holds it"),
    }
}
