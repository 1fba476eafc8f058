//! Leaves.

use counterfoil_ledger::commitment::Label;
use counterfoil_ledger::leaf::{Actor, Fact, Leaf, LeafError};
use counterfoil_ledger::registry::{FactKey, LeafKind, Outcome, Purpose, Role};
use proptest::prelude::*;
use serde_json::Value;

use crate::vectors::{cases, hex, hex_array, read, text};

fn number(value: &Value) -> u16 {
    value.as_u64().unwrap().try_into().unwrap()
}

fn fact(value: &Value) -> Fact {
    match value.as_i64() {
        Some(n) => Fact::Int(n),
        None if text(value).len() == 32 => Fact::Id(hex_array(value)),
        None => Fact::Hash(hex_array(value)),
    }
}

fn list<T>(value: &Value, read: impl Fn(&Value) -> T) -> Vec<T> {
    value
        .as_array()
        .map_or_else(Vec::new, |items| items.iter().map(read).collect())
}

fn described(case: &Value) -> Leaf {
    let kind = LeafKind::from_number(number(&case["kind"]));
    let mut leaf = Leaf::new(kind, case["at"].as_i64().unwrap(), hex_array(&case["subject"]));
    leaf.record = case.get("record").map(hex_array);
    leaf.commitments = list(&case["commitments"], |pair| {
        (Label::of(text(&pair[0]).to_owned().leak()), hex_array(&pair[1]))
    });
    leaf.objects = list(&case["objects"], hex_array);
    leaf.actor = case.get("actor").map(|actor| Actor {
        role: Role::from_number(number(&actor[0])),
        id: actor.get(1).map(hex_array),
    });
    leaf.follows = case.get("follows").map(hex_array);
    leaf.purpose = case.get("purpose").map(|purpose| Purpose::from_number(number(purpose)));
    leaf.items = list(&case["items"], hex_array);
    leaf.count = case.get("count").map(|count| count.as_u64().unwrap());
    if let Some(facts) = case.get("facts") {
        let facts = facts.as_object().unwrap().iter();
        leaf.facts = facts
            .map(|(key, value)| (FactKey::from_number(key.parse().unwrap()), fact(value)))
            .collect();
    }
    leaf
}

#[test]
fn vectors_hold() {
    for case in cases(&read("leaf"), "good") {
        let (leaf, bytes) = (described(case), hex(&case["hex"]));
        assert_eq!(leaf.encode().unwrap(), bytes, "{}", case["name"]);
        assert_eq!(Leaf::decode(&bytes).unwrap(), leaf, "{}", case["name"]);
        assert_eq!(Leaf::hash(&bytes), hex_array(&case["leaf_hash"]), "{}", case["name"]);
    }
}

/// What a leaf gives under each key but the first four, as its kind allows.
fn fits(kind: &Value, leaf: &Leaf) {
    let given = [
        ("5", leaf.record.is_some()),
        ("6", !leaf.commitments.is_empty()),
        ("7", !leaf.objects.is_empty()),
        ("8", leaf.actor.is_some()),
        ("9", leaf.follows.is_some()),
        ("10", leaf.purpose.is_some()),
        ("11", !leaf.items.is_empty()),
        ("12", leaf.count.is_some()),
        ("13", !leaf.facts.is_empty()),
    ];
    let allowed = |may: &Value, is_given: bool| match may.as_str() {
        Some("always") => is_given,
        Some("sometimes") => true,
        _ => !is_given,
    };
    for (key, is_given) in given {
        assert!(allowed(&kind["keys"][key], is_given), "{key} of {}", kind["name"]);
    }
}

#[test]
fn every_kind_has_its_map() {
    let file = read("leaf-kinds");
    let kinds = cases(&file, "kinds");
    for kind in kinds {
        let number = LeafKind::from_number(number(&kind["kind"]));
        assert_eq!(number.name().unwrap(), text(&kind["name"]));
        for case in cases(kind, "leaves") {
            let (leaf, bytes) = (described(case), hex(&case["hex"]));
            assert_eq!(leaf.kind, number);
            assert_eq!(leaf.encode().unwrap(), bytes, "{}", kind["name"]);
            assert_eq!(Leaf::decode(&bytes).unwrap(), leaf, "{}", kind["name"]);
            assert_eq!(Leaf::hash(&bytes), hex_array(&case["leaf_hash"]), "{}", kind["name"]);
            assert_eq!(Leaf::kind_of(&bytes), Some(leaf.kind));
            fits(kind, &leaf);
        }
    }
    // Nothing writes steps of conversations yet.
    let written = LeafKind::ALL.iter().filter(|kind| **kind != LeafKind::ConversationStep);
    let known: Vec<LeafKind> = kinds
        .iter()
        .map(|kind| LeafKind::from_number(number(&kind["kind"])))
        .collect();
    assert_eq!(written.copied().collect::<Vec<_>>(), known);
}

