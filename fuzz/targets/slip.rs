//! A slip and an opening: what can be read is written back byte for byte, and no slip tells the life of an item in a log that nobody signed.

#![no_main]

use counterfoil_ledger::note::LogKey;
use counterfoil_ledger::opening::Opening;
use counterfoil_ledger::slip::Slip;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(slip) = Slip::parse(bytes) {
        assert_eq!(slip.to_string().as_bytes(), bytes);
        let key = LogKey::from_seed("records.example.org/log", &[7; 32]).expect("the name of a log");
        assert!(slip.verify(&key.verifier(), &[]).is_err());
    }
    if let Ok(opening) = Opening::parse(bytes) {
        assert_eq!(opening.to_string().as_bytes(), bytes);
    }
});
