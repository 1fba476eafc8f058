//! From the body of a post to its items, in order.
//!
//! ```text
//! post ─ entry[] (account) ─ changes[] (field) ─ value ─ messages[], statuses[], … ─ item
//! ```
//!
//! This runs after the signature was found right, so it never refuses: what cannot be read becomes an item that keeps it
//! whole. Each level is read only as far as needed to reach the next ([`super::json`]), so a bad item costs no neighbour.
//! Keys that we do not know, beside those that we do, become items too.
//!
//! Each item carries what says where it belongs. A broken post could make that large and its items many, and so fill the memory;
//! what would grow beyond [`MOST_BYTES`] is kept whole instead.
//!
//! Source: Meta, Webhooks, "Payload" (up to 1,000 updates, 3 MB), 2025-11 and 2025-12.

use serde_json::Value;
use serde_json::value::RawValue;

use super::dedupe;
use super::fields::Field;
use super::item::{Item, Reason, WebhookItem};
use super::json::{self, Pairs};
use super::kind::{ItemKind, NotUnderstoodKind};
use super::lists::{Lists, STANDBY};
use super::place::{ACCOUNT_OBJECT, Entry, Place, post_of};
use super::reading::Reading;

/// How much the items of one post may weigh together; the provider's own posts of 3 MB stay below a third of it.
pub(crate) const MOST_BYTES: usize = 32 << 20;

/// A post, cut into items.
pub struct Split {
    /// The items in the order in which they stand in the post; never empty.
    pub items: Vec<WebhookItem>,
}

/// Cuts the body of a post into items; it takes anything and never fails.
pub fn split(body: &[u8]) -> Split {
    let items = match read_post(body) {
        Ok(items) if items.is_empty() => vec![whole_body(body, ItemKind::Empty, Item::Empty)],
        Ok(items) => items,
        Err(why) => vec![whole_body(
            body,
            ItemKind::NotUnderstood(why),
            Item::not_understood(Reason::Form(why), None),
        )],
    };
    Split { items }
}

fn whole_body(body: &[u8], kind: ItemKind, item: Item) -> WebhookItem {
    let canonical = serde_json::from_slice::<&RawValue>(body).ok().map(json::canonical);
    let fingerprint = dedupe::fingerprint(canonical.as_deref().map_or(body, str::as_bytes));
    WebhookItem {
        kind,
        field: None,
        item,
        raw: body.to_vec(),
        dedupe: dedupe::text(&["body", &fingerprint]),
        repeats: None,
        phone_number_id: None,
        display_phone_number: None,
        waba_id: None,
    }
}

/// The items found so far, and what they weigh.
#[derive(Default)]
struct Items {
    found: Vec<WebhookItem>,
    bytes: usize,
}

impl Items {
    fn push(&mut self, item: WebhookItem) {
        self.bytes += item.raw.len();
        self.found.push(item);
    }

    /// Whether the post has to be kept whole; looked at before each part, so that it is exceeded by one part at most.
    fn too_much(&self) -> bool {
        self.bytes > MOST_BYTES
    }
}

fn read_post(body: &[u8]) -> Result<Vec<WebhookItem>, NotUnderstoodKind> {
    let text = std::str::from_utf8(body).map_err(|_| NotUnderstoodKind::NotUtf8)?;
    let raw: &RawValue = serde_json::from_str(text).map_err(|_| NotUnderstoodKind::NotJson)?;
    let post = Pairs::read(raw).ok_or(NotUnderstoodKind::ForeignObject)?;
    // Some examples of the provider leave `object` out; what has entries and names no other object is taken for ours.
    let ours = match post.get("object") {
        Some(_) => post.text("object").as_deref() == Some(ACCOUNT_OBJECT),
        None => post.get("entry").is_some(),
    };
    if !ours {
        return Err(NotUnderstoodKind::ForeignObject);
    }
    let (mut items, mut silent) = (Items::default(), Vec::new());
    for (key, raw) in &post.0 {
        if items.too_much() {
            break;
        }
        match (key.as_str(), json::elements(raw)) {
            ("object", _) => {}
            ("entry", Some(entries)) => {
                for entry in entries {
                    let before = items.found.len();
                    read_entry(entry, &mut items);
                    if items.found.len() == before {
                        silent.push(entry);
                    }
                }
            }
            ("entry", None) => items.push(Entry::default().beside(NotUnderstoodKind::WrongShape, key, raw)),
            _ => items.push(Entry::default().beside(NotUnderstoodKind::ExtraPart, key, raw)),
        }
    }
    // An entry that holds nothing is kept beside others that do; where none does, the post is kept whole.
    if !items.found.is_empty() {
        for entry in silent {
            let post = post_of(&json::canonical(entry));
            items.push(whole_body(&post, ItemKind::Empty, Item::Empty));
        }
    }
    if items.too_much() {
        return Err(NotUnderstoodKind::Unwieldy);
    }
    Ok(items.found)
}

