//! Notes and checkpoints.

use counterfoil_ledger::checkpoint::{Checkpoint, CheckpointError};
use counterfoil_ledger::note::{Algorithm, KeyError, LogKey, Note, NoteError, Signature, VerifierKey};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value;
use signed_note::{StandardVerifier, VerifierList};

use crate::vectors::{base64, hex_array, read, text};

fn key(file: &Value) -> VerifierKey {
    text(&file["vkey"]).parse().unwrap()
}

fn witness(file: &Value) -> VerifierKey {
    text(&file["witness_vkey"]).parse().unwrap()
}

fn parse(value: &Value) -> Note {
    Note::parse(text(value).as_bytes()).unwrap()
}

fn described(file: &Value) -> Checkpoint {
    Checkpoint {
        origin: text(&file["origin"]).to_owned(),
        size: file["size"].as_u64().unwrap(),
        root: base64(&file["root"]),
    }
}

#[test]
fn the_note_of_the_specification_is_good() {
    let file = &read("checkpoint")["note"];
    let (note, key) = (parse(&file["signed"]), key(file));
    assert_eq!(note.text(), "This is an example message.\n");
    assert_eq!(note.verify([&key]).unwrap()[0].key, &key);
    assert_eq!(key.to_string(), text(&file["vkey"]));
    assert_eq!(note.to_string(), text(&file["signed"]));
}

#[test]
fn a_checkpoint_is_signed_to_the_byte() {
    let file = read("checkpoint");
    let log_key = LogKey::from_seed(text(&file["origin"]), &hex_array(&file["seed"])).unwrap();
    assert_eq!(log_key.verifier().to_string(), text(&file["vkey"]));
    assert_eq!(
        described(&file).sign(&log_key).unwrap().to_string(),
        text(&file["signed"])
    );

    let other = LogKey::from_seed("another.example/log", &[1; 32]).unwrap();
    assert_eq!(described(&file).sign(&other), Err(CheckpointError::AnotherOrigin));
}

#[test]
fn witnesses_are_named_only_when_they_are_known() {
    let file = read("checkpoint");
    let cosigned = parse(&file["cosigned"]);
    let seen = Checkpoint::verify(&cosigned, &key(&file), &[witness(&file)]).unwrap();
    assert_eq!(seen.checkpoint, described(&file));
    assert_eq!(seen.sightings.len(), 1);
    assert_eq!(seen.sightings[0].witness, "witness.example/one");
    assert_eq!(seen.sightings[0].time, file["witness_time"].as_u64().unwrap());

    assert!(
        Checkpoint::verify(&cosigned, &key(&file), &[])
            .unwrap()
            .sightings
            .is_empty()
    );
    assert!(
        Checkpoint::verify(&parse(&file["signed"]), &key(&file), &[witness(&file)])
            .unwrap()
            .sightings
            .is_empty()
    );

    let line: Signature = text(&file["cosigned"]).lines().last().unwrap().parse().unwrap();
    let mut note = parse(&file["signed"]);
    note.add(line).unwrap();
    assert_eq!(note, cosigned);
}

#[test]
fn a_checkpoint_is_believed_only_with_its_own_logs_signature() {
    let file = read("checkpoint");
    let (cosigned, log, witness) = (parse(&file["cosigned"]), key(&file), witness(&file));
    let stranger = LogKey::from_seed("archive.example/ledger", &[9; 32]).unwrap();
    let refused =
        |log: &VerifierKey, witnesses: &[VerifierKey]| Checkpoint::verify(&cosigned, log, witnesses).unwrap_err();
    assert_eq!(
        refused(stranger.verifier(), &[]),
        CheckpointError::Note(NoteError::Unknown)
    );
    assert_eq!(
        refused(stranger.verifier(), std::slice::from_ref(&witness)),
        CheckpointError::NotSignedByLog
    );
    assert_eq!(refused(&witness, &[log]), CheckpointError::NotSignedByLog);

    let misnamed = LogKey::from_seed("other.example/ledger", &[9; 32]).unwrap();
    let note = Note::sign(described(&file).text(), &misnamed).unwrap();
    assert_eq!(
        Checkpoint::verify(&note, misnamed.verifier(), &[]),
        Err(CheckpointError::AnotherOrigin)
    );
}

/// Name and id must both agree before a signature counts as ours; then it must be good.
#[test]
fn strangers_are_ignored_and_forgeries_are_fatal() {
    let file = read("checkpoint");
    let (note, log) = (text(&file["signed"]), key(&file));
    let line = note.lines().last().unwrap();
    let with = |extra: String| {
        Note::parse(format!("{note}{extra}\n").as_bytes())
            .unwrap()
            .verify([&log])
            .map(|good| good.len())
    };
    let other_name = line.replace("archive.example", "archive.invalid");
    let other_id = line.replace("ledger Q", "ledger R");
    let forged = line.replace("6AY=", "6QY=");
    assert!(line != other_name && line != other_id && line != forged);
    assert_eq!(with(other_name), Ok(1));
    assert_eq!(with(other_id), Ok(1));
    assert_eq!(with(line.to_owned()), Ok(2));
    assert_eq!(with(forged), Err(NoteError::WrongSignature));
}

