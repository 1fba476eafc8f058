//! Slips.

use counterfoil_ledger::Id;
use counterfoil_ledger::leaf::Leaf;
use counterfoil_ledger::life::{Field, Life, Trail, Verdict};
use counterfoil_ledger::note::{LogKey, VerifierKey};
use counterfoil_ledger::registry::LeafKind;
use counterfoil_ledger::slip::{Slip, SlipError};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use crate::vectors::{cases, read, text};

pub(crate) fn keys(file: &Value) -> (VerifierKey, VerifierKey) {
    (
        text(&file["vkey"]).parse().unwrap(),
        text(&file["witness_vkey"]).parse().unwrap(),
    )
}

/// The life that the good slip of that number tells.
pub(crate) fn life(number: usize) -> Life {
    let file = read("slip");
    let (log, witness) = keys(&file);
    let slip = Slip::parse(text(&file["good"][number]["text"]).as_bytes()).unwrap();
    slip.verify(&log, &[witness]).unwrap()
}

/// Fields as the vectors write them.
pub(crate) fn written(fields: &[Field]) -> Value {
    let field = |field: &Field| {
        let subject: String = field.subject.iter().map(|byte| format!("{byte:02x}")).collect();
        let (label, verdict) = (field.label.to_string(), field.verdict.to_string());
        json!({"subject": subject, "label": label, "index": field.index, "verdict": verdict})
    };
    fields.iter().map(field).collect()
}

#[test]
fn the_good_slips_tell_their_lives() {
    let file = read("slip");
    for (number, case) in cases(&file, "good").iter().enumerate() {
        let slip = Slip::parse(text(&case["text"]).as_bytes()).unwrap();
        assert_eq!(slip.to_string(), text(&case["text"]));
        let life = life(number);
        assert_eq!(life.verified.checkpoint.size, case["size"].as_u64().unwrap());
        let indices: Value = life.steps.iter().map(|step| json!(step.index)).collect();
        assert_eq!(indices, case["leaves"]);
        let fields = life.fields(&[]);
        assert_eq!(written(&fields), case["fields"], "{}", case["name"]);
        assert_eq!(life.verdict(&fields).to_string(), text(&case["verdict"]));
    }
}

#[test]
fn what_is_no_slip_is_refused_for_the_right_reason() {
    let file = read("slip");
    let (log, witness) = keys(&file);
    for case in cases(&file, "bad") {
        let checked = Slip::parse(text(&case["text"]).as_bytes())
            .and_then(|slip| slip.verify(&log, std::slice::from_ref(&witness)));
        let why = match checked.unwrap_err() {
            SlipError::UnknownVersion => "version",
            SlipError::NotASlip => "not a slip",
            SlipError::Checkpoint(_) | SlipError::Believe(_) => "checkpoint",
            SlipError::Leaf { .. } => "leaf",
            SlipError::Inclusion { .. } => "inclusion",
            SlipError::OutOfOrder { .. } => "order",
            SlipError::OfSomethingElse { .. } => "of something else",
        };
        assert_eq!(why, text(&case["why"]), "{}", case["name"]);
    }
}

#[test]
fn an_erasure_counts_from_the_leaf_that_did_it_and_not_from_the_wish() {
    let (living, erased) = (life(0), life(1));
    assert_eq!(living.erased(&living.item), None);
    assert_eq!(erased.erased(&erased.item).unwrap().index, 12);
    let mut intended = erased.clone();
    intended.steps.retain(|step| step.index < 12);
    assert_eq!(intended.erased(&intended.item), None);
    assert_eq!(intended.verdict(&intended.fields(&[])), Verdict::Withheld);
    // What is final names no items: it speaks for those of the step before it, and of nothing without that.
    let mut last = erased.clone();
    last.steps.retain(|step| step.index != 12);
    assert_eq!(last.erased(&last.item), None, "the chain is broken");
}

/// One erasure of many names them in many leaves: the life of each has those that name it, and what became of the whole.
#[test]
fn what_an_erasure_says_of_others_is_no_part_of_a_life() {
    const OURS: Id = [1; 16];
    const ERASURE: Id = [9; 16];
    let leaf = |kind, subject, items: &[Id]| {
        let mut leaf = Leaf::new(kind, 0, subject);
        leaf.items = items.to_vec();
        leaf
    };
    let kept = |items: &[Id]| {
        let mut leaf = leaf(LeafKind::ErasureKept, [8; 16], items);
        leaf.follows = Some(ERASURE);
        leaf
    };
    let log = [
        (leaf(LeafKind::Message, OURS, &[]), true, false),
        (leaf(LeafKind::ErasureIntended, ERASURE, &[]), false, true),
        (leaf(LeafKind::Punctured, ERASURE, &[[2; 16], [3; 16]]), false, true),
        (kept(&[[4; 16]]), false, true),
        (leaf(LeafKind::Punctured, ERASURE, &[[5; 16], OURS]), true, true),
        (leaf(LeafKind::Punctured, ERASURE, &[[6; 16]]), false, true),
        (kept(&[[7; 16]]), false, true),
        (kept(&[OURS]), true, true),
        (leaf(LeafKind::ErasedLive, ERASURE, &[]), true, true),
        (leaf(LeafKind::ErasedFinal, ERASURE, &[]), true, true),
    ];
    for (item, of) in [(OURS, 1), (ERASURE, 2)] {
        let mut trail = Trail::of(item);
        for (at, entry) in log.iter().enumerate() {
            let belongs = if of == 1 { entry.1 } else { entry.2 };
            assert_eq!(trail.takes(&entry.0), belongs, "leaf {at} of the life of {item:?}");
        }
    }
}

#[test]
fn another_logs_key_believes_none() {
    let file = read("slip");
    let slip = Slip::parse(text(&file["good"][0]["text"]).as_bytes()).unwrap();
    let stranger = LogKey::from_seed("archive.example/ledger", &[1; 32]).unwrap();
    assert!(matches!(
        slip.verify(stranger.verifier(), &[]),
        Err(SlipError::Believe(_))
    ));
}

proptest! {
    /// One altered bit anywhere, and it tells nothing. In a witness's line it may turn the witness into a stranger, who is
    /// then no longer named.
    #[test]
    fn vault_1_no_altered_slip_tells_what_the_good_one_does(which in 0_usize..3, at: Index, bit in 0_u8..8) {
        let file = read("slip");
        let (log, witness) = keys(&file);
        let mut bytes = text(&file["good"][which]["text"]).as_bytes().to_vec();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        let checked = Slip::parse(&bytes).and_then(|slip| slip.verify(&log, &[witness]));
        prop_assert!(checked.is_err() || checked.is_ok_and(|life| life.verified.sightings.is_empty()));
    }
}
