//! A post of the provider that is half on its way.

use anyhow::{Context, Result, ensure};
use counterfoil_testkit::colleague::Colleague;
use counterfoil_testkit::customer::Agreed;
use counterfoil_testkit::installation::Installation;
use counterfoil_whatsapp::webhook::{AppSecret, sign};
use serde_json::json;
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A post with one text of one customer, written now.
pub(crate) fn post(agreed: &Agreed<'_>, id: &str) -> Result<String> {
    let seconds = now_seconds()?;
    let message = json!({"id": id, "from": "27105550101", "timestamp": seconds.to_string(), "type": "text",
        "text": {"body": "The windscreen cracked"}});
    let value = json!({"messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "27105550100", "phone_number_id": agreed.phone_number_id},
        "contacts": [{"profile": {"name": "Thandi"}, "wa_id": "27105550101"}], "messages": [message]});
    let entry = json!({"id": "1", "changes": [{"field": "messages", "value": value}]});
    Ok(json!({"object": "whatsapp_business_account", "entry": [entry]}).to_string())
}

/// An agent who has joined, and the conversation that one post has begun.
pub(crate) async fn conversing(
    installation: &Installation,
    hook: &str,
    agreed: &Agreed<'_>,
) -> Result<(Colleague, String)> {
    let link = installation.invite("Naledi Dlamini").await?;
    let naledi = Colleague::join(
        &installation.address,
        &link,
        "naledi@example.org",
        "a long enough password",
    )
    .await?;
    let body = post(agreed, "wamid.FIRST")?;
    let first = Arriving::begin(installation, hook, agreed, &body).await?;
    ensure!(first.end().await? == "200");
    let conversation = naledi.conversations(1).await?.remove(0);
    Ok((naledi, conversation))
}

/// A post on its way: the head and half of the body are sent.
pub(crate) struct Arriving {
    stream: TcpStream,
    rest: Vec<u8>,
}

impl Arriving {
    /// Sends so much of it.
    pub(crate) async fn begin(
        installation: &Installation,
        hook: &str,
        agreed: &Agreed<'_>,
        body: &str,
    ) -> Result<Self> {
        let address = installation.address.trim_start_matches("http://");
        let path = hook.split_once(address).context("the hook is here")?.1;
        let signature = sign(body.as_bytes(), &AppSecret::new(agreed.app_secret));
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {}\r\nX-Hub-Signature-256: {signature}\r\n\r\n",
            body.len()
        );
        let (first, rest) = body.as_bytes().split_at(body.len() / 2);
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(&[head.as_bytes(), first].concat()).await?;
        Ok(Self {
            stream,
            rest: rest.to_vec(),
        })
    }

    /// Sends the rest; the status of the answer.
    pub(crate) async fn end(mut self) -> Result<String> {
        self.stream.write_all(&self.rest).await?;
        let mut answer = String::new();
        self.stream.read_to_string(&mut answer).await?;
        Ok(answer.get(9..12).unwrap_or_default().to_owned())
    }
}

#[expect(clippy::disallowed_methods, reason = "a customer writes now, by the real clock")]
fn now_seconds() -> Result<u64> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())
}
