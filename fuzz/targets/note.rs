//! A signed note and the checkpoint in it: what can be read is written back byte for byte, and nothing unsigned is believed.

#![no_main]

use counterfoil_ledger::checkpoint::Checkpoint;
use counterfoil_ledger::note::{LogKey, Note, VerifierKey};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(note) = Note::parse(bytes) {
        assert_eq!(note.to_string().as_bytes(), bytes);
        let key = LogKey::from_seed("records.example.org/log", &[7; 32]).expect("the name of a log");
        // Nobody here has signed anything.
        assert!(Checkpoint::verify(&note, &key.verifier(), &[]).is_err());
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        if let Ok(checkpoint) = Checkpoint::parse(text) {
            assert_eq!(checkpoint.text(), text);
        }
        if let Ok(key) = text.parse::<VerifierKey>() {
            assert_eq!(key.to_string(), text);
        }
    }
});
