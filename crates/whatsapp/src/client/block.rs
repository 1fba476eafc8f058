//! The block list: people who can no longer write to a number, and to whom it cannot write.
//!
//! Only who wrote within the last 24 hours can be blocked; the list takes 64,000 people. A request may do what it can and leave
//! the rest, so the answer says both.
//!
//! Source: Meta, Block users, v25.0; with user ids, 2026-06.

use reqwest::Method;
use serde_json::{Value, json};

use super::failure::RequestError;
use super::person::{NamedPerson, Person};
use super::{Client, Page};
use crate::redacted::redacted_debug;
use crate::webhook::item::shape;

/// What became of each person.
#[derive(Clone, PartialEq, Eq)]
pub struct BlockOutcome {
    /// Whom it was done for, as they were named in the request.
    pub done: Vec<String>,
    /// Whom it was not done for, and the number of the error if it was told.
    pub left: Vec<(String, Option<i64>)>,
}

redacted_debug!(BlockOutcome);

impl Client {
    /// Blocks people.
    ///
    /// # Errors
    /// [`RequestError`], by what happened; when nobody was blocked it is refused as a whole.
    pub async fn block(&self, phone_number_id: &str, people: &[Person]) -> Result<BlockOutcome, RequestError> {
        self.change_block(Method::POST, phone_number_id, people, "added_users")
            .await
    }

    /// Lets people write again.
    ///
    /// # Errors
    /// [`RequestError`], by what happened.
    pub async fn unblock(&self, phone_number_id: &str, people: &[Person]) -> Result<BlockOutcome, RequestError> {
        self.change_block(Method::DELETE, phone_number_id, people, "removed_users")
            .await
    }

    /// Asks who is blocked, a page at a time.
    ///
    /// # Errors
    /// [`RequestError`], by what happened.
    pub async fn blocked(&self, phone_number_id: &str, after: Option<&str>) -> Result<Page<NamedPerson>, RequestError> {
        let query: Vec<_> = after.map(|after| ("after", after)).into_iter().collect();
        let request = self.request(Method::GET, &[phone_number_id, "block_users"], &query);
        Page::read(&self.answer(request).await?, NamedPerson::read)
    }

    async fn change_block(
        &self,
        method: Method,
        phone_number_id: &str,
        people: &[Person],
        done: &str,
    ) -> Result<BlockOutcome, RequestError> {
        let body = json!({ "messaging_product": "whatsapp", "block_users": Person::all(people) });
        let request = self.request(method, &[phone_number_id, "block_users"], &[]).json(&body);
        let answer = self.answer(request).await?;
        let list = shape::child(&answer, "block_users").ok_or(RequestError::Unreadable)?;
        let named = |person: &Value| shape::some_text(person, "input");
        let left = shape::list(list, "failed_users").iter().filter_map(|person| {
            let first = shape::list(person, "errors").first();
            Some((named(person)?, first.and_then(|error| shape::whole(error, "code"))))
        });
        Ok(BlockOutcome {
            done: shape::list(list, done).iter().filter_map(named).collect(),
            left: left.collect(),
        })
    }
}
