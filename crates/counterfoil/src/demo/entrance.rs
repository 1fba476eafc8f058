//! The entrance to the product in the demo: a one-time address that signs the visitor's browser in, and a look at which
//! conversations were opened.
//!
//! It stands in front of the product's own router and exists in the demo alone. An address works once and for a minute; the
//! outer page makes a new one each time it is shown, and only this machine's browsers can ask for that.

use super::loopback;
use super::people::SignIn;
use super::{Stage, origin};
use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use counterfoil_flow::Flow;
use counterfoil_flow::people::sign_in::sign_in;
use counterfoil_model::{Clock, ConversationId, Timestamp};
use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long an address works.
const WORKS_FOR: Duration = Duration::from_secs(60);
/// How many addresses may be waiting to be used.
const MOST: usize = 16;
/// The product's cookie on loopback; a test signs in with it.
const COOKIE: &str = "counterfoil";

/// Who may come in, and what they opened.
pub(super) struct Entrance {
    visitor: SignIn,
    tickets: Mutex<VecDeque<(String, Timestamp)>>,
    /// The conversations that were opened, the last one last.
    opened: Mutex<Vec<ConversationId>>,
}

impl Entrance {
    /// An entrance for `visitor`.
    pub(super) fn new(visitor: SignIn) -> Self {
        Self {
            visitor,
            tickets: Mutex::default(),
            opened: Mutex::default(),
        }
    }

    /// A new address on the product at `product`, which signs a browser in once.
    pub(super) fn address(&self, stage: &Stage, product: SocketAddr) -> String {
        let ticket = format!("{:032x}", u128::from_be_bytes(stage.system.random.array::<16>()));
        let address = format!("{}/demo/enter/{ticket}", origin(product));
        let mut tickets = lock(&self.tickets);
        tickets.push_back((ticket, stage.system.clock.wall().plus(WORKS_FOR)));
        if tickets.len() > MOST {
            tickets.pop_front();
        }
        address
    }

    /// The conversations that were opened in a browser.
    pub(super) fn opened(&self) -> Vec<ConversationId> {
        lock(&self.opened).clone()
    }

    fn note(&self, conversation: ConversationId) {
        let mut opened = lock(&self.opened);
        opened.retain(|known| *known != conversation);
        opened.push(conversation);
    }

    /// Where a browser goes on: at the conversation that was opened last, so that a reload loses nothing.
    fn place(&self) -> String {
        let last = lock(&self.opened).last().copied();
        last.map_or_else(|| "/inbox".to_owned(), |conversation| format!("/inbox/{conversation}"))
    }

    fn redeem(&self, ticket: &str, now: Timestamp) -> bool {
        let mut tickets = lock(&self.tickets);
        let found = tickets
            .iter()
            .position(|(known, until)| known == ticket && now < *until);
        found.is_some_and(|at| tickets.remove(at).is_some())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Clone)]
struct Gate {
    entrance: Arc<Entrance>,
    flow: Flow,
    clock: Arc<dyn Clock>,
}

/// The product's `pages` with the entrance in front.
pub(super) fn router(pages: Router, stage: &Stage) -> Router {
    let gate = Gate {
        entrance: Arc::clone(&stage.entrance),
        flow: stage.house.flow.clone(),
        clock: Arc::clone(&stage.system.clock),
    };
    Router::new()
        .route("/demo/enter/{ticket}", get(enter))
        .with_state(gate)
        .fallback_service(pages.layer(from_fn_with_state(Arc::clone(&stage.entrance), watch)))
        .layer(from_fn(loopback::only))
}

async fn enter(State(gate): State<Gate>, Path(ticket): Path<String>) -> Response {
    let now = gate.clock.wall();
    if !gate.entrance.redeem(&ticket, now) {
        // Whoever is signed in already goes on; everybody else meets the log-in page.
        return (StatusCode::SEE_OTHER, [(LOCATION, gate.entrance.place())]).into_response();
    }
    let SignIn { login, password } = &gate.entrance.visitor;
    let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let signed_in = match sign_in(&gate.flow, login, password, here).await {
        Ok(signed_in) => signed_in,
        Err(error) => {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "the visitor could not be signed in"
            );
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    };
    let seconds = signed_in.expires_at.since(now).as_secs();
    let token = signed_in.token.reveal();
    let cookie = format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}");
    let Ok(mut cookie) = HeaderValue::try_from(cookie) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    cookie.set_sensitive(true);
    let Ok(to) = HeaderValue::try_from(gate.entrance.place()) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    (StatusCode::SEE_OTHER, [(SET_COOKIE, cookie), (LOCATION, to)]).into_response()
}

/// Notes which conversations the product showed.
async fn watch(State(entrance): State<Arc<Entrance>>, request: Request, next: Next) -> Response {
    let wanted = (request.method() == Method::GET)
        .then(|| conversation_in(request.uri().path()))
        .flatten();
    let response = next.run(request).await;
    if let Some(conversation) = wanted.filter(|_| response.status() == StatusCode::OK) {
        entrance.note(conversation);
    }
    response
}

/// The conversation that a page of this path shows.
fn conversation_in(path: &str) -> Option<ConversationId> {
    let shown = path
        .strip_prefix("/inbox/")
        .or_else(|| path.strip_prefix("/fragments/conversations/"))?;
    shown.parse().ok()
}
