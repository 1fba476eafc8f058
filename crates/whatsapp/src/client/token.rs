//! What the provider says about an access token: whose it is, what it may do, and how long it holds.
//!
//! Source: Meta, Graph API, `debug_token`; Access tokens, 2026.

use reqwest::Method;

use super::failure::RequestError;
use super::{AccessToken, Client};
use crate::redacted::redacted_debug;
use crate::webhook::item::shape;

/// An access token, as the provider sees it.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenInfo {
    /// It can be used.
    pub valid: bool,
    /// The app that it belongs to.
    pub app_id: Option<String>,
    /// Such as `SYSTEM_USER` or `USER`.
    pub kind: Option<String>,
    /// Until when it holds, in unix microseconds; `None` when it does not expire.
    pub expires_at: Option<i64>,
    /// Until when it opens data, in unix microseconds; `None` when without end.
    pub data_access_expires_at: Option<i64>,
    /// What it may do, such as `whatsapp_business_messaging`.
    pub scopes: Vec<String>,
    /// What it may do to which assets.
    pub grants: Vec<Grant>,
}

/// A right and the assets for which it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The right.
    pub scope: String,
    /// The provider's ids of the assets; empty when for all of them.
    pub targets: Vec<String>,
}

redacted_debug!(TokenInfo);

impl Client {
    /// Asks about the client's own token.
    ///
    /// # Errors
    /// [`RequestError`], by what happened; a token that has expired may be refused instead of called invalid.
    pub async fn token_info(&self) -> Result<TokenInfo, RequestError> {
        let token = self.shared.token.token();
        self.token_info_of(&token).await
    }

    /// Asks about another token of the same app, such as one that is to take this one's place.
    ///
    /// # Errors
    /// [`RequestError`], by what happened.
    pub async fn token_info_of(&self, token: &AccessToken) -> Result<TokenInfo, RequestError> {
        let request = self.request(Method::GET, &["debug_token"], &[("input_token", token.expose())]);
        let answer = self.answer(request).await?;
        let about = shape::child(&answer, "data").ok_or(RequestError::Unreadable)?;
        let texts = |value: &serde_json::Value, key| -> Vec<String> {
            let all = shape::list(value, key).iter();
            all.filter_map(|text| text.as_str().map(str::to_owned)).collect()
        };
        if about.get("is_valid").is_none() {
            return Err(RequestError::Unreadable);
        }
        let grants = shape::list(about, "granular_scopes").iter().filter_map(|grant| {
            Some(Grant {
                scope: shape::some_text(grant, "scope")?,
                targets: texts(grant, "target_ids"),
            })
        });
        Ok(TokenInfo {
            valid: shape::flag(about, "is_valid"),
            app_id: shape::some_text(about, "app_id"),
            kind: shape::some_text(about, "type"),
            // 0 stands for never.
            expires_at: shape::instant(about, "expires_at"),
            data_access_expires_at: shape::instant(about, "data_access_expires_at"),
            scopes: texts(about, "scopes"),
            grants: grants.collect(),
        })
    }
}
