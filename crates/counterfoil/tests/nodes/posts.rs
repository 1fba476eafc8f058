//! The provider's side: signed posts of one text each, repeated at another node until one takes them.

use crate::house::House;
use anyhow::{Context, Result, ensure};
use counterfoil_testkit::colleague::http;
use counterfoil_testkit::patience::{AMPLE, until};
use counterfoil_whatsapp::webhook::{AppSecret, sign};
use reqwest::Client;
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const NUMBER: &str = "106540352242922";
const SECRET: &str = "an app secret of the nodes";

/// A provider that knows the hooks of all nodes.
#[derive(Clone)]
pub(crate) struct Provider {
    http: Client,
    hooks: Vec<String>,
    /// How many posts were acknowledged.
    pub(crate) acknowledged: Arc<AtomicUsize>,
}

impl Provider {
    /// Connects the installation by a command at its first node.
    pub(crate) async fn connect(house: &House) -> Result<Self> {
        let mut arguments = vec!["connection", "add", "--json", "--graph-url", "http://127.0.0.1:9"];
        for (option, name, secret) in [
            ("--app-secret-file", "app-secret", SECRET),
            ("--verify-token-file", "verify-token", "a verify token of the nodes"),
            ("--access-token-file", "access-token", "an access token of the nodes"),
        ] {
            house.secret(name, secret)?;
            arguments.extend([option, name]);
        }
        arguments.extend(["--title", "Claims", "--phone-number-id", NUMBER]);
        arguments.extend(["--display-number", "+27 10 555 0100"]);
        let connected = house.json(0, &arguments).await?;
        let hook = connected["hook"].as_str().context("connection add names a hook")?;
        let hooks = (0..house.nodes.len()).map(|node| format!("{}{hook}", house.address(node)));
        Ok(Self {
            http: http()?,
            hooks: hooks.collect(),
            acknowledged: Arc::default(),
        })
    }

    /// Whether the hook of a node knows the connection: it answers the provider's handshake.
    pub(crate) async fn shakes(&self, node: usize) -> Result<bool> {
        let asked = "hub.mode=subscribe&hub.verify_token=a+verify+token+of+the+nodes&hub.challenge=77";
        let answer = self.http.get(format!("{}?{asked}", self.hooks[node])).send().await?;
        Ok(answer.status().is_success() && answer.text().await? == "77")
    }

    /// Posts the text of this number to a node, once; whether it was acknowledged.
    pub(crate) async fn post(&self, node: usize, number: usize) -> Result<bool> {
        let body = body(number);
        let signature = sign(body.as_bytes(), &AppSecret::new(SECRET));
        let request = self
            .http
            .post(&self.hooks[node])
            .header("x-hub-signature-256", signature);
        let answer = request
            .header("content-type", "application/json")
            .body(body)
            .send()
            .await?;
        Ok(answer.status().is_success())
    }

    /// Posts the text of this number until a node takes it, at another node each time.
    pub(crate) async fn deliver(&self, number: usize) -> Result<()> {
        let mut tries = number;
        until("a node that takes the post", AMPLE, async || {
            tries += 1;
            Ok(self.post(tries % self.hooks.len(), number).await?.then_some(()))
        })
        .await?;
        self.acknowledged.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

/// A post with one text, of one of a few contacts.
fn body(number: usize) -> String {
    let from = 27_600_000_000 + (number % 7) as u64;
    let value = serde_json::json!({
        "messaging_product": "whatsapp",
        "metadata": { "display_phone_number": "27105550100", "phone_number_id": NUMBER },
        "contacts": [{ "profile": { "name": format!("Contact {}", number % 7) }, "wa_id": from.to_string() }],
        "messages": [{
            "from": from.to_string(),
            "id": format!("wamid.NODES{number:012}"),
            "timestamp": (1_790_000_000 + number).to_string(),
            "type": "text",
            "text": { "body": text(number) },
        }],
    });
    let change = serde_json::json!({ "field": "messages", "value": value });
    serde_json::json!({ "object": "whatsapp_business_account", "entry": [{ "id": "1", "changes": [change] }] })
        .to_string()
}

/// What the message of this number says.
pub(crate) fn text(number: usize) -> String {
    format!("Message {number}: when does the assessor come?")
}

/// Waits until nothing waits to be recorded any more; then every text was recorded once, and there is no other.
pub(crate) async fn all_there_once(house: &House, posted: usize) -> Result<Value> {
    let mut before = u64::MAX;
    let stats = loop {
        // However much waits on however slow a machine: it must become less.
        let (stats, _) = until("less to wait to be recorded", AMPLE * 2, async || {
            let stats = house.json(0, &["intake", "stats", "--json"]).await?;
            let waiting = stats["waiting"].as_u64().context("stats count what waits")?;
            Ok((waiting == 0 || waiting < before).then_some(stats))
        })
        .await?;
        before = stats["waiting"].as_u64().unwrap_or_default();
        if before == 0 {
            break stats;
        }
    };
    let kinds = stats["kinds"].as_object().context("stats count by kind")?;
    ensure!(kinds.len() == 1, "only texts were posted: {stats}");
    let texts = &kinds["message.text"];
    ensure!(
        texts["recorded"] == posted && texts["kept"] == 0,
        "{posted} were posted: {stats}"
    );
    Ok(stats)
}
