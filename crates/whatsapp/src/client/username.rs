//! The user name of one of our numbers: by it people find us; it names nobody for certain.
//!
//! Source: Meta, Business usernames, 2026-06.

use reqwest::Method;
use serde_json::json;

use super::Client;
use super::failure::{ChangeError, RequestError};
use crate::limits::check_username;
use crate::redacted::redacted_debug;
use crate::webhook::item::shape;

/// The user name of a number.
#[derive(Clone, PartialEq, Eq)]
pub struct OwnUsername {
    /// The name; `None` when there is none.
    pub username: Option<String>,
    /// Such as `approved` or `reserved`.
    pub status: Option<String>,
}

redacted_debug!(OwnUsername);

impl Client {
    /// Asks for the user name of a number.
    ///
    /// # Errors
    /// [`RequestError`], by what happened.
    pub async fn username(&self, phone_number_id: &str) -> Result<OwnUsername, RequestError> {
        let answer = self
            .answer(self.request(Method::GET, &[phone_number_id, "username"], &[]))
            .await?;
        if !answer.is_object() {
            return Err(RequestError::Unreadable);
        }
        Ok(OwnUsername {
            username: shape::some_text(&answer, "username"),
            status: shape::some_text(&answer, "status"),
        })
    }

    /// Claims a user name; `take_over` takes it from another number of the same business.
    ///
    /// # Errors
    /// [`ChangeError::Invalid`] before anything leaves; [`ChangeError::Request`] if the request failed, where 147001 to 147005
    /// say why a name is not to be had.
    pub async fn set_username(
        &self,
        phone_number_id: &str,
        username: &str,
        take_over: bool,
    ) -> Result<(), ChangeError> {
        check_username(username)?;
        let transfer = if take_over { "force_transfer" } else { "none" };
        let request = self.request(Method::POST, &[phone_number_id, "username"], &[]);
        let body = json!({ "username": username, "transfer_action": transfer });
        Ok(self.succeed(request.json(&body)).await?)
    }

    /// Gives the user name up.
    ///
    /// # Errors
    /// [`RequestError`], by what happened.
    pub async fn delete_username(&self, phone_number_id: &str) -> Result<(), RequestError> {
        self.succeed(self.request(Method::DELETE, &[phone_number_id, "username"], &[]))
            .await
    }

    /// Asks which user names are set aside for us.
    ///
    /// # Errors
    /// [`RequestError`], by what happened.
    pub async fn username_suggestions(&self, phone_number_id: &str) -> Result<Vec<String>, RequestError> {
        let request = self.request(Method::GET, &[phone_number_id, "username_suggestions"], &[]);
        let answer = self.answer(request).await?;
        let data = answer.get("data").and_then(serde_json::Value::as_array);
        let all = data.ok_or(RequestError::Unreadable)?.iter();
        Ok(all
            .flat_map(|entry| shape::list(entry, "username_suggestions"))
            .filter_map(|name| name.as_str().map(str::to_owned))
            .collect())
    }
}
