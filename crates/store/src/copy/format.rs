//! The bytes of a store copy: written once from front to back, read the same way; `docs/formats/store-copy.md`.
//!
//! It knows values, tables by their names, and a digest. Neither an engine nor what a row means.

use crate::sql::Value;
use aws_lc_rs::digest::{Context, SHA256};
use counterfoil_model::Timestamp;
use std::io::{Read, Write};

/// How a copy begins.
const MARK: &[u8; 7] = b"CFSTORE";
/// The version of the format.
const VERSION: u8 = 1;
/// The longest value of a row, in bytes: many times the longest post.
const LONGEST: u32 = 64 << 20;

const END: u8 = 0;
const TABLE: u8 = 1;
const ROW: u8 = 2;

const NULL: u8 = 0;
const INT: u8 = 1;
const BYTES: u8 = 2;
const TEXT: u8 = 3;

/// Which store a copy is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyKind {
    /// The data store.
    Data,
    /// The vault store.
    Vault,
}

impl CopyKind {
    const fn code(self) -> u8 {
        match self {
            Self::Data => 1,
            Self::Vault => 2,
        }
    }

    /// What people call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Vault => "vault",
        }
    }
}

/// How a copy begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) kind: CopyKind,
    /// The newest step of the tables that it was taken from.
    pub(super) step: i64,
    pub(super) taken_at: Timestamp,
}

/// Why bytes are no copy that can be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum FormatError {
    #[error("it is not a store copy")]
    NoCopy,
    #[error("it is a store copy of version {0}, which this program does not know")]
    Version(u8),
    #[error("it was altered or is not whole")]
    Damaged,
    #[error("it could not be read or written")]
    File(#[from] std::io::Error),
}

/// What a whole copy holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Totals {
    pub(super) rows: u64,
    pub(super) bytes: u64,
    pub(super) digest: [u8; 32],
}

/// Writes a copy.
pub(super) struct Writing<W> {
    out: W,
    digest: Context,
    rows: u64,
    bytes: u64,
}

impl<W: Write> Writing<W> {
    pub(super) fn begin(out: W, head: Head) -> Result<Self, FormatError> {
        let mut writing = Self {
            out,
            digest: Context::new(&SHA256),
            rows: 0,
            bytes: 0,
        };
        writing.put(MARK)?;
        writing.put(&[VERSION, head.kind.code()])?;
        writing.put(&head.step.to_be_bytes())?;
        writing.put(&head.taken_at.micros().to_be_bytes())?;
        Ok(writing)
    }

    /// The rows that follow are of this table.
    pub(super) fn table(&mut self, name: &str, columns: &[&str]) -> Result<(), FormatError> {
        self.put(&[TABLE])?;
        self.short(name)?;
        let count = u8::try_from(columns.len()).map_err(|_| FormatError::Damaged)?;
        self.put(&[count])?;
        columns.iter().try_for_each(|column| self.short(column))
    }

    /// A row: a value for each column.
    pub(super) fn row(&mut self, row: &[Value]) -> Result<(), FormatError> {
        self.put(&[ROW])?;
        for value in row {
            match value {
                Value::Null => self.put(&[NULL])?,
                Value::Int(number) => {
                    self.put(&[INT])?;
                    self.put(&number.to_be_bytes())?;
                }
                Value::Bytes(bytes) => self.long(BYTES, bytes)?,
                Value::Text(text) => self.long(TEXT, text.as_bytes())?,
            }
        }
        self.rows += 1;
        Ok(())
    }

    /// Ends the copy, and gives back what it was written to.
    pub(super) fn end(mut self) -> Result<(W, Totals), FormatError> {
        self.put(&[END])?;
        self.put(&self.rows.to_be_bytes())?;
        let digest = finished(self.digest);
        self.out.write_all(&digest)?;
        let totals = Totals {
            rows: self.rows,
            bytes: self.bytes + 32,
            digest,
        };
        Ok((self.out, totals))
    }

    fn short(&mut self, text: &str) -> Result<(), FormatError> {
        let length = u8::try_from(text.len()).map_err(|_| FormatError::Damaged)?;
        self.put(&[length])?;
        self.put(text.as_bytes())
    }

    fn long(&mut self, tag: u8, bytes: &[u8]) -> Result<(), FormatError> {
        let length = u32::try_from(bytes.len()).ok().filter(|length| *length <= LONGEST);
        let length = length.ok_or(FormatError::Damaged)?;
        self.put(&[tag])?;
        self.put(&length.to_be_bytes())?;
        self.put(bytes)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), FormatError> {
        self.digest.update(bytes);
        self.bytes += bytes.len() as u64;
        Ok(self.out.write_all(bytes)?)
    }
}

