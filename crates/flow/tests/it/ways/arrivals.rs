//! Everything that can arrive becomes what the reference page says: each kind of item, from a payload of its shape.
//!
//! The page `docs/reference/what-arrives.md` is what this test saw. After a change put the text that it writes in its place.

use super::house::House;
use super::posts::NUMBER;
use super::shapes::{OWN, account, call, call_status, content, group, history, not_understood, status};
use crate::harness::{BackDoor, Cell, Place};
use counterfoil_model::message::{Direction, MessageKind, Origin};
use counterfoil_store::rows::Weight;
use counterfoil_testkit::payloads::payloads;
use counterfoil_whatsapp::webhook::{
    CallKind, CallStatusKind, ContentKind, Field, GroupKind, HistoryKind, ItemKind, NotUnderstoodKind, StatusKind,
    split,
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

/// What became of one item, in the words of the page.
async fn became(house: &House, door: &mut BackDoor, before: [i64; 4]) -> String {
    let after = counts(house, door).await;
    let grown: [i64; 4] = std::array::from_fn(|at| after[at] - before[at]);
    match grown {
        [1, 0, 0, files] => {
            let sql = "SELECT kind, direction, origin FROM message ORDER BY id DESC LIMIT 1";
            let row = door.rows(sql, &[]).await.remove(0);
            let kind = MessageKind::from_code(number(&row[0])).unwrap().name();
            let direction = Direction::from_code(number(&row[1])).unwrap();
            let origin = Origin::from_code(number(&row[2])).unwrap();
            let line = match direction {
                Direction::Inbound => "from the contact",
                Direction::Outbound => "from us",
                _ => "a line",
            };
            let mut said = format!("in the conversation, {line}: `{kind}`");
            if origin != Origin::Live {
                let _ = write!(said, ", marked `{}`", origin.name());
            }
            if files > 0 {
                said.push_str("; its file is fetched");
            }
            said
        }
        [0, 1, 0, 0] => "a tick of our message".to_owned(),
        [0, 0, 1, 0] => {
            let sql = "SELECT reason, weight FROM kept ORDER BY id DESC LIMIT 1";
            let row = door.rows(sql, &[]).await.remove(0);
            let weight = match Weight::from_code(number(&row[1])).unwrap() {
                Weight::Information => "for information",
                Weight::Attention => "to be looked at",
                Weight::Alarm => "**alarm**",
            };
            let why = match number(&row[0]) {
                1 => "kept whole, not understood",
                2 => "kept whole, not of a number that is set up",
                3 => "kept whole, names nobody",
                4 => "kept whole",
                5 => "kept whole, an error of WhatsApp's own",
                other => panic!("reason {other}"),
            };
            format!("{why}; {weight}")
        }
        [0, 0, 0, 0] => "a repeat: nothing changes".to_owned(),
        other => panic!("one item became {other:?}"),
    }
}

/// How much there is, a second later: so that what comes next is the newest.
async fn counts(house: &House, door: &mut BackDoor) -> [i64; 4] {
    house.pass(Duration::from_secs(1));
    let of = ["message", "tick", "kept", "attachment"].map(|table| format!("(SELECT COUNT(*) FROM {table})"));
    let row = door.rows(&format!("SELECT {}", of.join(", ")), &[]).await.remove(0);
    std::array::from_fn(|at| number(&row[at]))
}

fn number(cell: &Cell) -> i64 {
    match cell {
        Cell::Int(number) => *number,
        other => panic!("a number, not {other:?}"),
    }
}

/// The same item for the number that is set up here, if it is of a number.
fn to_our_number(raw: &[u8]) -> Vec<u8> {
    let Ok(mut post) = serde_json::from_slice::<Value>(raw) else {
        return raw.to_vec();
    };
    if let Some(value) = post.pointer_mut("/entry/0/changes/0/value")
        && let Some(metadata) = value.get_mut("metadata").and_then(Value::as_object_mut)
        && metadata.contains_key("phone_number_id")
    {
        metadata.insert("phone_number_id".to_owned(), json!(NUMBER));
    }
    post.to_string().into_bytes()
}

/// Each kind that one can make a payload of, with such payloads and what tells them apart within the kind.
fn made() -> Vec<(ItemKind, &'static str, Vec<u8>)> {
    let mut made = Vec::new();
    for kind in ContentKind::ALL.iter().copied() {
        for family in [
            ItemKind::Message,
            ItemKind::Standby,
            ItemKind::Echo,
            ItemKind::HistoryMessage,
        ] {
            let Some(body) = content(kind, family(kind)) else {
                continue;
            };
            let (mut which, mut elsewhere) = ("", None);
            if let ItemKind::Echo(_) = family(kind) {
                which = "on the shared phone";
                elsewhere = Some(by_another_service(&body));
            }
            if let ItemKind::HistoryMessage(_) = family(kind) {
                which = "of theirs";
                // What only they can say is read as another kind when it is ours.
                let ours = altered(&body, "from", json!(OWN));
                elsewhere = (ours != body && split(&ours).items[0].kind == family(kind)).then_some(ours);
                if elsewhere.is_none() {
                    which = "";
                }
            }
            if kind == ContentKind::Edit {
                let file = json!({"original_message_id": "wamid.earlier", "message": {"type": "image", "image": {"id": "600", "mime_type": "image/png"}}});
                made.push((family(kind), "of a file", altered(&body, "edit", file)));
            }
            let other = if which == "of theirs" {
                "of ours"
            } else {
                "by another service"
            };
            made.push((family(kind), which, body));
            made.extend(elsewhere.map(|body| (family(kind), other, body)));
        }
    }
    made.extend(
        StatusKind::ALL
            .iter()
            .map(|kind| (ItemKind::Status(*kind), "", status(*kind))),
    );
    let calls = CallStatusKind::ALL.iter();
    made.extend(calls.map(|kind| (ItemKind::CallStatus(*kind), "", call_status(*kind))));
    for kind in CallKind::ALL.iter().copied() {
        let theirs = call(kind);
        let ours = altered(&theirs, "direction", json!("BUSINESS_INITIATED"));
        made.push((ItemKind::Call(kind), "of a call of theirs", theirs));
        made.push((ItemKind::Call(kind), "of a call of ours", ours));
    }
    made.extend(
        GroupKind::ALL
            .iter()
            .map(|kind| (ItemKind::Group(*kind), "", group(*kind))),
    );
    made.extend(
        HistoryKind::ALL
            .iter()
            .map(|kind| (ItemKind::History(*kind), "", history(*kind))),
    );
    for field in Field::ALL.iter().copied() {
        made.extend(
            account(field)
                .into_iter()
                .map(|(event, body)| (ItemKind::Field(field), event, body)),
        );
    }
    for (what, code) in [("131035", 131_035), ("any other", 130_429)] {
        let value = json!({"metadata": {"phone_number_id": NUMBER}, "errors": [{"code": code, "title": "An error"}]});
        let change = json!({"field": "messages", "value": value});
        made.push((ItemKind::Error, what, super::posts::Post(vec![change]).bytes()));
    }
    for kind in NotUnderstoodKind::ALL.iter().copied() {
        if let Some(body) = not_understood(kind) {
            made.push((ItemKind::NotUnderstood(kind), "", body));
        }
    }
    let wrong = NotUnderstoodKind::WrongShape;
    if let Some(body) = content(ContentKind::Text, ItemKind::Message(ContentKind::Text)) {
        let body = altered(&body, "text", json!("not an object"));
        made.push((ItemKind::NotUnderstood(wrong), "a message that says whose it is", body));
    }
    let empty = json!({"object": "whatsapp_business_account", "entry": []});
    made.push((ItemKind::Empty, "", empty.to_string().into_bytes()));
    made
}

/// The same echo as what another service sent.
fn by_another_service(echo: &[u8]) -> Vec<u8> {
    let echo = String::from_utf8_lossy(echo).replace("smb_message_echoes", "message_echoes");
    echo.replace("wamid.echo.", "wamid.other.").into_bytes()
}

/// The same message or call with another value under `key`, as an item of its own.
fn altered(body: &[u8], key: &str, value: Value) -> Vec<u8> {
    let mut post: Value = serde_json::from_slice(body).unwrap();
    let lists = [
        "messages",
        "standby/messages",
        "message_echoes",
        "history/0/threads/0/messages",
        "calls",
    ];
    let mut lists = lists.iter().map(|list| format!("/entry/0/changes/0/value/{list}/0"));
    let at = lists.find(|list| post.pointer(list).is_some()).unwrap();
    let item = post.pointer_mut(&at).unwrap();
    if item[key] != value {
        item["id"] = json!(format!("{}.{key}", item["id"].as_str().unwrap()));
        item[key] = value;
    }
    post.to_string().into_bytes()
}

async fn channel_1_each_kind_becomes_what_the_page_says(place: Place) {
    let house = House::open(place).await;
    let mut door = BackDoor::data(&house.place).await;
    let mut rows: Vec<(ItemKind, &str, String)> = Vec::new();
    let made = made();
    let mut wrong = Vec::new();
    for (kind, what, body) in &made {
        let kinds: Vec<ItemKind> = split(body).items.iter().map(|item| item.kind).collect();
        if kinds != [*kind] {
            wrong.push(format!("made for {kind} {what} and read as {kinds:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    for (kind, what, body) in made {
        let before = counts(&house, &mut door).await;
        house.post_bytes(body).await;
        rows.push((kind, what, became(&house, &mut door, before).await));
    }
    let seen: BTreeSet<ItemKind> = rows.iter().map(|(kind, ..)| *kind).collect();
    let unseen: Vec<&str> = ItemKind::all()
        .filter(|kind| !seen.contains(kind) && !never(*kind))
        .map(ItemKind::name)
        .collect();
    assert!(unseen.is_empty(), "no payload was made for {unseen:?}");

    let written = page(&rows);
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/what-arrives.md");
    let found = std::fs::read_to_string(&file).unwrap_or_default();
    let own = Path::new(env!("CARGO_TARGET_TMPDIR")).join("what-arrives.md");
    if found != written {
        std::fs::write(&own, &written).unwrap();
    }
    assert!(
        found == written,
        "what arrives becomes something else than the page says; see {}",
        own.display()
    );

    // What others recorded becomes something that the page names for its kind, or is kept for want of a sender or place, or is a repeat.
    let mut told: BTreeMap<ItemKind, BTreeSet<&str>> = BTreeMap::new();
    for (kind, _, became) in &rows {
        told.entry(*kind).or_default().insert(became);
    }
    let (mut looked, mut wrong) = (0, Vec::new());
    for (name, body) in payloads() {
        for item in split(&body).items {
            let before = counts(&house, &mut door).await;
            house.post_bytes(to_our_number(&item.raw)).await;
            let became = became(&house, &mut door, before).await;
            let elsewhere = ["names nobody", "a repeat", "not of a number"]
                .iter()
                .any(|why| became.contains(why));
            // A group has no conversation here yet.
            let in_group =
                String::from_utf8_lossy(&item.raw).contains("\"group_id\"") && became.starts_with("kept whole");
            if !(elsewhere || in_group || told[&item.kind].contains(became.as_str())) {
                wrong.push(format!("{name}: {} became {became}", item.kind));
            }
            looked += 1;
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    println!(
        "{} kinds in {} rows; {looked} items of recorded payloads",
        told.len(),
        rows.len()
    );
}

/// Kinds that no payload gives: a type that is only told of in one direction.
fn never(kind: ItemKind) -> bool {
    let made_of = |kind, family| content(kind, family).is_none();
    match kind {
        ItemKind::Message(content)
        | ItemKind::Standby(content)
        | ItemKind::Echo(content)
        | ItemKind::HistoryMessage(content) => made_of(content, kind),
        ItemKind::Field(field) => account(field).is_empty(),
        ItemKind::NotUnderstood(kind) => not_understood(kind).is_none(),
        _ => false,
    }
}

fn page(rows: &[(ItemKind, &str, String)]) -> String {
    let mut page = String::from(
        "# What arrives, and what becomes of it\n\n\
        Every kind of item that WhatsApp's webhooks can bring, by the name under which `counterfoil intake stats` counts it, and what becomes of it here. \
        This page is written by a test that hands over a payload of each kind and looks (`channel_1_`); it is as true as that test.\n\n\
        *In the conversation* means: recorded under the conversation's keys, whole and in our words, on the log, and shown in the thread. *Kept whole* means: sealed under the \
        connection's key, on the log, counted, and listed by `counterfoil intake kept`; what WhatsApp tells of numbers, templates and the account stands on the page \
        *What WhatsApp tells*, with its weight. Of a number that is not set up here, and of somebody whom nothing names, everything is kept whole. Messages in groups are kept whole.\n\n\
        | what arrives | which | what becomes of it |\n|---|---|---|\n",
    );
    for (kind, what, became) in rows {
        let _ = writeln!(page, "| `{kind}` | {what} | {became} |");
    }
    page
}

on_both! {
    channel_1_each_kind_becomes_what_the_page_says
}
