//! A place on earth, in a message of its own or above a template. It is a point that does not move: live locations cannot be sent.

use serde_json::{Value, json};

use super::put;
use crate::redacted::redacted_debug;

/// A place.
#[derive(Clone, PartialEq)]
pub struct Location {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// Its name.
    pub name: Option<String>,
    /// Its address.
    pub address: Option<String>,
}

redacted_debug!(Location);

impl Location {
    pub(super) fn to_json(&self) -> Value {
        let mut place = serde_json::Map::new();
        place.insert("latitude".to_owned(), json!(self.latitude));
        place.insert("longitude".to_owned(), json!(self.longitude));
        put(&mut place, "name", self.name.as_deref());
        put(&mut place, "address", self.address.as_deref());
        Value::Object(place)
    }
}
