//! Whatever a post holds: no panic, nothing lost, and a bad item costs no neighbour.

use counterfoil_whatsapp::webhook::split;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::samples::SAMPLES;

/// JSON of any shape, with the keys that matter more often than others.
fn any_json() -> impl Strategy<Value = Value> {
    const KEYS: &[&str] = &[
        "id",
        "type",
        "text",
        "body",
        "image",
        "from",
        "timestamp",
        "interactive",
        "button_reply",
        "system",
        "errors",
        "code",
        "contacts",
        "location",
        "latitude",
        "edit",
        "message",
        "status",
        "context",
        "recipient_id",
    ];
    const TEXTS: &[&str] = &[
        "text",
        "image",
        "interactive",
        "system",
        "edit",
        "contacts",
        "location",
        "audio",
        "",
        "1",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(TEXTS).prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((prop::sample::select(KEYS), inner), 0..6).prop_map(|pairs| {
                Value::Object(pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
            }),
        ]
    })
}

fn good(id: usize) -> Value {
    json!({ "id": format!("wamid.GOOD{id}"), "from": "15550100201", "type": "text", "text": { "body": "a" } })
}

proptest! {
    #[test]
    fn damaged_bytes_never_panic_and_are_never_dropped(
        sample in 0..SAMPLES.len(),
        hits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..6),
    ) {
        let mut body = SAMPLES[sample].as_bytes().to_vec();
        for (at, byte, how) in hits {
            let at = at.index(body.len());
            match how {
                0 => body[at] = byte,
                1 => body.insert(at, byte),
                _ => { body.remove(at); }
            }
        }
        let items = split(&body).items;
        prop_assert!(!items.is_empty());
        for item in items {
            let again = split(&item.raw).items;
            prop_assert!(again.len() == 1 && again[0].kind == item.kind && again[0].dedupe == item.dedupe, "{}", item.kind);
        }
    }

    #[test]
    fn a_bad_item_costs_no_neighbour(
        bad in any_json(),
        list in prop::sample::select(&["messages", "statuses", "errors", "message_echoes", "calls", "groups", "history"][..]),
        at in 0..4_usize,
    ) {
        let mut messages: Vec<Value> = (0..3).map(good).collect();
        let value = if list == "messages" {
            messages.insert(at, bad);
            json!({ "metadata": { "phone_number_id": "2" }, "messages": messages })
        } else {
            json!({ "metadata": { "phone_number_id": "2" }, "messages": messages, list: [bad] })
        };
        let body = json!({ "object": "whatsapp_business_account", "entry": [
            { "id": "1", "changes": [{ "field": "messages", "value": value }] },
        ] });
        let items = split(body.to_string().as_bytes()).items;
        let neighbours = items.iter().filter(|item| {
            item.kind.name() == "message.text" && String::from_utf8_lossy(&item.raw).contains("wamid.GOOD")
        });
        prop_assert_eq!(neighbours.count(), 3);
        prop_assert!(items.len() > 3);
        for item in items {
            let again = split(&item.raw).items;
            prop_assert!(again.len() == 1 && again[0].kind == item.kind && again[0].dedupe == item.dedupe, "{}", item.kind);
        }
    }

    #[test]
    fn any_value_in_any_place_is_kept(
        value in any_json(),
        place in 0..4_u8,
        field in prop::sample::select(&["messages", "history", "standby", "calls", "account_update", "weather"][..]),
    ) {
        let body = match place {
            0 => value,
            1 => json!({ "object": "whatsapp_business_account", "entry": value }),
            2 => json!({ "object": "whatsapp_business_account", "entry": [{ "id": "1", "changes": [value] }] }),
            _ => json!({ "object": "whatsapp_business_account", "entry": [{ "changes": [{ "field": field, "value": value }] }] }),
        };
        let items = split(body.to_string().as_bytes()).items;
        prop_assert!(!items.is_empty());
        for item in items {
            let again = split(&item.raw).items;
            prop_assert!(again.len() == 1 && again[0].kind == item.kind && again[0].dedupe == item.dedupe, "{}", item.kind);
        }
    }
}

/// A change with a large context and many messages.
fn heavy(messages: usize, context_bytes: usize) -> Value {
    let messages: Vec<Value> = (0..messages).map(good).collect();
    let metadata = json!({ "phone_number_id": "2", "remark": "x".repeat(context_bytes) });
    json!({ "field": "messages", "value": { "metadata": metadata, "messages": messages } })
}

fn of_changes(changes: &[Value]) -> (usize, Vec<&'static str>) {
    let body = json!({ "object": "whatsapp_business_account", "entry": [{ "id": "1", "changes": changes }] });
    let items = split(body.to_string().as_bytes()).items;
    let weight = items.iter().map(|item| item.raw.len()).sum();
    for item in items.iter().take(20) {
        assert!(split(&item.raw).items == [item.clone()], "{}", item.kind);
    }
    (weight, items.iter().map(|item| item.kind.name()).collect())
}

