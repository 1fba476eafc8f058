//! The examples on the format pages are the vectors.

use crate::vectors::{cases, read, text};
use serde_json::Value;

fn page(name: &str) -> String {
    let path = format!("{}/../../docs/formats/{name}.md", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn every_example_is_a_vector() {
    let kinds = read("leaf-kinds");
    let is_a_message = |kind: &&Value| kind["name"] == "message";
    let message = cases(&kinds, "kinds").iter().find(is_a_message).unwrap();
    let leaf = &message["leaves"][1];
    let record = &read("record-digest")["records"][0];
    let commitment = &read("commitment")["commitments"][0];
    let checkpoint = read("checkpoint");
    for (name, expected) in [
        ("leaf", &leaf["hex"]),
        ("leaf", &leaf["leaf_hash"]),
        ("record-digest", &record["cbor"]),
        ("record-digest", &record["digest"]),
        ("commitment", &commitment["opening"]),
        ("commitment", &commitment["commitment"]),
        ("checkpoint-and-tiles", &checkpoint["vkey"]),
    ] {
        assert!(page(name).contains(text(expected)), "{name} lacks {expected}");
    }
    let indented = |name| page(name).replace("\n    ", "\n");
    assert!(indented("checkpoint-and-tiles").contains(text(&checkpoint["cosigned"])));
    assert!(indented("slip").contains(text(&read("slip")["example"])));
    assert!(indented("opening").contains(text(&read("opening")["good"][0]["text"])));
}

#[test]
fn the_map_of_every_kind_is_on_the_page() {
    let page = page("leaf");
    for kind in cases(&read("leaf-kinds"), "kinds") {
        let row = text(&kind["row"]);
        assert!(page.lines().any(|line| line == row), "the page lacks: {row}");
    }
}

/// Each number that the program knows stands on the page under its name.
#[test]
fn every_number_is_on_the_page() {
    use counterfoil_ledger::registry::{FactKey, LeafKind, Outcome, Purpose, Role};
    let page = page("leaf");
    let page: String = page.split_whitespace().collect::<Vec<_>>().join(" ");
    macro_rules! listed {
        ($separator:literal: $($kind:ident)+) => {$(
            for it in $kind::ALL {
                let entry = format!("{}{}{}", it.number(), $separator, it.name().unwrap());
                assert!(page.contains(&entry), "the page lacks {entry}");
            }
        )+};
    }
    listed!(" ": LeafKind Role Purpose Outcome);
    listed!(" | ": FactKey);
}
