//! Files: uploading ours, fetching and deleting what people sent.
//!
//! An inbound file is looked up by its id, which gives an address for five minutes; the address is fetched with the token,
//! and only from hosts that are known. Size and SHA-256 are told: check both after fetching, then delete the file at the
//! provider.
//!
//! Source: Meta, Media, 2025-11 and 2026.

use bytes::Bytes;
use futures_util::stream::{self, Stream};
use reqwest::{Method, Response, multipart};
use url::Url;

use super::failure::{ApiError, RequestError};
use super::{Client, MEDIA_HOST, is_safe, read_answer};
use crate::limits::{self, LimitError};
use crate::redacted::redacted_debug;
use crate::webhook::item::shape;

/// A file to upload.
pub struct Upload {
    /// The bytes.
    pub bytes: Bytes,
    /// Its type, such as `image/jpeg`.
    pub mime_type: String,
    /// The name to give it.
    pub filename: String,
    /// How many minutes the provider keeps it (60 to 43,200); `None` leaves it to the provider. Under No Storage set it for
    /// anything that is not sent at once.
    pub ttl_minutes: Option<u32>,
}

/// Where a file lies at the provider, for five minutes.
#[derive(Clone, PartialEq, Eq)]
pub struct MediaInfo {
    /// Address of the bytes; needs the token.
    pub url: String,
    /// Its type.
    pub mime_type: Option<String>,
    /// SHA-256 of the bytes.
    pub sha256: Option<[u8; 32]>,
    /// How many bytes it has.
    pub size_bytes: Option<u64>,
}

redacted_debug!(Upload, MediaInfo);

/// Why a file could not be uploaded or fetched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The address is not one to which the token may be sent.
    #[error("the file lies at a host that is not known")]
    HostNotAllowed,
    /// The file is longer than the limit given.
    #[error("the file is longer than {limit_bytes} bytes")]
    TooLong {
        /// The limit.
        limit_bytes: u64,
    },
    /// The address no longer holds: look the file up again.
    #[error("the address of the file no longer holds")]
    AddressExpired,
    /// The request failed.
    #[error(transparent)]
    Request(#[from] RequestError),
}

/// The bytes of a file as they come.
pub struct MediaStream {
    response: Response,
    left_bytes: u64,
    limit_bytes: u64,
}

redacted_debug!(MediaStream);

