//! A search for planted words and numbers in bytes, in every form in which they might have been written by mistake.
//!
//! A test that finds nothing proves nothing unless the search could have found it. So each form has a case of its own below, and
//! [`Needles::search`] is also run over bytes where the words really are.

use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use std::fmt;
use std::path::Path;

/// Anything shorter turns up by chance in sealed bytes.
const SHORTEST: usize = 6;
/// A number with fewer digits is too short to be looked for as an integer.
const SHORTEST_INTEGER: usize = 11;

/// Words and numbers to look for.
pub struct Needles {
    words: Vec<String>,
    forms: Vec<Form>,
    /// The forms that begin with two bytes, letters without case.
    begins: Vec<Vec<usize>>,
}

/// One word in one form.
struct Form {
    word: usize,
    name: &'static str,
    bytes: Vec<u8>,
    any_case: bool,
}

/// A place where one of them stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The word, as it was given.
    pub word: String,
    /// In which form.
    pub form: &'static str,
    /// In what: a file, a table, an output.
    pub place: String,
    /// The first byte.
    pub at: usize,
    /// The bytes around it, as far as they can be shown.
    pub around: String,
}

impl fmt::Display for Hit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            word,
            form,
            place,
            at,
            around,
        } = self;
        write!(out, "`{word}` ({form}) in {place}, byte {at}: {around}")
    }
}

/// What was searched and what was found.
#[derive(Debug, Default)]
pub struct Found {
    /// How many files, tables and outputs.
    pub places: usize,
    /// How many bytes.
    pub bytes: usize,
    /// Where the words stand.
    pub hits: Vec<Hit>,
}

impl Found {
    /// Both together.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.places += other.places;
        self.bytes += other.bytes;
        self.hits.extend(other.hits);
        self
    }
}

impl Needles {
    /// Prepares the search for `words`: letters count in any case, and what consists of digits counts as a number too.
    ///
    /// # Panics
    /// When a word is so short that it would turn up by chance.
    pub fn new<W: AsRef<str>>(words: impl IntoIterator<Item = W>) -> Self {
        let words: Vec<String> = words.into_iter().map(|word| word.as_ref().to_owned()).collect();
        let mut forms = Vec::new();
        for (word, text) in words.iter().enumerate() {
            assert!(text.chars().count() >= SHORTEST, "`{text}` is too short to look for");
            for (name, bytes, any_case) in forms_of(text) {
                forms.push(Form {
                    word,
                    name,
                    bytes,
                    any_case,
                });
            }
        }
        Self::of(words, forms)
    }

    /// Looks for key material as well, which is called `name`: for each half of it, since what is left of a key may be overwritten in part.
    ///
    /// # Panics
    /// When half of it is so short that it would turn up by chance.
    #[must_use]
    pub fn and_key(self, name: &str, bytes: &[u8]) -> Self {
        let Self {
            mut words, mut forms, ..
        } = self;
        let (first, second) = bytes.split_at(bytes.len() / 2);
        for half in [first, second] {
            assert!(half.len() > SHORTEST, "`{name}` is too short to look for");
            for (form, bytes, any_case) in [("bytes", half.to_vec(), false), ("hex", hex(half), true)]
                .into_iter()
                .chain(in_base64(half))
            {
                forms.push(Form {
                    word: words.len(),
                    name: form,
                    bytes,
                    any_case,
                });
            }
        }
        words.push(name.to_owned());
        Self::of(words, forms)
    }

    fn of(words: Vec<String>, forms: Vec<Form>) -> Self {
        let mut begins = vec![Vec::new(); 1 << 16];
        for (at, form) in forms.iter().enumerate() {
            begins[key(form.bytes[0], form.bytes[1])].push(at);
        }
        Self { words, forms, begins }
    }

    /// Looks through `bytes`, which are called `place` when something is found.
    pub fn search(&self, place: &str, bytes: &[u8]) -> Found {
        let mut hits = Vec::new();
        for (at, pair) in bytes.windows(2).enumerate() {
            // Two bytes decide for nearly every place that nothing begins there.
            for form in self.begins[key(pair[0], pair[1])].iter().map(|form| &self.forms[*form]) {
                let here = bytes.get(at..at + form.bytes.len());
                if here.is_some_and(|here| form.is(here)) {
                    let (word, place) = (self.words[form.word].clone(), place.to_owned());
                    hits.push(Hit {
                        word,
                        form: form.name,
                        place,
                        at,
                        around: around(bytes, at, form.bytes.len()),
                    });
                }
            }
        }
        Found {
            places: 1,
            bytes: bytes.len(),
            hits,
        }
    }

