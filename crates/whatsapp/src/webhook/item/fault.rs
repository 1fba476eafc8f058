//! An error as the provider reports it in a post: on a message, a status, a call, a history part or on its own.
//!
//! The texts are the provider's and may quote what people wrote: they are kept for details, never logged. Decide on `code`.

use serde_json::Value;

use super::shape;

/// One reported error.
#[derive(Clone, PartialEq, Eq)]
pub struct Fault {
    /// The number of the error; see [`crate::error`].
    pub code: Option<i64>,
    /// A short title.
    pub title: Option<String>,
    /// The message, often the same as the title.
    pub message: Option<String>,
    /// What exactly was wrong.
    pub details: Option<String>,
}

impl std::fmt::Debug for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fault")
            .field("code", &self.code)
            .finish_non_exhaustive()
    }
}

impl Fault {
    pub(crate) fn read(value: &Value) -> Option<Self> {
        value.is_object().then(|| Self {
            code: shape::whole(value, "code"),
            title: shape::some_text(value, "title"),
            message: shape::some_text(value, "message"),
            // The older shape has the details beside the code.
            details: shape::child(value, "error_data")
                .and_then(|data| shape::some_text(data, "details"))
                .or_else(|| shape::some_text(value, "details")),
        })
    }

    /// The errors in the list `errors` of an item.
    pub(crate) fn list(value: &Value) -> Vec<Self> {
        shape::list(value, "errors").iter().filter_map(Self::read).collect()
    }
}
