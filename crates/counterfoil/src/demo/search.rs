//! Searching every byte of a folder for a word, in every form in which it might have been written by mistake.
//!
//! UTF-8 and UTF-16 in any case, hex digits, JSON escapes, and base64 in three alignments and both alphabets. It is for the
//! demo's *Look at the disk*, whose point is that it finds nothing; so it also has to be able to find.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use std::path::{Path, PathBuf};

/// The shortest word: anything shorter turns up by chance in sealed bytes.
pub(crate) const SHORTEST: usize = 5;
/// The longest word.
pub(crate) const LONGEST: usize = 60;
/// After so many places the rest is not listed.
const PLACES: usize = 50;
/// How many bytes before and after a place are shown.
const AROUND: usize = 24;

/// A form in which the word might stand.
struct Form {
    name: &'static str,
    bytes: Vec<u8>,
    any_case: bool,
}

/// A place where the word stands.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Hit {
    /// The file, relative to the folder.
    pub(crate) file: String,
    /// The first byte.
    pub(crate) at: usize,
    /// In which form.
    pub(crate) form: &'static str,
    /// The bytes around it, as far as they can be shown.
    pub(crate) around: String,
}

/// What a search found.
#[derive(Debug, Default, serde::Serialize)]
pub(crate) struct Found {
    /// How many files were searched.
    pub(crate) files: usize,
    /// How many bytes.
    pub(crate) bytes: usize,
    /// The places, at most fifty.
    pub(crate) hits: Vec<Hit>,
}

/// Searches every file under `folder` for `word`.
///
/// # Errors
/// When a file that stays there cannot be read.
pub(crate) fn search(folder: &Path, word: &str) -> std::io::Result<Found> {
    let forms = forms(word);
    let mut found = Found::default();
    let mut files = files(folder)?;
    files.sort();
    for path in files {
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            // A file that went away in between, as a database's side files do.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        found.files += 1;
        found.bytes += bytes.len();
        let name = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
        for (at, form) in places(&bytes, &forms) {
            if found.hits.len() < PLACES {
                let (file, form, around) = (name.clone(), form.name, around(&bytes, at, form.bytes.len()));
                found.hits.push(Hit { file, at, form, around });
            }
        }
    }
    Ok(found)
}

/// Every regular file under `folder`.
pub(crate) fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                found.push(entry.path());
            }
        }
    }
    Ok(found)
}

fn forms(word: &str) -> Vec<Form> {
    let form = |name, bytes: Vec<u8>, any_case| Form { name, bytes, any_case };
    let mut forms = vec![
        form("UTF-8", word.as_bytes().to_vec(), true),
        form(
            "UTF-16, little end first",
            word.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            true,
        ),
        form(
            "UTF-16, big end first",
            word.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            true,
        ),
        form(
            "JSON escapes",
            word.encode_utf16()
                .flat_map(|unit| format!("\\u{unit:04x}").into_bytes())
                .collect(),
            true,
        ),
    ];
    let mut cases = vec![
        word.to_owned(),
        word.to_lowercase(),
        word.to_uppercase(),
        capitalised(word),
    ];
    cases.sort();
    cases.dedup();
    for case in cases {
        let hex: String = case.bytes().map(|byte| format!("{byte:02x}")).collect();
        forms.push(form("hex", hex.into_bytes(), true));
        for alignment in 0..3 {
            forms.push(form("base64", base64(&STANDARD_NO_PAD, &case, alignment), false));
            forms.push(form(
                "base64 for addresses",
                base64(&URL_SAFE_NO_PAD, &case, alignment),
                false,
            ));
        }
    }
    forms
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The letters of base64 that depend on `word` alone, when `alignment` other bytes stand before it in a group of three.
fn base64(alphabet: &impl Engine, word: &str, alignment: usize) -> Vec<u8> {
    let mut bytes = vec![0; alignment];
    bytes.extend_from_slice(word.as_bytes());
    let encoded = alphabet.encode(&bytes);
    let (first, end) = ((alignment * 8).div_ceil(6), bytes.len() * 8 / 6);
    encoded.as_bytes()[first..end].to_vec()
}

/// Every place in `bytes` where one of `forms` begins.
fn places<'a>(bytes: &[u8], forms: &'a [Form]) -> Vec<(usize, &'a Form)> {
    // Two bytes decide for nearly every place that nothing begins there.
    let mut begins = vec![false; 1 << 16];
    let key =
        |first: u8, second: u8| usize::from(first.to_ascii_lowercase()) << 8 | usize::from(second.to_ascii_lowercase());
    for form in forms {
        begins[key(form.bytes[0], form.bytes[1])] = true;
    }
    let mut found = Vec::new();
    for (at, pair) in bytes.windows(2).enumerate() {
        if !begins[key(pair[0], pair[1])] {
            continue;
        }
        let here = forms.iter().find(|form| {
            bytes.get(at..at + form.bytes.len()).is_some_and(|here| {
                if form.any_case {
                    here.eq_ignore_ascii_case(&form.bytes)
                } else {
                    here == form.bytes
                }
            })
        });
        found.extend(here.map(|form| (at, form)));
    }
    found
}

fn around(bytes: &[u8], at: usize, length: usize) -> String {
    let range = at.saturating_sub(AROUND)..(at + length + AROUND).min(bytes.len());
    bytes[range]
        .iter()
        .map(|byte| {
            if (0x20..0x7f).contains(byte) {
                char::from(*byte)
            } else {
                '·'
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_is_found_in_every_form() {
        let encode = |prefix: &str| STANDARD_NO_PAD.encode(format!("{prefix}windscreen, and more"));
        let utf16: Vec<u8> = "Windscreen".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (form, bytes) in [
            ("UTF-8", b"my WindScreen cracked".to_vec()),
            ("UTF-16, little end first", utf16),
            ("hex", b"..77696e6473637265656e..".to_vec()),
            ("hex", b"..57494E4453435245454E..".to_vec()),
            ("base64", encode("").into_bytes()),
            ("base64", encode("a").into_bytes()),
            ("base64", encode("ab").into_bytes()),
            (
                "JSON escapes",
                br"\u0077\u0069\u006e\u0064\u0073\u0063\u0072\u0065\u0065\u006E".to_vec(),
            ),
        ] {
            let forms = forms("windscreen");
            let found: Vec<&str> = places(&bytes, &forms).iter().map(|(_, form)| form.name).collect();
            assert_eq!(found, [form], "{bytes:?}");
        }
    }

    #[test]
    fn what_is_not_there_is_not_found() {
        let forms = forms("windscreen");
        let noise: Vec<u8> = (0..1_000_000_u64)
            .map(|i| (i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8)
            .collect();
        assert!(places(&noise, &forms).is_empty());
        assert!(places(b"wind screen", &forms).is_empty());
        assert!(places(b"", &forms).is_empty());
    }

    #[test]
    fn a_folder_is_searched_with_everything_below_it() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("below")).unwrap();
        std::fs::write(folder.path().join("below/note"), b"\0\0the windscreen\n").unwrap();
        std::fs::write(folder.path().join("other"), b"nothing").unwrap();
        let found = search(folder.path(), "windscreen").unwrap();
        assert_eq!((found.files, found.bytes), (2, 24));
        assert_eq!(found.hits.len(), 1);
        assert_eq!((found.hits[0].file.as_str(), found.hits[0].at), ("below/note", 6));
        assert_eq!(found.hits[0].around, "··the windscreen·");
    }
}
