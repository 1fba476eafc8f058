//! Whether what happens in an account is told to our app. Without this nothing ever comes in, and nothing says so.
//!
//! Source: Meta, `subscribed_apps`, 2025-11.

use reqwest::Method;
use serde_json::Value;

use super::failure::RequestError;
use super::{Client, OwnHook, Page};
use crate::redacted::redacted_debug;
use crate::webhook::item::shape;

/// An app that is told what happens in an account.
#[derive(Clone, PartialEq, Eq)]
pub struct SubscribedApp {
    /// The provider's id of the app.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// Its hook of its own for this account, if it has one.
    pub own_hook: Option<String>,
}

redacted_debug!(SubscribedApp);

impl Client {
    /// Asks which apps are told. More than one means that somebody else reads along.
    ///
    /// # Errors
    /// [`RequestError`], by what happened.
    pub async fn subscribed_apps(&self, waba_id: &str) -> Result<Vec<SubscribedApp>, RequestError> {
        let request = self.request(Method::GET, &[waba_id, "subscribed_apps"], &[]);
        let page = Page::read(&self.answer(request).await?, |entry: &Value| {
            let app = shape::child(entry, "whatsapp_business_api_data")?;
            Some(SubscribedApp {
                id: shape::some_text(app, "id")?,
                name: shape::some_text(app, "name"),
                own_hook: shape::some_text(entry, "override_callback_uri"),
            })
        })?;
        Ok(page.items)
    }

    /// Has our app told, at a hook of its own for this account or else at that of the app. Asking again does no harm, and without
    /// a hook takes the own one away.
    ///
    /// # Errors
    /// [`RequestError`], by what happened; refused when the hook does not answer the handshake.
    pub async fn subscribe(&self, waba_id: &str, hook: Option<OwnHook<'_>>) -> Result<(), RequestError> {
        let request = self.request(Method::POST, &[waba_id, "subscribed_apps"], &[]);
        self.succeed(match hook {
            Some(hook) => request.json(&hook.to_json()),
            None => request,
        })
        .await
    }

    /// Has our app told no longer.
    ///
    /// # Errors
    /// [`RequestError`], by what happened.
    pub async fn unsubscribe(&self, waba_id: &str) -> Result<(), RequestError> {
        self.succeed(self.request(Method::DELETE, &[waba_id, "subscribed_apps"], &[]))
            .await
    }
}
