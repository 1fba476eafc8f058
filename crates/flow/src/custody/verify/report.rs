//! What a verification found, for people and for programs.

use counterfoil_model::Timestamp;
use serde::Serialize;
use std::fmt;

/// The most differences that a report lists one by one; the others are counted.
const LISTED: usize = 1_000;
/// The most notes that a report lists.
const NOTED: usize = 200;

/// What is the matter with one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// It is not what was put there.
    Altered,
    /// The log says that it was recorded, and it is gone.
    Deleted,
    /// It is there, and the log knows nothing of it.
    Unrecorded,
    /// The log says more than once that it was recorded.
    RecordedTwice,
    /// It should be there and is not.
    Missing,
    /// It is there and should not be.
    Surplus,
    /// It does not agree with the records that it sums up.
    Disagrees,
    /// It does not bear this log's signature.
    NotSigned,
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Altered => "was altered",
            Self::Deleted => "was recorded and is gone",
            Self::Unrecorded => "is there and was never recorded",
            Self::RecordedTwice => "was recorded more than once",
            Self::Missing => "is missing",
            Self::Surplus => "is there and should not be",
            Self::Disagrees => "does not agree with the records that it sums up",
            Self::NotSigned => "is not signed with this log's key",
        })
    }
}

/// One place where what is stored is not what was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The place in words, such as `message 2 of conversation cnv_…`.
    pub place: String,
    /// The table, or `object` for what lies in the blob store.
    pub table: &'static str,
    /// The id of the row as written elsewhere, or the name of the object.
    pub id: String,
    /// The column, when one can be named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<&'static str>,
    /// What is the matter.
    pub what: What,
}

/// `message 2 of conversation cnv_…: sealed_body was altered`.
impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.column {
            Some(column) => write!(f, "{}: {column} {}", self.place, self.what),
            None => write!(f, "{} {}", self.place, self.what),
        }
    }
}

/// What was looked at in one table of records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TableCount {
    /// The table.
    pub table: &'static str,
    /// Its rows.
    pub rows: u64,
    /// Sealed values in them that were opened and compared with the log.
    pub opened: u64,
    /// Sealed values whose key was destroyed.
    pub erased: u64,
    /// Rows that were erased, as the log says.
    pub gone: u64,
    /// Rows that were lost before a restore, as the log says.
    pub lost: u64,
}

/// What was looked at in the log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct LogCount {
    /// The name of the log.
    pub origin: String,
    /// Its public key, as checkpoints are verified with.
    pub key: String,
    /// Leaves with a number.
    pub leaves: u64,
    /// The root over them, 64 hex digits.
    pub root: String,
    /// Leaves that wait for their number.
    pub pending: u64,
    /// Signed checkpoints.
    pub checkpoints: u64,
    /// The size that the newest of them signs, if there is one.
    pub signed: Option<u64>,
    /// Tiles and entry bundles.
    pub tiles: u64,
}

/// What was looked at in the blob store.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct BlobCount {
    /// Files that a record names.
    pub blobs: u64,
    /// Bytes of ciphertext in them.
    pub bytes: u64,
    /// Files whose key was destroyed.
    pub erased: u64,
    /// Objects that no record names.
    pub orphans: u64,
}

/// What was looked at in the vault store.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct VaultCount {
    /// Key epochs.
    pub epochs: u64,
    /// Named secrets.
    pub secrets: u64,
    /// Key trees.
    pub trees: u64,
}

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VerifyReport {
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
    /// Whether nothing differs.
    pub sound: bool,
    /// The log.
    pub log: LogCount,
    /// The tables of records, in the order in which they were read.
    pub tables: Vec<TableCount>,
    /// The files.
    pub blobs: BlobCount,
    /// The keys.
    pub vault: VaultCount,
    /// How many differences there are.
    pub differing: u64,
    /// The first 1,000 of them.
    pub differences: Vec<Difference>,
    /// What one should know beside: nothing here is a failure.
    pub notes: Vec<String>,
}

impl VerifyReport {
    pub(super) fn begun(started_at: Timestamp) -> Self {
        Self {
            started_at,
            ended_at: started_at,
            sound: true,
            log: LogCount::default(),
            tables: Vec::new(),
            blobs: BlobCount::default(),
            vault: VaultCount::default(),
            differing: 0,
            differences: Vec::new(),
            notes: Vec::new(),
        }
    }

    pub(super) fn differs(&mut self, difference: Difference) {
        self.sound = false;
        if self.differences.contains(&difference) {
            return;
        }
        self.differing += 1;
        if self.differences.len() < LISTED {
            self.differences.push(difference);
        }
    }

    pub(super) fn note(&mut self, note: impl Into<String>) {
        if self.notes.len() < NOTED {
            self.notes.push(note.into());
        }
    }

    /// The count of the table that is being read.
    pub(super) fn table(&mut self, table: &'static str) -> &mut TableCount {
        let known = self.tables.iter().position(|count| count.table == table);
        let at = known.unwrap_or_else(|| {
            self.tables.push(TableCount {
                table,
                rows: 0,
                opened: 0,
                erased: 0,
                gone: 0,
                lost: 0,
            });
            self.tables.len() - 1
        });
        &mut self.tables[at]
    }
}

/// The report as `counterfoil verify` prints it: what was looked at, what one should know, then the verdict.
impl fmt::Display for VerifyReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let log = &self.log;
        writeln!(
            f,
            "log      {} leaves, {} checkpoints, {} tiles",
            log.leaves, log.checkpoints, log.tiles
        )?;
        writeln!(f, "         root {}", log.root)?;
        writeln!(f, "         key  {}", log.key)?;
        let rows: u64 = self.tables.iter().map(|count| count.rows).sum();
        let opened: u64 = self.tables.iter().map(|count| count.opened).sum();
        let erased: u64 = self.tables.iter().map(|count| count.erased).sum();
        let gone: u64 = self.tables.iter().map(|count| count.gone).sum();
        writeln!(
            f,
            "records  {rows} rows in {} tables, {opened} sealed values opened, {erased} erased, {gone} rows erased",
            self.tables.len()
        )?;
        for count in self.tables.iter().filter(|count| count.rows > 0) {
            writeln!(f, "         {:<20} {:>8}", count.table, count.rows)?;
        }
        let blobs = &self.blobs;
        writeln!(
            f,
            "files    {} with {} sealed bytes, {} erased",
            blobs.blobs, blobs.bytes, blobs.erased
        )?;
        let vault = &self.vault;
        writeln!(
            f,
            "keys     {} epochs, {} secrets, {} trees",
            vault.epochs, vault.secrets, vault.trees
        )?;
        for note in &self.notes {
            writeln!(f, "note     {note}")?;
        }
        if self.sound {
            return writeln!(f, "Sound: all that is stored is what was recorded.");
        }
        for difference in &self.differences {
            writeln!(f, "DIFFERS  {difference}")?;
        }
        let unlisted = self.differing - self.differences.len() as u64;
        if unlisted > 0 {
            writeln!(f, "DIFFERS  and {unlisted} more places")?;
        }
        match self.differing {
            1 => writeln!(f, "Not sound: 1 place differs from what was recorded."),
            many => writeln!(f, "Not sound: {many} places differ from what was recorded."),
        }
    }
}
