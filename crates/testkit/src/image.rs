//! The memory of a running program as root takes it: every page that is there or swapped out, of every region that the program itself
//! may read.
//!
//! What is mapped from a file and cannot be written is that file and left out: it lies on the disk, where other tests search. Pages of
//! nothing but zeros are left out too.

use crate::needles::{Found, Needles};
use anyhow::{Context, Result, ensure};
use rustix::io::Errno;
use rustix::process::geteuid;
use std::fs::{File, read_to_string};
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;

/// A word of so many bytes says of each page where it is.
const WORD: usize = 8;
/// The page is there.
const PRESENT: u64 = 1 << 63;
/// The page is swapped out.
const SWAPPED: u64 = 1 << 62;

/// Looks for `needles` in the memory of the program `pid`; each hit names its region.
///
/// # Errors
/// When this does not run as root, or there is no such program.
pub fn search(pid: u32, needles: &Needles) -> Result<Found> {
    ensure!(
        geteuid().is_root(),
        "the memory of the program is for root alone: run this test as root"
    );
    let open = |name: &str| File::open(format!("/proc/{pid}/{name}")).with_context(|| format!("opening its {name}"));
    let (memory, pages) = (open("mem")?, open("pagemap")?);
    let maps = read_to_string(format!("/proc/{pid}/maps")).context("reading which regions it has")?;
    let mut found = Found::default();
    for region in maps.lines().filter_map(Region::of) {
        for filled in region.filled(&pages)? {
            let mut bytes = vec![0; usize::try_from(filled.end - filled.start)?];
            match memory.read_exact_at(&mut bytes, filled.start) {
                Ok(()) => {}
                Err(error) if was_given_back(&error) => continue,
                Err(error) => return Err(error).with_context(|| format!("reading {}", region.name)),
            }
            for piece in written(&bytes) {
                found = found.and(needles.search(&region.name, piece));
            }
        }
    }
    ensure!(found.bytes > 1 << 20, "the image holds next to nothing");
    Ok(found)
}

/// A region of a program's memory.
#[derive(Debug, PartialEq, Eq)]
struct Region {
    at: Range<u64>,
    /// What is mapped there, such as `[heap]`; for memory of nothing in particular its address.
    name: String,
}

impl Region {
    /// The region of a line in `maps`, unless nobody reads it or it is a file.
    fn of(line: &str) -> Option<Self> {
        let mut words = line.split_ascii_whitespace();
        let (addresses, rights) = (words.next()?, words.next()?);
        let mapped = words.nth(3).unwrap_or_default();
        let (begins, ends) = addresses.split_once('-')?;
        let address = |text| u64::from_str_radix(text, 16).ok();
        let is_a_file = mapped.starts_with('/') && !rights.contains('w');
        let is_the_kernels = ["[vvar]", "[vvar_vclock]", "[vsyscall]"].contains(&mapped);
        (rights.starts_with('r') && !is_a_file && !is_the_kernels).then_some(Self {
            at: address(begins)?..address(ends)?,
            name: format!(
                "{rights} {} {addresses}",
                if mapped.is_empty() { "memory" } else { mapped }
            ),
        })
    }

    /// The stretches whose pages are there or swapped out.
    fn filled(&self, pages: &File) -> Result<Vec<Range<u64>>> {
        let page = page();
        let mut words = vec![0; usize::try_from((self.at.end - self.at.start) / page)? * WORD];
        pages
            .read_exact_at(&mut words, self.at.start / page * WORD as u64)
            .with_context(|| format!("asking which pages of {} are there", self.name))?;
        let mut filled: Vec<Range<u64>> = Vec::new();
        let words = words.chunks_exact(WORD).filter_map(<[u8]>::first_chunk::<WORD>);
        for (at, word) in (self.at.start..).step_by(usize::try_from(page)?).zip(words) {
            if u64::from_ne_bytes(*word) & (PRESENT | SWAPPED) == 0 {
                continue;
            }
            match filled.last_mut() {
                Some(last) if last.end == at => last.end += page,
                _ => filled.push(at..at + page),
            }
        }
        Ok(filled)
    }
}

/// The stretches in which something was written.
fn written(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let page = usize::try_from(page()).unwrap_or(1);
    let pages = bytes.len().div_ceil(page);
    let is_written = move |at: usize| {
        bytes[at * page..bytes.len().min((at + 1) * page)]
            .iter()
            .any(|byte| *byte != 0)
    };
    let mut at = 0;
    std::iter::from_fn(move || {
        let begins = (at..pages).find(|at| is_written(*at))?;
        let ends = (begins..pages).find(|at| !is_written(*at)).unwrap_or(pages);
        at = ends;
        Some(&bytes[begins * page..bytes.len().min(ends * page)])
    })
}

fn page() -> u64 {
    rustix::param::page_size() as u64
}

/// The program gave the region back after it was listed.
fn was_given_back(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::UnexpectedEof
        || matches!(Errno::from_io_error(error), Some(Errno::IO | Errno::FAULT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_what_the_program_may_write_and_no_file() {
        let region = |line| Region::of(line).map(|region| (region.at, region.name));
        let heap = "5640-5680 rw-p 00000000 00:00 0                          [heap]";
        assert_eq!(region(heap), Some((0x5640..0x5680, "rw-p [heap] 5640-5680".to_owned())));
        let nameless = "7f00-7f10 rw-p 00000000 00:00 0 ";
        assert_eq!(
            region(nameless),
            Some((0x7f00..0x7f10, "rw-p memory 7f00-7f10".to_owned()))
        );
        let data = "5600-5610 rw-p 00010000 08:01 42                         /usr/bin/counterfoil";
        assert!(region(data).is_some());
        let code = "5600-5610 r-xp 00010000 08:01 42                         /usr/bin/counterfoil";
        assert_eq!(region(code), None);
        assert_eq!(region("7f00-7f10 ---p 00000000 00:00 0 "), None);
        assert_eq!(
            region("7fff-8000 r--p 00000000 00:00 0                          [vvar]"),
            None
        );
    }

    #[test]
    fn pages_of_zeros_part_what_was_written() {
        let page = usize::try_from(page()).unwrap();
        let mut bytes = vec![0; 5 * page];
        bytes[page + 7] = 1;
        bytes[2 * page] = 2;
        bytes[4 * page] = 3;
        let lengths: Vec<usize> = written(&bytes).map(<[u8]>::len).collect();
        assert_eq!(lengths, [2 * page, page]);
        assert_eq!(written(&bytes[..page]).count(), 0);
    }

    #[test]
    fn a_word_in_this_program_is_found() {
        let word = format!("{}fontein", ["kwagga", "skilpads"].join("-en-"));
        let found = search(std::process::id(), &Needles::new([&word])).unwrap();
        assert!(
            found.hits.iter().any(|hit| hit.form == "UTF-8"),
            "{} bytes",
            found.bytes
        );
    }
}
