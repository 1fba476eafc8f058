//! The provider's own clock, as the head of any answer tells it (RFC 9110, section 6.6.1). For comparing; nothing else goes by it.

use super::Client;
use super::failure::RequestError;
use reqwest::header::DATE;

impl Client {
    /// The host of the API.
    pub fn host(&self) -> &str {
        self.shared.base.host_str().unwrap_or_default()
    }

    /// The `Date` of an answer to a request without a token; `None` when the answer has none.
    ///
    /// # Errors
    /// [`RequestError`] when no answer came.
    pub async fn date(&self) -> Result<Option<String>, RequestError> {
        let mut url = self.shared.base.clone();
        url.set_path("/");
        let asked = self.shared.http.head(url).timeout(self.shared.timeouts.connect);
        let answer = asked.send().await.map_err(|error| RequestError::of(&error))?;
        let date = answer.headers().get(DATE).and_then(|date| date.to_str().ok());
        Ok(date.map(str::to_owned))
    }
}