#[test]
fn malformed_notes_are_refused() {
    let good = text(&read("checkpoint")["signed"]).to_owned();
    let line = good.lines().last().unwrap().to_owned();
    let check = |note: String, expected: NoteError| assert_eq!(Note::parse(note.as_bytes()), Err(expected), "{note:?}");
    check(String::new(), NoteError::NoSignatures);
    check("text\n".into(), NoteError::NoSignatures);
    check("text\n\n".into(), NoteError::NoSignatures);
    check(good.trim_end().into(), NoteError::BadSignatureLine);
    check(good.replace('\u{2014}', "-"), NoteError::BadSignatureLine);
    check(good.replace("6AY=", "6AY"), NoteError::BadSignatureLine);
    check(good.replace("6AY=", "6AZ="), NoteError::BadSignatureLine);
    check(good.replace("ledger Q", "led+ger Q"), NoteError::BadSignatureLine);
    check(good.replace("ledger Q", "led\u{a0}ger Q"), NoteError::BadSignatureLine);
    check(good.replace("6AY=", "6AY= "), NoteError::BadSignatureLine);
    check(good.replace("1000", "10\t00"), NoteError::BadText);
    check(good.replace('\n', "\r\n"), NoteError::BadText);
    check("text\n\n\u{2014} name QUJDRA==\n".into(), NoteError::BadSignatureLine);
    check(
        format!("{good}{}", format!("{line}\n").repeat(100)),
        NoteError::TooLarge,
    );
    check(format!("{}{good}", "x".repeat(1_000_000)), NoteError::TooLarge);
    assert_eq!(Note::parse(b"text\xff\n\n"), Err(NoteError::BadText));

    let sixteen = format!("{good}{}", format!("{line}\n").repeat(15));
    assert_eq!(Note::parse(sixteen.as_bytes()).unwrap().signatures().len(), 16);
    let note = Note::parse(format!("a\n\nb\n\n{line}\n").as_bytes()).unwrap();
    assert_eq!(note.text(), "a\n\nb\n");
    let key = LogKey::from_seed("a", &[0; 32]).unwrap();
    assert_eq!(Note::sign("no line end".into(), &key), Err(NoteError::BadText));
}

#[test]
fn malformed_keys_are_refused() {
    let good = text(&read("checkpoint")["vkey"]).to_owned();
    let check = |key: &str, expected: KeyError| assert_eq!(key.parse::<VerifierKey>(), Err(expected), "{key}");
    check("", KeyError::NotAKey);
    check("name", KeyError::NotAKey);
    check(&good.replace("41387eea", "41387eeb"), KeyError::WrongId);
    check(&good.replace("41387eea", "41387EEA"), KeyError::WrongId);
    check(&good.replace("archive", "archivf"), KeyError::WrongId);
    check(&good.replace("archive", "arch ive"), KeyError::BadName);
    check(&good.replace("+AQ", "+Ag"), KeyError::UnknownAlgorithm(2));
    check(&good[..good.len() - 4], KeyError::NotAKey);
    assert_eq!(
        VerifierKey::new("", Algorithm::Ed25519, [0; 32]),
        Err(KeyError::BadName)
    );
}

#[test]
fn what_is_no_checkpoint_is_refused_and_extensions_are_not() {
    let good = described(&read("checkpoint")).text();
    let origin = "archive.example/ledger\n";
    for text in [
        String::new(),
        good.trim_end().to_owned(),
        good.replace("1000", "01000"),
        good.replace("1000", "+1000"),
        good.replace("1000", ""),
        good.replace("1000", "18446744073709551616"),
        good.replace(origin, "\n"),
        good.replace("FY1k=", "FY1k"),
        good.replace("hEU7", ""),
        format!("{good}\n"),
        format!("{good}\nextension\n"),
        origin.to_owned(),
    ] {
        assert_eq!(
            Checkpoint::parse(&text),
            Err(CheckpointError::NotACheckpoint),
            "{text:?}"
        );
    }
    assert_eq!(
        Checkpoint::parse(&format!("{good}extension\n")),
        Checkpoint::parse(&good)
    );
    assert_eq!(Checkpoint::parse(&good.replace("1000", "0")).unwrap().size, 0);
}

proptest! {
    // The other implementation's curve is slow without optimisation.
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// The note that we sign is good to another implementation; altered, it is good to neither.
    #[test]
    fn another_implementation_agrees(seed: [u8; 32], size: u64, root: [u8; 32], at: Index, bit in 0_u8..8) {
        let key = LogKey::from_seed("archive.example/ledger", &seed).unwrap();
        let note = Checkpoint { origin: "archive.example/ledger".into(), size, root }.sign(&key).unwrap().to_string();
        let oracle = StandardVerifier::new(&key.verifier().to_string()).unwrap();
        let theirs = |bytes: &[u8]| {
            let verifiers = VerifierList::new(vec![Box::new(oracle.clone())]);
            signed_note::Note::from_bytes(bytes).is_ok_and(|note| note.verify(&verifiers).is_ok())
        };
        let ours = |bytes: &[u8]| {
            Note::parse(bytes).is_ok_and(|note| Checkpoint::verify(&note, key.verifier(), &[]).is_ok())
        };
        prop_assert!(ours(note.as_bytes()) && theirs(note.as_bytes()));

        let mut altered = note.into_bytes();
        let at = at.index(altered.len());
        altered[at] ^= 1 << bit;
        prop_assert!(!ours(&altered));
        prop_assert!(!theirs(&altered));
    }

    #[test]
    fn any_text_is_a_note_as_it_stands_or_none(head in "[ -~\n]{0,40}", lines in "(\u{2014} [a-z]{1,3} [A-Za-z0-9=]{4,12}\n){0,3}") {
        let text = format!("{head}\n\n{lines}");
        if let Ok(note) = Note::parse(text.as_bytes()) {
            prop_assert_eq!(note.to_string(), text);
        }
    }
}
