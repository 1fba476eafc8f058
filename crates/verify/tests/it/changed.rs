//! A log whose key was changed: whoever has one of its keys follows the others, and what no key vouched for is named.

use std::fs;

use counterfoil_ledger::Id;
use counterfoil_ledger::checkpoint::Checkpoint;
use counterfoil_ledger::key_change::KeyChange;
use counterfoil_ledger::leaf::{Actor, Fact, Leaf};
use counterfoil_ledger::note::{LogKey, Note, VerifierKey};
use counterfoil_ledger::proof::inclusion;
use counterfoil_ledger::registry::{FactKey, LeafKind};
use counterfoil_ledger::slip::{ProvenLeaf, Slip};
use counterfoil_ledger::tile::Tile;
use counterfoil_verify::folder::{check, earlier};
use counterfoil_verify::{Keys, What, item};

use crate::log::{Log, ORIGIN, entry, key};

const INSTALLATION: Id = [1; 16];

fn second() -> LogKey {
    LogKey::from_seed(ORIGIN, &[8; 32]).unwrap()
}

fn third() -> LogKey {
    LogKey::from_seed(ORIGIN, &[9; 32]).unwrap()
}

fn named(before: &LogKey, after: &LogKey) -> Vec<u8> {
    let leaf = Leaf::new(LeafKind::LogKeyChanged, 1_795_381_200_000_000, INSTALLATION)
        .actor(Actor::OPERATOR)
        .fact(FactKey::PreviousKey, Fact::Hash(*before.verifier().public()))
        .fact(FactKey::PublicKey, Fact::Hash(*after.verifier().public()));
    leaf.encode().unwrap()
}

impl Log {
    fn signed(&self, keys: &[LogKey]) -> Note {
        let checkpoint = Checkpoint {
            origin: ORIGIN.to_owned(),
            size: self.edge.size(),
            root: self.edge.root(),
        };
        let mut note = checkpoint.sign(&keys[0]).unwrap();
        for key in &keys[1..] {
            note.sign_too(key).unwrap();
        }
        fs::write(self.path().join("checkpoint"), note.to_string()).unwrap();
        note
    }

    fn slip(&self, item: Id, index: u64, checkpoint: Note) -> Slip {
        let size = self.edge.size();
        let hash = |node| {
            let tile = Tile::of(node, size)?;
            tile.hash_of(node, &fs::read(self.path().join(tile.to_string())).unwrap())
        };
        let leaves = vec![ProvenLeaf {
            index,
            entry: self.entries[usize::try_from(index).unwrap()].clone(),
            hashes: inclusion(index, size, hash).unwrap(),
        }];
        Slip {
            item,
            leaves,
            checkpoint,
        }
    }

    /// Changes the key: a leaf, a checkpoint that `signing` signed, and the proof of it.
    fn changed(&mut self, before: &LogKey, after: &LogKey, signing: &[LogKey]) -> u64 {
        let leaf = self.entries.len() as u64;
        self.append([named(before, after)]);
        self.append((0..5).map(|i| entry(leaf + 1 + i)));
        let note = self.signed(signing);
        let proof = self.slip(INSTALLATION, leaf, note);
        fs::create_dir_all(self.path().join("key-change")).unwrap();
        fs::write(self.path().join(format!("key-change/{leaf}")), proof.to_string()).unwrap();
        leaf
    }

    /// One of 300 leaves whose key was changed twice on the way.
    fn twice() -> Self {
        let mut log = Self::grown([100]);
        log.changed(&key(), &second(), &[key(), second()]);
        log.append((106..200).map(entry));
        log.signed(&[second()]);
        log.changed(&second(), &third(), &[second(), third()]);
        log.append((206..300).map(entry));
        log.signed(&[third()]);
        log
    }
}

fn given(key: &LogKey) -> Keys {
    Keys::of(key.verifier().clone(), Vec::new())
}

fn said(log: &Log, keys: &Keys) -> Vec<(String, What)> {
    let report = check(log.path(), keys, &[], |_, _| {}).unwrap();
    assert_eq!(report.sound, report.differences.is_empty());
    let differences = report.differences.into_iter();
    differences.map(|one| (one.path, one.what)).collect()
}

