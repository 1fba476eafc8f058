//! A running simulator and a hook that keeps what it is told.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use counterfoil_simulator::{CustomerId, CustomerProfile, Pace, Reading, SimClock, Simulator, SimulatorOptions};
use futures_util::future::BoxFuture;
use serde_json::Value;
use tokio::sync::{Notify, watch};

pub(crate) const SECRET: &str = "app-secret-of-the-test";
pub(crate) const TOKEN: &str = "token-of-the-test";
pub(crate) const NUMBER: &str = "106540352242922";
pub(crate) const WABA: &str = "102290129340398";

/// A webhook as it arrived.
#[derive(Clone)]
pub(crate) struct Arrived {
    pub(crate) signature: String,
    pub(crate) body: Bytes,
}

impl Arrived {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// Keeps each post and answers with the planned statuses first, then 200.
#[derive(Clone, Default)]
pub(crate) struct Hook {
    inner: Arc<HookInner>,
}

#[derive(Default)]
struct HookInner {
    arrived: Mutex<Vec<Arrived>>,
    answers: Mutex<Vec<u16>>,
    news: Notify,
}

impl Hook {
    pub(crate) fn answer_next_with(&self, statuses: &[u16]) {
        self.inner.answers.lock().unwrap().extend(statuses.iter().rev());
    }

    pub(crate) fn all(&self) -> Vec<Arrived> {
        self.inner.arrived.lock().unwrap().clone()
    }

    /// All statuses of all webhooks so far, as `(status, callback data)`.
    pub(crate) fn statuses(&self) -> Vec<(String, Option<String>)> {
        let all = self.all();
        let values = all
            .iter()
            .map(|arrived| arrived.json()["entry"][0]["changes"][0]["value"]["statuses"][0].clone());
        values
            .filter(|status| !status.is_null())
            .map(|status| {
                let echo = status["biz_opaque_callback_data"].as_str().map(str::to_owned);
                (status["status"].as_str().unwrap().to_owned(), echo)
            })
            .collect()
    }

    pub(crate) async fn wait_for(&self, count: usize) -> Vec<Arrived> {
        loop {
            let news = self.inner.news.notified();
            let all = self.all();
            if all.len() >= count {
                return all;
            }
            news.await;
        }
    }
}

async fn take(State(hook): State<Hook>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let signature = headers.get("x-hub-signature-256").unwrap().to_str().unwrap().to_owned();
    hook.inner.arrived.lock().unwrap().push(Arrived { signature, body });
    hook.inner.news.notify_waiters();
    let answer = hook.inner.answers.lock().unwrap().pop().unwrap_or(200);
    StatusCode::from_u16(answer).unwrap()
}

async fn shake(Query(query): Query<Vec<(String, String)>>) -> (StatusCode, String) {
    let value = |name: &str| {
        query
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.clone())
            .unwrap_or_default()
    };
    if value("hub.verify_token") == "verify-token" && value("hub.mode") == "subscribe" {
        (StatusCode::OK, value("hub.challenge"))
    } else {
        (StatusCode::FORBIDDEN, String::new())
    }
}

/// A simulator whose pauses take no time, its hook, and one customer who always reads.
pub(crate) struct World {
    pub(crate) sim: Simulator,
    pub(crate) hook: Hook,
    pub(crate) hook_url: String,
    pub(crate) customer: CustomerId,
    pub(crate) client: reqwest::Client,
    now: Arc<Mutex<i64>>,
}

impl World {
    pub(crate) async fn start() -> Self {
        // Pauses give way to others and take no time.
        Self::start_with(|_| Box::pin(tokio::task::yield_now())).await
    }

    /// A world whose pauses all last until the gate is opened.
    pub(crate) async fn start_gated() -> (Self, watch::Sender<bool>) {
        let (gate, opened) = watch::channel(false);
        let world = Self::start_with(move |_| {
            let mut opened = opened.clone();
            Box::pin(async move { drop(opened.wait_for(|open| *open).await) })
        });
        (world.await, gate)
    }

    async fn start_with(sleep: impl Fn(Duration) -> BoxFuture<'static, ()> + Send + Sync + 'static) -> Self {
        let hook = Hook::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let hook_url = format!("http://{}/hooks/whatsapp/main", listener.local_addr().unwrap());
        let router = Router::new()
            .route("/hooks/whatsapp/main", get(shake).post(take))
            .with_state(hook.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let now = Arc::new(Mutex::new(1_780_000_000_000_000_i64));
        let sim = Simulator::start(options(clock(&now, sleep), Some(hook_url.clone())))
            .await
            .unwrap();
        sim.set_pace(Pace {
            sent: Duration::ZERO,
            delivered: Duration::ZERO,
            read: Duration::ZERO,
        });
        let customer = CustomerId::parse("+27 82 555 0101").unwrap();
        let profile = CustomerProfile {
            reading: Reading::Always,
            ..CustomerProfile::named("Thandi Nkosi")
        };
        sim.set_customer(&customer, profile);
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self {
            sim,
            hook,
            hook_url,
            customer,
            client,
            now,
        }
    }

    /// Moves the simulator's clock.
    pub(crate) fn pass(&self, time: Duration) {
        *self.now.lock().unwrap() += i64::try_from(time.as_micros()).unwrap();
    }

    pub(crate) fn graph(&self, rest: &str) -> String {
        format!("{}/v25.0/{rest}", self.sim.graph_url())
    }

    pub(crate) async fn send(&self, body: &Value) -> (u16, Value) {
        let answer = self
            .client
            .post(self.graph(&format!("{NUMBER}/messages")))
            .bearer_auth(TOKEN)
            .json(body)
            .send()
            .await
            .unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    pub(crate) async fn get(&self, rest: &str) -> (u16, Value) {
        let answer = self
            .client
            .get(self.graph(rest))
            .bearer_auth(TOKEN)
            .send()
            .await
            .unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }
}

/// A clock that stands still until told.
fn clock(
    now: &Arc<Mutex<i64>>,
    sleep: impl Fn(Duration) -> BoxFuture<'static, ()> + Send + Sync + 'static,
) -> SimClock {
    let now = Arc::clone(now);
    SimClock::new(move || *now.lock().unwrap(), sleep)
}

fn options(clock: SimClock, webhook_url: Option<String>) -> SimulatorOptions {
    SimulatorOptions {
        app_secret: SECRET.to_owned(),
        verify_token: "verify-token".to_owned(),
        access_token: TOKEN.to_owned(),
        phone_number_id: NUMBER.to_owned(),
        display_phone_number: "27215550100".to_owned(),
        waba_id: WABA.to_owned(),
        webhook_url,
        clock,
        seed: 7,
    }
}