    /// Looks through every file under `folder` and through the names of the files.
    ///
    /// # Errors
    /// When a file that stays there cannot be read.
    pub fn search_folder(&self, folder: &Path) -> Result<Found> {
        let mut found = Found::default();
        let mut folders = vec![folder.to_owned()];
        while let Some(next) = folders.pop() {
            for entry in std::fs::read_dir(&next).with_context(|| format!("reading {}", next.display()))? {
                let entry = entry?;
                let (path, kind) = (entry.path(), entry.file_type()?);
                let name = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
                found
                    .hits
                    .extend(self.search("the name of a file", name.as_bytes()).hits);
                if kind.is_dir() {
                    folders.push(path);
                } else if kind.is_file() {
                    match std::fs::read(&path) {
                        Ok(bytes) => found = found.and(self.search(&name, &bytes)),
                        // The side file of a running database that went away in between.
                        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                        Err(error) => return Err(error).with_context(|| format!("reading {}", path.display())),
                    }
                }
            }
        }
        Ok(found)
    }
}

impl Form {
    fn is(&self, here: &[u8]) -> bool {
        if self.any_case {
            here.eq_ignore_ascii_case(&self.bytes)
        } else {
            here == self.bytes
        }
    }
}

fn key(first: u8, second: u8) -> usize {
    usize::from(first.to_ascii_lowercase()) << 8 | usize::from(second.to_ascii_lowercase())
}

/// Every form of `word`, with whether the case of its letters is left open.
fn forms_of(word: &str) -> Vec<(&'static str, Vec<u8>, bool)> {
    let mut cases = vec![
        word.to_owned(),
        word.to_lowercase(),
        word.to_uppercase(),
        capitalised(word),
    ];
    cases.sort();
    cases.dedup();
    let mut forms = Vec::new();
    for case in &cases {
        let little: Vec<u8> = case.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = case.encode_utf16().flat_map(u16::to_be_bytes).collect();
        forms.push(("UTF-8", case.clone().into_bytes(), true));
        forms.push(("UTF-16, little end first", little.clone(), true));
        forms.push(("UTF-16, big end first", big.clone(), true));
        forms.push(("JSON escapes", escaped(case, |_| true).into_bytes(), true));
        forms.push((
            "JSON escapes",
            escaped(case, |letter| !letter.is_ascii()).into_bytes(),
            true,
        ));
        forms.push(("percent", percent(case).into_bytes(), true));
        for (name, bytes) in [
            ("hex", case.as_bytes()),
            ("hex of UTF-16", &little),
            ("hex of UTF-16", &big),
        ] {
            forms.push((name, hex(bytes), true));
        }
        forms.extend(in_base64(case.as_bytes()));
    }
    if word.len() >= SHORTEST_INTEGER
        && let Ok(number) = word.parse::<u64>()
    {
        // Six bytes are in eight as well, and SQLite writes six where they are enough.
        forms.push(("integer, big end first", number.to_be_bytes()[2..].to_vec(), false));
        forms.push(("integer, little end first", number.to_le_bytes()[..6].to_vec(), false));
    }
    // The same bytes in two forms, or in two cases of one that leaves case open, are looked for once.
    let mut known = Vec::new();
    forms.retain(|(_, bytes, any_case)| {
        let same = if *any_case {
            bytes.to_ascii_lowercase()
        } else {
            bytes.clone()
        };
        let is_new = !known.contains(&(same.clone(), *any_case));
        known.push((same, *any_case));
        is_new
    });
    forms
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| {
        first
            .to_uppercase()
            .chain(letters.flat_map(char::to_lowercase))
            .collect()
    })
}