/// What comes next in a copy.
#[derive(PartialEq, Eq)]
pub(super) enum Entry {
    /// The rows that follow are of this table.
    Table { name: String, columns: Vec<String> },
    /// A row of the last table.
    Row(Vec<Value>),
    /// It ends here, and nothing of it was altered.
    End(Totals),
}

/// Reads a copy.
pub(super) struct Reading<R> {
    from: R,
    digest: Context,
    rows: u64,
    bytes: u64,
    /// How many columns the last table has.
    columns: Option<usize>,
}

impl<R: Read> Reading<R> {
    pub(super) fn begin(from: R) -> Result<(Self, Head), FormatError> {
        let mut reading = Self {
            from,
            digest: Context::new(&SHA256),
            rows: 0,
            bytes: 0,
            columns: None,
        };
        let mark: [u8; 7] = reading.some().map_err(no_copy)?;
        if mark != *MARK {
            return Err(FormatError::NoCopy);
        }
        let [version] = reading.some()?;
        if version != VERSION {
            return Err(FormatError::Version(version));
        }
        let kind = match reading.some()? {
            [1] => CopyKind::Data,
            [2] => CopyKind::Vault,
            _ => return Err(FormatError::Damaged),
        };
        let head = Head {
            kind,
            step: i64::from_be_bytes(reading.some()?),
            taken_at: Timestamp::from_micros(i64::from_be_bytes(reading.some()?)),
        };
        Ok((reading, head))
    }

    pub(super) fn next(&mut self) -> Result<Entry, FormatError> {
        match (self.some()?, self.columns) {
            ([TABLE], _) => {
                let name = self.short()?;
                let [count] = self.some()?;
                let columns: Vec<String> = (0..count).map(|_| self.short()).collect::<Result<_, _>>()?;
                self.columns = Some(columns.len());
                Ok(Entry::Table { name, columns })
            }
            ([ROW], Some(columns)) => {
                self.rows += 1;
                (0..columns)
                    .map(|_| self.value())
                    .collect::<Result<_, _>>()
                    .map(Entry::Row)
            }
            ([END], _) => self.end().map(Entry::End),
            _ => Err(FormatError::Damaged),
        }
    }

    fn end(&mut self) -> Result<Totals, FormatError> {
        let rows = u64::from_be_bytes(self.some()?);
        let digest = finished(self.digest.clone());
        let told: [u8; 32] = self.some()?;
        let behind = self.from.read(&mut [0])?;
        if rows != self.rows || told != digest || behind != 0 {
            return Err(FormatError::Damaged);
        }
        Ok(Totals {
            rows,
            bytes: self.bytes,
            digest,
        })
    }

    fn value(&mut self) -> Result<Value, FormatError> {
        Ok(match self.some()? {
            [NULL] => Value::Null,
            [INT] => Value::Int(i64::from_be_bytes(self.some()?)),
            [BYTES] => Value::Bytes(self.long()?),
            [TEXT] => Value::Text(String::from_utf8(self.long()?).map_err(|_| FormatError::Damaged)?),
            _ => return Err(FormatError::Damaged),
        })
    }

    fn short(&mut self) -> Result<String, FormatError> {
        let [length] = self.some()?;
        let bytes = self.many(usize::from(length))?;
        String::from_utf8(bytes).map_err(|_| FormatError::Damaged)
    }

    fn long(&mut self) -> Result<Vec<u8>, FormatError> {
        let length = u32::from_be_bytes(self.some()?);
        match usize::try_from(length) {
            Ok(bytes) if length <= LONGEST => self.many(bytes),
            _ => Err(FormatError::Damaged),
        }
    }

    fn some<const N: usize>(&mut self) -> Result<[u8; N], FormatError> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    fn many(&mut self, count: usize) -> Result<Vec<u8>, FormatError> {
        // What a damaged length says is not made room for before the bytes are there.
        let mut bytes = Vec::new();
        let read = self.from.by_ref().take(count as u64).read_to_end(&mut bytes)?;
        if read != count {
            return Err(FormatError::Damaged);
        }
        self.counted(&bytes);
        Ok(bytes)
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), FormatError> {
        self.from.read_exact(bytes).map_err(|error| match error.kind() {
            std::io::ErrorKind::UnexpectedEof => FormatError::Damaged,
            _ => FormatError::File(error),
        })?;
        self.counted(bytes);
        Ok(())
    }

    fn counted(&mut self, bytes: &[u8]) {
        self.digest.update(bytes);
        self.bytes += bytes.len() as u64;
    }
}

/// What is too short for a mark is no copy.
fn no_copy(error: FormatError) -> FormatError {
    match error {
        FormatError::Damaged => FormatError::NoCopy,
        other => other,
    }
}

