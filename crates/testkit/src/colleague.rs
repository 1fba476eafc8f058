//! A colleague at their browser, without the browser: joins by the link, and does over HTTP what the pages do.

use crate::patience::{AMPLE, until};
use anyhow::{Context, Result, ensure};
use reqwest::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::Value;
use url::form_urlencoded::Serializer;

/// Somebody who is signed in.
pub struct Colleague {
    http: Client,
    address: String,
    /// The session's token, as the browser keeps it.
    pub session: String,
}

/// A client that follows nothing and keeps nothing.
///
/// # Errors
/// When it cannot be made.
pub fn http() -> Result<Client> {
    Ok(Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .timeout(AMPLE)
        .build()?)
}

fn form(fields: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(fields).finish()
}

impl Colleague {
    /// Joins by a link.
    ///
    /// # Errors
    /// When the server does not answer, or answers otherwise than well.
    pub async fn join(address: &str, link: &str, login: &str, password: &str) -> Result<Self> {
        Self::enter(address, link, login, password).await
    }

    /// Signs in who has joined before.
    ///
    /// # Errors
    /// When the server does not answer, or answers otherwise than well.
    pub async fn sign_in(address: &str, login: &str, password: &str) -> Result<Self> {
        Self::enter(address, &format!("{address}/sign-in"), login, password).await
    }

    async fn enter(address: &str, door: &str, login: &str, password: &str) -> Result<Self> {
        let http = http()?;
        let request = http.post(door).header("sec-fetch-site", "same-origin");
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let answer = request
            .body(form(&[("login", login), ("password", password)]))
            .send()
            .await?;
        let status = answer.status();
        let cookie = answer
            .headers()
            .get(SET_COOKIE)
            .and_then(|cookie| cookie.to_str().ok())
            .map(str::to_owned);
        let Some(cookie) = cookie else {
            anyhow::bail!("{door} answered {status}: {}", answer.text().await?)
        };
        let pair = cookie.split(';').next().and_then(|pair| pair.split_once('='));
        let session = pair.context("the cookie has a value")?.1.to_owned();
        Ok(Self {
            http,
            address: address.to_owned(),
            session,
        })
    }

