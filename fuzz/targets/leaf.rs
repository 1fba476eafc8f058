//! An entry of the log: what can be read is written back byte for byte, since its hash is what the tree is made of.

#![no_main]

use counterfoil_ledger::leaf::Leaf;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(leaf) = Leaf::decode(bytes) {
        let again = leaf.encode().expect("what was read can be written");
        assert_eq!(again, bytes);
    }
});
