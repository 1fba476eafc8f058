//! Bringing a copy: into an empty store, in one transaction, after all of it was read once.

use super::format::{Entry, FormatError, Head, Reading};
use super::{CopyError, CopyReport, Kept, about};
use crate::rows::Table;
use crate::sql::failure::FailureKind;
use crate::sql::{Database, Failure, Session, Value};
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

/// How many rows are brought at a time, unless they are large.
const STRETCH: usize = 256;
/// How many bytes of them.
const STRETCH_BYTES: usize = 1 << 20;
/// How many stretches wait for the engine at most.
const AHEAD: usize = 2;

/// Rows of one table, in their order.
struct Stretch {
    table: &'static Table,
    rows: Vec<Vec<Value>>,
}

/// Reads a copy from front to back and says what it holds.
pub(super) fn check(path: &Path, kept: &Kept) -> Result<CopyReport, CopyError> {
    read(path, kept, |_| true)
}

/// Brings a copy into `database`, whose tables are there and hold nothing of an installation yet.
pub(super) async fn bring(database: &Database, kept: &'static Kept, path: &Path) -> Result<CopyReport, CopyError> {
    let checked = reading(path, kept, None).await?;
    let mut session = database.begin().await?;
    let brought = bring_to(&mut session, kept, path).await;
    match brought {
        Ok(report) if report == checked => {
            session.commit().await.map_err(refused)?;
            Ok(report)
        }
        other => {
            // The next transaction must find the connection free; a failing rollback closes it.
            let _ = session.rollback().await;
            Err(other.err().unwrap_or(CopyError::Damaged { path: path.to_owned() }))
        }
    }
}

async fn bring_to(session: &mut Session, kept: &'static Kept, path: &Path) -> Result<CopyReport, CopyError> {
    if !session.rows(kept.used.some, Vec::new()).await?.is_empty() {
        return Err(CopyError::NotEmpty);
    }
    // What the tables were made with is in the copy too.
    for table in kept.tables {
        session.execute(table.clear, Vec::new()).await?;
    }
    let (to, mut stretches) = mpsc::channel::<Stretch>(AHEAD);
    let reading = reading(path, kept, Some(to));
    let inserting = async {
        let mut failed = None;
        while let Some(stretch) = stretches.recv().await {
            if failed.is_none() {
                failed = session.insert(stretch.table.insert, &stretch.rows).await.err();
            }
        }
        failed
    };
    let (report, failed) = tokio::join!(reading, inserting);
    match failed {
        Some(failure) => Err(refused(failure)),
        None => report,
    }
}

fn refused(failure: Failure) -> CopyError {
    match failure.kind() {
        FailureKind::Rule | FailureKind::Refused => CopyError::Refused(failure),
        _ => CopyError::Unavailable(failure),
    }
}

/// Reads a copy on a thread of its own, and hands its rows on.
async fn reading(path: &Path, kept: &'static Kept, to: Option<mpsc::Sender<Stretch>>) -> Result<CopyReport, CopyError> {
    let owned = path.to_owned();
    let read = spawn_blocking(move || {
        read(&owned, kept, |stretch| match &to {
            Some(to) => to.blocking_send(stretch).is_ok(),
            None => true,
        })
    });
    read.await.map_err(|error| CopyError::File {
        path: path.to_owned(),
        source: std::io::Error::other(error),
    })?
}

/// Reads a copy; `each` says whether anybody wants more.
fn read(path: &Path, kept: &Kept, each: impl FnMut(Stretch) -> bool) -> Result<CopyReport, CopyError> {
    let explained = about(path);
    let file = File::open(path).map_err(|error| explained(FormatError::File(error)))?;
    let (reading, head) = Reading::begin(BufReader::with_capacity(1 << 18, file)).map_err(&explained)?;
    if head.kind != kept.kind {
        return Err(CopyError::Other {
            found: head.kind,
            wanted: kept.kind,
        });
    }
    if head.step != kept.step() {
        return Err(CopyError::Version {
            found: head.step,
            known: kept.step(),
        });
    }
    rows(reading, head, kept, each).map_err(explained)
}

fn rows<R: std::io::Read>(
    mut reading: Reading<R>,
    head: Head,
    kept: &Kept,
    mut each: impl FnMut(Stretch) -> bool,
) -> Result<CopyReport, FormatError> {
    let mut log = None;
    let mut tables = kept.tables.iter().copied();
    let mut stretch: Option<(Stretch, usize)> = None;
    loop {
        let entry = reading.next()?;
        let ready = match (&mut stretch, &entry) {
            (Some((stretch, bytes)), Entry::Row(row)) => {
                log = log.or(kept.log(stretch.table, row));
                *bytes += row.iter().map(Value::weight).sum::<usize>();
                stretch.rows.len() + 1 >= STRETCH || *bytes >= STRETCH_BYTES
            }
            (None, Entry::Row(_)) => return Err(FormatError::Damaged),
            _ => false,
        };
        match entry {
            Entry::Row(row) => {
                if let Some((stretch, bytes)) = &mut stretch {
                    stretch.rows.push(row);
                    if ready {
                        let (table, rows) = (stretch.table, std::mem::take(&mut stretch.rows));
                        *bytes = 0;
                        if !each(Stretch { table, rows }) {
                            return Err(FormatError::Damaged);
                        }
                    }
                }
            }
            Entry::Table { name, columns } => {
                flush(&mut stretch, &mut each)?;
                // Each table once, with all of its columns, in our order.
                let table = tables
                    .next()
                    .filter(|table| table.name == name && table.columns == columns);
                let table = table.ok_or(FormatError::Damaged)?;
                let rows = Vec::new();
                stretch = Some((Stretch { table, rows }, 0));
            }
            Entry::End(totals) => {
                flush(&mut stretch, &mut each)?;
                return match tables.next() {
                    None => Ok(kept.report(head, totals, log)),
                    Some(_) => Err(FormatError::Damaged),
                };
            }
        }
    }
}

fn flush(stretch: &mut Option<(Stretch, usize)>, each: &mut impl FnMut(Stretch) -> bool) -> Result<(), FormatError> {
    let rest = stretch
        .take()
        .map(|(stretch, _)| stretch)
        .filter(|stretch| !stretch.rows.is_empty());
    match rest.is_none_or(each) {
        true => Ok(()),
        false => Err(FormatError::Damaged),
    }
}
