//! Posts bent out of shape: taken whatever they are, every item accounted for, and an intact item beside broken ones recorded as always.
//!
//! Bent are our own samples and, where it lies beside the repository, the public corpus: a few ways each in the suite, a thousand at
//! full size.

use super::house::House;
use super::posts::{NUMBER, signature};
use crate::harness::{BackDoor, Cell, Place};
use counterfoil_flow::intake::accept::accept;
use counterfoil_model::{Clock, ConversationId};
use counterfoil_testkit::mutation::{Chance, Json, bend, bent};
use counterfoil_testkit::payloads::payloads;
use counterfoil_testkit::surroundings::full_size;
use counterfoil_vault::Lookup;
use counterfoil_whatsapp::webhook::{Item, WebhookItem, split};
use futures_util::stream::{self, StreamExt};
use serde_json::json;
use std::collections::BTreeMap;

/// How many posts are handed over side by side.
const AT_ONCE: usize = 64;

/// How many ways are handed over before it is looked whether all of them are worked off.
const WAYS_AT_ONCE: u64 = 16;

/// How often each payload is bent.
fn ways() -> u64 {
    if full_size() { 1_000 } else { 3 }
}

/// A payload for our number, with ids of its own, so that it is no repeat.
fn fresh(body: &[u8], way: u64) -> Vec<u8> {
    let body = String::from_utf8_lossy(body);
    body.replace("700000000000001", NUMBER)
        .replace("wamid.", &format!("wamid.{way}."))
        .into_bytes()
}

async fn hand_over(house: &House, body: Vec<u8>) {
    let signed = signature(&body);
    let told = accept(house.door(), house.connected.connection, Some(&signed), body.into()).await;
    assert!(told.is_ok(), "a rightly signed post is always taken");
}

async fn worked_off(house: &House) {
    house
        .until("all are worked off", async || {
            let stats = house.stats().await;
            assert_eq!(stats.postponed, 0, "a post could not be recorded");
            (stats.waiting == 0).then_some(())
        })
        .await;
}

/// Every item of every post has exactly one outcome, and each outcome its row.
async fn fire_5_every_item_of_a_bent_post_is_accounted_for(place: Place) {
    let house = House::open(place).await;
    let payloads = payloads();
    let (mut posts, mut items) = (0, 0);
    for way in 0..ways() {
        let bodies: Vec<Vec<u8>> = payloads
            .iter()
            .zip(0..)
            .map(|((_, body), at)| bent(&fresh(body, way), &mut Chance::new(way * 1_000 + at)))
            .collect();
        items += bodies.iter().map(|body| split(body).items.len()).sum::<usize>();
        posts += bodies.len();
        stream::iter(bodies)
            .for_each_concurrent(AT_ONCE, |body| hand_over(&house, body))
            .await;
        if (way + 1).is_multiple_of(WAYS_AT_ONCE) || way + 1 == ways() {
            worked_off(&house).await;
        }
    }
    let stats = house.stats().await;
    let sum = |of: fn(&counterfoil_flow::intake::stats::KindCount) -> u64| stats.kinds.values().map(of).sum::<u64>();
    let (recorded, kept, repeated) = (sum(|k| k.recorded), sum(|k| k.kept), sum(|k| k.repeated));
    assert_eq!(stats.posts, u64::try_from(posts).unwrap());
    assert_eq!(recorded + kept + repeated, u64::try_from(items).unwrap());
    let [messages, ticks, kept_rows] = house.counts(["message", "tick", "kept"]).await;
    assert_eq!(u64::try_from(messages + ticks).unwrap(), recorded);
    assert_eq!(u64::try_from(kept_rows).unwrap(), kept);
    // What was recorded can be looked at: nothing in it breaks a page.
    let rows = house.inbox().await;
    assert!(!rows.is_empty());
    for row in rows {
        house.thread(row.conversation).await;
    }
    println!(
        "bent: {posts} posts of {} payloads, {items} items: {recorded} recorded, {repeated} repeated, {kept} kept",
        payloads.len()
    );
}

/// Where an intact item stands among bent ones.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Among {
    Items,
    Changes,
    Entries,
}

