//! Folders that are sound, and what is said of those that are not.

use std::fs;

use counterfoil_ledger::note::{LogKey, Note};
use counterfoil_verify::folder::{FolderReport, check, earlier};
use counterfoil_verify::{Keys, Unchecked, What};

use crate::log::{Log, ORIGIN, entry, keys};

pub(crate) fn checked(log: &Log) -> FolderReport {
    check(log.path(), &keys(), &[], |_, _| {}).unwrap()
}

/// What is said: path, leaf and matter of each difference.
fn said(log: &Log) -> Vec<(String, Option<u64>, What)> {
    let report = checked(log);
    assert_eq!(report.sound, report.differences.is_empty());
    let differences = report.differences.into_iter();
    differences.map(|one| (one.path, one.leaf, one.what)).collect()
}

#[test]
fn a_log_of_any_size_is_sound_with_every_file_counted() {
    for sizes in [
        vec![0],
        vec![1],
        vec![3, 7],
        vec![255, 256],
        vec![257],
        vec![100, 600, 777],
        vec![66_000],
    ] {
        let log = Log::grown(sizes.clone());
        let mut places = Vec::new();
        let report = check(log.path(), &keys(), &[], |place, leaf| {
            assert_eq!(leaf.encode().unwrap(), entry(place));
            places.push(place);
        })
        .unwrap();
        let size = *sizes.last().unwrap();
        assert!(report.sound, "{report}");
        assert_eq!((report.size, report.leaves), (Some(size), size));
        assert_eq!(report.files, log.files().len() as u64, "{report}");
        assert_eq!(places, (0..size).collect::<Vec<u64>>());
        assert!(
            report.to_string().contains("Nobody outside has countersigned"),
            "{report}"
        );
    }
}

#[test]
fn what_was_altered_is_named_and_nothing_else_is() {
    let log = Log::grown([100, 66_000, 66_100]);
    let flip = |path: &str| {
        let path = log.path().join(path);
        let mut bytes = fs::read(&path).unwrap();
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        fs::write(path, bytes).unwrap();
    };
    for (path, leaf) in [
        ("tile/entries/003", Some(1023)),
        ("tile/0/003", Some(1023)),
        ("tile/1/000", None),
        ("tile/2/000.p/1", None),
        ("tile/entries/258.p/52", Some(66_099)),
        // An older one, which the newest took the place of.
        ("tile/1/001.p/1", None),
    ] {
        flip(path);
        let said = said(&log);
        let places: Vec<&str> = said.iter().map(|(path, ..)| path.as_str()).collect();
        // The last leaf of a bundle no longer is one, besides.
        assert!(
            places.iter().all(|place| *place == path) && !places.is_empty(),
            "{path}: {said:?}"
        );
        assert!(
            said.contains(&(path.to_owned(), leaf, What::Altered)),
            "{path}: {said:?}"
        );
        flip(path);
    }
    assert!(checked(&log).sound);
}

#[test]
fn leaves_and_tiles_that_were_altered_together_do_not_give_the_root() {
    let mut log = Log::grown([300]);
    let signed = fs::read(log.path().join("checkpoint")).unwrap();
    log = Log::grown([0]);
    log.append((0..300).map(|i| entry(if i == 17 { 1_000 } else { i })));
    fs::write(log.path().join("checkpoint"), signed).unwrap();
    assert_eq!(said(&log), [("checkpoint".to_owned(), None, What::AnotherRoot)]);
}

#[test]
fn what_has_no_place_is_surplus_and_what_is_later_is_said_to_be() {
    let log = Log::grown([300]);
    for path in ["note.txt", "tile/0/000.tmp", "tile/8/000", "tile/entries/x000/001"] {
        let path = log.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, b"").unwrap();
        assert_eq!(said(&log).len(), 1);
        assert_eq!(said(&log)[0].2, What::Surplus);
        fs::remove_file(path).unwrap();
    }
    let signed = fs::read(log.path().join("checkpoint")).unwrap();
    let mut log = log;
    log.append((300..310).map(entry));
    fs::write(log.path().join("checkpoint"), signed).unwrap();
    let later = |path: &str| (path.to_owned(), None, What::Later);
    assert_eq!(said(&log), [later("tile/0/001.p/54"), later("tile/entries/001.p/54")]);
}