fn read_entry(raw: &RawValue, items: &mut Items) {
    if items.too_much() {
        return;
    }
    let Some(pairs) = Pairs::read(raw) else {
        let reading = Reading::not_understood(NotUnderstoodKind::WrongShape);
        return items.push(Place::default().item(reading, post_of(&json::canonical(raw)), "entry", raw));
    };
    let entry = Entry::of(&pairs);
    for (key, raw) in &pairs.0 {
        if items.too_much() {
            return;
        }
        match (key.as_str(), json::elements(raw)) {
            // Standing twice, the last one says where items belong; the others are kept all the same.
            ("id" | "time", _) if pairs.get(key).is_some_and(|last| std::ptr::eq(last, *raw)) => {}
            ("changes", Some(changes)) => changes
                .into_iter()
                .for_each(|change| read_change(&entry, change, items)),
            ("changes", None) => items.push(entry.beside(NotUnderstoodKind::WrongShape, key, raw)),
            _ => items.push(entry.beside(NotUnderstoodKind::ExtraPart, key, raw)),
        }
    }
}

fn read_change(entry: &Entry<'_>, raw: &RawValue, items: &mut Items) {
    if items.too_much() {
        return;
    }
    let mut place = entry.place();
    let whole = |reading, place: &Place| place.item(reading, entry.wrap_change(json::canonical(raw)), "change", raw);
    let Some(change) = Pairs::read_with_one(raw, &["field", "value"]) else {
        return items.push(whole(Reading::not_understood(NotUnderstoodKind::WrongShape), &place));
    };
    let Some(name) = change.text("field") else {
        return items.push(whole(Reading::not_understood(NotUnderstoodKind::NoField), &place));
    };
    place.name_field(name);
    let mut extras = 0;
    for (key, extra) in change
        .0
        .iter()
        .filter(|(key, _)| !matches!(key.as_str(), "field" | "value"))
    {
        if items.too_much() {
            return;
        }
        let reading = Reading::not_understood(NotUnderstoodKind::ExtraPart);
        let part = entry.wrap_change(place.change_with(key, json::canonical(extra)));
        items.push(place.item(reading, part, key, extra));
        extras += 1;
    }
    match change.get("value") {
        Some(value) => read_value(entry, place, value, items),
        // The extras have said all there is.
        None if extras > 0 => {}
        None if place.field == Some(Field::Unknown) => {
            items.push(whole(Reading::of_field(Field::Unknown, &Value::Null, None), &place));
        }
        None => items.push(whole(Reading::not_understood(NotUnderstoodKind::NoValue), &place)),
    }
}

fn read_value(entry: &Entry<'_>, mut place: Place, raw: &RawValue, items: &mut Items) {
    let field = place.field.unwrap_or(Field::Unknown);
    let pairs = Pairs::read(raw);
    if let Some(pairs) = &pairs {
        place.find_number(pairs);
    }
    let reading = match pairs {
        Some(pairs) if field == Field::Standby && pairs.repeats(STANDBY) => {
            Reading::not_understood(NotUnderstoodKind::WrongShape)
        }
        Some(pairs) if field.holds_lists() => {
            let mut lists = Lists::new(entry, &place);
            lists.read(&pairs);
            match lists.finish() {
                Ok(found) => return found.into_iter().for_each(|item| items.push(item)),
                Err(why) => Reading::not_understood(why),
            }
        }
        _ if json::too_deep(raw) => Reading::not_understood(NotUnderstoodKind::TooDeep),
        None if field != Field::Unknown => Reading::not_understood(NotUnderstoodKind::NoValue),
        _ => match json::value(raw) {
            Some(statement) => Reading::of_field(field, &statement, place.reported_at()),
            None => Reading::not_understood(NotUnderstoodKind::Unreadable),
        },
    };
    let whole = entry.wrap_change(place.change_with("value", json::canonical(raw)));
    items.push(place.item(reading, whole, "value", raw));
}
