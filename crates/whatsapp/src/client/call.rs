//! Whether a person may be called. The permission is given in the chat, to an answer of [`CallPermission`](crate::message::CallPermission).
//!
//! Source: Meta, Calling, User call permissions, 2026-06.

use reqwest::Method;
use serde_json::Value;

use super::Client;
use super::failure::RequestError;
use super::person::Person;
use crate::webhook::item::shape;

/// What a person allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallPermissionState {
    /// `no_permission`, `temporary` or `permanent`.
    pub status: String,
    /// Until when, in unix microseconds; `None` without end.
    pub expires_at: Option<i64>,
    /// A call may be begun now.
    pub may_call: bool,
    /// The permission may be asked for now.
    pub may_ask: bool,
}

impl Client {
    /// Asks whether a person may be called.
    ///
    /// # Errors
    /// [`RequestError`], by what happened; 138013 after too many questions.
    pub async fn call_permission(
        &self,
        phone_number_id: &str,
        person: &Person,
    ) -> Result<CallPermissionState, RequestError> {
        let query = match person {
            Person::Phone(phone) => ("user_wa_id", phone.digits()),
            Person::UserId(user_id) => ("recipient", user_id.as_str()),
        };
        let request = self.request(Method::GET, &[phone_number_id, "call_permissions"], &[query]);
        let answer = self.answer(request).await?;
        let permission = shape::child(&answer, "permission").ok_or(RequestError::Unreadable)?;
        let may = |name| {
            let action = |action: &&Value| shape::str_of(action, "action_name") == Some(name);
            let found = shape::list(&answer, "actions").iter().find(action);
            found.is_some_and(|action| shape::flag(action, "can_perform_action"))
        };
        Ok(CallPermissionState {
            may_call: may("start_call"),
            may_ask: may("send_call_permission_request"),
            status: shape::some_text(permission, "status").ok_or(RequestError::Unreadable)?,
            expires_at: shape::instant(permission, "expiration_time"),
        })
    }
}
