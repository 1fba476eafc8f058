//! Tiles.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};
use counterfoil_ledger::Hash;
use counterfoil_ledger::proof::{Node, inclusion, verify_inclusion};
use counterfoil_ledger::tile::{Edge, Row, TILE_WIDTH, Tile, TileError, bundle, check_entries, check_tiles};
use counterfoil_ledger::tree::{Frontier, leaf_hash, root};
use proptest::prelude::*;
use proptest::sample::Index;
use tlog_tiles::tile::Tile as OracleTile;

use crate::tree::numbered;
use crate::vectors::{cases, hex, read, text};

/// The tiles and bundles of a log, as files.
type Shelf = BTreeMap<String, Vec<u8>>;

fn entries(from: u64, to: u64) -> Vec<Vec<u8>> {
    (from..to).map(|i| format!("leaf-{i}").into_bytes()).collect()
}

/// Grows a log in steps, keeping every tile that is written on the way.
fn shelf(size: u64, step: usize) -> (Edge, Shelf) {
    let (mut edge, mut shelf) = (Edge::default(), Shelf::new());
    for part in numbered(size).chunks(step) {
        let from = edge.size();
        for (tile, bytes) in edge.grow(part) {
            shelf.insert(tile.to_string(), bytes);
        }
        for tile in Tile::grown(Row::Entries, from, edge.size()) {
            let start = tile.index * u64::from(TILE_WIDTH);
            let bytes = bundle(entries(start, start + u64::from(tile.width))).unwrap();
            shelf.insert(tile.to_string(), bytes);
        }
    }
    (edge, shelf)
}

fn on(shelf: &Shelf) -> impl Fn(&Tile) -> Option<Vec<u8>> {
    |tile| shelf.get(&tile.to_string()).cloned()
}

#[test]
fn paths_hold_both_ways() {
    for case in cases(&read("tile"), "paths") {
        let row = case["level"]
            .as_u64()
            .map_or(Row::Entries, |level| Row::Hashes(level.try_into().unwrap()));
        let tile = Tile {
            row,
            index: case["index"].as_u64().unwrap(),
            width: case["width"].as_u64().unwrap().try_into().unwrap(),
        };
        assert_eq!(tile.to_string(), text(&case["path"]));
        assert_eq!(text(&case["path"]).parse(), Ok(tile));
    }
}

#[test]
fn what_is_no_path_is_refused() {
    for path in [
        "",
        "tile",
        "tile/0",
        "tile/0/",
        "tile/0/1",
        "tile/0/01",
        "tile/0/0001",
        "tile/00/001",
        "tile/+0/001",
        "tile/64/000",
        "tile/-1/000",
        "tile/8/0/001",
        "tile/data/000",
        "tile/0/x000/001",
        "tile/0/x001",
        "tile/0/001/002",
        "tile/0/x01/002",
        "tile/0/X001/002",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/+1",
        "tile/0/000.p/",
        "tile/0/000.p",
        "tile/0/000/",
        "/tile/0/000",
        "tile/0/../000",
        "tile/0/+00",
        "tile/entries/000.p/1/2",
        "tile/0/x018/x446/x744/x073/x709/x551/616",
        "tile/0/x001/x000/x000/x000/x000/x000/x000/000",
    ] {
        assert_eq!(path.parse::<Tile>(), Err(TileError::NotAPath), "{path}");
    }
    let last = Tile {
        row: Row::Hashes(0),
        index: u64::MAX,
        width: 256,
    };
    assert_eq!(last.to_string().parse(), Ok(last));
}

#[test]
fn tiles_by_size_hold() {
    let file = read("tile");
    for case in cases(&file, "sizes") {
        let (_, shelf) = shelf(case["size"].as_u64().unwrap(), usize::MAX);
        let tiles = cases(case, "tiles");
        assert_eq!(
            shelf.keys().filter(|path| !path.contains("entries")).count(),
            tiles.len()
        );
        for tile in tiles {
            let bytes = &shelf[text(&tile["path"])];
            assert_eq!(digest(&SHA256, bytes).as_ref(), hex(&tile["sha256"]), "{tile}");
        }
    }
    let (_, shelf) = shelf(1000, 1000);
    let bytes = &shelf[text(&file["bundle"]["path"])];
    assert_eq!(digest(&SHA256, bytes).as_ref(), hex(&file["bundle"]["sha256"]));
    let short = &file["bundle"]["short"];
    let entries: Vec<Vec<u8>> = cases(short, "entries").iter().map(hex).collect();
    assert_eq!(bundle(entries).unwrap(), hex(&short["hex"]));
}

#[test]
fn the_sizes_of_the_page_hold() {
    let at = |level, index, size| Tile::at(Row::Hashes(level), index, size).map(|tile| tile.width);
    assert_eq!(
        [at(0, 272, 70_000), at(0, 273, 70_000), at(0, 274, 70_000)],
        [Some(256), Some(112), None]
    );
    assert_eq!(
        [at(1, 0, 70_000), at(1, 1, 70_000), at(1, 2, 70_000)],
        [Some(256), Some(17), None]
    );
    assert_eq!(
        [at(2, 0, 70_000), at(2, 1, 70_000), at(3, 0, 70_000)],
        [Some(1), None, None]
    );
    assert_eq!(
        [at(0, 0, 256), at(0, 1, 256), at(1, 0, 256)],
        [Some(256), None, Some(1)]
    );
    assert_eq!(
        [at(0, 0, 0), at(0, u64::MAX, u64::MAX), at(63, 0, u64::MAX)],
        [None, None, None]
    );
    assert_eq!(at(7, 0, u64::MAX), Some(255));
}

