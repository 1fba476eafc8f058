//! One byte of one file, and one file less: neither goes unseen, whichever it is.

use std::fs;
use std::sync::LazyLock;

use counterfoil_testkit::surroundings::full_size;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::folders::checked;
use crate::log::Log;

/// Sizes at which older partial tiles of several rows lie beside the newest.
const SIZES: [u64; 5] = [3, 700, 1_400, 1_450, 1_500];

/// The files of that log; each case makes a folder of its own of them.
static LOG: LazyLock<Log> = LazyLock::new(|| Log::grown(SIZES));

fn cases() -> u32 {
    if full_size() { 3_000 } else { 120 }
}

/// Changes one file, checks, and puts it back. The cases of a test run one after the other, and each test has a log of its own process.
fn with<T>(path: &str, change: impl FnOnce(Vec<u8>) -> Option<Vec<u8>>, look: impl FnOnce() -> T) -> T {
    let path = LOG.path().join(path);
    let was = fs::read(&path).unwrap();
    match change(was.clone()) {
        Some(bytes) => fs::write(&path, bytes).unwrap(),
        None => fs::remove_file(&path).unwrap(),
    }
    let seen = look();
    fs::write(path, was).unwrap();
    seen
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), max_shrink_iters: 0, ..ProptestConfig::default() })]

    #[test]
    fn vault_1_one_altered_byte_in_any_file_of_an_exported_folder_is_found(which: Index, at: Index, by in 1_u8..) {
        let files = LOG.files();
        let path = which.get(&files);
        let alter = |mut bytes: Vec<u8>| {
            let at = at.index(bytes.len());
            bytes[at] ^= by;
            Some(bytes)
        };
        let report = with(path, alter, || checked(&LOG));
        prop_assert!(!report.sound, "{}", path);
    }

    #[test]
    fn vault_1_one_byte_more_or_less_in_any_file_is_found(which: Index, more: bool) {
        let files = LOG.files();
        let path = which.get(&files);
        let alter = |mut bytes: Vec<u8>| {
            let length = bytes.len();
            bytes.resize(if more { length + 1 } else { length - 1 }, 0);
            Some(bytes)
        };
        prop_assert!(!with(path, alter, || checked(&LOG)).sound, "{}", path);
    }
}

/// What must be there for the signed size; older partial tiles may go.
#[test]
fn vault_1_every_file_that_is_missing_is_found() {
    let (mut due, mut older) = (0, 0);
    for path in LOG.files() {
        let report = with(&path, |_| None, || checked(&LOG));
        let was_due = match path.rsplit_once(".p/") {
            // 1,500 leaves: five full tiles, one of 220, and a row above of five.
            Some((_, width)) => width == "220" || (path.starts_with("tile/1/") && width == "5"),
            None => true,
        };
        assert_eq!(!report.sound, was_due, "{path}: {report}");
        if was_due {
            due += 1;
        } else {
            older += 1;
        }
    }
    // The checkpoint, six bundles, six tiles and one above.
    assert_eq!(due, 14);
    assert!(older > 0, "there were older partial tiles: {:?}", LOG.files());
    println!("each of {due} files was missed when it was gone; {older} older partial tiles may go");
}

/// Every single byte of a small log, in each of two ways.
#[test]
fn vault_1_every_byte_of_a_small_folder_counts() {
    let log = Log::grown([2, 5]);
    let mut bytes_tried = 0;
    for path in log.files() {
        let path = log.path().join(path);
        let was = fs::read(&path).unwrap();
        for at in 0..was.len() {
            for by in [1, 0x80] {
                let mut altered = was.clone();
                altered[at] ^= by;
                fs::write(&path, altered).unwrap();
                assert!(!checked(&log).sound, "byte {at} of {}", path.display());
                bytes_tried += 1;
            }
        }
        fs::write(&path, was).unwrap();
    }
    assert!(checked(&log).sound);
    println!("{bytes_tried} altered bytes in {} files, each found", log.files().len());
}
