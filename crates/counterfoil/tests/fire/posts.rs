//! Posts as the provider sends them: signed, many at once, and again until they are acknowledged.

use crate::chance::Chance;
use anyhow::{Result, ensure};
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use counterfoil_simulator::{MediaId, Simulator};
use counterfoil_testkit::customer::Agreed;
use counterfoil_whatsapp::webhook::{AppSecret, sign};
use reqwest::Client;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::task::JoinSet;

/// From so many contacts.
pub(crate) const CONTACTS: u64 = 100;

/// One post and what is in it.
#[derive(Clone)]
pub(crate) struct Post {
    body: Bytes,
    signature: String,
}

/// What was made so far, to compare with what is there in the end.
#[derive(Default)]
pub(crate) struct Made {
    /// What each message says.
    pub(crate) texts: Vec<String>,
    pub(crate) statuses: u64,
    pub(crate) media: Vec<MediaId>,
    number: u64,
}

impl Made {
    /// One more post: mostly a text, sometimes two, a picture, or a status.
    pub(crate) fn post(
        &mut self,
        chance: &mut Chance,
        agreed: &Agreed<'_>,
        provider: &Simulator,
        seconds: i64,
    ) -> Post {
        let number = self.number;
        self.number += 1;
        let contact = (27_820_000_000 + chance.below(CONTACTS)).to_string();
        let id = format!("wamid.FIRE{number:08}");
        let message = |id: &str, rest: Value| {
            let mut message = json!({ "from": contact, "id": id, "timestamp": seconds.to_string() });
            for (key, part) in rest.as_object().into_iter().flatten() {
                message[key] = part.clone();
            }
            message
        };
        let mut words = |text: String| {
            self.texts.push(text.clone());
            text
        };
        let inside = match chance.below(100) {
            0..70 => json!([message(
                &id,
                json!({ "type": "text", "text": { "body": words(format!("number {number}")) } })
            )]),
            70..76 => {
                let both = ["a", "b"].map(|part| {
                    let body = words(format!("number {number}{part}"));
                    message(
                        &format!("{id}{part}"),
                        json!({ "type": "text", "text": { "body": body } }),
                    )
                });
                json!(both)
            }
            76..86 => {
                let mut bytes = b"\xff\xd8\xff\xe0\x00\x10JFIF".to_vec();
                bytes
                    .extend((0..2_000 + chance.below(20_000)).map(|at| u8::try_from((at + number) % 251).unwrap_or(0)));
                let sha256 = STANDARD.encode(digest(&SHA256, &bytes));
                let media = provider.customer_uploads(bytes.into(), "image/jpeg");
                let image = json!({ "id": media.as_str(), "mime_type": "image/jpeg", "sha256": sha256,
                    "caption": words(format!("number {number}")) });
                self.media.push(media);
                json!([message(&id, json!({ "type": "image", "image": image }))])
            }
            _ => {
                self.statuses += 1;
                let status = json!({ "id": id, "status": "delivered", "timestamp": seconds.to_string(), "recipient_id": contact });
                return Post::of(agreed, &json!({ "statuses": [status] }));
            }
        };
        let contacts = json!([{ "profile": { "name": format!("Contact {contact}") }, "wa_id": contact }]);
        Post::of(agreed, &json!({ "contacts": contacts, "messages": inside }))
    }
}

impl Post {
    fn of(agreed: &Agreed<'_>, inside: &Value) -> Self {
        let number: String = agreed.display_number.chars().filter(char::is_ascii_digit).collect();
        let mut value = json!({
            "messaging_product": "whatsapp",
            "metadata": { "display_phone_number": number, "phone_number_id": agreed.phone_number_id },
        });
        for (key, part) in inside.as_object().into_iter().flatten() {
            value[key] = part.clone();
        }
        let change = json!({ "field": "messages", "value": value });
        let body = json!({ "object": "whatsapp_business_account", "entry": [{ "id": "1", "changes": [change] }] });
        let body = Bytes::from(body.to_string());
        Self {
            signature: sign(&body, &AppSecret::new(agreed.app_secret)),
            body,
        }
    }

    async fn deliver(&self, http: &Client, hook: &str) -> bool {
        let request = http.post(hook).header("content-type", "application/json");
        let request = request
            .header("x-hub-signature-256", &self.signature)
            .body(self.body.clone());
        request.send().await.is_ok_and(|answer| answer.status() == 200)
    }
}

/// Posts that are under way together.
pub(crate) struct Volley {
    tasks: JoinSet<Option<Post>>,
    /// How many times anything was posted.
    posted: Arc<AtomicUsize>,
}

impl Volley {
    /// Sends all of them off at once; some are repeated though they were acknowledged.
    pub(crate) fn fire(http: &Client, hook: &str, posts: Vec<Post>, chance: &mut Chance) -> Self {
        let (mut tasks, posted) = (JoinSet::new(), Arc::new(AtomicUsize::new(0)));
        for post in posts {
            let (http, hook, posted) = (http.clone(), hook.to_owned(), Arc::clone(&posted));
            let needlessly_again = chance.below(10) == 0;
            tasks.spawn(async move {
                posted.fetch_add(1, Ordering::Relaxed);
                let acknowledged = post.deliver(&http, &hook).await;
                if acknowledged && needlessly_again {
                    posted.fetch_add(1, Ordering::Relaxed);
                    post.deliver(&http, &hook).await;
                }
                (!acknowledged).then_some(post)
            });
        }
        Self { tasks, posted }
    }

    /// Waits until each has an answer or none: those that were not acknowledged, and how often anything was posted.
    pub(crate) async fn over(mut self) -> Result<(Vec<Post>, usize)> {
        let mut open = Vec::new();
        while let Some(ended) = self.tasks.join_next().await {
            open.extend(ended?);
        }
        ensure!(self.tasks.is_empty(), "posts are still under way");
        Ok((open, self.posted.load(Ordering::Relaxed)))
    }
}
