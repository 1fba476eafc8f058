//! Where an item belongs, and how it is kept: as a post that holds only this item.

use serde_json::Value;
use serde_json::value::RawValue;

use super::dedupe;
use super::fields::Field;
use super::item::{Item, WebhookItem, shape};
use super::json::{self, Pairs};
use super::kind::NotUnderstoodKind;
use super::reading::{ECHO, HISTORY, Key, MESSAGE, Reading};

/// What a post about accounts calls itself.
pub(crate) const ACCOUNT_OBJECT: &str = "whatsapp_business_account";

/// The account that changes belong to.
#[derive(Default)]
pub(crate) struct Entry<'a> {
    id: Option<&'a RawValue>,
    time: Option<&'a RawValue>,
    /// Both in canonical form, as each item carries them.
    carried: Vec<(&'static str, String)>,
    /// A post can hold parts outside of any entry.
    present: bool,
}

impl<'a> Entry<'a> {
    pub(crate) fn of(pairs: &Pairs<'a>) -> Self {
        let [id, time] = ["id", "time"].map(|key| pairs.get(key));
        let carried = [("id", id), ("time", time)].into_iter();
        Self {
            id,
            time,
            carried: carried
                .filter_map(|(key, raw)| Some((key, json::canonical(raw?))))
                .collect(),
            present: true,
        }
    }

    /// How many bytes of it each of its items carries.
    pub(crate) fn weight(&self) -> usize {
        self.carried.iter().map(|(_, value)| value.len()).sum()
    }

    /// A post that holds only this property of this entry.
    fn wrap(&self, key: &str, value: String) -> Vec<u8> {
        if !self.present {
            return json::object_of([("object", json::text_of(ACCOUNT_OBJECT)), (key, value)]).into_bytes();
        }
        let mut pairs = vec![(key, value)];
        pairs.extend(self.carried.iter().cloned());
        post_of(&json::object_of(pairs))
    }

    /// A post that holds only this change, given in canonical form.
    pub(crate) fn wrap_change(&self, change: String) -> Vec<u8> {
        self.wrap("changes", json::array_of(&[change]))
    }

    /// The place of items of this entry, as far as known yet.
    pub(crate) fn place(&self) -> Place {
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

    /// An item for a key that stands beside the known ones, or that has another form than it should.
    pub(crate) fn beside(&self, why: NotUnderstoodKind, key: &str, raw: &RawValue) -> WebhookItem {
        self.place().item(
            Reading::not_understood(why),
            self.wrap(key, json::canonical(raw)),
            key,
            raw,
        )
    }
}

/// A post that holds only this entry, given in canonical form.
pub(crate) fn post_of(entry: &str) -> Vec<u8> {
    let entries = json::array_of(&[entry.to_owned()]);
    json::object_of([("entry", entries), ("object", json::text_of(ACCOUNT_OBJECT))]).into_bytes()
}

/// Where an item belongs.
#[derive(Default)]
pub(crate) struct Place {
    waba_id: Option<String>,
    time: Option<String>,
    pub(crate) field: Option<Field>,
    field_name: String,
    phone_number_id: Option<String>,
    pub(crate) display_phone_number: Option<String>,
}

impl Place {
    /// When the provider reported the entry, unix microseconds.
    pub(crate) fn reported_at(&self) -> Option<i64> {
        let time = self.time.as_ref()?;
        shape::instant(&serde_json::json!({ "time": time }), "time")
    }

    /// How many bytes of it each of its items carries.
    pub(crate) fn weight(&self) -> usize {
        self.field_name.len()
    }

    /// Names the field.
    pub(crate) fn name_field(&mut self, name: String) {
        self.field = Some(Field::from_name(&name));
        self.field_name = name;
    }

    /// Finds the number that a value is about. Each item out of a list carries the metadata of its value and nothing else that could name one.
    pub(crate) fn find_number(&mut self, value: &Pairs<'_>) {
        let object = |key| value.get(key).and_then(json::value).filter(Value::is_object);
        let text_in = |object: &Option<Value>, key| object.as_ref().and_then(|object| shape::some_text(object, key));
        let metadata = object("metadata");
        self.phone_number_id = text_in(&metadata, "phone_number_id");
        self.display_phone_number = text_in(&metadata, "display_phone_number");
        if !self.field.is_some_and(Field::holds_lists) {
            let of_value = |known: Option<String>, key| known.or_else(|| value.text(key));
            self.phone_number_id = of_value(self.phone_number_id.take(), "phone_number_id")
                .or_else(|| text_in(&object("phone_number_settings"), "phone_number_id"));
            self.display_phone_number = of_value(self.display_phone_number.take(), "display_phone_number");
        }
    }

    /// A change of this field that holds only this property, in canonical form.
    pub(crate) fn change_with(&self, key: &str, value: String) -> String {
        json::object_of([("field", json::text_of(&self.field_name)), (key, value)])
    }

    /// The finished item. `raw` is how it is kept, `part` the list or property in which `element` stood.
    pub(crate) fn item(&self, reading: Reading, raw: Vec<u8>, part: &str, element: &RawValue) -> WebhookItem {
        let number = self.phone_number_id.as_deref().unwrap_or_default();
        let of_family = |family, key: &Key| {
            let parts = key.parts.iter().map(String::as_str);
            dedupe::text(&[family, number].into_iter().chain(parts).collect::<Vec<_>>())
        };
        let older = reading.key.as_ref().filter(|key| key.family == HISTORY);
        let live = match &reading.item {
            Item::History(message) if message.from_business => ECHO,
            _ => MESSAGE,
        };
        let repeats = older.map(|key| of_family(live, key));
        let dedupe = match &reading.key {
            Some(key) => of_family(key.family, key),
            None => dedupe::text(&[
                "item",
                self.waba_id.as_deref().unwrap_or_default(),
                self.time.as_deref().unwrap_or_default(),
                number,
                &self.field_name,
                part,
                &dedupe::fingerprint(json::canonical(element).as_bytes()),
            ]),
        };
        WebhookItem {
            kind: reading.kind,
            field: self.field,
            item: reading.item,
            raw,
            dedupe,
            repeats,
            phone_number_id: self.phone_number_id.clone(),
            display_phone_number: self.display_phone_number.clone(),
            waba_id: self.waba_id.clone(),
        }
    }
}
