//! The spool's side of the disk: segments written and brought to disk, read, set aside, removed. Blocking; called from threads of
//! its own. Tests order faults here.

use super::frame::{HEAD, Reading, head, read};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::ops::Range;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

const SEGMENT: &str = "segment";
const ASIDE: &str = "aside";

/// Where the next round of writing fails.
#[cfg(feature = "faults")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpoolFault {
    /// Half of it is written, then there is no room.
    NoRoom,
    /// All is written and the sync fails; nothing of it is sure to be kept.
    BeforeSync,
    /// All is kept, and the caller is told that it failed.
    AfterSync,
}

/// The folder of a spool.
pub(super) struct Disk {
    folder: PathBuf,
    #[cfg(feature = "faults")]
    faults: std::sync::Mutex<std::collections::VecDeque<SpoolFault>>,
}

/// A segment that this process has begun.
pub(super) struct Active {
    pub(super) number: u64,
    file: File,
}

impl Disk {
    pub(super) fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            #[cfg(feature = "faults")]
            faults: std::sync::Mutex::default(),
        }
    }

    #[cfg(feature = "faults")]
    pub(super) fn order(&self, fault: SpoolFault) {
        self.faults
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .push_back(fault);
    }

    #[cfg(feature = "faults")]
    fn due(&self, fault: SpoolFault) -> bool {
        let mut faults = self.faults.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let due = faults.front() == Some(&fault);
        if due {
            faults.pop_front();
        }
        due
    }

    fn segment(&self, number: u64) -> PathBuf {
        self.folder.join(format!("{number:020}.{SEGMENT}"))
    }

    /// The numbers of all segments, in order.
    pub(super) fn segments(&self) -> io::Result<Vec<u64>> {
        let mut numbers = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let name = entry?.file_name();
            let number = name
                .to_str()
                .and_then(|name| name.strip_suffix(".segment")?.parse::<u64>().ok());
            numbers.extend(number);
        }
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// How many files are set aside.
    pub(super) fn aside(&self) -> io::Result<u64> {
        match fs::read_dir(self.folder.join(ASIDE)) {
            Ok(entries) => Ok(entries.count() as u64),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(error),
        }
    }

    /// Begins a segment: its head on disk, its name too.
    pub(super) fn begin(&self, number: u64) -> io::Result<Active> {
        let path = self.segment(number);
        let mut file = OpenOptions::new()
            .append(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)?;
        let begun = file
            .write_all(&head(number))
            .and_then(|()| file.sync_all())
            .and_then(|()| sync_folder(&self.folder));
        if let Err(error) = begun {
            // Without entries it tells nothing, and would only take room.
            drop(fs::remove_file(&path));
            return Err(error);
        }
        Ok(Active { number, file })
    }

    /// Appends entries and brings them to disk. After an error the segment must not be appended to again.
    pub(super) fn append(&self, active: &mut Active, entries: &[u8]) -> io::Result<()> {
        let length = active.file.metadata()?.len();
        let appended = self.write(active, entries);
        if appended.is_err() {
            // What was not acknowledged need not stay. If cutting fails too, a reader takes what is whole.
            drop(active.file.set_len(length));
        }
        appended?;
        #[cfg(feature = "faults")]
        if self.due(SpoolFault::AfterSync) {
            return Err(io::Error::other("a fault was ordered"));
        }
        Ok(())
    }

    fn write(&self, active: &mut Active, entries: &[u8]) -> io::Result<()> {
        #[cfg(feature = "faults")]
        if self.due(SpoolFault::NoRoom) {
            active.file.write_all(&entries[..entries.len() / 2])?;
            return Err(io::ErrorKind::StorageFull.into());
        }
        active.file.write_all(entries)?;
        #[cfg(feature = "faults")]
        if self.due(SpoolFault::BeforeSync) {
            return Err(io::Error::other("a fault was ordered"));
        }
        active.file.sync_data()
    }

    /// Reads a segment; `None` when it is not one of this version.
    pub(super) fn read(&self, number: u64) -> io::Result<(Option<Reading>, Vec<u8>)> {
        let bytes = fs::read(self.segment(number))?;
        Ok((read(number, &bytes), bytes))
    }

    /// Keeps damaged stretches of a segment beside the spool, on disk.
    pub(super) fn keep_damaged(&self, number: u64, bytes: &[u8], damaged: &[Range<usize>]) -> io::Result<()> {
        for stretch in damaged {
            let name = format!("{number:020}-{}.damaged", stretch.start);
            self.keep(&name, &bytes[stretch.clone()])?;
        }
        Ok(())
    }

    /// Keeps entries that the database does not take beside the spool, as a segment, on disk.
    pub(super) fn keep_refused(&self, number: u64, entries: &[u8]) -> io::Result<()> {
        let mut segment = Vec::with_capacity(HEAD + entries.len());
        segment.extend_from_slice(&head(number));
        segment.extend_from_slice(entries);
        self.keep(&format!("{number:020}.{SEGMENT}"), &segment)
    }

    fn keep(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let folder = self.folder.join(ASIDE);
        DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(folder.join(name))?;
        file.write_all(bytes)?;
        file.sync_all()?;
        sync_folder(&folder)?;
        sync_folder(&self.folder)
    }

    /// Removes a segment whose entries are in the database. If the removal is lost, the segment is read again.
    pub(super) fn remove(&self, number: u64) -> io::Result<()> {
        match fs::remove_file(self.segment(number)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
