//! Groups of one of our numbers and up to eight people, who come in by a link only.
//!
//! ```text
//! create ─► request id ─► (webhook) group id, link ─► send the link ─► people join, or ask to ─► approve | reject
//! ```
//!
//! Making, changing and deleting are done later; the outcome comes as a webhook item with the same request id.
//!
//! Source: Meta, Groups, Group management, 2025-11, 2026-02.

use reqwest::Method;
use serde_json::{Map, Value, json};

use super::failure::{ChangeError, RequestError};
use super::person::{NamedPerson, Person};
use super::{Client, Page};
use crate::limits::{check_group, check_participants};
use crate::redacted::redacted_debug;
use crate::webhook::item::shape;

/// A group to make.
#[derive(Clone, Copy)]
pub struct NewGroup<'a> {
    /// What it is called, 128 characters at most.
    pub subject: &'a str,
    /// What it is for, 2,048 characters at most.
    pub description: Option<&'a str>,
    /// Whoever has the link must be let in.
    pub approval: bool,
}

/// A group in a list.
#[derive(Clone, PartialEq, Eq)]
pub struct GroupEntry {
    /// The provider's id.
    pub id: String,
    /// What it is called.
    pub subject: Option<String>,
    /// When it was made, in unix microseconds.
    pub created_at: Option<i64>,
}

/// A group.
#[derive(Clone, PartialEq, Eq)]
pub struct GroupInfo {
    /// The provider's id.
    pub id: String,
    /// What it is called.
    pub subject: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// It is suspended: nothing can be sent to it.
    pub suspended: bool,
    /// Whoever has the link must be let in.
    pub approval: bool,
    /// When it was made, in unix microseconds.
    pub created_at: Option<i64>,
    /// Who is in it, besides us.
    pub participants: Vec<NamedPerson>,
    /// How many they are, by the provider's count.
    pub count: Option<i64>,
}

/// Somebody who asks to be let in.
#[derive(Clone, PartialEq, Eq)]
pub struct JoinRequest {
    /// The provider's id of the request.
    pub id: String,
    /// Who asks.
    pub person: Option<NamedPerson>,
    /// When they asked, in unix microseconds.
    pub at: Option<i64>,
}

redacted_debug!(GroupEntry, GroupInfo, JoinRequest);

const FIELDS: &str = "subject,description,suspended,creation_timestamp,participants,total_participant_count,\
                      join_approval_mode";

impl Client {
    /// Has a group made; gives the id of the request.
    ///
    /// # Errors
    /// [`ChangeError::Invalid`] before anything leaves; [`ChangeError::Request`] if the request failed.
    pub async fn create_group(&self, phone_number_id: &str, group: &NewGroup<'_>) -> Result<String, ChangeError> {
        check_group(Some(group.subject), group.description)?;
        let mode = if group.approval {
            "approval_required"
        } else {
            "auto_approve"
        };
        let mut body = json!({ "messaging_product": "whatsapp", "subject": group.subject, "join_approval_mode": mode });
        if let Some(description) = group.description {
            body["description"] = json!(description);
        }
        let request = self.request(Method::POST, &[phone_number_id, "groups"], &[]);
        let answer = self.answer(request.json(&body)).await?;
        Ok(shape::some_text(&answer, "request_id").ok_or(RequestError::Unreadable)?)
    }

    /// Asks which groups a number has, a page at a time.
    ///
    /// # Errors
    /// [`RequestError`], by what happened.
    pub async fn groups(&self, phone_number_id: &str, after: Option<&str>) -> Result<Page<GroupEntry>, RequestError> {
        let query: Vec<_> = after.map(|after| ("after", after)).into_iter().collect();
        let request = self.request(Method::GET, &[phone_number_id, "groups"], &query);
        let answer = self.answer(request).await?;
        // The provider's page shows the list below `groups`; libraries have met it without.
        let data = answer.get("data").unwrap_or(&Value::Null);
        let groups = data.get("groups").unwrap_or(data).as_array();
        let groups = groups.ok_or(RequestError::Unreadable)?;
        let entry = |group: &Value| {
            Some(GroupEntry {
                id: shape::some_text(group, "id")?,
                subject: shape::some_text(group, "subject"),
                created_at: created_at(group),
            })
        };
        let items: Option<Vec<_>> = groups.iter().map(entry).collect();
        Ok(Page {
            items: items.ok_or(RequestError::Unreadable)?,
            after: Page::<GroupEntry>::after(&answer),
        })
    }

    /// Asks about a group.
    ///
    /// # Errors
    /// [`RequestError`], by what happened.
    pub async fn group(&self, group_id: &str) -> Result<GroupInfo, RequestError> {
        let answer = self
            .answer(self.request(Method::GET, &[group_id], &[("fields", FIELDS)]))
            .await?;
        let participants = shape::list(&answer, "participants").iter();
        Ok(GroupInfo {
            id: shape::some_text(&answer, "id").ok_or(RequestError::Unreadable)?,
            subject: shape::some_text(&answer, "subject"),
            description: shape::some_text(&answer, "description"),
            suspended: shape::flag(&answer, "suspended"),
            approval: shape::str_of(&answer, "join_approval_mode") == Some("approval_required"),
            created_at: created_at(&answer),
            participants: participants.filter_map(NamedPerson::read).collect(),
            count: shape::whole(&answer, "total_participant_count"),
        })
    }

