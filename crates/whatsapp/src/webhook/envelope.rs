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
//! Source: Meta, Webhooks, "Payload" (up to 1,000 updates, 3 MB), 2025-11 and 2025-12.

use serde_json::Value;
use serde_json::value::RawValue;

use super::contacts::Contacts;
use super::dedupe;
use super::fields::{Field, Part, is_context};
use super::item::{Fault, HistoryPart, Item, Reason, WebhookItem, shape};
use super::json::{self, Pairs};
use super::kind::{HistoryKind, ItemKind, NotUnderstoodKind};
use super::reading::{self, Reading, Standing};

const ACCOUNT_OBJECT: &str = "whatsapp_business_account";

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
        phone_number_id: None,
        display_phone_number: None,
        waba_id: None,
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
    let mut items = Vec::new();
    for (key, raw) in &post.0 {
        match (key.as_str(), json::elements(raw)) {
            ("object", _) => {}
            ("entry", Some(entries)) => entries.into_iter().for_each(|entry| read_entry(entry, &mut items)),
            ("entry", None) => items.push(Entry::default().beside(NotUnderstoodKind::WrongShape, key, raw)),
            _ => items.push(Entry::default().beside(NotUnderstoodKind::ExtraPart, key, raw)),
        }
    }
    Ok(items)
}

/// The account that changes belong to.
#[derive(Default)]
struct Entry<'a> {
    id: Option<&'a RawValue>,
    time: Option<&'a RawValue>,
    /// A post can hold parts outside of any entry.
    present: bool,
}

fn read_entry(raw: &RawValue, items: &mut Vec<WebhookItem>) {
    let Some(pairs) = Pairs::read(raw) else {
        let reading = Reading::not_understood(NotUnderstoodKind::WrongShape);
        return items.push(finish(
            reading,
            post_of(&json::canonical(raw)),
            &Place::default(),
            "entry",
            raw,
        ));
    };
    let entry = Entry {
        id: pairs.get("id"),
        time: pairs.get("time"),
        present: true,
    };
    for (key, raw) in &pairs.0 {
        match (key.as_str(), json::elements(raw)) {
            ("id" | "time", _) => {}
            ("changes", Some(changes)) => changes
                .into_iter()
                .for_each(|change| read_change(&entry, change, items)),
            ("changes", None) => items.push(entry.beside(NotUnderstoodKind::WrongShape, key, raw)),
            _ => items.push(entry.beside(NotUnderstoodKind::ExtraPart, key, raw)),
        }
    }
}

impl Entry<'_> {
    fn wrap(&self, key: &str, value: String) -> Vec<u8> {
        if !self.present {
            return json::object_of([("object", json::text_of(ACCOUNT_OBJECT)), (key, value)]).into_bytes();
        }
        let mut pairs = vec![(key, value)];
        pairs.extend(self.id.map(|id| ("id", json::canonical(id))));
        pairs.extend(self.time.map(|time| ("time", json::canonical(time))));
        post_of(&json::object_of(pairs))
    }

    fn place(&self) -> Place {
        let text = |raw: Option<&RawValue>| match raw.and_then(json::value) {
            Some(Value::String(text)) => Some(text),
            Some(Value::Number(number)) => Some(number.to_string()),
            _ => None,
        };
        Place {
            waba_id: text(self.id),
            time: text(self.time),
            ..Place::default()
        }
    }

    /// An item for a key that stands beside the known ones.
    fn beside(&self, why: NotUnderstoodKind, key: &str, raw: &RawValue) -> WebhookItem {
        finish(
            Reading::not_understood(why),
            self.wrap(key, json::canonical(raw)),
            &self.place(),
            key,
            raw,
        )
    }

    /// An item for a whole change.
    fn change(&self, reading: Reading, place: &Place, change: &RawValue) -> WebhookItem {
        let raw = self.wrap("changes", json::array_of(&[json::canonical(change)]));
        finish(reading, raw, place, "change", change)
    }
}

fn post_of(entry: &str) -> Vec<u8> {
    json::object_of([
        ("entry", json::array_of(&[entry.to_owned()])),
        ("object", json::text_of(ACCOUNT_OBJECT)),
    ])
    .into_bytes()
}

/// Where an item belongs.
#[derive(Default, Clone)]
struct Place {
    waba_id: Option<String>,
    time: Option<String>,
    field: Option<Field>,
    field_name: String,
    phone_number_id: Option<String>,
    display_phone_number: Option<String>,
}

impl Place {
    fn reported_at(&self) -> Option<i64> {
        self.time
            .as_ref()
            .and_then(|time| shape::instant(&serde_json::json!({ "time": time }), "time"))
    }
}

