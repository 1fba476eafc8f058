//! Taking a copy: the rows of one moment, out of a store that goes on working.

use super::format::{FormatError, Head, Writing};
use super::{CopyError, CopyReport, Kept, about};
use crate::place::sync_folder;
use crate::rows::Table;
use crate::sql::{Database, Snapshot};
use counterfoil_ledger::Hash;
use counterfoil_model::Timestamp;
use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

/// How many stretches of rows wait for the disk at most.
const AHEAD: usize = 2;

/// Takes a copy of all tables of `kept` into a new file at `path`.
pub(super) async fn take(
    database: &Database,
    kept: &'static Kept,
    now: Timestamp,
    path: &Path,
) -> Result<CopyReport, CopyError> {
    let head = Head {
        kind: kept.kind,
        step: kept.step(),
        taken_at: now,
    };
    let (to, rows) = mpsc::channel(AHEAD);
    let writing = spawn_blocking({
        let path = path.to_owned();
        move || write(kept, head, rows, &path)
    });
    let texts = kept.tables.iter().map(|table| table.all).collect();
    let read = database.at_one_moment(texts, to).await;
    let written = writing.await.map_err(|error| CopyError::File {
        path: path.to_owned(),
        source: std::io::Error::other(error),
    })?;
    // What went wrong first is what the other end met as the end of the rows.
    match (read, written) {
        (Err(failure), Ok(part)) => {
            drop(part);
            Err(failure.into())
        }
        (_, Err(error)) => Err(error),
        (Ok(()), Ok(part)) => part.stays(path),
    }
}

/// A copy that is written and not in its place yet; dropped, it goes.
struct Part {
    path: PathBuf,
    report: Option<CopyReport>,
}

impl Part {
    fn stays(mut self, path: &Path) -> Result<CopyReport, CopyError> {
        let unusable = |source| CopyError::File {
            path: path.to_owned(),
            source,
        };
        // Not every place for backups knows links, which would refuse by themselves.
        if path.exists() {
            return Err(unusable(std::io::ErrorKind::AlreadyExists.into()));
        }
        std::fs::rename(&self.path, path).map_err(unusable)?;
        path.parent().map_or(Ok(()), sync_folder).map_err(unusable)?;
        self.report
            .take()
            .ok_or_else(|| CopyError::Damaged { path: path.to_owned() })
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // Under its own name it is not here any more; what cannot be removed lies there under one that says that it is no copy.
        drop(std::fs::remove_file(&self.path));
    }
}

fn write(kept: &Kept, head: Head, mut rows: mpsc::Receiver<Snapshot>, path: &Path) -> Result<Part, CopyError> {
    let path = path.with_added_extension("part");
    let explained = about(&path);
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
    let file = file.map_err(|error| explained(FormatError::File(error)))?;
    let mut part = Part {
        path: path.clone(),
        report: None,
    };
    let written = write_to(kept, head, &mut rows, file);
    part.report = Some(written.map_err(explained)?);
    Ok(part)
}

fn write_to(
    kept: &Kept,
    head: Head,
    rows: &mut mpsc::Receiver<Snapshot>,
    file: File,
) -> Result<CopyReport, FormatError> {
    let mut writing = Writing::begin(BufWriter::with_capacity(1 << 18, file), head)?;
    let mut log: Option<(i64, Hash)> = None;
    let mut tables = kept.tables.iter();
    let mut last: Option<&Table> = None;
    while let Some(Snapshot { table, rows }) = rows.blocking_recv() {
        let wanted = kept.tables.get(table).copied();
        // A table without rows is named all the same.
        while last.map(|table| table.name) != wanted.map(|table| table.name) {
            last = tables.next().copied();
            let Some(table) = last else {
                return Err(FormatError::Damaged);
            };
            writing.table(table.name, table.columns)?;
        }
        for row in &rows {
            log = log.or(last.and_then(|table| kept.log(table, row)));
            writing.row(row)?;
        }
    }
    for table in tables {
        writing.table(table.name, table.columns)?;
    }
    let (out, totals) = writing.end()?;
    let mut file = out
        .into_inner()
        .map_err(|error| FormatError::File(error.into_error()))?;
    file.flush()?;
    file.sync_all()?;
    Ok(kept.report(head, totals, log))
}
