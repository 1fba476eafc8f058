//! Changes of a log's key: what proves one, and which key a checkpoint must be signed with.

use counterfoil_ledger::checkpoint::Checkpoint;
use counterfoil_ledger::key_change::{KeyChange, KeyChangeError, LogKeys};
use counterfoil_ledger::note::{Note, VerifierKey};
use serde_json::Value;

use crate::vectors::{cases, read, text};

fn change(value: &Value) -> KeyChange {
    KeyChange::read(text(value).as_bytes()).unwrap()
}

fn changes(value: &Value) -> Vec<KeyChange> {
    value.as_array().unwrap().iter().map(change).collect()
}

fn keys(value: &Value) -> Vec<VerifierKey> {
    let keys = value.as_array().unwrap().iter();
    keys.map(|key| text(key).parse().unwrap()).collect()
}

#[test]
fn vectors_hold() {
    for case in cases(&read("key-change"), "good") {
        let change = change(&case["text"]);
        let (before, after) = (text(&case["before"]), text(&case["after"]));
        assert_eq!(
            (change.leaf, change.checkpoint.size),
            (case["leaf"].as_u64().unwrap(), case["size"].as_u64().unwrap())
        );
        assert_eq!(
            (
                change.keys.before.to_string().as_str(),
                change.keys.after.to_string().as_str()
            ),
            (before, after)
        );
    }
}

#[test]
fn what_proves_no_change_is_refused_and_named() {
    for case in cases(&read("key-change"), "bad") {
        let error = match KeyChange::read(text(&case["text"]).as_bytes()) {
            Err(KeyChangeError::NotVouchedFor { leaf: 2 }) => "not vouched for",
            Err(KeyChangeError::NotHeld { leaf: 2 }) => "not held",
            Err(KeyChangeError::NotAProof) => "not a proof",
            Err(KeyChangeError::Slip(_)) => "slip",
            other => panic!("{}: {other:?}", case["name"]),
        };
        assert_eq!(error, text(&case["error"]), "{}", case["name"]);
    }
}

#[test]
fn no_byte_of_a_proof_may_be_another() {
    let file = read("key-change");
    let good = text(&file["good"][0]["text"]).as_bytes();
    for at in 0..good.len() {
        let mut bent = good.to_vec();
        bent[at] ^= 1;
        assert!(KeyChange::read(&bent).is_err(), "byte {at}");
    }
}

#[test]
fn whichever_key_of_a_chain_is_given_the_others_follow() {
    let file = read("key-change");
    let (chain, all) = (&file["chain"], keys(&file["chain"]["keys"]));
    for given in &all {
        let mut links = changes(&chain["changes"]);
        links.reverse();
        let followed = LogKeys::follow(given.clone(), links).unwrap();
        assert_eq!(followed.all().cloned().collect::<Vec<_>>(), all);
        for at in chain["at"].as_array().unwrap() {
            let key = &all[usize::try_from(at["key"].as_u64().unwrap()).unwrap()];
            assert_eq!(followed.at(at["size"].as_u64().unwrap()), key, "{at}");
        }
        for case in chain["checkpoints"].as_array().unwrap() {
            let note = Note::parse(text(&case["text"]).as_bytes()).unwrap();
            let verified = Checkpoint::verify(&note, followed.of(&note), &[]);
            assert_eq!(verified.is_ok(), case["good"] == true, "{}", case["text"]);
        }
    }
    // Without the proofs each key knows what it signed, and nothing else.
    let alone = LogKeys::from(all[0].clone());
    assert_eq!((alone.all().count(), alone.at(9)), (1, &all[0]));
}

#[test]
fn a_chain_with_a_hole_or_of_another_key_is_refused_and_named() {
    let file = read("key-change");
    let all = keys(&file["chain"]["keys"]);
    for case in cases(&file, "broken") {
        match LogKeys::follow(all[0].clone(), changes(&case["changes"])) {
            Err(KeyChangeError::NoLink { leaf }) => {
                assert_eq!(leaf, case["leaf"].as_u64().unwrap(), "{}", case["name"])
            }
            other => panic!("{}: {other:?}", case["name"]),
        }
    }
    let stranger: VerifierKey = text(&file["chain"]["stranger"]).parse().unwrap();
    let stranger = LogKeys::follow(stranger, changes(&file["chain"]["changes"]));
    assert!(matches!(stranger, Err(KeyChangeError::NoLink { leaf: 2 })));
}