/// An item in order with what it must become: a message of a person of its own, or a status of a message of its own.
struct Intact {
    list: &'static str,
    item: Json,
    contact: Json,
    change: Json,
}

fn phone(number: u64) -> String {
    format!("31699{number:07}")
}

fn id(number: u64) -> String {
    format!("wamid.INTACT{number}")
}

fn intact(number: u64, at: i64) -> (Intact, String) {
    let (phone, id) = (phone(number), id(number));
    let words = format!("intact {number}");
    let contact = json!({"profile": {"name": "Guest"}, "wa_id": phone});
    let (list, item) = if number.is_multiple_of(3) {
        let item = json!({"id": id, "status": "delivered", "timestamp": at.to_string(), "recipient_id": phone});
        ("statuses", item)
    } else {
        let item =
            json!({"id": id, "from": phone, "timestamp": at.to_string(), "type": "text", "text": {"body": words}});
        ("messages", item)
    };
    let metadata = json!({"display_phone_number": "31205550101", "phone_number_id": NUMBER});
    let value = json!({"messaging_product": "whatsapp", "metadata": metadata, "contacts": [contact], list: [item]});
    let intact = Intact {
        list,
        item: Json::of(&item),
        contact: Json::of(&contact),
        change: Json::of(&json!({"field": "messages", "value": value})),
    };
    (intact, words)
}

fn put(list: &mut Vec<Json>, item: Json, chance: &mut Chance) {
    for element in list.iter_mut() {
        if chance.below(3) > 0 {
            bend(element, chance);
        }
    }
    let at = chance.below(list.len() + 1);
    list.insert(at, item);
}

/// Puts an intact item among the bent ones of a payload; `None` where the payload has no such place.
fn spliced(body: &[u8], among: Among, intact: &Intact, chance: &mut Chance) -> Option<Vec<u8>> {
    let mut post = Json::read(body)?;
    post.get_mut("object")
        .filter(|object| object.write() == "\"whatsapp_business_account\"")?;
    let entries = post.get_mut("entry")?.elements_mut()?;
    match among {
        Among::Entries => {
            let entry = Json::Object(vec![
                ("\"id\"".into(), Json::Plain("\"1\"".into())),
                ("\"changes\"".into(), Json::List(vec![intact.change.clone()])),
            ]);
            put(entries, entry, chance);
        }
        Among::Changes => {
            let changes = entries.first_mut()?.get_mut("changes")?.elements_mut()?;
            put(changes, intact.change.clone(), chance);
        }
        Among::Items => {
            let change = entries.first_mut()?.get_mut("changes")?.elements_mut()?.first_mut()?;
            change
                .get_mut("field")
                .filter(|field| field.write() == "\"messages\"")?;
            let value = change.get_mut("value")?;
            let number = value.get_mut("metadata")?.get_mut("phone_number_id")?;
            *number = Json::Plain(format!("\"{NUMBER}\""));
            if let Some(contacts) = value.get_mut("contacts").and_then(Json::elements_mut) {
                put(contacts, intact.contact.clone(), chance);
            }
            put(value.get_mut(intact.list)?.elements_mut()?, intact.item.clone(), chance);
        }
    }
    Some(post.write().into_bytes())
}

/// Whether what is cut out is the intact item with all that places it.
fn is_intact(item: &WebhookItem, number: u64) -> bool {
    let party = match &item.item {
        Item::Message(message) if message.id == id(number) && message.group_id.is_none() && !message.standby => {
            &message.sender
        }
        Item::Status(status) if status.message_id == id(number) => &status.recipient,
        _ => return false,
    };
    party.phone.as_deref() == Some(&phone(number)) && item.phone_number_id.as_deref() == Some(NUMBER)
}

#[test]
fn fire_5_an_intact_item_is_cut_out_from_among_broken_ones() {
    let payloads = payloads();
    let mut number = 0;
    for way in 0..ways() {
        for ((name, body), nth) in payloads.iter().zip(0..) {
            number += 1;
            let (intact, _) = intact(number, 1_800_000_000);
            let among = [Among::Items, Among::Changes, Among::Entries][usize::try_from((way + nth) % 3).unwrap()];
            let Some(post) = spliced(&fresh(body, way), among, &intact, &mut Chance::new(way * 1_000 + nth)) else {
                continue;
            };
            let found = split(&post).items.iter().filter(|item| is_intact(item, number)).count();
            assert_eq!(found, 1, "{name} {way} {among:?}: {}", String::from_utf8_lossy(&post));
        }
    }
}

