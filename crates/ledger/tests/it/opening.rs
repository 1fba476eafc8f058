//! Opening files.

use counterfoil_ledger::opening::{Opening, OpeningError};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::slip::{life, written};
use crate::vectors::{cases, read, text};

#[test]
fn each_opening_gives_its_verdicts() {
    for case in cases(&read("opening"), "good") {
        let opening = Opening::parse(text(&case["text"]).as_bytes()).unwrap();
        assert_eq!(opening.to_string(), text(&case["text"]));
        let life = life(usize::try_from(case["slip"].as_u64().unwrap()).unwrap());
        let fields = life.fields(&[opening]);
        assert_eq!(written(&fields), case["fields"], "{}", case["name"]);
        let verdict = life.verdict(&fields);
        assert_eq!(verdict.to_string(), text(&case["verdict"]), "{}", case["name"]);
        assert_eq!(verdict.is_sound(), text(&case["verdict"]).starts_with("included"));
    }
}

#[test]
fn what_is_no_opening_is_refused() {
    for case in cases(&read("opening"), "bad") {
        let refused = Opening::parse(text(&case["text"]).as_bytes()).err().unwrap();
        let expected = match text(&case["why"]) {
            "version" => OpeningError::UnknownVersion,
            _ => OpeningError::NotAnOpening,
        };
        assert_eq!(refused, expected, "{}", case["name"]);
    }
}

proptest! {
    /// One altered bit, and the field is not what was recorded, or it is no opening at all.
    #[test]
    fn vault_1_no_altered_opening_opens(which in 0_usize..3, at: Index, bit in 0_u8..8) {
        let file = read("opening");
        let mut bytes = text(&file["good"][which]["text"]).as_bytes().to_vec();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        if let Ok(opening) = Opening::parse(&bytes) {
            let life = life(0);
            prop_assert!(!life.verdict(&life.fields(&[opening])).is_sound());
        }
    }
}
