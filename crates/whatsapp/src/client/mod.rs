//! The way out: requests to the provider's Graph API.
//!
//! ```text
//! OutboundMessage ─► limits ─► Client::send ─► Accepted (on its way) | Refused | Unknown | NotSent
//! file ─► Client::upload ─► media id              webhook media id ─► lookup ─► fetch ─► delete
//! token, subscription, settings, registration     what must be right before anything comes in or goes out
//! templates, profile, user name, block list, groups, contact book, message history
//! ```
//!
//! A file a subject; each request is one function.
//!
//! The client never tries again by itself: the provider knows no idempotency key, so whoever tries again has to know what
//! happened the first time. It follows no redirects, sends the token to the configured hosts only, and logs nothing.
//!
//! Source: Meta, Cloud API reference, v25.0 and v26.0.

mod block;
mod call;
mod contact_book;
mod date;
mod failure;
mod group;
mod handle;
mod hook;
mod media;
mod message_history;
mod number;
mod page;
mod person;
mod profile;
mod registration;
mod secret;
mod send;
mod settings;
mod subscription;
mod template;
mod token;
mod usage;
mod username;

use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use reqwest::{Method, RequestBuilder, Response, StatusCode, redirect};
use serde_json::Value;
use url::{Host, Url};

use crate::webhook::AppSecret;
use crate::webhook::item::shape;

pub use block::BlockOutcome;
pub use call::CallPermissionState;
pub use failure::{ApiError, ChangeError, RequestError};
pub use group::{GroupEntry, GroupInfo, JoinRequest, NewGroup};
pub use handle::HandleUpload;
pub use hook::OwnHook;
pub use media::{FetchError, MediaInfo, MediaStream, Upload, UploadError};
pub use message_history::{DeliveryEvent, MessageRecord};
pub use number::NumberInfo;
pub use page::Page;
pub use person::{NamedPerson, Person};
pub use profile::{BusinessProfile, ProfileChange};
pub use registration::{CodeWay, NotATwoStepPin, TwoStepPin};
pub use secret::{AccessToken, TokenSource};
pub use send::{Accepted, SendError};
pub use settings::{NumberSettings, Storage};
pub use subscription::SubscribedApp;
pub use template::{
    BodyText, Category, CodeDelivery, CodeDraft, CreatedTemplate, DraftButton, DraftHeader, Example, TemplateDraft,
    TemplateEdit, TemplateInfo, TemplateQuery,
};
pub use token::{Grant, TokenInfo};
pub use username::OwnUsername;

/// The longest answer read, in bytes, files apart.
const ANSWER_LIMIT_BYTES: usize = 1024 * 1024;

/// Host of the provider's files.
pub const MEDIA_HOST: &str = "lookaside.fbsbx.com";

/// How long to wait.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// For a connection.
    pub connect: Duration,
    /// For a whole request and its answer, files apart.
    pub request: Duration,
    /// For the upload or the whole download of one file.
    pub media: Duration,
    /// For the next request on an open connection. As long as one is kept, so is the address of the first request that went over it.
    pub idle: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            request: Duration::from_secs(30),
            media: Duration::from_secs(300),
            idle: Duration::from_secs(4),
        }
    }
}

/// What a client needs.
pub struct ClientOptions {
    /// Address of the API without version, such as `https://graph.facebook.com`. Plain HTTP is taken on loopback only.
    pub base_url: Url,
    /// Version of the API, such as `v25.0`.
    pub version: String,
    /// Hands out the access token.
    pub token: Arc<dyn TokenSource>,
    /// Secret of the app, to prove with each request that the token is used by its app; `None` sends no proof.
    pub app_secret: Option<AppSecret>,
    /// Further hosts from which files may be fetched with the token, besides the host of `base_url` and [`MEDIA_HOST`].
    pub media_hosts: Vec<String>,
    /// How long to wait.
    pub timeouts: Timeouts,
    /// The HTTP client to start from (proxies, own certificates). Redirects are switched off here in any case.
    pub http: reqwest::ClientBuilder,
}

impl ClientOptions {
    /// Options with everyday values.
    pub fn new(base_url: Url, version: impl Into<String>, token: impl TokenSource + 'static) -> Self {
        Self {
            base_url,
            version: version.into(),
            token: Arc::new(token),
            app_secret: None,
            media_hosts: Vec::new(),
            timeouts: Timeouts::default(),
            http: reqwest::Client::builder(),
        }
    }
}

/// Why no client could be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// The address is plain HTTP and not on loopback: the token would travel in the clear.
    #[error("the address of the API is neither HTTPS nor on this machine")]
    NotSafe,
    /// The version is not of the form `v25.0`.
    #[error("the version of the API has another form than `v25.0`")]
    Version,
    /// The HTTP client could not be set up (certificates, say).
    #[error("the HTTP client could not be set up")]
    Http,
}