/// Why a file was not uploaded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UploadError {
    /// The provider would not take such a file; nothing left.
    #[error("the file breaks a limit: {0}")]
    Invalid(#[from] LimitError),
    /// The request failed.
    #[error(transparent)]
    Request(#[from] RequestError),
}

impl Client {
    /// Uploads a file and gives the provider's id of it, good for 30 days at most.
    ///
    /// # Errors
    /// [`UploadError::Invalid`] if its type, size or time to keep is not taken; [`UploadError::Request`] if the request failed.
    pub async fn upload(&self, phone_number_id: &str, upload: Upload) -> Result<String, UploadError> {
        limits::check_upload(&upload.mime_type, &upload.bytes)?;
        upload.ttl_minutes.map_or(Ok(()), limits::check_ttl)?;
        let part = multipart::Part::stream_with_length(upload.bytes.clone(), upload.bytes.len() as u64)
            .file_name(upload.filename)
            .mime_str(&upload.mime_type)
            .map_err(|_| LimitError::MediaType)?;
        let mut form = multipart::Form::new()
            .text("messaging_product", "whatsapp")
            .text("type", upload.mime_type)
            .part("file", part);
        if let Some(minutes) = upload.ttl_minutes {
            form = form.text("ttl_minutes", minutes.to_string());
        }
        let request = self.request(Method::POST, &[phone_number_id, "media"], &[]);
        let request = request.multipart(form).timeout(self.shared.timeouts.media);
        let answer = self.answer(request).await?;
        Ok(shape::some_text(&answer, "id").ok_or(RequestError::Unreadable)?)
    }

    /// Asks where a file lies. `phone_number_id` makes the provider check that the file belongs to that number.
    ///
    /// # Errors
    /// [`RequestError`], by what happened.
    pub async fn lookup(&self, media_id: &str, phone_number_id: Option<&str>) -> Result<MediaInfo, RequestError> {
        let query: Vec<_> = phone_number_id.map(|id| ("phone_number_id", id)).into_iter().collect();
        let answer = self.answer(self.request(Method::GET, &[media_id], &query)).await?;
        Ok(MediaInfo {
            url: shape::some_text(&answer, "url").ok_or(RequestError::Unreadable)?,
            mime_type: shape::some_text(&answer, "mime_type"),
            sha256: shape::sha256(&answer, "sha256"),
            size_bytes: shape::whole(&answer, "file_size").and_then(|size| u64::try_from(size).ok()),
        })
    }

    /// Begins to fetch the bytes of a file, at most `limit_bytes` of them.
    ///
    /// # Errors
    /// [`FetchError::HostNotAllowed`] before anything leaves; [`FetchError::TooLong`] if the length told is beyond the
    /// limit; [`FetchError::AddressExpired`] on 404; [`FetchError::Request`] otherwise. A redirect counts as refused.
    pub async fn fetch(&self, url: &str, limit_bytes: u64) -> Result<MediaStream, FetchError> {
        let url = Url::parse(url).map_err(|_| FetchError::HostNotAllowed)?;
        if !self.may_fetch(&url) {
            return Err(FetchError::HostNotAllowed);
        }
        let token = self.shared.token.token();
        let request = self
            .shared
            .http
            .get(url)
            .bearer_auth(token.expose())
            .timeout(self.shared.timeouts.media);
        let response = request.send().await.map_err(|error| RequestError::of(&error))?;
        let status = response.status();
        if status == reqwest::StatusCode::NOT_FOUND {
            return Err(FetchError::AddressExpired);
        }
        if !status.is_success() {
            let answer = read_answer(response).await?;
            return Err(RequestError::Refused(ApiError::read(&answer)).into());
        }
        if response.content_length().is_some_and(|length| length > limit_bytes) {
            return Err(FetchError::TooLong { limit_bytes });
        }
        Ok(MediaStream {
            response,
            left_bytes: limit_bytes,
            limit_bytes,
        })
    }

    /// Deletes a file at the provider.
    ///
    /// # Errors
    /// [`RequestError`], by what happened; deleting twice is refused.
    pub async fn delete(&self, media_id: &str, phone_number_id: Option<&str>) -> Result<(), RequestError> {
        let query: Vec<_> = phone_number_id.map(|id| ("phone_number_id", id)).into_iter().collect();
        self.succeed(self.request(Method::DELETE, &[media_id], &query)).await
    }

    /// Whether the token may be sent to an address of a file: a known host, over HTTPS unless it is this machine.
    fn may_fetch(&self, url: &Url) -> bool {
        let base = &self.shared.base;
        let same_origin = url.origin() == base.origin();
        let known = url.host_str().is_some_and(|host| {
            host == MEDIA_HOST
                || self
                    .shared
                    .media_hosts
                    .iter()
                    .any(|allowed| allowed.eq_ignore_ascii_case(host))
        });
        is_safe(url) && (same_origin || known)
    }
}

impl MediaStream {
    /// The length that the provider told, in bytes.
    pub fn length_bytes(&self) -> Option<u64> {
        self.response.content_length()
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// [`FetchError::TooLong`] once more bytes have come than allowed; [`FetchError::Request`] if the connection broke.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, FetchError> {
        let Some(chunk) = self.response.chunk().await.map_err(|_| RequestError::NoAnswer)? else {
            return Ok(None);
        };
        let length = chunk.len() as u64;
        self.left_bytes = self.left_bytes.checked_sub(length).ok_or(FetchError::TooLong {
            limit_bytes: self.limit_bytes,
        })?;
        Ok(Some(chunk))
    }

    /// The pieces as a stream, which ends after the first error.
    pub fn into_stream(self) -> impl Stream<Item = Result<Bytes, FetchError>> + Send {
        stream::unfold(Some(self), |state| async {
            let mut stream = state?;
            match stream.chunk().await {
                Ok(Some(chunk)) => Some((Ok(chunk), Some(stream))),
                Ok(None) => None,
                Err(error) => Some((Err(error), None)),
            }
        })
    }
}
