//! The contact book: phone numbers that the provider keeps for us beside user ids, whatever storage is set.
//!
//! Source: Meta, Business-scoped user ids, Contact book, 2026-06.

use reqwest::Method;

use super::Client;
use super::failure::RequestError;

impl Client {
    /// Deletes what the contact book holds about one person. Whether it is filled at all is set in the business settings.
    ///
    /// # Errors
    /// [`RequestError`], by what happened.
    pub async fn forget_contact(&self, phone_number_id: &str, user_id: &str) -> Result<(), RequestError> {
        let query = [("messaging_product", "whatsapp"), ("bsuid", user_id)];
        self.succeed(self.request(Method::DELETE, &[phone_number_id, "contact_book"], &query))
            .await
    }
}
