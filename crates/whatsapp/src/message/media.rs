//! A file in a message, named by the id that uploading it gave. It never holds bytes and never a link.

use serde_json::{Map, Value, json};

use super::put;
use crate::redacted::redacted_debug;

/// An uploaded file and the words under it.
#[derive(Clone, PartialEq, Eq)]
pub struct MediaRef {
    /// The provider's id of the uploaded file.
    pub id: String,
    /// The words under it.
    pub caption: Option<String>,
}

redacted_debug!(MediaRef);

impl MediaRef {
    /// A file without words under it.
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            caption: None,
        }
    }

    pub(super) fn to_json(&self, filename: Option<&str>) -> Value {
        let mut file = Map::new();
        file.insert("id".to_owned(), json!(self.id));
        put(&mut file, "caption", self.caption.as_deref());
        put(&mut file, "filename", filename);
        Value::Object(file)
    }
}