#[test]
fn whichever_of_its_keys_was_given_the_log_is_sound() {
    let log = Log::twice();
    let all = [key(), second(), third()].map(|key| key.verifier().to_string());
    for one in [key(), second(), third()] {
        let report = check(log.path(), &given(&one), &[], |_, _| {}).unwrap();
        assert!(report.sound, "{report}");
        assert_eq!(report.size, Some(300));
        let keys: Vec<(&str, u64)> = report.keys.iter().map(|said| (said.key.as_str(), said.from)).collect();
        assert_eq!(keys, [(all[0].as_str(), 0), (&all[1], 106), (&all[2], 206)]);
        assert!(
            report
                .to_string()
                .contains(&format!("key      {}, from size 206", all[2])),
            "{report}"
        );
    }
    assert_eq!(
        said(&log, &given(&LogKey::from_seed(ORIGIN, &[4; 32]).unwrap()))[0].1,
        What::NotVouchedFor
    );
}

#[test]
fn the_newest_change_may_be_just_on_its_way() {
    let mut log = Log::grown([100]);
    let leaf = log.changed(&key(), &second(), &[key(), second()]);
    assert_eq!(said(&log, &given(&key())), []);
    fs::remove_file(log.path().join(format!("key-change/{leaf}"))).unwrap();
    for one in [key(), second()] {
        assert_eq!(said(&log, &given(&one)), []);
    }
    log.signed(&[second()]);
    assert_eq!(said(&log, &given(&key())), [("checkpoint".to_owned(), What::NotSigned)]);
    let unproven = said(&log, &given(&second()));
    assert_eq!(unproven, [(format!("key-change/{leaf}"), What::NotVouchedFor)]);
}

#[test]
fn a_change_that_the_key_before_did_not_vouch_for_is_refused_and_named() {
    for signing in [[third(), second()], [second(), third()]] {
        let mut log = Log::grown([100]);
        let leaf = log.changed(&key(), &second(), &signing);
        log.append((106..120).map(entry));
        log.signed(&[second()]);
        let named = (format!("key-change/{leaf}"), What::NotVouchedFor);
        assert_eq!(
            said(&log, &given(&key())),
            [named.clone(), ("checkpoint".to_owned(), What::NotSigned)]
        );
        assert_eq!(said(&log, &given(&second())), [named]);
    }
}

/// A stolen seed from before the change signs nothing that anybody believes who knows of the change.
#[test]
fn what_a_key_signs_after_its_time_is_not_believed() {
    let log = Log::twice();
    for late in [key(), second()] {
        log.signed(&[late]);
        assert_eq!(said(&log, &given(&key())), [("checkpoint".to_owned(), What::NotSigned)]);
        assert_eq!(
            said(&log, &given(&third())),
            [("checkpoint".to_owned(), What::NotSigned)]
        );
    }
}

/// Whoever has the newest seed alone cannot write anew what was before it.
#[test]
fn history_from_before_a_change_is_held_to_what_the_keys_of_then_signed() {
    let (log, mut anew) = (Log::twice(), Log::grown([99]));
    anew.append([entry(4_711)]);
    let entries = log.entries[100..].to_vec();
    anew.append(entries);
    anew.signed(&[third()]);
    fs::create_dir(anew.path().join("key-change")).unwrap();
    for proof in ["key-change/100", "key-change/200"] {
        fs::copy(log.path().join(proof), anew.path().join(proof)).unwrap();
    }
    let told = said(&anew, &given(&third()));
    let other = |path: &str| (path.to_owned(), What::AnotherHistory);
    assert_eq!(told, [other("key-change/100"), other("key-change/200")]);
}