    /// Has a group called or described otherwise; gives the id of the request, if the provider names one.
    ///
    /// # Errors
    /// [`ChangeError::Invalid`] before anything leaves; [`ChangeError::Request`] if the request failed.
    pub async fn set_group(
        &self,
        group_id: &str,
        subject: Option<&str>,
        description: Option<&str>,
    ) -> Result<Option<String>, ChangeError> {
        check_group(subject, description)?;
        let mut body = Map::new();
        body.insert("messaging_product".to_owned(), json!("whatsapp"));
        for (key, text) in [("subject", subject), ("description", description)] {
            if let Some(text) = text {
                body.insert(key.to_owned(), json!(text));
            }
        }
        let request = self.request(Method::POST, &[group_id], &[]).json(&body);
        Ok(self.perhaps_named(request).await?)
    }

    /// Has a group deleted, with everybody in it; gives the id of the request, if the provider names one.
    ///
    /// # Errors
    /// [`RequestError`], by what happened.
    pub async fn delete_group(&self, group_id: &str) -> Result<Option<String>, RequestError> {
        self.perhaps_named(self.request(Method::DELETE, &[group_id], &[])).await
    }

    /// Asks for the link by which people come in.
    ///
    /// # Errors
    /// [`RequestError`], by what happened.
    pub async fn invite_link(&self, group_id: &str) -> Result<String, RequestError> {
        let request = self.request(Method::GET, &[group_id, "invite_link"], &[]);
        link(&self.answer(request).await?)
    }

    /// Has a new link made; the old one is of no more use.
    ///
    /// # Errors
    /// [`RequestError`], by what happened.
    pub async fn reset_invite_link(&self, group_id: &str) -> Result<String, RequestError> {
        let request = self.request(Method::POST, &[group_id, "invite_link"], &[]);
        let answer = self
            .answer(request.json(&json!({ "messaging_product": "whatsapp" })))
            .await?;
        link(&answer)
    }

    /// Has people put out of a group, eight at most; gives the id of the request, if the provider names one.
    ///
    /// # Errors
    /// [`ChangeError::Invalid`] before anything leaves; [`ChangeError::Request`] if the request failed.
    pub async fn remove_participants(&self, group_id: &str, people: &[Person]) -> Result<Option<String>, ChangeError> {
        check_participants(people)?;
        let body = json!({ "messaging_product": "whatsapp", "participants": Person::all(people) });
        let request = self.request(Method::DELETE, &[group_id, "participants"], &[]);
        Ok(self.perhaps_named(request.json(&body)).await?)
    }

    /// Asks who wants to be let in, a page at a time.
    ///
    /// # Errors
    /// [`RequestError`], by what happened.
    pub async fn join_requests(&self, group_id: &str, after: Option<&str>) -> Result<Page<JoinRequest>, RequestError> {
        let query: Vec<_> = after.map(|after| ("after", after)).into_iter().collect();
        let request = self.request(Method::GET, &[group_id, "join_requests"], &query);
        Page::read(&self.answer(request).await?, |entry| {
            Some(JoinRequest {
                id: shape::some_text(entry, "join_request_id")?,
                person: NamedPerson::read(entry),
                at: created_at(entry),
            })
        })
    }

    /// Lets people in (`admit`) or turns them away; gives the ids for which that was done.
    ///
    /// # Errors
    /// [`RequestError`], by what happened.
    pub async fn answer_join_requests(
        &self,
        group_id: &str,
        request_ids: &[&str],
        admit: bool,
    ) -> Result<Vec<String>, RequestError> {
        let (method, done) = if admit {
            (Method::POST, "approved_join_requests")
        } else {
            (Method::DELETE, "rejected_join_requests")
        };
        let body = json!({ "messaging_product": "whatsapp", "join_requests": request_ids });
        let request = self.request(method, &[group_id, "join_requests"], &[]);
        let answer = self.answer(request.json(&body)).await?;
        let done = answer.get(done).and_then(Value::as_array);
        let ids = done.ok_or(RequestError::Unreadable)?.iter();
        Ok(ids.filter_map(|id| id.as_str().map(str::to_owned)).collect())
    }

    /// An answer that says `success`, or names the request by which the outcome comes later.
    async fn perhaps_named(&self, request: reqwest::RequestBuilder) -> Result<Option<String>, RequestError> {
        let answer = self.answer(request).await?;
        match shape::some_text(&answer, "request_id") {
            Some(id) => Ok(Some(id)),
            None if shape::flag(&answer, "success") => Ok(None),
            None => Err(RequestError::Unreadable),
        }
    }
}

fn link(answer: &Value) -> Result<String, RequestError> {
    shape::some_text(answer, "invite_link").ok_or(RequestError::Unreadable)
}

/// The provider's pages name it both ways.
fn created_at(entry: &Value) -> Option<i64> {
    shape::instant(entry, "creation_timestamp").or_else(|| shape::instant(entry, "created_at"))
}
