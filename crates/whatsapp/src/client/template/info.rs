//! A template as the provider has it: its words, how far its approval is, and how people take it.

use serde_json::Value;

use crate::redacted::redacted_debug;
use crate::webhook::item::shape;

pub(super) const FIELDS: &str = "id,name,language,category,previous_category,status,rejected_reason,quality_score,\
                                 parameter_format,message_send_ttl_seconds,components";

/// Which templates to list.
#[derive(Debug, Clone, Copy, Default)]
pub struct TemplateQuery<'a> {
    /// With this name.
    pub name: Option<&'a str>,
    /// In this language.
    pub language: Option<&'a str>,
    /// With this status, such as `APPROVED`.
    pub status: Option<&'a str>,
    /// Of this category, such as `UTILITY`.
    pub category: Option<&'a str>,
    /// So many on a page.
    pub limit: Option<u16>,
    /// From here on.
    pub after: Option<&'a str>,
}

/// A template as the provider has it.
#[derive(Clone, PartialEq)]
pub struct TemplateInfo {
    /// The provider's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its language code.
    pub language: String,
    /// Such as `UTILITY`; the provider may have chosen it anew.
    pub category: Option<String>,
    /// What it was before that.
    pub previous_category: Option<String>,
    /// Such as `APPROVED`, `PENDING`, `REJECTED` or `PAUSED`.
    pub status: Option<String>,
    /// Why it was rejected, such as `INVALID_FORMAT`.
    pub rejected_reason: Option<String>,
    /// `GREEN`, `YELLOW`, `RED` or `UNKNOWN`.
    pub quality: Option<String>,
    /// Its places have names.
    pub named: bool,
    /// For how many seconds the provider tries to deliver.
    pub seconds: Option<i64>,
    /// Its parts, as the provider writes them.
    pub components: Vec<Value>,
}

redacted_debug!(TemplateInfo);

impl TemplateInfo {
    pub(super) fn read(answer: &Value) -> Option<Self> {
        let text = |key| shape::some_text(answer, key);
        Some(Self {
            id: text("id")?,
            name: text("name")?,
            language: text("language")?,
            category: text("category"),
            previous_category: text("previous_category"),
            status: text("status"),
            rejected_reason: text("rejected_reason").filter(|reason| reason != "NONE"),
            quality: shape::child(answer, "quality_score").and_then(|quality| shape::some_text(quality, "score")),
            named: text("parameter_format").is_some_and(|format| format.eq_ignore_ascii_case("named")),
            seconds: shape::whole(answer, "message_send_ttl_seconds"),
            components: shape::list(answer, "components").to_vec(),
        })
    }

    /// The words above, with their place.
    pub fn header(&self) -> Option<&str> {
        self.text("HEADER")
    }

    /// The words, with their places.
    pub fn body(&self) -> Option<&str> {
        self.text("BODY")
    }

    /// The small words below.
    pub fn footer(&self) -> Option<&str> {
        self.text("FOOTER")
    }

    /// The buttons, as the provider writes them.
    pub fn buttons(&self) -> &[Value] {
        self.part("BUTTONS").map_or(&[], |part| shape::list(part, "buttons"))
    }

    fn text(&self, kind: &str) -> Option<&str> {
        shape::str_of(self.part(kind)?, "text")
    }

    fn part(&self, kind: &str) -> Option<&Value> {
        self.components
            .iter()
            .find(|part| shape::str_of(part, "type").is_some_and(|found| found.eq_ignore_ascii_case(kind)))
    }
}
