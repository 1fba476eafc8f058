//! Holds the leaves that use cases left against what `docs/formats/leaf.md` says of their kinds, as its vectors write it for programs.

use counterfoil_ledger::leaf::Leaf;
use counterfoil_store::Store;
use serde_json::Value;
use std::collections::BTreeSet;

const KINDS: &str = include_str!("../../../../ledger/vectors/leaf-kinds.json");

/// Every leaf of the log has exactly what its kind always has, and nothing that it never has.
pub(crate) async fn leaves_are_as_the_page_says(store: &Store) {
    let file: Value = serde_json::from_str(KINDS).unwrap();
    let kinds = file["kinds"].as_array().unwrap();
    let leaves = store.leaves(0..i64::MAX).await.unwrap();
    assert!(!leaves.is_empty());
    for row in leaves {
        let leaf = Leaf::decode(&row.bytes).unwrap();
        let kind = kinds.iter().find(|kind| kind["kind"] == leaf.kind.number());
        fits(kind.unwrap(), &leaf);
    }
}

fn fits(kind: &Value, leaf: &Leaf) {
    let shown = || format!("{leaf:?}, which should be {}", kind["row"]);
    let keys = [
        ("5", leaf.record.is_some()),
        ("6", !leaf.commitments.is_empty()),
        ("7", !leaf.objects.is_empty()),
        ("8", leaf.actor.is_some()),
        ("9", leaf.follows.is_some()),
        ("10", leaf.purpose.is_some()),
        ("11", !leaf.items.is_empty()),
        ("12", leaf.count.is_some()),
        ("13", !leaf.facts.is_empty()),
    ];
    let given = keys
        .iter()
        .filter(|(_, is_given)| *is_given)
        .map(|(key, _)| (*key).to_owned());
    holds(&kind["keys"], given.collect(), &shown);
    let labels = leaf.commitments.iter().map(|(label, _)| label.as_str().to_owned());
    holds(&kind["labels"], labels.collect(), &shown);
    let facts = leaf.facts.keys().map(|key| key.number().to_string());
    holds(&kind["facts"], facts.collect(), &shown);
    let roles = kind["roles"].as_array().unwrap();
    let role = leaf.actor.map(|actor| actor.role.number());
    assert!(
        role.is_none_or(|role| roles.iter().any(|known| *known == role)),
        "{}",
        shown()
    );
}

/// What is given is allowed, and what is always there is given.
fn holds(allowed: &Value, given: BTreeSet<String>, shown: &impl Fn() -> String) {
    let allowed = allowed.as_object().unwrap();
    for name in &given {
        assert!(allowed.contains_key(name), "{name} of {}", shown());
    }
    for (name, _) in allowed.iter().filter(|(_, how)| *how == "always") {
        assert!(given.contains(name), "no {name} of {}", shown());
    }
}
