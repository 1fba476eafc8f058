//! Programs that others wrote agree about our folder: signatures and tile proofs by one family, the tree by another.

use std::fs;

use counterfoil_ledger::leaf::Leaf;
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use sha2::Sha256;
use signed_note::{StandardVerifier, VerifierList};
use tlog_tiles::tile::{Tile as TheirTile, TileHashReader, TileReader};

use crate::log::{Log, ORIGIN, entry as made, vkey};

/// The sizes that are tried: around the edges of tiles, and above two rows.
const SIZES: [u64; 7] = [1, 2, 255, 256, 257, 1_000, 66_000];

/// Our folder as the other implementation reads tiles: its paths have the height in them and call bundles data.
struct Folder<'l>(&'l Log);

impl TileReader for Folder<'_> {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[TheirTile]) -> Result<Vec<Vec<u8>>, tlog_tiles::Error> {
        let read = |tile: &TheirTile| {
            let path = tile
                .path()
                .replace("tile/8/data/", "tile/entries/")
                .replace("tile/8/", "tile/");
            fs::read(self.0.path().join(&path)).unwrap_or_else(|error| panic!("{path}: {error}"))
        };
        Ok(tiles.iter().map(read).collect())
    }

    fn save_tiles(&self, _: &[TheirTile], _: &[Vec<u8>]) {}
}

/// What the checkpoint in the folder says to them, after they verified its signature.
fn theirs(log: &Log) -> tlog_tiles::Checkpoint {
    let note = fs::read(log.path().join("checkpoint")).unwrap();
    let verifier = StandardVerifier::new(&vkey().to_string()).unwrap();
    let note = signed_note::Note::from_bytes(&note).unwrap();
    let (good, _) = note.verify(&VerifierList::new(vec![Box::new(verifier)])).unwrap();
    assert_eq!(good.len(), 1);
    tlog_tiles::Checkpoint::from_bytes(note.text()).unwrap()
}

/// The entries as they lie in the folder's bundles, read without our own reader.
fn entries(log: &Log, size: u64) -> Vec<Vec<u8>> {
    let mut entries = Vec::new();
    for index in 0..size.div_ceil(256) {
        let width = (size - index * 256).min(256);
        let partial = if width == 256 {
            String::new()
        } else {
            format!(".p/{width}")
        };
        let bytes = fs::read(log.path().join(format!("tile/entries/{index:03}{partial}"))).unwrap();
        let mut rest = bytes.as_slice();
        while let [high, low, after @ ..] = rest {
            let (entry, after) = after.split_at(usize::from(u16::from_be_bytes([*high, *low])));
            entries.push(entry.to_vec());
            rest = after;
        }
    }
    entries
}

/// Places to look at: both ends, the edges of tiles, and some between.
fn places(size: u64) -> Vec<u64> {
    let mut places: Vec<u64> = [0, 1, 254, 255, 256, size / 3, size / 2, size - 1]
        .into_iter()
        .filter(|place| *place < size)
        .collect();
    places.dedup();
    places
}

#[test]
fn vault_1_signed_note_and_tlog_tiles_read_our_folder_and_prove_every_place_tried() {
    let (mut proven, mut sizes) = (0, 0);
    for size in SIZES {
        let log = Log::grown([size]);
        let checkpoint = theirs(&log);
        assert_eq!((checkpoint.origin(), checkpoint.size()), (ORIGIN, size));
        let (folder, root) = (Folder(&log), *checkpoint.hash());
        let reader = TileHashReader::new(size, root, &folder);
        assert_eq!(tlog_tiles::tree_hash(size, &reader).unwrap().0, root.0);
        let entries = entries(&log, size);
        for place in places(size) {
            let entry = &entries[usize::try_from(place).unwrap()];
            assert_eq!(*entry, made(place));
            Leaf::decode(entry).unwrap();
            let hash = tlog_tiles::record_hash(entry);
            let proof = tlog_tiles::prove_record(size, place, &reader).unwrap();
            tlog_tiles::check_record(&proof, size, root, place, hash).unwrap();
            proven += 1;
        }
        sizes += 1;
    }
    println!("signed_note and tlog_tiles: {sizes} folders read, {proven} leaves proven from their tiles");
}

/// What they refuse is refused here, too: an altered tile.
#[test]
fn vault_1_tlog_tiles_refuses_the_tile_that_we_refuse() {
    let log = Log::grown([1_000]);
    let checkpoint = theirs(&log);
    let path = log.path().join("tile/0/001");
    let mut bytes = fs::read(&path).unwrap();
    bytes[40] ^= 1;
    fs::write(path, bytes).unwrap();
    let folder = Folder(&log);
    let reader = TileHashReader::new(1_000, *checkpoint.hash(), &folder);
    // The altered hash is that of entry 257, which the proof of its neighbour needs.
    let (root, hash) = (*checkpoint.hash(), tlog_tiles::record_hash(&made(256)));
    let proven = tlog_tiles::prove_record(1_000, 256, &reader)
        .and_then(|proof| tlog_tiles::check_record(&proof, 1_000, root, 256, hash));
    assert!(proven.is_err());
    assert!(!crate::folders::checked(&log).sound);
}

#[test]
fn vault_1_ct_merkle_gives_the_root_that_we_signed_and_the_proofs_that_tiles_give() {
    let (mut roots, mut inclusions, mut consistencies) = (0, 0, 0);
    for size in SIZES {
        let log = Log::grown([size]);
        let checkpoint = theirs(&log);
        let mut tree = MemoryBackedTree::<Sha256, Vec<u8>>::new();
        entries(&log, size).into_iter().for_each(|entry| tree.push(entry));
        let root = tree.root();
        assert_eq!(
            (root.num_leaves(), root.as_bytes().as_slice()),
            (size, checkpoint.hash().0.as_slice())
        );
        roots += 1;

        let folder = Folder(&log);
        let reader = TileHashReader::new(size, *checkpoint.hash(), &folder);
        for place in places(size) {
            let theirs = tlog_tiles::prove_record(size, place, &reader).unwrap();
            let theirs: Vec<u8> = theirs.iter().flat_map(|hash| hash.0).collect();
            let proof = tree.prove_inclusion(usize::try_from(place).unwrap());
            assert_eq!(proof.as_bytes(), theirs, "{place} in {size}");
            root.verify_inclusion(&made(place), place, &proof).unwrap();
            inclusions += 1;
        }
        for from in places(size).into_iter().filter(|from| *from > 0) {
            let earlier = Log::grown([from]).edge.root();
            let earlier = ct_merkle::RootHash::<Sha256>::new(earlier.into(), from);
            let proof = tree.prove_consistency(usize::try_from(size - from).unwrap());
            root.verify_consistency(&earlier, &proof).unwrap();
            consistencies += 1;
        }
    }
    println!("ct-merkle: {roots} signed roots, {inclusions} inclusion and {consistencies} consistency proofs agree");
}