fn finished(digest: Context) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest.finish().as_ref());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value as Json;

    fn hex(text: &str) -> Vec<u8> {
        let digits: Vec<u8> = text.bytes().collect();
        let pairs = digits.chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
        pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
    }

    fn value(said: &Json) -> Value {
        match said.as_object().and_then(|said| said.iter().next()) {
            None => Value::Null,
            Some((kind, said)) => match kind.as_str() {
                "int" => Value::Int(said.as_i64().unwrap()),
                "bytes" => Value::Bytes(hex(said.as_str().unwrap())),
                _ => Value::Text(said.as_str().unwrap().to_owned()),
            },
        }
    }

    fn texts(said: &Json) -> Vec<&str> {
        said.as_array()
            .unwrap()
            .iter()
            .map(|text| text.as_str().unwrap())
            .collect()
    }

    fn vectors() -> Vec<Json> {
        let all: Json = serde_json::from_str(include_str!("../../vectors/store-copy.json")).unwrap();
        all["copies"].as_array().unwrap().clone()
    }

    fn head(copy: &Json) -> Head {
        Head {
            kind: if copy["kind"] == "data" {
                CopyKind::Data
            } else {
                CopyKind::Vault
            },
            step: copy["step"].as_i64().unwrap(),
            taken_at: Timestamp::from_micros(copy["taken_at"].as_i64().unwrap()),
        }
    }

    fn rows(table: &Json) -> Vec<Vec<Value>> {
        let rows = table["rows"].as_array().unwrap().iter();
        rows.map(|row| row.as_array().unwrap().iter().map(value).collect())
            .collect()
    }

    /// All entries of a copy.
    fn read(bytes: &[u8]) -> Result<(Head, Vec<Entry>), FormatError> {
        let (mut reading, head) = Reading::begin(bytes)?;
        let mut entries = Vec::new();
        loop {
            entries.push(reading.next()?);
            if let Some(Entry::End(_)) = entries.last() {
                return Ok((head, entries));
            }
        }
    }

    #[test]
    fn copies_are_written_and_read_as_the_vectors_say() {
        for copy in vectors() {
            let bytes = hex(copy["bytes"].as_str().unwrap());
            let mut writing = Writing::begin(Vec::new(), head(&copy)).unwrap();
            let mut wanted = Vec::new();
            for table in copy["tables"].as_array().unwrap() {
                let (name, columns) = (table["name"].as_str().unwrap(), texts(&table["columns"]));
                writing.table(name, &columns).unwrap();
                wanted.push(Entry::Table {
                    name: name.to_owned(),
                    columns: columns.into_iter().map(str::to_owned).collect(),
                });
                for row in rows(table) {
                    writing.row(&row).unwrap();
                    wanted.push(Entry::Row(row));
                }
            }
            let (written, totals) = writing.end().unwrap();
            assert_eq!(written, bytes);
            assert_eq!(
                (totals.bytes, totals.rows),
                (bytes.len() as u64, copy["rows"].as_u64().unwrap())
            );
            wanted.push(Entry::End(totals));
            let (found, entries) = read(&bytes).unwrap();
            assert_eq!(found, head(&copy));
            assert!(entries == wanted);
        }
    }

    #[test]
    fn nothing_that_was_altered_cut_or_added_to_is_read_to_its_end() {
        for copy in vectors() {
            let bytes = hex(copy["bytes"].as_str().unwrap());
            for at in 0..bytes.len() {
                assert!(read(&bytes[..at]).is_err(), "cut at {at}");
                for bit in 0..8 {
                    let mut altered = bytes.clone();
                    altered[at] ^= 1 << bit;
                    assert!(read(&altered).is_err(), "bit {bit} of byte {at}");
                }
            }
            assert!(read(&[&bytes[..], &[0]].concat()).is_err());
        }
    }

    #[test]
    fn what_is_too_long_is_refused_before_there_is_room_for_it() {
        let copy = Head {
            kind: CopyKind::Data,
            step: 1,
            taken_at: Timestamp::from_micros(0),
        };
        let mut writing = Writing::begin(Vec::new(), copy).unwrap();
        writing.table("t", &["c"]).unwrap();
        let too_long = vec![0; LONGEST as usize + 1];
        assert!(writing.row(&[Value::Bytes(too_long)]).is_err());
        for length in [LONGEST, u32::MAX] {
            let mut bytes = vec![];
            bytes.extend(*MARK);
            bytes.extend([VERSION, 1]);
            bytes.extend([0; 16]);
            bytes.extend([TABLE, 1, b't', 1, 1, b'c', ROW, BYTES]);
            bytes.extend(length.to_be_bytes());
            assert!(matches!(read(&bytes), Err(FormatError::Damaged)));
        }
    }
}
