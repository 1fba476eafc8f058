//! A page of a list. The provider hands out a text by which to ask for the next one; it holds for a while only (131059).

use serde_json::Value;

use super::failure::RequestError;
use crate::webhook::item::shape;

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// What to ask for the next page with; `None` on the last.
    pub after: Option<String>,
}

impl<T> Page<T> {
    /// Reads `data` and `paging`. An entry without what it needs makes the whole page unreadable, lest a list be taken for whole.
    pub(super) fn read(answer: &Value, entry: impl Fn(&Value) -> Option<T>) -> Result<Self, RequestError> {
        let data = answer.get("data").and_then(Value::as_array);
        let items = data.and_then(|data| data.iter().map(entry).collect());
        Ok(Self {
            items: items.ok_or(RequestError::Unreadable)?,
            after: Self::after(answer),
        })
    }

    /// The cursor stands on every page; only the address of the next page says that there is one.
    pub(super) fn after(answer: &Value) -> Option<String> {
        let paging = shape::child(answer, "paging")?;
        paging.get("next")?;
        shape::some_text(shape::child(paging, "cursors")?, "after")
    }
}