/// A client for one Meta app; cheap to clone.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

struct Shared {
    http: reqwest::Client,
    /// Ends with a slash.
    base: Url,
    token: Arc<dyn TokenSource>,
    app_secret: Option<AppSecret>,
    media_hosts: Vec<String>,
    timeouts: Timeouts,
}

impl Client {
    /// Makes a client.
    ///
    /// # Errors
    /// [`ClientError::NotSafe`] for plain HTTP beyond loopback, [`ClientError::Version`] for an odd version,
    /// [`ClientError::Http`] if the HTTP client cannot be set up.
    pub fn new(options: ClientOptions) -> Result<Self, ClientError> {
        if !is_safe(&options.base_url) {
            return Err(ClientError::NotSafe);
        }
        let digits = options.version.strip_prefix('v').ok_or(ClientError::Version)?;
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
            return Err(ClientError::Version);
        }
        let mut base = options.base_url;
        base.path_segments_mut()
            .map_err(|()| ClientError::NotSafe)?
            .pop_if_empty()
            .push(&options.version);
        base.set_query(None);
        base.set_fragment(None);
        let http = options
            .http
            .redirect(redirect::Policy::none())
            .referer(false)
            .connect_timeout(options.timeouts.connect)
            .pool_idle_timeout(options.timeouts.idle)
            .user_agent(concat!("counterfoil/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|_| ClientError::Http)?;
        let shared = Shared {
            http,
            base,
            token: options.token,
            app_secret: options.app_secret,
            media_hosts: options.media_hosts,
            timeouts: options.timeouts,
        };
        Ok(Self {
            shared: Arc::new(shared),
        })
    }

    /// A request to a path below the version, with token and proof.
    fn request(&self, method: Method, path: &[&str], query: &[(&str, &str)]) -> RequestBuilder {
        let token = self.shared.token.token();
        self.bare_request(method, path, query).bearer_auth(token.expose())
    }

    /// The same without the token's own header, for the one request that names it otherwise.
    fn bare_request(&self, method: Method, path: &[&str], query: &[(&str, &str)]) -> RequestBuilder {
        let mut url = self.shared.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            // Segments are percent-encoded, so an odd id cannot reach another path.
            segments.extend(path);
        }
        let token = self.shared.token.token();
        if !query.is_empty() || self.shared.app_secret.is_some() {
            let mut pairs = url.query_pairs_mut();
            pairs.extend_pairs(query);
            if let Some(secret) = &self.shared.app_secret {
                let proof = crate::hex::encode(&secret.authenticate(token.expose().as_bytes()));
                pairs.append_pair("appsecret_proof", &proof);
            }
        }
        self.shared
            .http
            .request(method, url)
            .timeout(self.shared.timeouts.request)
    }

    /// Sends a request and reads its answer as JSON.
    async fn answer(&self, request: RequestBuilder) -> Result<Value, RequestError> {
        let response = request.send().await.map_err(|error| RequestError::of(&error))?;
        let answer = read_answer(response).await?;
        if !answer.status.is_success() {
            return Err(RequestError::Refused(ApiError::read(&answer)));
        }
        serde_json::from_slice(&answer.body).map_err(|_| RequestError::Unreadable)
    }

    /// Sends a request whose answer says no more than that it worked.
    async fn succeed(&self, request: RequestBuilder) -> Result<(), RequestError> {
        let answer = self.answer(request).await?;
        if shape::flag(&answer, "success") {
            Ok(())
        } else {
            Err(RequestError::Unreadable)
        }
    }
}

/// An answer, read to its end.
struct Answer {
    status: StatusCode,
    /// For how long to leave the provider alone, by its own account.
    rest: Option<Duration>,
    body: BytesMut,
}

/// Reads a whole answer of bounded length.
async fn read_answer(mut response: Response) -> Result<Answer, RequestError> {
    let (status, rest) = (response.status(), usage::rest(response.headers()));
    let mut body = BytesMut::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() <= ANSWER_LIMIT_BYTES => body.extend_from_slice(&chunk),
            Ok(Some(_)) => return Err(RequestError::Unreadable),
            Ok(None) => return Ok(Answer { status, rest, body }),
            Err(_) => return Err(RequestError::NoAnswer),
        }
    }
}

/// Whether a token may be sent to this address: HTTPS, or plain HTTP to this machine.
fn is_safe(url: &Url) -> bool {
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.username().is_empty()
        && url.password().is_none()
        && (url.scheme() == "https" || (url.scheme() == "http" && loopback))
}
