//! A page that is open on a node, as far as its live stream goes.

use crate::house::House;
use anyhow::{Context, Result, bail};
use counterfoil_testkit::colleague::{Colleague, http};
use counterfoil_testkit::patience::AMPLE;
use reqwest::header::COOKIE;
use reqwest::{Client, Response};
use serde_json::Value;
use std::time::Duration;

/// Somebody with a session, at whatever node.
pub(crate) struct Reader {
    http: Client,
    session: String,
}

/// An open stream.
pub(crate) struct Live {
    stream: Response,
    text: String,
    within: Duration,
}

impl Reader {
    /// An agent who was invited and joined at the first node.
    pub(crate) async fn joined(house: &House) -> Result<Self> {
        let invited = house
            .json(0, &["invite", "Naledi Dlamini", "--role", "agent", "--json"])
            .await?;
        let link = invited["link"].as_str().context("invite names a link")?;
        let password = "a long enough pass phrase";
        let joined = Colleague::join(&house.address(0), link, "naledi@example.org", password).await?;
        Ok(Self {
            http: http()?,
            session: joined.session,
        })
    }

    async fn get(&self, house: &House, node: usize, path: &str) -> Result<Response> {
        let request = self.http.get(format!("{}{path}", house.address(node)));
        let request = request.header(COOKIE, format!("counterfoil={}", self.session));
        // A stream has no end, and so no time limit of its own; reading it has.
        let answer = request.timeout(Duration::from_secs(3_600)).send().await?;
        Ok(answer.error_for_status()?)
    }

    /// The JSON that a node answers.
    pub(crate) async fn json(&self, house: &House, node: usize, path: &str) -> Result<Value> {
        Ok(serde_json::from_str(&self.get(house, node, path).await?.text().await?)?)
    }

    /// Opens the stream of a page on a node.
    pub(crate) async fn live(&self, house: &House, node: usize) -> Result<Live> {
        Ok(Live {
            stream: self.get(house, node, "/live").await?,
            text: String::new(),
            within: AMPLE,
        })
    }
}

impl Live {
    /// How long it waits for the next thing.
    pub(crate) fn patient(mut self, within: Duration) -> Self {
        self.within = within;
        self
    }

    /// Reads until this many messages are new; the conversation of the last.
    pub(crate) async fn new_messages(&mut self, count: usize) -> Result<String> {
        let mut seen = 0;
        loop {
            while let Some((event, rest)) = self.text.split_once("\n\n") {
                let data = event.lines().find_map(|line| line.strip_prefix("data: "));
                let change: Value = data.map(serde_json::from_str).transpose()?.unwrap_or_default();
                self.text = rest.to_owned();
                if change["change"] == "message_new" {
                    seen += 1;
                    if seen == count {
                        let conversation = change["conversation"].as_str();
                        return Ok(conversation.context("a change names its conversation")?.to_owned());
                    }
                }
            }
            let piece = tokio::time::timeout(self.within, self.stream.chunk()).await;
            match piece.with_context(|| format!("{seen} of {count} messages came"))?? {
                Some(piece) => self.text.push_str(&String::from_utf8_lossy(&piece)),
                None => bail!("the stream ended after {seen} of {count} messages"),
            }
        }
    }
}