#[test]
fn what_must_be_refused_is_refused_for_its_reason() {
    for case in cases(&read("leaf"), "refused") {
        let because = match Leaf::decode(&hex(&case["hex"])) {
            Ok(leaf) => panic!("{} was read as {leaf:?}", case["name"]),
            Err(LeafError::TooManyItems) => "too-many-items",
            Err(LeafError::LabelTwice) => "label-twice",
            Err(LeafError::TooLong) => "too-long",
            Err(LeafError::UnknownVersion(_)) => "unknown-version",
            Err(LeafError::UnknownField(_)) => "unknown-field",
            Err(LeafError::MissingField(_)) => "missing-field",
            Err(LeafError::NotCanonical) => "not-canonical",
            Err(LeafError::NotALeaf(_)) => "not-a-leaf",
        };
        assert_eq!(because, text(&case["because"]), "{}", case["name"]);
    }
}

#[test]
fn limits_hold_when_writing() {
    let leaf = Leaf::new(LeafKind::Reading, 0, [0; 16]);
    assert!(leaf.clone().items([[7; 16]; 200]).encode().is_ok());
    assert!(matches!(
        leaf.clone().items([[7; 16]; 201]).encode(),
        Err(LeafError::TooManyItems)
    ));
    let twice = leaf
        .clone()
        .commitment(Label::BODY, [1; 32])
        .commitment(Label::BODY, [2; 32]);
    assert!(matches!(twice.encode(), Err(LeafError::LabelTwice)));
    let mut long = leaf;
    long.objects = vec![[0; 32]; 1926];
    let room = long.encode().unwrap().len();
    assert!(room <= 65_535 && room + 34 > 65_535, "{room}");
    long.objects.push([0; 32]);
    assert!(matches!(long.encode(), Err(LeafError::TooLong)));
    assert!(matches!(Leaf::decode(&[0; 65_536]), Err(LeafError::TooLong)));
}

/// Numbers and names are for ever: each number has one name, and each name one number.
#[test]
fn no_number_and_no_name_is_used_twice() {
    macro_rules! distinct {
        ($($kind:ident)+) => {$(
            let mut numbers: Vec<u16> = $kind::ALL.iter().map(|it| it.number()).collect();
            let mut names: Vec<&str> = $kind::ALL.iter().filter_map(|it| it.name()).collect();
            assert!($kind::ALL.iter().all(|it| $kind::from_number(it.number()) == *it));
            numbers.dedup();
            names.sort_unstable();
            names.dedup();
            assert_eq!((numbers.len(), names.len()), ($kind::ALL.len(), $kind::ALL.len()));
            assert!(numbers.is_sorted());
        )+};
    }
    distinct!(LeafKind Role Purpose FactKey Outcome);
}

fn any_fact() -> impl Strategy<Value = Fact> {
    prop_oneof![
        any::<i64>().prop_map(Fact::Int),
        any::<[u8; 16]>().prop_map(Fact::Id),
        any::<[u8; 32]>().prop_map(Fact::Hash)
    ]
}

prop_compose! {
    fn any_leaf()(
        kind: u16, at: i64, subject: [u8; 16], record: Option<[u8; 32]>, body: Option<[u8; 32]>, sender: Option<[u8; 32]>,
        objects in proptest::collection::vec(any::<[u8; 32]>(), 0..4), actor: Option<(u16, Option<[u8; 16]>)>,
        (follows, purpose, count) in any::<(Option<[u8; 16]>, Option<u16>, Option<u64>)>(),
        items in proptest::collection::vec(any::<[u8; 16]>(), 0..30),
        facts in proptest::collection::btree_map(any::<u16>(), any_fact(), 0..6),
    ) -> Leaf {
        let labelled = |label: Label, value: Option<[u8; 32]>| value.map(|value| (label, value));
        Leaf {
            kind: LeafKind::from_number(kind),
            at,
            subject,
            record,
            commitments: labelled(Label::SENDER, sender).into_iter().chain(labelled(Label::BODY, body)).collect(),
            objects,
            actor: actor.map(|(role, id)| Actor { role: Role::from_number(role), id }),
            follows,
            purpose: purpose.map(Purpose::from_number),
            items,
            count,
            facts: facts.into_iter().map(|(key, fact)| (FactKey::from_number(key), fact)).collect(),
        }
    }
}

proptest! {
    #[test]
    fn a_leaf_comes_back_as_it_went(leaf in any_leaf()) {
        prop_assert_eq!(Leaf::decode(&leaf.encode().unwrap()).unwrap(), leaf);
    }

    #[test]
    fn one_leaf_has_one_spelling(leaf in any_leaf(), at: proptest::sample::Index, bit in 0_u8..8, cut: proptest::sample::Index) {
        let bytes = leaf.encode().unwrap();
        prop_assert!(Leaf::decode(&bytes[..cut.index(bytes.len())]).is_err());
        let mut altered = bytes.clone();
        altered[at.index(bytes.len())] ^= 1 << bit;
        if let Ok(other) = Leaf::decode(&altered) {
            prop_assert_ne!(&other, &leaf);
            prop_assert_eq!(other.encode().unwrap(), altered);
        }
    }

    #[test]
    fn any_bytes_are_a_canonical_leaf_or_refused(bytes: Vec<u8>) {
        if let Ok(leaf) = Leaf::decode(&bytes) {
            prop_assert_eq!(leaf.encode().unwrap(), bytes);
        }
    }
}
