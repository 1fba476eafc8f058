//! Templates for one-time codes. The words are the provider's own in every language; what can be chosen is in the type.
//!
//! Source: Meta, Authentication templates, 2026.

use serde_json::{Value, json};

use super::whole;
use crate::redacted::redacted_debug;

/// A template for one-time codes to hand in.
#[derive(Clone, PartialEq, Eq)]
pub struct CodeDraft {
    /// Its name: small letters, digits and `_`.
    pub name: String,
    /// Its language code, such as `en_GB`.
    pub language: String,
    /// Say that the code should not be passed on.
    pub warning: bool,
    /// Say for how many minutes the code holds, 1 to 90.
    pub minutes: Option<u8>,
    /// How the code gets from the chat into an app.
    pub delivery: CodeDelivery,
    /// For how many seconds the provider tries to deliver.
    pub seconds: Option<i32>,
}

/// How a code gets from the chat into an app.
#[derive(Clone, PartialEq, Eq)]
pub enum CodeDelivery {
    /// The person copies it.
    Copy,
    /// The person taps, and an app on Android gets it.
    OneTap {
        /// The app's name of its package.
        package: String,
        /// The app's hash of its signature.
        signature: String,
    },
    /// An app on Android gets it by itself. Whoever hands this in accepts the provider's terms for it.
    ZeroTap {
        /// The app's name of its package.
        package: String,
        /// The app's hash of its signature.
        signature: String,
    },
}

redacted_debug!(CodeDraft, CodeDelivery);

impl CodeDraft {
    pub(super) fn to_json(&self) -> Value {
        let apps = |package: &str, signature: &str| json!([{ "package_name": package, "signature_hash": signature }]);
        let button = match &self.delivery {
            CodeDelivery::Copy => json!({ "type": "OTP", "otp_type": "COPY_CODE" }),
            CodeDelivery::OneTap { package, signature } => {
                json!({ "type": "OTP", "otp_type": "ONE_TAP", "supported_apps": apps(package, signature) })
            }
            CodeDelivery::ZeroTap { package, signature } => json!({ "type": "OTP", "otp_type": "ZERO_TAP",
                "zero_tap_terms_accepted": true, "supported_apps": apps(package, signature) }),
        };
        let mut components = vec![json!({ "type": "BODY", "add_security_recommendation": self.warning })];
        if let Some(minutes) = self.minutes {
            components.push(json!({ "type": "FOOTER", "code_expiration_minutes": minutes }));
        }
        components.push(json!({ "type": "BUTTONS", "buttons": [button] }));
        whole(
            &self.name,
            &self.language,
            "AUTHENTICATION",
            Value::Array(components),
            self.seconds,
        )
    }
}
