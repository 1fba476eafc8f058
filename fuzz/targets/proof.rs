//! A proof file, and proofs of inclusion and consistency: what can be read is written back byte for byte, and no bytes prove that an
//! entry is in a tree that it is not in.

#![no_main]

use counterfoil_ledger::proof::{verify_consistency, verify_inclusion};
use counterfoil_ledger::proof_file::ProofFile;
use counterfoil_ledger::tree::{leaf_hash, root};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(proof) = ProofFile::parse(bytes) {
        assert_eq!(proof.to_string().as_bytes(), bytes);
    }
    let Some((numbers, path)) = bytes.split_first_chunk::<16>() else {
        return;
    };
    let number = |at: usize| u64::from_be_bytes(numbers[at..at + 8].try_into().expect("eight bytes"));
    let (index, size) = (number(0), number(8));
    let hashes: Vec<[u8; 32]> = path.as_chunks().0.to_vec();
    let entries: Vec<[u8; 32]> = (0..7_u8).map(|n| leaf_hash(&[n])).collect();
    // Whatever the numbers and the path are, this entry is in no tree that has this root.
    assert!(verify_inclusion(&leaf_hash(b"never logged"), index, size, &root(&entries), &hashes).is_err());
    // Nor does it begin with a tree whose entries were never logged.
    let other = root(&[leaf_hash(b"never logged"), leaf_hash(b"either")]);
    assert!(index == 0 || verify_consistency(index, &other, size, &root(&entries), &hashes).is_err());
});