fn read_change(entry: &Entry<'_>, raw: &RawValue, items: &mut Vec<WebhookItem>) {
    let mut place = entry.place();
    let not_understood = |why, place: &Place| entry.change(Reading::not_understood(why), place, raw);
    let Some(change) = Pairs::read(raw) else {
        return items.push(not_understood(NotUnderstoodKind::WrongShape, &place));
    };
    let Some(name) = change.text("field") else {
        return items.push(not_understood(NotUnderstoodKind::NoField, &place));
    };
    let field = Field::from_name(&name);
    place.field = Some(field);
    place.field_name = name;
    let field_raw = json::text_of(&place.field_name);
    let extras = change
        .0
        .iter()
        .filter(|(key, _)| !matches!(key.as_str(), "field" | "value"));
    let before = items.len();
    for (key, extra) in extras {
        let part = json::object_of([("field", field_raw.clone()), (key, json::canonical(extra))]);
        let whole = entry.wrap("changes", json::array_of(&[part]));
        items.push(finish(
            Reading::not_understood(NotUnderstoodKind::ExtraPart),
            whole,
            &place,
            key,
            extra,
        ));
    }
    let Some(value) = change.get("value") else {
        if items.len() == before {
            let why = NotUnderstoodKind::NoValue;
            let reading = if field == Field::Unknown {
                Reading::of_field(field, &Value::Null, None)
            } else {
                Reading::not_understood(why)
            };
            items.push(entry.change(reading, &place, raw));
        }
        return;
    };
    let pairs = Pairs::read(value);
    if let Some(pairs) = &pairs {
        place.find_number(pairs);
    }
    // The change again, without its extras.
    let whole = json::object_of([("field", field_raw), ("value", json::canonical(value))]);
    let whole = entry.wrap("changes", json::array_of(&[whole]));
    match pairs {
        _ if json::too_deep(value) && !field.holds_lists() => {
            items.push(finish(
                Reading::not_understood(NotUnderstoodKind::TooDeep),
                whole,
                &place,
                "value",
                value,
            ));
        }
        None if field != Field::Unknown => {
            items.push(finish(
                Reading::not_understood(NotUnderstoodKind::NoValue),
                whole,
                &place,
                "value",
                value,
            ));
        }
        Some(pairs) if field.holds_lists() => {
            let mut lists = Lists::new(entry, &place, None);
            lists.read(&pairs);
            match lists.finish() {
                Some(found) => items.extend(found),
                None => items.push(finish(
                    Reading::not_understood(NotUnderstoodKind::NoKnownPart),
                    whole,
                    &place,
                    "value",
                    value,
                )),
            }
        }
        _ => {
            let reading = match json::value(value) {
                Some(statement) => Reading::of_field(field, &statement, place.reported_at()),
                None => Reading::not_understood(NotUnderstoodKind::Unreadable),
            };
            items.push(finish(reading, whole, &place, "value", value));
        }
    }
}

impl Place {
    /// Finds the number that a value is about.
    fn find_number(&mut self, value: &Pairs<'_>) {
        let object = |key| value.get(key).and_then(json::value).filter(Value::is_object);
        let metadata = object("metadata").unwrap_or(Value::Null);
        self.phone_number_id = shape::some_text(&metadata, "phone_number_id")
            .or_else(|| value.text("phone_number_id"))
            .or_else(|| {
                object("phone_number_settings").and_then(|settings| shape::some_text(&settings, "phone_number_id"))
            });
        self.display_phone_number =
            shape::some_text(&metadata, "display_phone_number").or_else(|| value.text("display_phone_number"));
    }
}

/// The items found in the lists of one value, before it is known which entries of `contacts` are left over.
struct Lists<'a> {
    entry: &'a Entry<'a>,
    place: &'a Place,
    /// The key under which the lists stand one level deeper (`standby`).
    wrapper: Option<&'static str>,
    context: Vec<(String, String)>,
    contacts: Contacts,
    drafts: Vec<Draft<'a>>,
    found: bool,
}

struct Draft<'a> {
    reading: Reading,
    contact: Option<usize>,
    key: String,
    /// The list or property that holds only this item, in canonical form.
    value: String,
    element: &'a RawValue,
}

impl<'a> Lists<'a> {
    fn new(entry: &'a Entry<'a>, place: &'a Place, wrapper: Option<&'static str>) -> Self {
        let (context, contacts, drafts) = Default::default();
        Self {
            entry,
            place,
            wrapper,
            context,
            contacts,
            drafts,
            found: false,
        }
    }

