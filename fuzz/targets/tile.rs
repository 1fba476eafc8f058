//! Tiles: what can be read is written back byte for byte, and a tile's name reads as what it says.

#![no_main]

use counterfoil_ledger::tile::{Row, Tile, bundle};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Some((width, rest)) = bytes.split_first() {
        let tile = Tile {
            row: Row::Entries,
            index: 0,
            width: u16::from(*width) + 1,
        };
        if let Ok(entries) = tile.entries(rest) {
            assert_eq!(bundle(entries).expect("no entry is longer than it was"), rest);
        }
        if let Ok(hashes) = tile.hashes(rest) {
            assert_eq!(hashes.as_flattened(), rest);
        }
    }
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(tile) = text.parse::<Tile>()
    {
        assert_eq!(tile.to_string(), text);
    }
});