    fn ask(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.address));
        request
            .header(COOKIE, format!("counterfoil={}", self.session))
            .header("sec-fetch-site", "same-origin")
    }

    async fn well(request: RequestBuilder) -> Result<Response> {
        let answer = request.send().await?;
        let status = answer.status();
        ensure!(
            status.is_success() || status.is_redirection(),
            "answered {status}: {}",
            answer.text().await?
        );
        Ok(answer)
    }

    /// Writes a message by the API under a key of the caller's; its id. Asking again with the same key and text gives the same one.
    ///
    /// # Errors
    /// When the server does not answer, or answers otherwise than well.
    pub async fn post(&self, conversation: &str, text: &str, key: &str) -> Result<String> {
        let request = self.ask(Method::POST, &format!("/api/v1/conversations/{conversation}/messages"));
        let request = request
            .header("idempotency-key", key)
            .header(CONTENT_TYPE, "application/json");
        let answer = Self::well(request.body(serde_json::json!({ "text": text }).to_string())).await?;
        let answer: Value = serde_json::from_str(&answer.text().await?)?;
        Ok(answer["message"].as_str().context("a message has an id")?.to_owned())
    }

    /// All conversations there are, as the API shows them.
    ///
    /// # Errors
    /// When the server does not answer, or answers otherwise than well.
    pub async fn every_conversation(&self) -> Result<Vec<String>> {
        let (mut all, mut after) = (Vec::new(), String::new());
        loop {
            let page = self.api(&format!("/conversations?limit=100{after}")).await?;
            all.extend(ids(&page["conversations"])?);
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => return Ok(all),
            }
        }
    }

    /// All messages of a conversation, as the API shows them, page by page from the newest.
    ///
    /// # Errors
    /// When the server does not answer, or answers otherwise than well.
    pub async fn every_message(&self, conversation: &str) -> Result<Vec<Value>> {
        let (mut all, mut before) = (Vec::new(), String::new());
        loop {
            let path = format!("/conversations/{conversation}/messages?limit=100{before}");
            let page = self.api(&path).await?;
            all.extend(
                page["messages"]
                    .as_array()
                    .context("a thread has messages")?
                    .iter()
                    .cloned(),
            );
            match page["older"].as_str() {
                Some(older) => before = format!("&before={older}"),
                None => return Ok(all),
            }
        }
    }

    /// A page or fragment as text.
    ///
    /// # Errors
    /// When the server does not answer, or answers otherwise than well.
    pub async fn page(&self, path: &str) -> Result<String> {
        Ok(Self::well(self.ask(Method::GET, path)).await?.text().await?)
    }

    /// An answer of the API.
    ///
    /// # Errors
    /// When the server does not answer, or answers otherwise than well.
    pub async fn api(&self, path: &str) -> Result<Value> {
        Ok(serde_json::from_str(&self.page(&format!("/api/v1{path}")).await?)?)
    }

    /// Sends a form and returns the page that it answers with.
    ///
    /// # Errors
    /// When the server does not answer, or answers otherwise than well.
    pub async fn submit(&self, method: Method, path: &str, fields: &[(&str, &str)]) -> Result<String> {
        let request = self
            .ask(method, path)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        Ok(Self::well(request.body(form(fields))).await?.text().await?)
    }

    /// Replies or notes with the plain form, perhaps with a file (name, type, bytes).
    ///
    /// # Errors
    /// When the server does not answer, or answers otherwise than well.
    pub async fn write(
        &self,
        conversation: &str,
        kind: &'static str,
        text: &str,
        file: Option<(&str, &str, Vec<u8>)>,
    ) -> Result<()> {
        let mut form = reqwest::multipart::Form::new()
            .text("kind", kind)
            .text("text", text.to_owned());
        if let Some((name, media_type, bytes)) = file {
            let part = reqwest::multipart::Part::bytes(bytes)
                .file_name(name.to_owned())
                .mime_str(media_type)?;
            form = form.part("file", part);
        }
        let answer = Self::well(
            self.ask(Method::POST, &format!("/inbox/{conversation}"))
                .multipart(form),
        )
        .await?;
        ensure!(
            answer.headers().contains_key(LOCATION),
            "the page came again: {}",
            answer.text().await?
        );
        Ok(())
    }

    /// Waits until there are so many conversations; their ids.
    ///
    /// # Errors
    /// When the server does not answer, or answers otherwise than well.
    pub async fn conversations(&self, count: usize) -> Result<Vec<String>> {
        let asked = async || {
            let list = self.api("/conversations?limit=100").await?;
            let ids: Vec<String> = ids(&list["conversations"])?;
            Ok((ids.len() >= count).then_some(ids))
        };
        Ok(until(&format!("{count} conversations"), AMPLE, asked).await?.0)
    }

    /// Waits until the messages of a conversation are as `wanted`; all of them.
    ///
    /// # Errors
    /// When the server does not answer, or answers otherwise than well.
    pub async fn messages(
        &self,
        conversation: &str,
        what: &str,
        wanted: impl Fn(&[Value]) -> bool,
    ) -> Result<Vec<Value>> {
        let asked = async || {
            let thread = self
                .api(&format!("/conversations/{conversation}/messages?limit=100"))
                .await?;
            let messages = thread["messages"].as_array().context("a thread has messages")?.clone();
            if wanted(&messages) {
                return Ok(Some(messages));
            }
            let states: Vec<_> = messages
                .iter()
                .map(|one| (&one["kind"], &one["state"], &one["attachments"]))
                .collect();
            anyhow::bail!("there is {states:?}")
        };
        Ok(until(what, AMPLE, asked).await?.0)
    }
}

fn ids(list: &Value) -> Result<Vec<String>> {
    let list = list.as_array().context("a list")?;
    list.iter()
        .map(|one| Ok(one["id"].as_str().context("an id")?.to_owned()))
        .collect()
}