#[test]
fn fire_5_an_entry_that_holds_nothing_is_kept_beside_others() {
    let empty = json!({ "id": "102290129340398", "time": 1_739_321_024, "changes": [] });
    let value = json!({ "metadata": { "phone_number_id": "1" }, "messages": [good(1)] });
    let full = json!({ "id": "2", "changes": [{ "field": "messages", "value": value }] });
    let extra = json!({ "entry": [empty], "beside": "an extra part" });
    for post in [
        json!({ "object": "whatsapp_business_account", "entry": [empty, full] }),
        extra,
    ] {
        let items = split(post.to_string().as_bytes()).items;
        assert_eq!(items.len(), 2, "{post}");
        let kept = String::from_utf8(items[1].raw.clone()).unwrap();
        assert!(
            kept.contains("102290129340398") && kept.contains("1739321024"),
            "{kept}"
        );
        let again = split(&items[1].raw).items;
        assert_eq!((again.len(), again[0].kind), (1, items[1].kind));
        assert_eq!(again[0].dedupe, items[1].dedupe);
    }
}

#[test]
fn fire_5_what_would_grow_beyond_measure_is_kept_whole_and_costs_no_neighbour() {
    let neighbour =
        json!({ "field": "messages", "value": { "metadata": { "phone_number_id": "2" }, "messages": [good(1)] } });
    let (weight, kinds) = of_changes(&[heavy(2_000, 1 << 20), neighbour.clone()]);
    assert_eq!(kinds, ["not_understood.unwieldy", "message.text"]);
    assert!(weight < 2 << 20, "{weight}");
    // Each alone would do, all together not.
    let (weight, kinds) = of_changes(&vec![heavy(200, 100_000); 4]);
    assert_eq!(kinds, ["not_understood.unwieldy"]);
    assert!(weight < 1 << 20, "{weight}");
    // As large as the provider's posts may be.
    let (_, kinds) = of_changes(&vec![heavy(1_000, 200); 10]);
    assert_eq!(kinds.len(), 10_000);
}

/// Found by bending: each item of these posts, split alone, is itself again, and the words named are in one of them.
#[test]
fn fire_5_what_was_found_by_bending_stays_mended() {
    let change = |field: &str, value: &str| {
        format!(r#"{{"entry":[{{"id":"2","changes":[{{"field":"{field}","value":{value}}}]}}]}}"#)
    };
    let thread =
        r#"{"id":"16505551234","messages":[{"from":"1","id":"wamid.1","timestamp":"1739230955","type":"text"}]}"#;
    let nulls = vec!["null"; 900].join(",");
    let escaped = r"\u0301".repeat(8_300);
    let posts: [(String, &[&str]); 4] = [
        // A thread that holds nothing, beside one that does.
        (
            change(
                "history",
                &format!(r#"{{"history":[{{"threads":[{thread},{{"id":"12125557890","messages":[]}}]}}]}}"#),
            ),
            &["12125557890"],
        ),
        // The messages of a thread stand twice: nobody can say which of them belong to it.
        (
            change(
                "history",
                r#"{"history":[{"threads":[{"id":"1","messages":[{"id":"first"}],"messages":[]}]}]}"#,
            ),
            &["first"],
        ),
        // The list of calls names no number, what stands beside it does.
        (
            change(
                "calls",
                r#"{"metadata":{"phone_number_id":""},"calls":[{"id":"wacid.1"}],"phone_number_id":"beside"}"#,
            ),
            &["wacid.1", "beside"],
        ),
        // Its place is shorter once it is spelt plainly: it must not be too heavy for its items in one form only.
        (
            format!(
                r#"{{"entry":[{{"id":"{escaped}","changes":[{{"field":"calls","value":{{"calls":[{nulls}]}}}}]}}]}}"#
            ),
            &[],
        ),
    ];
    for (post, words) in posts {
        let items = split(post.as_bytes()).items;
        for item in &items {
            let again = split(&item.raw).items;
            assert_eq!(
                (again.len(), again[0].kind, &again[0].dedupe),
                (1, item.kind, &item.dedupe),
                "{post:.300}"
            );
        }
        let kept: Vec<_> = items.iter().map(|item| String::from_utf8_lossy(&item.raw)).collect();
        for word in words {
            assert!(kept.iter().any(|raw| raw.contains(word)), "{word} of {post}");
        }
    }
}

/// Found by fuzzing: what stands beside the inner object of `standby` was kept as if it stood in it, and read as a list there.
#[test]
fn a_list_beside_the_inner_object_of_standby_is_kept_where_it_stood() {
    let groups = json!([{ "type": "group_create", "group_id": "A" }, { "type": "group_merge", "group_id": "A" }]);
    let value =
        json!({ "metadata": { "phone_number_id": "2" }, "standby": { "messages": [good(1)] }, "groups": groups });
    let (_, kinds) = of_changes(&[json!({ "field": "standby", "value": value })]);
    assert_eq!(kinds, ["not_understood.extra_part", "standby.text"]);
}
