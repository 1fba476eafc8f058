//! From one value with lists (`messages`, `statuses`, `history`, …) to its items.
//!
//! Each element becomes one item that carries the context of its value and its own entry of `contacts`. Keys that are
//! neither lists nor context become items of their own.

use serde_json::Value;
use serde_json::value::RawValue;

use super::contacts::Contacts;
use super::envelope::MOST_BYTES;
use super::fields::{Field, Part, is_context};
use super::item::{Fault, HistoryPart, Item, WebhookItem};
use super::json::{self, Pairs};
use super::kind::{HistoryKind, ItemKind, NotUnderstoodKind};
use super::place::{Entry, Place};
use super::reading::{self, Reading, Standing};

/// The key under which the lists of its field stand.
pub(crate) const STANDBY: &str = "standby";

/// The items found in the lists of one value, before it is known which entries of `contacts` are left over.
pub(crate) struct Lists<'a> {
    entry: &'a Entry<'a>,
    place: &'a Place,
    /// The key under which the lists stand one level deeper.
    wrapper: Option<&'static str>,
    context: Vec<(String, String)>,
    contacts: Contacts,
    drafts: Vec<Draft<'a>>,
    found: bool,
    /// What the items carry of their surroundings, all together.
    weight: usize,
}

struct Draft<'a> {
    reading: Reading,
    contact: Option<usize>,
    key: String,
    /// The list or property that holds only this item, in canonical form.
    value: String,
    element: &'a RawValue,
    /// It stands beside the wrapper, not in it.
    outside: bool,
}

impl<'a> Lists<'a> {
    pub(crate) fn new(entry: &'a Entry<'a>, place: &'a Place) -> Self {
        let (context, contacts, drafts) = Default::default();
        Self {
            entry,
            place,
            wrapper: None,
            context,
            contacts,
            drafts,
            found: false,
            weight: 0,
        }
    }

    /// Reads every list of the value.
    pub(crate) fn read(&mut self, value: &Pairs<'a>) {
        let mut lists = value;
        let inner;
        if self.place.field == Some(Field::Standby)
            && let Some(raw) = value.get(STANDBY)
            && let Some(pairs) = Pairs::read(raw)
        {
            self.wrapper = Some(STANDBY);
            self.read_context(value);
            for (key, extra) in value.0.iter().filter(|(key, _)| !is_context(key) && key != STANDBY) {
                // Under `standby` one level up has no lists of its own.
                self.extra(key, extra);
                if let Some(draft) = self.drafts.last_mut() {
                    draft.outside = true;
                }
            }
            inner = pairs;
            lists = &inner;
        } else {
            self.read_context(value);
        }
        let contacts = lists.0.iter().filter(|(key, _)| key == "contacts");
        for list in contacts.filter_map(|(_, raw)| json::elements(raw)) {
            self.contacts.add(list);
        }
        for (key, raw) in &lists.0 {
            match (Part::from_key(key), json::elements(raw)) {
                _ if is_context(key) => {}
                (_, Some(_)) if key == "contacts" => {}
                // `null` says that there is no such list.
                (Some(_), None) if raw.get() == "null" => self.found = true,
                (Some(part), Some(elements)) => {
                    self.found = true;
                    if !self.bears(elements.len(), self.contacts.largest()) {
                        return;
                    }
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

    /// Whether so many more items can each carry their surroundings and `each` bytes more. Asked before they are made.
    fn bears(&mut self, items: usize, each: usize) -> bool {
        let context: usize = self.context.iter().map(|(key, value)| key.len() + value.len()).sum();
        let surroundings = context + self.entry.weight() + self.place.weight() + each;
        self.weight = self.weight.saturating_add(items.saturating_mul(surroundings));
        self.weight <= MOST_BYTES
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
            outside: false,
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
        let chunk = Pairs::read_with_one(raw, &["metadata"]).filter(|_| !json::too_deep(raw));
        let Some(chunk) = chunk else {
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
        let metadata = metadata.map(json::canonical);
        let about_chunk = metadata.as_ref().map_or(0, String::len);
        if !self.bears(chunk.0.len(), about_chunk) {
            return;
        }
        let list_of = |inner: &str, value: String| {
            let mut pairs = vec![(inner, value)];
            pairs.extend(metadata.clone().map(|metadata| ("metadata", metadata)));
            json::array_of(&[json::object_of(pairs)])
        };
        for (inner, value) in &chunk.0 {
            match (inner.as_str(), json::elements(value)) {
                ("metadata", _) => {}
                ("threads", Some(threads)) => {
                    for thread in threads {
                        if !self.bears(1, about_chunk) {
                            return;
                        }
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
            self.push(progress(part), None, key, json::array_of(&[json::canonical(raw)]), raw);
        }
    }

    fn history_thread(&mut self, key: &str, raw: &'a RawValue, part: HistoryPart, chunk_of: &dyn Fn(String) -> String) {
        let pairs = Pairs::read_with_one(raw, &["messages"]);
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
        let about_thread: usize = about.iter().map(|(key, value)| key.len() + value.len()).sum();
        let about_chunk = chunk_of(String::new()).len();
        if !self.bears(messages.len(), about_thread + about_chunk + self.contacts.largest()) {
            return;
        }
        if messages.is_empty() {
            // It says that there is nothing, perhaps beside threads that hold something.
            return self.push(progress(part), None, key, chunk_of(json::canonical(raw)), raw);
        }
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

    /// The items.
    ///
    /// # Errors
    /// Why the value is to be kept whole: it holds nothing that we know how to look for, or would grow too much.
    pub(crate) fn finish(self) -> Result<Vec<WebhookItem>, NotUnderstoodKind> {
        if self.weight > MOST_BYTES {
            return Err(NotUnderstoodKind::Unwieldy);
        }
        if !self.found || (self.drafts.is_empty() && !self.contacts.is_empty()) {
            return Err(NotUnderstoodKind::NoKnownPart);
        }
        let mut used: Vec<usize> = self.drafts.iter().filter_map(|draft| draft.contact).collect();
        used.sort_unstable();
        used.dedup();
        let mut left_over = self.contacts.unused(&used);
        let mut items = Vec::with_capacity(self.drafts.len());
        for draft in self.drafts {
            let kept = draft.contact.into_iter().chain(std::mem::take(&mut left_over));
            let mut pairs = Vec::from_iter(self.contacts.list(kept).map(|list| ("contacts", list)));
            let own = (draft.key.as_str(), draft.value);
            let context = self.context.iter().map(|(key, value)| (key.as_str(), value.clone()));
            let value = match self.wrapper {
                Some(wrapper) if draft.outside => {
                    json::object_of(context.chain([(wrapper, json::object_of(pairs)), own]))
                }
                Some(wrapper) => {
                    pairs.push(own);
                    json::object_of(context.chain([(wrapper, json::object_of(pairs))]))
                }
                None => {
                    pairs.push(own);
                    json::object_of(context.chain(pairs))
                }
            };
            let raw = self.entry.wrap_change(self.place.change_with("value", value));
            items.push(self.place.item(draft.reading, raw, &draft.key, draft.element));
        }
        Ok(items)
    }
}

/// A part of the history that only says how far it has come.
fn progress(part: HistoryPart) -> Reading {
    Reading {
        kind: ItemKind::History(HistoryKind::Progress),
        item: Item::HistoryProgress(part),
        key: None,
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