fn escaped(word: &str, which: impl Fn(char) -> bool) -> String {
    let mut text = String::new();
    for letter in word.chars() {
        if which(letter) {
            text.extend(
                letter
                    .encode_utf16(&mut [0; 2])
                    .iter()
                    .map(|unit| format!("\\u{unit:04x}")),
            );
        } else {
            text.push(letter);
        }
    }
    text
}

/// As in addresses: everything but letters and digits as `%` and two hex digits.
fn percent(word: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    word.bytes()
        .map(|byte| {
            if plain(&byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02x}")
            }
        })
        .collect()
}

fn hex(bytes: &[u8]) -> Vec<u8> {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    hex.into_bytes()
}

/// In both alphabets, wherever in a group of three it begins.
fn in_base64(bytes: &[u8]) -> impl Iterator<Item = (&'static str, Vec<u8>, bool)> {
    (0..3).flat_map(move |alignment| {
        [
            ("base64", base64(&STANDARD_NO_PAD, bytes, alignment), false),
            ("base64", base64(&URL_SAFE_NO_PAD, bytes, alignment), false),
        ]
    })
}

/// The letters of base64 that depend on `bytes` alone, when `alignment` others stand before them in a group of three.
fn base64(alphabet: &impl Engine, bytes: &[u8], alignment: usize) -> Vec<u8> {
    let bytes = [&vec![0; alignment], bytes].concat();
    let (first, end) = ((alignment * 8).div_ceil(6), bytes.len() * 8 / 6);
    alphabet.encode(&bytes).as_bytes()[first..end].to_vec()
}

