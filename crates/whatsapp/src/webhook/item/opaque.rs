//! JSON that is carried along and not looked into.

use serde_json::Value;

use crate::redacted::redacted_debug;

/// JSON text from the provider, not read by us; it may hold content.
#[derive(Clone, PartialEq, Eq)]
pub struct Opaque(String);

redacted_debug!(Opaque);

impl Opaque {
    pub(crate) fn of(value: &Value) -> Self {
        Self(value.to_string())
    }

    /// The JSON text.
    pub fn as_json(&self) -> &str {
        &self.0
    }
}
