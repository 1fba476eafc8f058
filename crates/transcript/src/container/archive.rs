//! A zip file as a list of entries that have passed the limits, each of which can be unpacked.
//!
//! The directory at its end is what counts: sizes and checksums are taken from there and held against what comes out.

use std::io::{Read, Seek, SeekFrom};

use flate2::read::DeflateDecoder;
use rawzip::{
    CompressionMethod, MAX_CENTRAL_DIRECTORY_RECORD_SIZE, ReaderAt, ZipArchive, ZipArchiveEntryWayfinder, ZipLocator,
};

use super::limits::{ContainerError, Limits};

pub(super) struct Archive<R> {
    zip: ZipArchive<Shared<R>>,
    entries: Vec<Entry>,
}

struct Entry {
    name: String,
    size: u64,
    method: CompressionMethod,
    wayfinder: ZipArchiveEntryWayfinder,
}

/// A source that is read at places, by one reader at a time.
struct Shared<R>(std::sync::Mutex<R>);

impl<R: Read + Seek> ReaderAt for Shared<R> {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> std::io::Result<usize> {
        let mut source = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        source.seek(SeekFrom::Start(offset))?;
        source.read(buffer)
    }
}

impl<R: Read + Seek> Archive<R> {
    pub(super) fn open(mut source: R, limits: &Limits) -> Result<Self, ContainerError> {
        let end = source.seek(SeekFrom::End(0)).map_err(ContainerError::Read)?;
        let mut buffer = vec![0; MAX_CENTRAL_DIRECTORY_RECORD_SIZE];
        let located = ZipLocator::new().locate_in_reader(Shared(source.into()), &mut buffer, end);
        let zip = located.map_err(|(_, error)| ContainerError::Damaged(error))?;
        let (mut entries, mut ranges, mut total, mut count) = (Vec::new(), Vec::new(), 0u64, 0u64);
        let mut records = zip.entries(&mut buffer);
        while let Some(record) = records.next_entry().map_err(ContainerError::Damaged)? {
            count += 1;
            if count > limits.entries {
                return Err(ContainerError::TooManyEntries { limit: limits.entries });
            }
            let path = record.file_path();
            if path.len() > limits.name_bytes {
                return Err(ContainerError::NameTooLong {
                    limit: limits.name_bytes,
                });
            }
            if record.flags().is_encrypted() {
                return Err(ContainerError::Encrypted);
            }
            let (packed, size) = (record.compressed_size_hint(), record.uncompressed_size_hint());
            limits.check_entry(packed, size)?;
            total = total.saturating_add(size);
            if total > limits.total_bytes {
                return Err(ContainerError::TooLarge {
                    limit: limits.total_bytes,
                });
            }
            let (_, end) = zip
                .get_entry(record.wayfinder())
                .map_err(ContainerError::Damaged)?
                .compressed_data_range();
            ranges.push((record.local_header_offset(), end));
            let name = String::from_utf8_lossy(path.as_bytes()).into_owned();
            if !record.is_dir() && !is_left_out(&name) {
                entries.push(Entry {
                    name,
                    size,
                    method: record.compression_method(),
                    wayfinder: record.wayfinder(),
                });
            }
        }
        if count != zip.entries_hint() {
            return Err(ContainerError::Contradicts);
        }
        ranges.sort_unstable();
        let overlap = ranges.windows(2).any(|pair| pair[0].1 > pair[1].0);
        let beyond = ranges.iter().any(|(_, end)| *end > zip.directory_offset());
        if overlap || beyond {
            return Err(ContainerError::Overlap);
        }
        Ok(Self { zip, entries })
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn name(&self, place: usize) -> &str {
        &self.entries[place].name
    }

    pub(super) fn size(&self, place: usize) -> u64 {
        self.entries[place].size
    }

    /// Unpacks an entry as it is read.
    pub(super) fn read(&self, place: usize) -> Result<impl Read + use<'_, R>, ContainerError> {
        let entry = &self.entries[place];
        let found = self.zip.get_entry(entry.wayfinder).map_err(ContainerError::Damaged)?;
        let packed = found.reader();
        let unpacked = match entry.method {
            CompressionMethod::STORE => Unpacked::Stored(packed),
            CompressionMethod::DEFLATE => Unpacked::Deflated(DeflateDecoder::new(packed)),
            _ => return Err(ContainerError::UnknownMethod),
        };
        Ok(found.verifying_reader(unpacked))
    }
}

enum Unpacked<R: Read> {
    Stored(R),
    Deflated(DeflateDecoder<R>),
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self {
            Self::Stored(reader) => reader.read(buffer),
            Self::Deflated(reader) => reader.read(buffer),
        }
    }
}

/// The part of a name behind the last slash of either kind.
pub(super) fn last_part(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}

/// What programs and systems add of their own accord.
fn is_left_out(name: &str) -> bool {
    name.split(['/', '\\']).any(|part| part == "__MACOSX")
        || last_part(name).starts_with('.')
        || last_part(name).is_empty()
}