#[test]
fn one_altered_byte_in_a_proof_is_found_and_the_file_is_named() {
    let log = Log::twice();
    let path = log.path().join("key-change/100");
    let good = fs::read(&path).unwrap();
    for at in 0..good.len() {
        let mut bent = good.clone();
        bent[at] ^= 1;
        fs::write(&path, bent).unwrap();
        let told = said(&log, &given(&third()));
        assert!(
            told.iter().any(|(path, _)| path == "key-change/100"),
            "byte {at}: {told:?}"
        );
    }
    fs::write(&path, &good).unwrap();
    fs::rename(&path, log.path().join("key-change/101")).unwrap();
    let told = said(&log, &given(&third()));
    assert!(told.contains(&("key-change/101".to_owned(), What::Altered)), "{told:?}");
}

#[test]
fn slips_and_earlier_checkpoints_verify_with_the_key_of_their_time() {
    let mut log = Log::grown([100]);
    let item = Leaf::decode(&log.entries[1]).unwrap().subject;
    let kept = log.signed(&[key()]);
    let old = log.slip(item, 1, kept.clone()).to_string();
    log.changed(&key(), &second(), &[key(), second()]);
    log.append((106..120).map(entry));
    let note = log.signed(&[second()]);
    let new = log.slip(item, 1, note).to_string();
    let sound = |slip: &str, keys: &Keys| item::slip(slip.as_bytes(), &[], keys).unwrap().sound;
    let alone = [given(&key()), given(&second())];
    assert!(sound(&old, &alone[0]) && !sound(&new, &alone[0]));
    assert!(sound(&new, &alone[1]) && !sound(&old, &alone[1]));
    let proof = fs::read(log.path().join("key-change/100")).unwrap();
    for keys in alone {
        let followed = keys.clone().with(std::slice::from_ref(&proof)).unwrap();
        assert!(sound(&old, &followed) && sound(&new, &followed));
        let found = keys.in_folder(log.path()).unwrap();
        assert!(sound(&old, &found) && sound(&new, &found));
        let kept = earlier(kept.to_string().as_bytes(), &found).unwrap();
        let report = check(log.path(), &keys, &[kept], |_, _| {}).unwrap();
        assert!(report.sound && report.earlier == 1, "{report}");
    }
    let stranger: VerifierKey = third().verifier().clone();
    let refused = Keys::of(stranger, Vec::new()).with(&[proof]).unwrap_err();
    assert!(refused.to_string().contains("is not believed"), "{refused}");
}

#[test]
fn a_leaf_that_names_the_same_keys_again_changes_nothing() {
    let mut log = Log::grown([100]);
    log.changed(&key(), &second(), &[key(), second()]);
    log.append([named(&key(), &second())]);
    log.signed(&[second()]);
    assert_eq!(said(&log, &given(&key())), []);
    assert!(KeyChange::read(&fs::read(log.path().join("key-change/100")).unwrap()).is_ok());
}

#[test]
fn a_proof_that_was_given_counts_beside_those_of_the_folder() {
    let log = Log::twice();
    let mut proofs = Vec::new();
    for leaf in [100, 200] {
        let path = log.path().join(format!("key-change/{leaf}"));
        proofs.push((path.clone(), fs::read(&path).unwrap()));
    }
    for (path, bytes) in &proofs {
        fs::remove_file(path).unwrap();
        for one in [key(), third()] {
            let keys = given(&one).with(&[proofs[0].1.clone(), proofs[1].1.clone()]).unwrap();
            assert_eq!(said(&log, &keys), []);
        }
        fs::write(path, bytes).unwrap();
    }
    let (path, first) = &proofs[0];
    fs::remove_file(path).unwrap();
    assert_eq!(
        said(&log, &given(&key()).with(std::slice::from_ref(first)).unwrap()),
        []
    );
    assert_ne!(said(&log, &given(&key())), []);
}

#[test]
fn only_the_key_in_force_vouches_on_its_way() {
    let mut log = Log::twice();
    let fourth = LogKey::from_seed(ORIGIN, &[10; 32]).unwrap();
    let leaf = log.entries.len() as u64;
    log.append([named(&key(), &fourth)]);
    // The first key was stolen long after it was destroyed.
    log.signed(&[third(), key(), fourth]);
    let told = said(&log, &given(&key()));
    assert_eq!(told, [(format!("key-change/{leaf}"), What::NotVouchedFor)]);
}
