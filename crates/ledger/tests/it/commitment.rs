//! Commitments.

use counterfoil_ledger::commitment::{Label, check, commit};
use proptest::prelude::*;

use crate::vectors::{cases, hex, hex_array, read, text};

fn label(name: &str) -> Label {
    Label::of(name.to_owned().leak())
}

#[test]
fn vectors_hold() {
    for case in cases(&read("commitment"), "commitments") {
        let (opening, label) = (hex_array(&case["opening"]), label(text(&case["label"])));
        let commitment = commit(&opening, &label, &hex(&case["content"]));
        assert_eq!(commitment, hex_array(&case["commitment"]), "{case}");
        assert!(check(&commitment, &opening, &label, &hex(&case["content"])));
    }
}

#[test]
fn what_is_no_label_is_refused() {
    for text in [
        "",
        "Body",
        "1st",
        "-a",
        "a b",
        "a_b",
        "é",
        "a-label-of-thirty-three-bytes-long",
    ] {
        assert!(std::panic::catch_unwind(|| label(text)).is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn another_opening_label_or_content_does_not_fit(
        opening: [u8; 32], content: Vec<u8>, bit in 0_usize..256, other: Vec<u8>,
    ) {
        let commitment = commit(&opening, &Label::BODY, &content);
        let mut altered = opening;
        altered[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(!check(&commitment, &altered, &Label::BODY, &content));
        prop_assert!(!check(&commitment, &opening, &Label::SENDER, &content));
        prop_assert_eq!(check(&commitment, &opening, &Label::BODY, &other), other == content);
    }
}