#[test]
fn a_link_is_not_taken_for_a_file() {
    let log = Log::grown([300]);
    let (tile, elsewhere) = (log.path().join("tile/0/000"), tempfile::tempdir().unwrap());
    let moved = elsewhere.path().join("000");
    fs::rename(&tile, &moved).unwrap();
    std::os::unix::fs::symlink(&moved, &tile).unwrap();
    assert_eq!(said(&log), [("tile/0/000".to_owned(), None, What::Surplus)]);
}

#[test]
fn a_key_that_did_not_sign_is_told_from_a_signature_that_was_altered() {
    let log = Log::grown([300]);
    let stranger = LogKey::from_seed(ORIGIN, &[8; 32]).unwrap();
    let keys = Keys {
        log: stranger.verifier().clone().into(),
        witnesses: Vec::new(),
    };
    let report = check(log.path(), &keys, &[], |_, _| {}).unwrap();
    assert_eq!(report.differences[0].what, What::NotSigned);
    assert_eq!((report.size, report.outside), (None, None));

    let path = log.path().join("checkpoint");
    let note = fs::read_to_string(&path).unwrap();
    fs::write(path, note.replace("\n300\n", "\n301\n")).unwrap();
    assert_eq!(said(&log), [("checkpoint".to_owned(), None, What::Altered)]);
}

#[test]
fn an_entry_that_is_no_leaf_is_said_to_be_none_though_the_root_is_right() {
    let mut log = Log::grown([10]);
    log.append([b"no leaf".to_vec()]);
    log.sign();
    let expected = ("tile/entries/000.p/11".to_owned(), Some(10), What::NotALeaf);
    assert_eq!(said(&log), [expected]);
}

#[test]
fn where_there_is_no_log_nothing_is_said() {
    let empty = tempfile::tempdir().unwrap();
    let absent = empty.path().join("absent");
    let none = |folder| check(folder, &keys(), &[], |_, _| {}).unwrap_err();
    assert!(matches!(none(empty.path()), Unchecked::NoLog));
    assert!(matches!(none(&absent), Unchecked::Unreadable { .. }));
}

#[test]
fn vault_1_a_log_must_contain_what_was_signed_earlier() {
    let mut kept = Vec::new();
    let mut log = Log::grown([0]);
    for size in [1, 255, 256, 300, 600, 700] {
        log.append((log.edge.size()..size).map(entry));
        log.sign();
        kept.push(earlier(&fs::read(log.path().join("checkpoint")).unwrap(), &keys()).unwrap());
    }
    let report = check(log.path(), &keys(), &kept, |_, _| {}).unwrap();
    assert!(report.sound && report.earlier == 6, "{report}");

    // Written anew with the same key and one leaf changed: what was kept gives it away from that size on.
    let mut anew = Log::grown([0]);
    anew.append((0..700).map(|i| entry(if i == 299 { 1_000 } else { i })));
    anew.sign();
    let differences = |log: &Log| {
        let report = check(log.path(), &keys(), &kept, |_, _| {}).unwrap();
        let differences = report.differences.into_iter();
        differences.map(|one| (one.leaf, one.what)).collect::<Vec<_>>()
    };
    let other = |size| (Some(size), What::AnotherHistory);
    assert_eq!(differences(&anew), [other(300), other(600), other(700)]);
    assert!(checked(&anew).sound, "by itself it is a log like any other");
    let short = Log::grown([599]);
    let cut = |size| (Some(size), What::CutShort);
    assert_eq!(differences(&short), [cut(600), cut(700)]);
}

#[test]
fn signatures_of_strangers_are_counted_and_those_of_known_witnesses_are_checked() {
    let log = Log::grown([300]);
    let path = log.path().join("checkpoint");
    let note = fs::read_to_string(&path).unwrap();
    // A line by a key that nobody gave; it is not checked, and that is said.
    let stranger = LogKey::from_seed("witness.example/one", &[9; 32]).unwrap();
    let line = Note::sign("something else\n".to_owned(), &stranger)
        .unwrap()
        .signatures()[0]
        .to_string();
    fs::write(&path, format!("{note}{line}")).unwrap();
    let outside = checked(&log).outside.unwrap();
    assert_eq!((outside.seen.len(), outside.unknown), (0, 1));
    assert!(outside.to_string().contains("was not checked"), "{outside}");
    // Its key given, it is checked, and wrong.
    let known = Keys {
        witnesses: vec![stranger.verifier().clone()],
        ..keys()
    };
    let report = check(log.path(), &known, &[], |_, _| {}).unwrap();
    assert_eq!(report.differences[0].what, What::Altered);
}
