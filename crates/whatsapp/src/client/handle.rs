//! Handles of files for templates and profiles: the provider takes an example or a picture by handle, not by media id.
//!
//! ```text
//! app id, name, length, type ─► session ─► bytes, from the first one on ─► handle
//! ```
//!
//! Source: Meta, Graph API, Resumable Upload API, 2025. The session is named by a path that can carry a signature as its query.

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::AUTHORIZATION;

use super::Client;
use super::failure::RequestError;
use crate::redacted::redacted_debug;
use crate::webhook::item::shape;

/// A file to get a handle for.
pub struct HandleUpload {
    /// The bytes.
    pub bytes: Bytes,
    /// Its type, such as `image/jpeg`.
    pub mime_type: String,
    /// The name to give it.
    pub filename: String,
}

redacted_debug!(HandleUpload);

impl Client {
    /// Uploads a file for use in a template or profile and gives its handle.
    ///
    /// # Errors
    /// [`RequestError`], by what happened; asking again from the start does no harm.
    pub async fn upload_handle(&self, app_id: &str, upload: HandleUpload) -> Result<String, RequestError> {
        let length = upload.bytes.len().to_string();
        let about = [
            ("file_length", length.as_str()),
            ("file_name", &upload.filename),
            ("file_type", &upload.mime_type),
        ];
        let answer = self
            .answer(self.request(Method::POST, &[app_id, "uploads"], &about))
            .await?;
        let session = shape::some_text(&answer, "id").ok_or(RequestError::Unreadable)?;
        let (path, query) = session.split_once('?').unwrap_or((&session, ""));
        let pairs: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).collect();
        let pairs: Vec<_> = pairs
            .iter()
            .map(|(key, value)| (key.as_ref(), value.as_ref()))
            .collect();
        let token = self.shared.token.token();
        let request = self
            .bare_request(Method::POST, &[path], &pairs)
            // This one request wants the token under another word.
            .header(AUTHORIZATION, format!("OAuth {}", token.expose()))
            .header("file_offset", "0")
            .body(upload.bytes)
            .timeout(self.shared.timeouts.media);
        shape::some_text(&self.answer(request).await?, "h").ok_or(RequestError::Unreadable)
    }
}
