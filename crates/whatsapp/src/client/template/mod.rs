//! Templates at the provider: which there are, making, changing and deleting them. What they look like when they are sent is in
//! [`message`](crate::message).
//!
//! ```text
//! draft ─► limits ─► create ─► PENDING ─► (days) ─► APPROVED | REJECTED, with a reason ─► PAUSED, DISABLED by quality
//!                                          told by a webhook; asked for with `templates` and `template`
//! ```
//!
//! An approved template may be changed once a day and ten times in 30 days; its category stays. A deleted name stays taken for 30
//! days.
//!
//! Source: Meta, Business Management API, Message templates, v25.0.

mod code;
mod draft;
mod info;

use reqwest::Method;
use serde_json::{Value, json};

use super::failure::{ChangeError, RequestError};
use super::{Client, Page};
use crate::limits::{check_code_draft, check_draft};
use crate::redacted::redacted_debug;
use crate::webhook::item::shape;

pub use code::{CodeDelivery, CodeDraft};
pub use draft::{BodyText, Category, DraftButton, DraftHeader, Example, TemplateDraft, TemplateEdit};
pub use info::{TemplateInfo, TemplateQuery};

/// What became of a new template.
#[derive(Clone, PartialEq, Eq)]
pub struct CreatedTemplate {
    /// The provider's id.
    pub id: String,
    /// Such as `PENDING`.
    pub status: Option<String>,
    /// The category, which the provider may have chosen anew.
    pub category: Option<String>,
}

redacted_debug!(CreatedTemplate);

impl Client {
    /// Asks for templates of an account, a page at a time.
    ///
    /// # Errors
    /// [`RequestError`], by what happened.
    pub async fn templates(
        &self,
        waba_id: &str,
        query: &TemplateQuery<'_>,
    ) -> Result<Page<TemplateInfo>, RequestError> {
        let limit = query.limit.map(|limit| limit.to_string());
        let pairs: Vec<_> = [
            ("fields", Some(info::FIELDS)),
            ("name", query.name),
            ("language", query.language),
            ("status", query.status),
            ("category", query.category),
            ("limit", limit.as_deref()),
            ("after", query.after),
        ]
        .into_iter()
        .filter_map(|(key, value)| Some((key, value?)))
        .collect();
        let request = self.request(Method::GET, &[waba_id, "message_templates"], &pairs);
        Page::read(&self.answer(request).await?, TemplateInfo::read)
    }

    /// Asks for one template.
    ///
    /// # Errors
    /// [`RequestError`], by what happened.
    pub async fn template(&self, template_id: &str) -> Result<TemplateInfo, RequestError> {
        let request = self.request(Method::GET, &[template_id], &[("fields", info::FIELDS)]);
        TemplateInfo::read(&self.answer(request).await?).ok_or(RequestError::Unreadable)
    }

    /// Hands a template in for approval.
    ///
    /// # Errors
    /// [`ChangeError::Invalid`] before anything leaves; [`ChangeError::Request`] if the request failed.
    pub async fn create_template(&self, waba_id: &str, draft: &TemplateDraft) -> Result<CreatedTemplate, ChangeError> {
        check_draft(draft)?;
        Ok(self.hand_in(waba_id, draft.to_json()).await?)
    }

    /// Hands a template for one-time codes in for approval.
    ///
    /// # Errors
    /// [`ChangeError::Invalid`] before anything leaves; [`ChangeError::Request`] if the request failed.
    pub async fn create_code_template(&self, waba_id: &str, draft: &CodeDraft) -> Result<CreatedTemplate, ChangeError> {
        check_code_draft(draft)?;
        Ok(self.hand_in(waba_id, draft.to_json()).await?)
    }

    async fn hand_in(&self, waba_id: &str, draft: Value) -> Result<CreatedTemplate, RequestError> {
        let request = self.request(Method::POST, &[waba_id, "message_templates"], &[]);
        let answer = self.answer(request.json(&draft)).await?;
        Ok(CreatedTemplate {
            id: shape::some_text(&answer, "id").ok_or(RequestError::Unreadable)?,
            status: shape::some_text(&answer, "status"),
            category: shape::some_text(&answer, "category"),
        })
    }

    /// Changes a template and hands it in again.
    ///
    /// # Errors
    /// [`ChangeError::Invalid`] before anything leaves; [`ChangeError::Request`] if the request failed.
    pub async fn edit_template(&self, template_id: &str, edit: &TemplateEdit<'_>) -> Result<(), ChangeError> {
        if let Some(draft) = edit.parts {
            check_draft(draft)?;
        }
        let request = self.request(Method::POST, &[template_id], &[]);
        Ok(self.succeed(request.json(&edit.to_json())).await?)
    }

    /// Deletes a template in all its languages.
    ///
    /// # Errors
    /// [`RequestError`], by what happened.
    pub async fn delete_template(&self, waba_id: &str, name: &str) -> Result<(), RequestError> {
        let path = [waba_id, "message_templates"];
        self.succeed(self.request(Method::DELETE, &path, &[("name", name)]))
            .await
    }

    /// Deletes a template in one language, by name and id.
    ///
    /// # Errors
    /// [`RequestError`], by what happened.
    pub async fn delete_template_language(
        &self,
        waba_id: &str,
        name: &str,
        template_id: &str,
    ) -> Result<(), RequestError> {
        let query = [("hsm_id", template_id), ("name", name)];
        let request = self.request(Method::DELETE, &[waba_id, "message_templates"], &query);
        self.succeed(request).await
    }
}

/// The form that all drafts share.
fn whole(name: &str, language: &str, category: &str, components: Value, seconds: Option<i32>) -> Value {
    let mut draft = json!({ "name": name, "language": language, "category": category, "components": components });
    if let Some(seconds) = seconds {
        draft["message_send_ttl_seconds"] = json!(seconds);
    }
    draft
}
