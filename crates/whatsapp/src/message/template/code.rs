//! One-time codes: templates of the category authentication, whose words are the provider's own. The code stands twice in the
//! request, in the words and in the button; here it is given once.
//!
//! Source: Meta, Authentication templates, 2026; the sub type is `url` for copy-code, one-tap and zero-tap alike.

use serde_json::{Value, json};

use super::whole;
use crate::redacted::redacted_debug;

/// A one-time code in a template that was approved for it.
#[derive(Clone, PartialEq, Eq)]
pub struct OneTimeCode {
    /// Name of the template.
    pub template: String,
    /// Its language code, such as `en_GB`.
    pub language: String,
    /// The code, 15 characters at most.
    pub code: String,
}

redacted_debug!(OneTimeCode);

impl OneTimeCode {
    pub(in crate::message) fn to_json(&self) -> Value {
        let code = json!([{ "type": "text", "text": self.code }]);
        whole(
            &self.template,
            &self.language,
            vec![
                json!({ "type": "body", "parameters": code }),
                json!({ "type": "button", "sub_type": "url", "index": "0", "parameters": code }),
            ],
        )
    }
}
