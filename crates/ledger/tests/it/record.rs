//! Record digests.

use counterfoil_ledger::record::{Column, RecordError, record_bytes, record_digest};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::vectors::{cases, hex, hex_array, read, text};

#[test]
fn vectors_hold() {
    for case in cases(&read("record-digest"), "records") {
        let bytes: Vec<Vec<u8>> = case["columns"]
            .as_array()
            .unwrap()
            .iter()
            .map(|column| {
                if column["type"] == "bytes" {
                    hex(&column["value"])
                } else {
                    Vec::new()
                }
            })
            .collect();
        let columns: Vec<(&str, Column<'_>)> = case["columns"]
            .as_array()
            .unwrap()
            .iter()
            .zip(&bytes)
            .map(|(column, bytes)| {
                let value = match text(&column["type"]) {
                    "int" => Column::Int(column["value"].as_i64().unwrap()),
                    "text" => Column::Text(text(&column["value"])),
                    "null" => Column::Null,
                    "bytes" => Column::Bytes(bytes),
                    "object" => Column::Object(hex_array(&column["value"])),
                    other => panic!("unknown column type {other}"),
                };
                (text(&column["name"]), value)
            })
            .collect();
        let table = text(&case["table"]);
        assert_eq!(
            record_bytes(table, &columns).unwrap(),
            hex(&case["cbor"]),
            "{}",
            case["name"]
        );
        assert_eq!(
            record_digest(table, &columns).unwrap(),
            hex_array(&case["digest"]),
            "{}",
            case["name"]
        );
    }
}

#[test]
fn a_column_given_twice_is_refused() {
    let twice = record_digest(
        "t",
        &[("a", Column::Int(1)), ("b", Column::Null), ("a", Column::Int(1))],
    );
    assert_eq!(
        twice,
        Err(RecordError::ColumnTwice {
            table: "t".into(),
            column: "a".into()
        })
    );
}

fn value() -> impl Strategy<Value = (u8, Vec<u8>)> {
    (0_u8..5, proptest::collection::vec(any::<u8>(), 8..80))
}

fn column((kind, bytes): &(u8, Vec<u8>)) -> Column<'_> {
    match kind {
        0 => Column::Int(i64::from_be_bytes(bytes[..8].try_into().unwrap())),
        1 => Column::Bytes(bytes),
        2 => Column::Text(if bytes[0] < 128 { "inbound" } else { "outbound" }),
        3 => Column::Null,
        _ => Column::Object([bytes[0]; 32]),
    }
}

proptest! {
    #[test]
    fn order_is_free_and_every_change_shows(
        values in proptest::collection::btree_map("[a-z_]{1,30}", value(), 1..12),
        seed: Vec<Index>, at: Index, other in value(),
    ) {
        let mut columns: Vec<(&str, Column<'_>)> = values.iter().map(|(n, v)| (n.as_str(), column(v))).collect();
        let digest = record_digest("message", &columns).unwrap();
        for (i, to) in seed.iter().enumerate() {
            let (a, b) = (i % columns.len(), to.index(columns.len()));
            columns.swap(a, b);
        }
        prop_assert_eq!(record_digest("message", &columns).unwrap(), digest);
        prop_assert_ne!(record_digest("messages", &columns).unwrap(), digest);

        let at = at.index(columns.len());
        let was = columns[at];
        columns[at].1 = column(&other);
        prop_assert_eq!(record_digest("message", &columns).unwrap() == digest, columns[at] == was);
        columns.remove(at);
        prop_assert_ne!(record_digest("message", &columns).unwrap(), digest);
    }
}
