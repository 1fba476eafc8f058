//! Bringing a copy: into an empty store, in one transaction, after all of it was read once.

use super::format::{Entry, FormatError, Head, Reading};
use super::{CopyError, CopyReport, Kept, about};
use crate::rows::Table;
use crate::sql::failure::FailureKind;
use crate::sql::{Database, Failure, Gathering, Session, Snapshot};
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

/// How many stretches of rows wait for the engine at most.
const AHEAD: usize = 2;

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
    let (to, mut stretches) = mpsc::channel::<Snapshot>(AHEAD);
    let reading = reading(path, kept, Some(to));
    let inserting = async {
        let mut failed = None;
        while let Some(stretch) = stretches.recv().await {
            if let (None, Some(table)) = (&failed, kept.tables.get(stretch.table)) {
                failed = session.insert(table.insert, &stretch.rows).await.err();
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
async fn reading(
    path: &Path,
    kept: &'static Kept,
    to: Option<mpsc::Sender<Snapshot>>,
) -> Result<CopyReport, CopyError> {
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
fn read(path: &Path, kept: &Kept, each: impl FnMut(Snapshot) -> bool) -> Result<CopyReport, CopyError> {
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
    mut each: impl FnMut(Snapshot) -> bool,
) -> Result<CopyReport, FormatError> {
    let mut log = None;
    let mut tables = kept.tables.iter().copied().enumerate();
    let mut gathered: Option<(&Table, Gathering)> = None;
    loop {
        match reading.next()? {
            Entry::Row(row) => {
                let (table, gathering) = gathered.as_mut().ok_or(FormatError::Damaged)?;
                log = log.or(kept.log(table, &row));
                hand(gathering.add(row), &mut each)?;
            }
            Entry::Table { name, columns } => {
                hand(rest(&mut gathered), &mut each)?;
                // Each table once, with all of its columns, in our order.
                let table = tables
                    .next()
                    .filter(|(_, table)| table.name == name && table.columns == columns);
                let (place, table) = table.ok_or(FormatError::Damaged)?;
                gathered = Some((table, Gathering::of(place)));
            }
            Entry::End(totals) => {
                hand(rest(&mut gathered), &mut each)?;
                return match tables.next() {
                    None => Ok(kept.report(head, totals, log)),
                    Some(_) => Err(FormatError::Damaged),
                };
            }
        }
    }
}

/// What was not handed on of the table that is at its end.
fn rest(gathered: &mut Option<(&Table, Gathering)>) -> Option<Snapshot> {
    gathered.take().and_then(|(_, mut gathering)| gathering.rest())
}

fn hand(rows: Option<Snapshot>, each: &mut impl FnMut(Snapshot) -> bool) -> Result<(), FormatError> {
    match rows.is_none_or(each) {
        true => Ok(()),
        false => Err(FormatError::Damaged),
    }
}