    fn read(&mut self, value: &Pairs<'a>) {
        let mut lists = value;
        let inner;
        if self.place.field == Some(Field::Standby)
            && let Some(raw) = value.get("standby")
            && let Some(pairs) = Pairs::read(raw)
        {
            self.wrapper = Some("standby");
            self.read_context(value);
            for (key, extra) in value.0.iter().filter(|(key, _)| !is_context(key) && key != "standby") {
                // Under `standby` one level up has no lists of its own.
                self.extra(key, extra);
            }
            inner = pairs;
            lists = &inner;
        } else {
            self.read_context(value);
        }
        if let Some(contacts) = lists.get("contacts").and_then(Contacts::read) {
            self.contacts = contacts;
        }
        for (key, raw) in &lists.0 {
            match (Part::from_key(key), json::elements(raw)) {
                _ if is_context(key) => {}
                _ if key == "contacts" && (!self.contacts.is_empty() || raw.get() == "[]") => {}
                (Some(part), Some(elements)) => {
                    self.found = true;
                    for element in elements {
                        self.element(part, key, element);
                    }
                }
                (Some(_), None) => self.push(
                    Reading::not_understood(NotUnderstoodKind::WrongShape),
                    None,
                    key,
                    json::canonical(raw),
                    raw,
                ),
                (None, _) => self.extra(key, raw),
            }
        }
    }

    fn read_context(&mut self, value: &Pairs<'a>) {
        let context = value.0.iter().filter(|(key, _)| is_context(key));
        self.context
            .extend(context.map(|(key, raw)| (key.clone(), json::canonical(raw))));
    }

    fn extra(&mut self, key: &str, raw: &'a RawValue) {
        self.push(
            Reading::not_understood(NotUnderstoodKind::ExtraPart),
            None,
            key,
            json::canonical(raw),
            raw,
        );
    }

    fn push(&mut self, reading: Reading, contact: Option<usize>, key: &str, value: String, element: &'a RawValue) {
        self.found = true;
        self.drafts.push(Draft {
            reading,
            contact,
            key: key.to_owned(),
            value,
            element,
        });
    }

    fn element(&mut self, part: Part, key: &str, raw: &'a RawValue) {
        if part == Part::History {
            return self.history_chunk(key, raw);
        }
        let list = json::array_of(&[json::canonical(raw)]);
        match readable(raw) {
            Err(why) => self.push(Reading::not_understood(why), None, key, list, raw),
            Ok(element) => {
                let (contact, standing) = self.standing(&element);
                self.push(reading::read(part, &element, standing), contact, key, list, raw);
            }
        }
    }

    fn standing(&self, element: &Value) -> (Option<usize>, Standing<'_>) {
        let contact = self.contacts.of(element);
        let standing = Standing {
            field: self.place.field.unwrap_or(Field::Unknown),
            own_number: self.place.display_phone_number.as_deref(),
            contact: contact.map(|index| self.contacts.value(index)),
        };
        (contact, standing)
    }

    /// A part of the history: threads of messages, or errors.
    fn history_chunk(&mut self, key: &str, raw: &'a RawValue) {
        let before = self.drafts.len();
        let Some(chunk) = Pairs::read(raw).filter(|_| !json::too_deep(raw)) else {
            let why = if json::too_deep(raw) {
                NotUnderstoodKind::TooDeep
            } else {
                NotUnderstoodKind::WrongShape
            };
            return self.push(
                Reading::not_understood(why),
                None,
                key,
                json::array_of(&[json::canonical(raw)]),
                raw,
            );
        };
        let metadata = chunk.get("metadata");
        let part = HistoryPart::read(metadata.and_then(json::value).as_ref());
        let list_of = |inner: &str, value: String| {
            let mut pairs = vec![(inner, value)];
            pairs.extend(metadata.map(|metadata| ("metadata", json::canonical(metadata))));
            json::array_of(&[json::object_of(pairs)])
        };
        for (inner, value) in &chunk.0 {
            match (inner.as_str(), json::elements(value)) {
                ("metadata", _) => {}
                ("threads", Some(threads)) => {
                    for thread in threads {
                        self.history_thread(key, thread, part, &|thread| {
                            list_of("threads", json::array_of(&[thread]))
                        });
                    }
                }
                ("errors", Some(errors)) if !errors.is_empty() => {
                    let faults = errors
                        .iter()
                        .filter_map(|error| Fault::read(&json::value(error)?))
                        .collect();
                    let reading = Reading {
                        kind: ItemKind::History(HistoryKind::Refused),
                        item: Item::HistoryRefused(faults),
                        key: None,
                    };
                    self.push(reading, None, key, list_of("errors", json::canonical(value)), value);
                }
                ("errors", Some(_)) => {}
                ("threads" | "errors", None) => {
                    let reading = Reading::not_understood(NotUnderstoodKind::WrongShape);
                    self.push(reading, None, key, list_of(inner, json::canonical(value)), value);
                }
                _ => {
                    let reading = Reading::not_understood(NotUnderstoodKind::ExtraPart);
                    self.push(reading, None, key, list_of(inner, json::canonical(value)), value);
                }
            }
        }
        if self.drafts.len() == before {
            let reading = Reading {
                kind: ItemKind::History(HistoryKind::Progress),
                item: Item::HistoryProgress(part),
                key: None,
            };
            self.push(reading, None, key, json::array_of(&[json::canonical(raw)]), raw);
        }
    }

