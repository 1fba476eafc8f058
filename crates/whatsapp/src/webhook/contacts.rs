//! Which entry of `contacts` belongs to which item.
//!
//! An entry belongs to an item that shares a phone number or user id with it. If the item names nobody and there is just
//! one entry, it is that one. An entry that contradicts the item is never used: two names are taken for one person only if
//! one payload joins them. Entries that belong to no item stay with the first one, so that nothing is lost.

use std::collections::HashMap;

use serde_json::Value;
use serde_json::value::RawValue;

use super::item::sender;
use super::{item::shape, json};

/// The list `contacts` of one value; all of them, if a broken writer put several there.
#[derive(Default)]
pub(crate) struct Contacts {
    entries: Vec<Entry>,
    by_name: HashMap<String, usize>,
}

struct Entry {
    canonical: String,
    value: Value,
}

impl Contacts {
    /// Adds a list.
    pub(crate) fn add(&mut self, list: Vec<&RawValue>) {
        for entry in list {
            let index = self.entries.len();
            let value = json::value(entry).unwrap_or(Value::Null);
            for name in ["wa_id", "user_id"]
                .iter()
                .filter_map(|key| shape::some_text(&value, key))
            {
                self.by_name.entry(name).or_insert(index);
            }
            self.entries.push(Entry {
                canonical: json::canonical(entry),
                value,
            });
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The place of the entry that belongs to an item.
    pub(crate) fn of(&self, item: &Value) -> Option<usize> {
        let mut named = false;
        for name in sender::names_in(item) {
            named = true;
            if let Some(index) = self.by_name.get(name) {
                return Some(*index);
            }
        }
        (!named && self.entries.len() == 1).then_some(0)
    }

    pub(crate) fn value(&self, index: usize) -> &Value {
        &self.entries[index].value
    }

    /// The canonical list of the entries at these places; `None` if there is none.
    pub(crate) fn list(&self, places: impl Iterator<Item = usize>) -> Option<String> {
        let texts: Vec<String> = places.map(|index| self.entries[index].canonical.clone()).collect();
        (!texts.is_empty()).then(|| json::array_of(&texts))
    }

    /// The size of the largest entry in bytes.
    pub(crate) fn largest(&self) -> usize {
        self.entries
            .iter()
            .map(|entry| entry.canonical.len())
            .max()
            .unwrap_or(0)
    }

    /// The places that are not in `used`, which is sorted.
    pub(crate) fn unused(&self, used: &[usize]) -> Vec<usize> {
        (0..self.entries.len())
            .filter(|index| used.binary_search(index).is_err())
            .collect()
    }
}
