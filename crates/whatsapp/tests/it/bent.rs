//! Recorded payloads bent out of shape: no panic, nothing lost, and an item that is kept whole splits into itself.

use counterfoil_testkit::mutation::{Chance, Json, bend, bent};
use counterfoil_testkit::payloads::payloads;
use counterfoil_testkit::surroundings::full_size;
use counterfoil_whatsapp::webhook::split;
use std::collections::BTreeSet;

/// How often each payload is bent.
fn ways() -> u64 {
    if full_size() { 10_000 } else { 3 }
}

/// What only says where an item belongs: without an item there, it says nothing.
const PLACES: &[&str] = &["\"object\"", "\"field\"", "\"metadata\"", "\"messaging_product\""];

/// Texts that say something, in every place, also of a key that stands twice.
fn texts(part: &Json, found: &mut BTreeSet<String>) {
    match part {
        Json::Plain(spelt) => {
            let text: Option<String> = serde_json::from_str(spelt).ok();
            found.extend(text.filter(|text| text.len() > 5));
        }
        Json::List(elements) => elements.iter().for_each(|element| texts(element, found)),
        Json::Object(pairs) => {
            let pairs = pairs.iter().filter(|(key, _)| !PLACES.contains(&key.as_str()));
            pairs.for_each(|(_, value)| texts(value, found));
        }
    }
}

#[test]
fn fire_5_every_way_to_bend_a_payload_is_taken_apart() {
    let payloads = payloads();
    let mut items_of_all = 0;
    for (name, body) in &payloads {
        for way in 0..ways() {
            let body = bent(body, &mut Chance::new(way));
            let items = split(&body).items;
            assert!(!items.is_empty(), "{name}, {way}");
            items_of_all += items.len();
            for item in items {
                let again = split(&item.raw).items;
                let same = again.len() == 1 && again[0].kind == item.kind && again[0].dedupe == item.dedupe;
                let (raw, body) = (String::from_utf8_lossy(&item.raw), String::from_utf8_lossy(&body));
                assert!(same, "{name}, {way}: {} in {raw:.3000} of {body:.6000}", item.kind);
            }
        }
    }
    println!(
        "{} payloads bent {} times: {items_of_all} items",
        payloads.len(),
        ways()
    );
}

#[test]
fn fire_5_no_word_of_a_bent_payload_is_lost() {
    for (name, body) in payloads() {
        for way in 0..ways() {
            let mut whole = Json::read(&body).unwrap();
            bend(&mut whole, &mut Chance::new(way));
            let body = whole.write();
            let mut said = BTreeSet::new();
            texts(&Json::read(body.as_bytes()).unwrap_or(whole), &mut said);
            let items = split(body.as_bytes()).items;
            let mut kept = BTreeSet::new();
            for item in &items {
                match Json::read(&item.raw) {
                    Some(raw) => texts(&raw, &mut kept),
                    // Kept byte for byte.
                    None => assert_eq!(item.raw, body.as_bytes(), "{name}, {way}"),
                }
            }
            if !items.iter().any(|item| item.raw == body.as_bytes()) {
                let lost: Vec<&String> = said.difference(&kept).collect();
                assert!(lost.is_empty(), "{name}, {way}: {lost:?} of {body:.6000}");
            }
        }
    }
}