fn around(bytes: &[u8], at: usize, length: usize) -> String {
    let near = at.saturating_sub(24)..(at + length + 24).min(bytes.len());
    bytes[near]
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

    fn forms(word: &str, bytes: &[u8]) -> Vec<&'static str> {
        let mut forms: Vec<_> = Needles::new([word])
            .search("here", bytes)
            .hits
            .iter()
            .map(|hit| hit.form)
            .collect();
        forms.dedup();
        forms
    }

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn a_word_is_found_in_every_form() {
        let standard = |text: &str| STANDARD_NO_PAD.encode(text).into_bytes();
        let url_safe = |text: &str| URL_SAFE_NO_PAD.encode(text).into_bytes();
        for (form, bytes) in [
            ("UTF-8", b"a zwartkrans b".to_vec()),
            ("UTF-8", b"a ZwartKrans b".to_vec()),
            ("UTF-8", b"A ZWARTKRANS B".to_vec()),
            ("UTF-16, little end first", utf16("Zwartkrans", u16::to_le_bytes)),
            (
                "UTF-16, big end first",
                [vec![0, 9], utf16("zwartkrans", u16::to_be_bytes)].concat(),
            ),
            ("hex", b"..7a776172746b72616e73..".to_vec()),
            ("hex", b"..5A776172746B72616E73..".to_vec()),
            ("hex", b"5a574152544b52414e53".to_vec()),
            ("hex of UTF-16", b"7a0077006100720074006b00720061006e007300".to_vec()),
            (
                "JSON escapes",
                br"\u007a\u0077\u0061\u0072\u0074\u006b\u0072\u0061\u006e\u0073".to_vec(),
            ),
            (
                "JSON escapes",
                br"\u005A\u0077\u0061\u0072\u0074\u006B\u0072\u0061\u006E\u0073".to_vec(),
            ),
            ("base64", standard("zwartkrans, and more")),
            ("base64", standard("1zwartkrans, and more")),
            ("base64", standard("12Zwartkrans, and more")),
            ("base64", standard("123ZWARTKRANS")),
            ("base64", url_safe("1234zwartkrans?>")),
        ] {
            let found = forms("zwartkrans", &bytes);
            assert_eq!(found, [form], "{}", String::from_utf8_lossy(&bytes));
        }
    }

    #[test]
    fn letters_beyond_ascii_are_found_in_every_form() {
        for (form, bytes) in [
            ("UTF-8", "der Müßiggänger".as_bytes().to_vec()),
            ("JSON escapes", br"der M\u00fc\u00dfigg\u00e4nger".to_vec()),
            ("JSON escapes", br"der M\u00FC\u00DFigg\u00E4nger".to_vec()),
            ("percent", b"der%20M%C3%BC%C3%9Figg%C3%A4nger".to_vec()),
            ("base64", STANDARD_NO_PAD.encode("der Müßiggänger").into_bytes()),
            // These bytes give a letter that the two alphabets write differently.
            ("base64", URL_SAFE_NO_PAD.encode("12Müßiggänger").into_bytes()),
        ] {
            assert_eq!(
                forms("Müßiggänger", &bytes),
                [form],
                "{}",
                String::from_utf8_lossy(&bytes)
            );
        }
        assert_eq!(forms("नमस्ते दुनिया", "… नमस्ते दुनिया …".as_bytes()), ["UTF-8"]);
    }

    #[test]
    fn both_alphabets_are_looked_for() {
        let word = "~~~???>>>ab";
        assert_eq!(forms(word, STANDARD_NO_PAD.encode(word).as_bytes()), ["base64"]);
        assert_eq!(forms(word, URL_SAFE_NO_PAD.encode(word).as_bytes()), ["base64"]);
        assert_ne!(STANDARD_NO_PAD.encode(word), URL_SAFE_NO_PAD.encode(word));
    }

    #[test]
    fn a_number_is_found_as_digits_and_as_an_integer() {
        let number = 27_825_550_147_u64;
        for (form, bytes) in [
            ("UTF-8", b"tel:+27825550147;".to_vec()),
            ("hex", b"3237383235353530313437".to_vec()),
            ("base64", STANDARD_NO_PAD.encode("+27825550147").into_bytes()),
            ("integer, big end first", number.to_be_bytes().to_vec()),
            ("integer, little end first", number.to_le_bytes().to_vec()),
            (
                "integer, big end first",
                [&[6, 4][..], &number.to_be_bytes()[2..], &[1]].concat(),
            ),
        ] {
            assert_eq!(forms("27825550147", &bytes), [form], "{bytes:?}");
        }
    }

    #[test]
    fn what_is_not_there_is_not_found() {
        let needles = Needles::new(["zwartkrans", "27825550147"]);
        let noise: Vec<u8> = (0..1_000_000_u64)
            .map(|i| (i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8)
            .collect();
        for bytes in [&noise[..], b"zwart krans 2782555 0147", b"", b"z"] {
            assert_eq!(needles.search("here", bytes).hits, []);
        }
    }

    #[test]
    fn a_folder_is_searched_with_all_below_it_and_the_names_of_its_files() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("below")).unwrap();
        std::fs::write(folder.path().join("below/zwartkrans.txt"), b"\0\0Zwartkrans\n").unwrap();
        std::fs::write(folder.path().join("other"), b"nothing").unwrap();
        let found = Needles::new(["zwartkrans"]).search_folder(folder.path()).unwrap();
        assert_eq!((found.places, found.bytes), (2, 20));
        let places: Vec<_> = found.hits.iter().map(|hit| hit.place.as_str()).collect();
        assert_eq!(places, ["the name of a file", "below/zwartkrans.txt"]);
    }

    #[test]
    fn half_of_a_key_is_found_in_every_form() {
        let bytes: Vec<u8> = (0..32_u8).map(|at| at.wrapping_mul(37) ^ 0x5a).collect();
        let needles = Needles::new(["zwartkrans"]).and_key("the root key", &bytes);
        let forms = |bytes: &[u8]| {
            let found = needles.search("here", bytes).hits;
            assert!(found.iter().all(|hit| hit.word == "the root key"), "{found:?}");
            found.iter().map(|hit| hit.form).collect::<Vec<_>>()
        };
        assert_eq!(forms(&bytes), ["bytes", "bytes"]);
        assert_eq!(forms(&[b"\0", &bytes[16..], b"\0"].concat()), ["bytes"]);
        assert_eq!(forms(&hex(&bytes[..16])), ["hex"]);
        assert!(forms(STANDARD_NO_PAD.encode(&bytes[16..]).as_bytes()).contains(&"base64"));
        assert!(forms(URL_SAFE_NO_PAD.encode(&bytes).as_bytes()).contains(&"base64"));
        assert_eq!(forms(&bytes[1..16]), [""; 0]);
    }

    #[test]
    #[should_panic(expected = "too short")]
    fn a_word_that_turns_up_by_chance_is_refused() {
        Needles::new(["abc"]);
    }
}
