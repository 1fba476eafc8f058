//! A provider that posts under load, and remembers what was acknowledged: what it posts again later must be known.

use anyhow::{Context, Result, ensure};
use counterfoil_testkit::colleague::http;
use counterfoil_testkit::customer::Agreed;
use counterfoil_testkit::installation::Installation;
use counterfoil_testkit::patience::{AMPLE, moment, until};
use counterfoil_whatsapp::webhook::{AppSecret, sign};
use reqwest::Client;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// How many posts are under way at once.
const SIDE_BY_SIDE: usize = 16;
/// How long it waits after one that was refused.
const AGAIN: Duration = Duration::from_millis(50);

/// Posts to one hook.
#[derive(Clone)]
pub(crate) struct Poster {
    http: Client,
    hook: String,
    number: &'static str,
    secret: &'static str,
    next: Arc<AtomicUsize>,
    acknowledged: Arc<Mutex<Vec<usize>>>,
    refused: Arc<AtomicUsize>,
    /// How many more a load may post.
    asked: Arc<Semaphore>,
}

/// Posting that goes on until it is ended.
pub(crate) struct Load {
    stop: Arc<AtomicBool>,
    asked: Arc<Semaphore>,
    posting: JoinSet<()>,
}

impl Poster {
    /// Posts to `hook` as `agreed`.
    pub(crate) fn new(hook: &str, agreed: &Agreed<'static>) -> Result<Self> {
        Ok(Self {
            http: http()?,
            hook: hook.to_owned(),
            number: agreed.phone_number_id,
            secret: agreed.app_secret,
            next: Arc::default(),
            acknowledged: Arc::default(),
            refused: Arc::default(),
            asked: Arc::new(Semaphore::new(0)),
        })
    }

    /// Where it posts to.
    pub(crate) fn hook(&self) -> &str {
        &self.hook
    }

    /// How many were acknowledged.
    pub(crate) fn acknowledged(&self) -> usize {
        self.acknowledged.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// How many were not.
    pub(crate) fn refused(&self) -> usize {
        self.refused.load(Ordering::SeqCst)
    }

    /// Posts a new message; whether it was acknowledged.
    pub(crate) async fn post(&self) -> bool {
        let index = self.next.fetch_add(1, Ordering::SeqCst);
        let kept = self.send(index).await;
        if kept {
            self.acknowledged
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(index);
        } else {
            self.refused.fetch_add(1, Ordering::SeqCst);
        }
        kept
    }

    async fn send(&self, index: usize) -> bool {
        let contact = format!("2782{:07}", index % 7);
        let body = json!({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [{"field": "messages", "value": {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "27105550100", "phone_number_id": self.number},
            "contacts": [{"profile": {"name": "Thandi"}, "wa_id": contact}],
            "messages": [{"id": format!("wamid.fire{index}"), "from": contact, "timestamp": format!("{}", 1_790_000_000 + index),
                "type": "text", "text": {"body": format!("message {index}")}}]}}]}]})
        .to_string();
        let signature = sign(body.as_bytes(), &AppSecret::new(self.secret));
        let request = self
            .http
            .post(&self.hook)
            .header("x-hub-signature-256", signature)
            .body(body);
        request.send().await.is_ok_and(|answer| answer.status() == 200)
    }

    /// Posts as many as are asked for, many side by side.
    pub(crate) fn load(&self) -> Load {
        let stop = Arc::new(AtomicBool::new(false));
        let mut posting = JoinSet::new();
        for _ in 0..SIDE_BY_SIDE {
            let (poster, stop) = (self.clone(), Arc::clone(&stop));
            posting.spawn(async move {
                while let Ok(asked) = poster.asked.acquire().await {
                    asked.forget();
                    if !poster.post().await && !stop.load(Ordering::SeqCst) {
                        poster.asked.add_permits(1);
                        // A provider that was refused comes again later, and leaves the machine to whoever starts.
                        moment(AGAIN).await;
                    }
                }
            });
        }
        Load {
            stop,
            asked: Arc::clone(&self.asked),
            posting,
        }
    }

    /// Asks the load for more and waits until so many were acknowledged; as many are still under way then.
    pub(crate) async fn acknowledges(&self, more: usize) -> Result<()> {
        let wanted = self.acknowledged() + more;
        self.asked.add_permits(2 * more);
        let enough = async || Ok((self.acknowledged() >= wanted).then_some(()));
        until("posts to be acknowledged", AMPLE * 2, enough).await.map(drop)
    }

    /// Waits until all is recorded; then posts again whatever was acknowledged: each must be known, and nothing be new.
    pub(crate) async fn prove(&self, installation: &Installation) -> Result<()> {
        self.prove_by(installation, async || Ok(())).await
    }

    /// The same for posts that go through something, which is `quiet` once all has passed it.
    pub(crate) async fn prove_by(
        &self,
        installation: &Installation,
        quiet: impl AsyncFn() -> Result<()>,
    ) -> Result<()> {
        quiet().await?;
        let before = recorded(installation).await?;
        let all = self.acknowledged.lock().unwrap_or_else(PoisonError::into_inner).clone();
        ensure!(
            before.0 >= all.len() as u64,
            "{} recorded, {} acknowledged",
            before.0,
            all.len()
        );
        let mut sending = JoinSet::new();
        for chunk in all.chunks(all.len().div_ceil(SIDE_BY_SIDE).max(1)) {
            let (poster, chunk) = (self.clone(), chunk.to_vec());
            sending.spawn(async move {
                for index in chunk {
                    while !poster.send(index).await {}
                }
            });
        }
        sending.join_all().await;
        quiet().await?;
        let after = recorded(installation).await?;
        ensure!(
            after.0 == before.0,
            "{} of the acknowledged were not there",
            after.0 - before.0
        );
        ensure!(
            after.1 >= before.1 + all.len() as u64,
            "{} of {} were known",
            after.1 - before.1,
            all.len()
        );
        let verified = installation.json(&["verify", "--json"]).await?;
        ensure!(verified["sound"] == true, "{verified}");
        println!(
            "{} acknowledged, {} refused, {} recorded once each",
            all.len(),
            self.refused(),
            before.0
        );
        Ok(())
    }
}

impl Load {
    /// Ends it.
    pub(crate) async fn end(self) {
        self.stop.store(true, Ordering::SeqCst);
        self.asked.close();
        self.posting.join_all().await;
    }
}

/// Messages that were recorded and repeats that were seen, once nothing waits any more.
async fn recorded(installation: &Installation) -> Result<(u64, u64)> {
    let quiet = async || {
        let stats = installation.json(&["intake", "stats", "--json"]).await?;
        let still = stats["spooled"] == 0 && stats["waiting"] == 0;
        Ok(still.then_some(stats))
    };
    let waited = until("everything to be recorded", AMPLE * 4, quiet).await;
    let (stats, _) = waited.with_context(|| installation.last_words())?;
    let sum = |outcome: &str| -> Result<u64> {
        let kinds = stats["kinds"].as_object().context("kinds")?;
        Ok(kinds.values().filter_map(|kind| kind[outcome].as_u64()).sum())
    };
    Ok((sum("recorded")?, sum("repeated")?))
}

/// What health says.
pub(crate) async fn health(installation: &Installation) -> Result<Value> {
    let answer = http()?.get(format!("{}/health", installation.admin())).send().await?;
    Ok(answer.json().await?)
}
