//! What people see about us in the chat.
//!
//! Source: Meta, Business profiles, v25.0. A new picture is uploaded beforehand, which gives the handle to set here.

use reqwest::Method;
use serde_json::{Map, Value, json};

use super::Client;
use super::failure::{ChangeError, RequestError};
use crate::limits::check_profile;
use crate::redacted::redacted_debug;
use crate::webhook::item::shape;

/// The profile of a number.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct BusinessProfile {
    /// A line about us.
    pub about: Option<String>,
    /// Our address.
    pub address: Option<String>,
    /// What we do.
    pub description: Option<String>,
    /// Our mail address.
    pub email: Option<String>,
    /// Our pages.
    pub websites: Vec<String>,
    /// Our trade, such as `FINANCE`.
    pub vertical: Option<String>,
    /// Where our picture lies.
    pub picture_url: Option<String>,
}

/// A change of a profile; what is absent stays, and an empty text empties.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ProfileChange {
    /// A line about us, 139 characters at most; it cannot be emptied.
    pub about: Option<String>,
    /// Our address, 256 characters at most.
    pub address: Option<String>,
    /// What we do, 512 characters at most.
    pub description: Option<String>,
    /// Our mail address, 128 characters at most.
    pub email: Option<String>,
    /// Our pages, two at most, 256 characters each.
    pub websites: Option<Vec<String>>,
    /// Our trade, such as `FINANCE`.
    pub vertical: Option<String>,
    /// The handle of a picture.
    pub picture_handle: Option<String>,
}

redacted_debug!(BusinessProfile, ProfileChange);

const FIELDS: &str = "about,address,description,email,profile_picture_url,websites,vertical";

impl Client {
    /// Asks for the profile of a number.
    ///
    /// # Errors
    /// [`RequestError`], by what happened.
    pub async fn profile(&self, phone_number_id: &str) -> Result<BusinessProfile, RequestError> {
        let path = [phone_number_id, "whatsapp_business_profile"];
        let answer = self
            .answer(self.request(Method::GET, &path, &[("fields", FIELDS)]))
            .await?;
        let data = answer.get("data").and_then(Value::as_array);
        let profile = data.and_then(|data| data.first()).ok_or(RequestError::Unreadable)?;
        let text = |key| shape::some_text(profile, key);
        let websites = shape::list(profile, "websites").iter();
        Ok(BusinessProfile {
            about: text("about"),
            address: text("address"),
            description: text("description"),
            email: text("email"),
            websites: websites.filter_map(|page| page.as_str().map(str::to_owned)).collect(),
            vertical: text("vertical"),
            picture_url: text("profile_picture_url"),
        })
    }

    /// Changes the profile of a number.
    ///
    /// # Errors
    /// [`ChangeError::Invalid`] before anything leaves; [`ChangeError::Request`] if the request failed.
    pub async fn set_profile(&self, phone_number_id: &str, change: &ProfileChange) -> Result<(), ChangeError> {
        check_profile(change)?;
        let request = self.request(Method::POST, &[phone_number_id, "whatsapp_business_profile"], &[]);
        Ok(self.succeed(request.json(&change.to_json())).await?)
    }
}

impl ProfileChange {
    fn to_json(&self) -> Value {
        let texts = [
            ("about", &self.about),
            ("address", &self.address),
            ("description", &self.description),
            ("email", &self.email),
            ("vertical", &self.vertical),
            ("profile_picture_handle", &self.picture_handle),
        ];
        let mut change = Map::new();
        change.insert("messaging_product".to_owned(), json!("whatsapp"));
        for (key, text) in texts {
            if let Some(text) = text {
                change.insert(key.to_owned(), json!(text));
            }
        }
        if let Some(websites) = &self.websites {
            change.insert("websites".to_owned(), json!(websites));
        }
        Value::Object(change)
    }
}
