//! The `.tlog-proof` file.

use counterfoil_ledger::checkpoint::CheckpointError;
use counterfoil_ledger::note::{LogKey, NoteError, VerifierKey};
use counterfoil_ledger::proof::ProofError;
use counterfoil_ledger::proof_file::{ProofFile, ProofFileError};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value;

use crate::vectors::{hex, read, text};

fn keys(file: &Value) -> (VerifierKey, VerifierKey) {
    (
        text(&file["vkey"]).parse().unwrap(),
        text(&file["witness_vkey"]).parse().unwrap(),
    )
}

fn parse(file: &Value, key: &str) -> ProofFile {
    ProofFile::parse(text(&file["proof"][key]).as_bytes()).unwrap_or_else(|error| panic!("{key}: {error}"))
}

#[test]
fn the_vector_proves_its_entry_and_names_the_witness() {
    let file = read("checkpoint");
    let (log, witness) = keys(&file);
    let proof = parse(&file, "text");
    assert_eq!(proof.to_string(), text(&file["proof"]["text"]));
    assert_eq!(proof.index, 777);
    let verified = proof.verify(&hex(&file["proof"]["entry"]), &log, &[witness]).unwrap();
    assert_eq!(verified.checkpoint.size, 1000);
    assert_eq!(verified.sightings.len(), 1);
}

#[test]
fn extra_is_carried_and_means_nothing() {
    let file = read("checkpoint");
    let (log, _) = keys(&file);
    let mut proof = parse(&file, "text_with_extra");
    assert_eq!(proof.to_string(), text(&file["proof"]["text_with_extra"]));
    assert_eq!(proof.extra.as_deref(), Some(b"opening".as_slice()));
    proof.extra = Some(b"something else".to_vec());
    assert!(proof.verify(&hex(&file["proof"]["entry"]), &log, &[]).is_ok());
}

#[test]
fn it_proves_no_other_entry_place_or_log() {
    let file = read("checkpoint");
    let (log, _) = keys(&file);
    let mut proof = parse(&file, "text");
    let verify = |proof: &ProofFile, entry: &[u8], log: &VerifierKey| proof.verify(entry, log, &[]).unwrap_err();
    assert_eq!(
        verify(&proof, b"leaf-778", &log),
        ProofFileError::Inclusion(ProofError::Wrong)
    );
    let stranger = LogKey::from_seed("archive.example/ledger", &[1; 32]).unwrap();
    let unknown = ProofFileError::Believe(CheckpointError::Note(NoteError::Unknown));
    assert_eq!(verify(&proof, b"leaf-777", stranger.verifier()), unknown);
    proof.index = 776;
    assert_eq!(
        verify(&proof, b"leaf-777", &log),
        ProofFileError::Inclusion(ProofError::Wrong)
    );
    proof.index = 1000;
    assert_eq!(
        verify(&proof, b"leaf-777", &log),
        ProofFileError::Inclusion(ProofError::OutOfRange)
    );
}

#[test]
fn malformed_files_are_refused() {
    let good = text(&read("checkpoint")["proof"]["text_with_extra"]).to_owned();
    let refused = |altered: String| {
        assert_ne!(altered, good);
        ProofFile::parse(altered.as_bytes())
            .err()
            .unwrap_or_else(|| panic!("was read: {altered}"))
    };
    assert_eq!(refused(good.replace("@v1", "@v2")), ProofFileError::NotAProof);
    assert_eq!(
        refused(good.replace("index 777", "index 0777")),
        ProofFileError::NotAProof
    );
    assert_eq!(
        refused(good.replace("index 777", "index -1")),
        ProofFileError::NotAProof
    );
    assert_eq!(refused(good.replace("index 777\n", "")), ProofFileError::NotAProof);
    assert_eq!(refused(good.replace("extra b3", "extra !!")), ProofFileError::NotAProof);
    assert_eq!(refused(good.replace("9Y7o=", "9Y7o")), ProofFileError::NotAProof);
    assert_eq!(refused(good.replace("extra", "Extra")), ProofFileError::NotAProof);
    assert_eq!(refused(good.replacen("\n\n", "\n", 2)), ProofFileError::NotAProof);
    assert_eq!(
        refused(good.replace("\u{2014} ", "- ")),
        ProofFileError::Checkpoint(NoteError::BadSignatureLine)
    );
    let line = "B7N1PhqkBDr/mPvf+XZ+5WIw8zMCIOl9tFi07c09Y7o=\n";
    assert_eq!(refused(good.replace(line, &line.repeat(56))), ProofFileError::NotAProof);
}

proptest! {
    /// One altered bit anywhere but in the extra, and it proves nothing. What is altered in a witness's line may turn
    /// the witness into a stranger, who is then no longer named.
    #[test]
    fn no_altered_file_proves_what_the_good_one_does(at: Index, bit in 0_u8..8) {
        let file = read("checkpoint");
        let (log, witness) = keys(&file);
        let mut bytes = text(&file["proof"]["text"]).as_bytes().to_vec();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        let entry = hex(&file["proof"]["entry"]);
        let verified = ProofFile::parse(&bytes).and_then(|proof| proof.verify(&entry, &log, &[witness]));
        prop_assert!(verified.is_err() || verified.is_ok_and(|verified| verified.sightings.is_empty()));
    }
}