async fn fire_5_an_intact_item_beside_broken_ones_is_recorded_as_always(place: Place) {
    let house = House::open(place).await;
    let at = house.place.clock.wall().seconds();
    let payloads = payloads();
    let mut among_each: BTreeMap<Among, usize> = BTreeMap::new();
    let (mut said, mut statuses) = (Vec::new(), Vec::new());
    let mut number = 0;
    for way in 0..ways() {
        let mut bodies = Vec::new();
        for ((_, body), nth) in payloads.iter().zip(0..) {
            number += 1;
            let (intact, words) = intact(number, at);
            let among = [Among::Items, Among::Changes, Among::Entries][usize::try_from((way + nth) % 3).unwrap()];
            let mut chance = Chance::new(way * 1_000 + nth);
            let Some(post) = spliced(&fresh(body, way), among, &intact, &mut chance) else {
                continue;
            };
            *among_each.entry(among).or_default() += 1;
            match intact.list {
                "messages" => said.push((phone(number), words)),
                _ => statuses.push(id(number)),
            }
            bodies.push(post);
        }
        stream::iter(bodies)
            .for_each_concurrent(AT_ONCE, |body| hand_over(&house, body))
            .await;
        if (way + 1).is_multiple_of(WAYS_AT_ONCE) || way + 1 == ways() {
            worked_off(&house).await;
        }
    }
    assert!(among_each.len() == 3, "{among_each:?}");
    each_message_stands_alone(&house, &said).await;
    each_status_is_there_once(&house, &statuses).await;
    println!(
        "beside bent ones, {among_each:?}: {} messages and {} statuses recorded as always",
        said.len(),
        statuses.len()
    );
}

/// Each message stands alone in the one thread of its sender; of some hundreds also the words are read.
async fn each_message_stands_alone(house: &House, said: &[(String, String)]) {
    let mut door = BackDoor::data(&house.place).await;
    let sql = "SELECT identity.lookup, message.conversation_id FROM identity \
               JOIN conversation ON conversation.contact_id = identity.contact_id \
               JOIN message ON message.conversation_id = conversation.id";
    let mut found: BTreeMap<Vec<u8>, Vec<[u8; 16]>> = BTreeMap::new();
    for row in door.rows(sql, &[]).await {
        let [Cell::Bytes(lookup), Cell::Bytes(conversation)] = &row[..] else {
            panic!("both are bytes");
        };
        let conversation = conversation.as_slice().try_into().unwrap();
        found.entry(lookup.clone()).or_default().push(conversation);
    }
    let look_at_every = said.len() / 200 + 1;
    for (nth, (phone, words)) in said.iter().enumerate() {
        let lookup = house.opened.keyed(Lookup::Phone, phone);
        let conversations = found.get(&lookup.bytes()[..]).map_or(&[][..], Vec::as_slice);
        assert_eq!(conversations.len(), 1, "{words} is there once");
        if nth.is_multiple_of(look_at_every) {
            let thread = house.thread(ConversationId::from_bytes(conversations[0])).await;
            let texts: Vec<String> = thread.messages.iter().map(super::house::words).collect();
            assert_eq!(texts, [words.as_str()]);
        }
    }
}

async fn each_status_is_there_once(house: &House, ids: &[String]) {
    let mut door = BackDoor::data(&house.place).await;
    let mut found: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
    for row in door
        .rows("SELECT provider_hash FROM tick WHERE provider_hash IS NOT NULL", &[])
        .await
    {
        let Cell::Bytes(hash) = &row[0] else {
            panic!("a hash is bytes")
        };
        *found.entry(hash.clone()).or_default() += 1;
    }
    for id in ids {
        let hash = house.opened.vault().dedupe(id.as_bytes());
        assert_eq!(found.get(&hash.bytes()[..]), Some(&1), "{id}");
    }
}

on_both! {
    fire_5_every_item_of_a_bent_post_is_accounted_for
    fire_5_an_intact_item_beside_broken_ones_is_recorded_as_always
}