    fn history_thread(&mut self, key: &str, raw: &'a RawValue, part: HistoryPart, chunk_of: &dyn Fn(String) -> String) {
        let pairs = Pairs::read(raw);
        let messages = pairs
            .as_ref()
            .and_then(|thread| thread.get("messages"))
            .and_then(json::elements);
        let (Some(pairs), Some(messages)) = (pairs, messages) else {
            let reading = Reading::not_understood(NotUnderstoodKind::WrongShape);
            return self.push(reading, None, key, chunk_of(json::canonical(raw)), raw);
        };
        let about: Vec<(&str, String)> = pairs
            .0
            .iter()
            .filter(|(name, _)| name != "messages")
            .map(|(name, raw)| (name.as_str(), json::canonical(raw)))
            .collect();
        let thread = Value::Object(
            pairs
                .0
                .iter()
                .filter(|(name, _)| name != "messages")
                .filter_map(|(k, raw)| Some((k.clone(), json::value(raw)?)))
                .collect(),
        );
        for message in messages {
            let mut only = about.clone();
            only.push(("messages", json::array_of(&[json::canonical(message)])));
            let list = chunk_of(json::object_of(only));
            let (contact, reading) = match readable(message) {
                Err(why) => (None, Reading::not_understood(why)),
                Ok(value) => {
                    let (contact, standing) = self.standing(&value);
                    let reading = reading::read_history(&value, standing, Some(&thread), part);
                    (
                        contact,
                        reading.unwrap_or_else(|| Reading::not_understood(NotUnderstoodKind::WrongShape)),
                    )
                }
            };
            self.push(reading, contact, key, list, message);
        }
    }

    /// The items; `None` if the value holds nothing that we know how to look for.
    fn finish(self) -> Option<Vec<WebhookItem>> {
        if !self.found || (self.drafts.is_empty() && !self.contacts.is_empty()) {
            return None;
        }
        let mut used: Vec<usize> = self.drafts.iter().filter_map(|draft| draft.contact).collect();
        used.sort_unstable();
        used.dedup();
        let mut left_over = self.contacts.unused(&used);
        let mut items = Vec::with_capacity(self.drafts.len());
        for draft in self.drafts {
            let kept = draft.contact.into_iter().chain(std::mem::take(&mut left_over));
            let mut pairs = vec![(draft.key.as_str(), draft.value)];
            pairs.extend(self.contacts.list(kept).map(|list| ("contacts", list)));
            let context = self.context.iter().map(|(key, value)| (key.as_str(), value.clone()));
            let value = match self.wrapper {
                Some(wrapper) => json::object_of(context.chain([(wrapper, json::object_of(pairs))])),
                None => json::object_of(context.chain(pairs)),
            };
            let change = json::object_of([("field", json::text_of(&self.place.field_name)), ("value", value)]);
            let raw = self.entry.wrap("changes", json::array_of(&[change]));
            items.push(finish(draft.reading, raw, self.place, &draft.key, draft.element));
        }
        Some(items)
    }
}

/// The typed value of an element that is an object.
fn readable(raw: &RawValue) -> Result<Value, NotUnderstoodKind> {
    if json::too_deep(raw) {
        return Err(NotUnderstoodKind::TooDeep);
    }
    let value = json::value(raw).ok_or(NotUnderstoodKind::Unreadable)?;
    if value.is_object() {
        Ok(value)
    } else {
        Err(NotUnderstoodKind::WrongShape)
    }
}

fn finish(reading: Reading, raw: Vec<u8>, place: &Place, part: &str, element: &RawValue) -> WebhookItem {
    let number = place.phone_number_id.as_deref().unwrap_or_default();
    let dedupe = match &reading.key {
        Some(key) => {
            let parts = key.parts.iter().map(String::as_str);
            dedupe::text(&[key.family, number].into_iter().chain(parts).collect::<Vec<_>>())
        }
        None => dedupe::text(&[
            "item",
            place.waba_id.as_deref().unwrap_or_default(),
            place.time.as_deref().unwrap_or_default(),
            number,
            &place.field_name,
            part,
            &dedupe::fingerprint(json::canonical(element).as_bytes()),
        ]),
    };
    WebhookItem {
        kind: reading.kind,
        field: place.field,
        item: reading.item,
        raw,
        dedupe,
        phone_number_id: place.phone_number_id.clone(),
        display_phone_number: place.display_phone_number.clone(),
        waba_id: place.waba_id.clone(),
    }
}
