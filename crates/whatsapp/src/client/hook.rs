//! A hook of its own for an account or a number, before that of the app. The number's goes before the account's; both are for
//! messages only.
//!
//! Source: Meta, Override the callback URL, 2025-11.

use reqwest::Method;
use serde_json::{Value, json};

use super::Client;
use super::failure::RequestError;
use crate::webhook::VerifyToken;

/// A hook in place of the app's. The provider shakes hands with it before it takes it.
#[derive(Clone, Copy)]
pub struct OwnHook<'a> {
    /// Its address, 200 characters at most.
    pub url: &'a str,
    /// The token for its handshake.
    pub verify_token: &'a VerifyToken,
}

impl OwnHook<'_> {
    pub(super) fn to_json(self) -> Value {
        json!({ "override_callback_uri": self.url, "verify_token": self.verify_token.expose() })
    }
}

impl Client {
    /// Sets a hook of its own for a number; `None` takes it away.
    ///
    /// # Errors
    /// [`RequestError`], by what happened; refused when the hook does not answer the handshake.
    pub async fn set_number_hook(&self, phone_number_id: &str, hook: Option<OwnHook<'_>>) -> Result<(), RequestError> {
        let hook = hook.map_or_else(|| json!({ "override_callback_uri": "" }), OwnHook::to_json);
        let request = self.request(Method::POST, &[phone_number_id], &[]);
        self.succeed(request.json(&json!({ "webhook_configuration": hook })))
            .await
    }
}