#[test]
fn a_tree_above_two_levels_is_whole_from_its_tiles() {
    let (edge, shelf) = shelf(70_000, 9_999);
    assert_eq!(check_tiles(70_000, on(&shelf)), Ok(root(&numbered(70_000))));
    assert_eq!(check_entries(70_000, on(&shelf)), Ok(()));
    assert_eq!(edge.root(), root(&numbered(70_000)));
    let file = "tile/1/000";
    let mut altered = shelf.clone();
    altered.get_mut(file).unwrap()[8191] ^= 1;
    assert_eq!(
        check_tiles(70_000, on(&altered)),
        Err(TileError::Differs(file.parse().unwrap()))
    );
}

#[test]
fn bundles_have_their_width_exactly() {
    let tile = |width| Tile {
        row: Row::Entries,
        index: 0,
        width,
    };
    let bytes = bundle([b"ab".as_slice(), b"", b"c"]).unwrap();
    assert_eq!(tile(3).entries(&bytes).unwrap(), [b"ab".as_slice(), b"", b"c"]);
    for wrong in [2, 4] {
        assert_eq!(tile(wrong).entries(&bytes), Err(TileError::WrongLength(tile(wrong))));
    }
    for cut in 1..bytes.len() {
        assert!(tile(3).entries(&bytes[..cut]).is_err());
    }
    assert!(bundle([vec![0; 65_535]]).is_ok());
    assert_eq!(bundle([vec![0; 65_536]]), Err(TileError::EntryTooLong));
}

/// The other implementation's path has the height in it and calls bundles data.
fn translated(tile: &OracleTile) -> String {
    tile.path()
        .replace("tile/8/data/", "tile/entries/")
        .replace("tile/8/", "tile/")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_growth_writes_what_another_implementation_says(from in 0_u64..200_000, more in 0_u64..200_000) {
        let to = from + more;
        let ours: Vec<String> = (0..8)
            .flat_map(|level| Tile::grown(Row::Hashes(level), from, to))
            .map(|tile| tile.to_string())
            .collect();
        let theirs: Vec<String> = OracleTile::new_tiles(8, from, to).iter().map(translated).collect();
        prop_assert_eq!(ours, theirs);
    }

    #[test]
    fn growing_in_steps_leaves_the_same_tiles_and_edge(size in 1_u64..1500, step in 1_usize..700) {
        let (stepped, tiles) = shelf(size, step);
        let (at_once, fewer) = shelf(size, usize::MAX);
        prop_assert_eq!(&stepped, &at_once);
        for (path, bytes) in &fewer {
            prop_assert_eq!(tiles.get(path), Some(bytes), "{}", path);
        }
        prop_assert_eq!(Edge::read(size, on(&tiles)), Ok(stepped.clone()));

        let mut frontier = Frontier::default();
        frontier.extend(&numbered(size));
        prop_assert_eq!(stepped.frontier(), frontier);
    }

    #[test]
    fn growing_again_after_a_restart_goes_on(size in 0_u64..1200, more in 1_u64..600) {
        let (edge, tiles) = shelf(size, usize::MAX);
        let mut again = Edge::read(size, on(&tiles)).unwrap();
        prop_assert_eq!(again.root(), edge.root());
        let leaves = numbered(size + more);
        let written = again.grow(&leaves[usize::try_from(size).unwrap()..]);
        let mut paths: Vec<Tile> = written.iter().map(|(tile, _)| *tile).collect();
        let mut expected: Vec<Tile> = (0..8).flat_map(|level| Tile::grown(Row::Hashes(level), size, size + more)).collect();
        paths.sort_unstable();
        expected.sort_unstable();
        prop_assert_eq!(paths, expected);
        prop_assert_eq!(again.root(), root(&leaves));
    }

    #[test]
    fn one_altered_byte_in_any_tile_or_bundle_is_found(size in 1_u64..1500, which: Index, at: Index, bit in 0_u8..8) {
        let (edge, mut shelf) = shelf(size, usize::MAX);
        prop_assert_eq!(check_tiles(size, on(&shelf)), Ok(edge.root()));
        prop_assert_eq!(check_entries(size, on(&shelf)), Ok(()));
        let path = shelf.keys().nth(which.index(shelf.len())).unwrap().clone();
        let bytes = shelf.get_mut(&path).unwrap();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        let tile: Tile = path.parse().unwrap();
        let bad_tiles = check_tiles(size, on(&shelf)) != Ok(edge.root());
        prop_assert_eq!(bad_tiles, tile.row != Row::Entries);
        let bad_entries = check_entries(size, on(&shelf)).is_err();
        prop_assert_eq!(bad_entries, matches!(tile.row, Row::Entries | Row::Hashes(0)));
        shelf.remove(&path);
        let missing = (check_tiles(size, on(&shelf)), check_entries(size, on(&shelf)));
        prop_assert!(missing.0 == Err(TileError::Missing(tile)) || missing.1 == Err(TileError::Missing(tile)));
    }

    #[test]
    fn proofs_come_out_of_tiles(size in 1_u64..1500, index: Index) {
        let (edge, shelf) = shelf(size, usize::MAX);
        let index = index.index(usize::try_from(size).unwrap()) as u64;
        let node = |node: Node| {
            let tile = Tile::of(node, size)?;
            tile.hash_of(node, shelf.get(&tile.to_string())?)
        };
        let hashes: Vec<Hash> = inclusion(index, size, node).unwrap();
        let leaf = leaf_hash(format!("leaf-{index}").as_bytes());
        prop_assert_eq!(verify_inclusion(&leaf, index, size, &edge.root(), &hashes), Ok(()));
    }
}
