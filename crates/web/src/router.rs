//! Every address of the public listener, and which door it belongs to.

use crate::budget::PostBudget;
use crate::composed::FORM_LIMIT_BYTES;
use crate::error::{Failure, Problem};
use crate::hooks::{Hooks, POST_BYTES_IN_FLIGHT};
use crate::layers::{failures, headers, request_log, same_origin};
use crate::pages::{compose, connections, content, inbox, join, message, people, profile, sign_in, tokens, told};
use crate::settings::WebSettings;
use crate::state::{Door, Web};
use crate::{api, assets, fragments, hooks, live};
use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{get, post, put};
use counterfoil_flow::Flow;
use counterfoil_flow::intake::door::IntakeDoor;
use counterfoil_model::{Clock, Random};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::watch;
use tower::ServiceExt;

/// The public listener: hooks, pages, fragments, live stream, API and assets. Hooks and assets work from the start; the rest answers
/// 503 until the use cases are there.
///
/// The server that runs it puts `axum::extract::ConnectInfo<SocketAddr>` into each request's extensions; without it all browsers count
/// as one address when sign-ins are throttled.
#[derive(Clone)]
pub struct Doors {
    intake: IntakeDoor,
    door: Door,
    closing: watch::Receiver<bool>,
    inside: Arc<OnceLock<Router>>,
}

/// How long a page may take while the database is known to be away, before that is what it says.
const PATIENCE: Duration = Duration::from_secs(3);

impl Doors {
    /// Doors of which only the hooks are open. `closing` turns true when the process drains: live streams then end.
    pub fn new(
        intake: IntakeDoor,
        settings: WebSettings,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        closing: watch::Receiver<bool>,
    ) -> Self {
        let door = Door {
            settings: Arc::new(settings),
            clock,
            random,
        };
        Self {
            intake,
            door,
            closing,
            inside: Arc::default(),
        }
    }

    /// Opens pages, fragments, live stream and API. Only the first call counts.
    pub fn open(&self, flow: Flow) {
        let web = Web::new(flow, self.door.clone(), self.closing.clone());
        let inside = Router::new()
            .merge(pages(&self.door))
            .merge(fragments(&self.door))
            .merge(api(&self.door))
            .layer(from_fn_with_state(self.door.clone(), same_origin::guard));
        let _ = self.inside.set(guarded(inside.with_state(web), &self.door));
    }

    /// The hooks and nothing else, for a gate.
    pub fn hooks(&self) -> Router {
        guarded(self.only_hooks().fallback(nowhere), &self.door)
    }

    fn only_hooks(&self) -> Router {
        hooks(&self.door).with_state(Hooks {
            intake: self.intake.clone(),
            bytes: PostBudget::new(POST_BYTES_IN_FLIGHT),
            clock: Arc::clone(&self.door.clock),
        })
    }

    /// All addresses.
    pub fn router(&self) -> Router {
        let hooks = self.only_hooks().route("/assets/{version}/{name}", get(assets::asset));
        let (doors, shut) = (self.clone(), guarded(shut(&self.door), &self.door));
        let inside = move |request: Request| async move { doors.inside(shut, request).await };
        // The rest passes the same layers further in, where its route is known.
        guarded(hooks, &self.door).fallback(inside)
    }

    /// What needs the databases, or that they are away.
    async fn inside(self, shut: Router, request: Request) -> Response {
        let Some(inside) = self.inside.get().cloned() else {
            return routed(shut, request).await;
        };
        if !self.intake.is_spooling() {
            return routed(inside, request).await;
        }
        let mut again = Request::new(Body::empty());
        (*again.method_mut(), *again.uri_mut()) = (request.method().clone(), request.uri().clone());
        *again.headers_mut() = request.headers().clone();
        tokio::select! {
            answer = routed(inside, request) => answer,
            () = self.door.clock.sleep(PATIENCE) => routed(shut, again).await,
        }
    }
}

async fn routed(router: Router, request: Request) -> Response {
    router.oneshot(request).await.unwrap_or_else(|never| match never {})
}

/// The doors that need the databases, while those are away: each says so in its own way.
fn shut(door: &Door) -> Router {
    let away = || Router::new().fallback(async || Failure::of(Problem::Unavailable));
    let fragments = || away().layer(from_fn_with_state(door.clone(), failures::as_fragment));
    Router::new()
        .nest(
            "/api/v1",
            away().layer(from_fn_with_state(door.clone(), failures::as_problem)),
        )
        .nest("/fragments", fragments())
        .nest("/live", fragments())
        .merge(away().layer(from_fn_with_state(door.clone(), failures::as_page)))
}

/// What every request of the public listener passes, whatever its door.
pub(crate) fn guarded(doors: Router, door: &Door) -> Router {
    doors
        .layer(from_fn_with_state(door.clone(), headers::protect))
        .layer(from_fn_with_state(door.clone(), request_log::log))
}

fn hooks(door: &Door) -> Router<Hooks> {
    Router::new()
        .route("/hooks/whatsapp/{connection}", get(hooks::shake).post(hooks::post))
        .layer(from_fn_with_state(door.clone(), failures::as_status))
}

fn pages(door: &Door) -> Router<Web> {
    Router::new()
        .route("/", get(inbox::home))
        .route("/sign-in", get(sign_in::show).post(sign_in::enter))
        .route("/sign-out", post(sign_in::leave))
        .route("/join/{token}", get(join::show).post(join::enter))
        .route("/inbox", get(inbox::show))
        .route(
            "/inbox/{conversation}",
            get(inbox::open).post(compose::compose).layer(with_file()),
        )
        .route("/messages/{message}", get(message::show))
        .route(
            "/messages/{message}/file",
            get(message::file_form).post(message::put_on_claim),
        )
        .route("/messages/{message}/check", post(message::check))
        .route("/messages/{message}/send-again", post(message::again))
        .route("/attachments/{attachment}/content", get(content::content))
        .route("/settings/people", get(people::show).post(people::invite_guest))
        .route("/settings/people/{person}/end", get(people::ask_end).post(people::end))
        .route("/settings/connections", get(connections::show).post(connections::add))
        .route("/settings/told", get(told::show))
        .route("/settings/tokens", get(tokens::show).post(tokens::create))
        .route("/profile", get(profile::show).post(profile::save))
        .fallback(nowhere)
        .layer(DefaultBodyLimit::max(PLAIN_LIMIT_BYTES))
        .layer(from_fn_with_state(door.clone(), failures::as_page))
}

fn fragments(door: &Door) -> Router<Web> {
    use fragments::{conversation, list, message};
    let parts = Router::new()
        .route("/inbox", get(list::rows))
        .route("/inbox/{conversation}", get(list::row))
        .route("/conversations/{conversation}", get(conversation::open))
        .route("/conversations/{conversation}/older", get(conversation::older))
        .route("/conversations/{conversation}/window", get(conversation::window))
        .route(
            "/conversations/{conversation}/messages",
            post(conversation::compose).layer(with_file()),
        )
        .route("/conversations/{conversation}/draft", put(conversation::draft))
        .route("/conversations/{conversation}/seen", post(conversation::seen))
        .route("/conversations/{conversation}/unseen", post(conversation::unseen))
        .route("/messages/{message}", get(message::bubble))
        .route("/messages/{message}/life", get(message::strip))
        .route("/messages/{message}/file", post(message::put_on_claim))
        .route("/messages/{message}/check", post(message::check))
        .route("/messages/{message}/send-again", post(message::again))
        .route("/file", get(message::file_form))
        .route("/claims", post(message::claims))
        .fallback(nowhere)
        .layer(DefaultBodyLimit::max(PLAIN_LIMIT_BYTES));
    Router::new()
        .nest("/fragments", parts)
        .route("/live", get(live::stream))
        .layer(from_fn_with_state(door.clone(), failures::as_fragment))
}

fn api(door: &Door) -> Router<Web> {
    use api::{conversations, messages};
    let calls = Router::new()
        .route("/conversations", get(conversations::list))
        .route(
            "/conversations/{conversation}/messages",
            get(conversations::messages)
                .post(conversations::post)
                .layer(with_file()),
        )
        .route("/messages/{message}", get(messages::show))
        .route("/messages/{message}/filings", post(messages::put_on_claim))
        .route("/messages/{message}/check", post(messages::look_again))
        .route("/messages/{message}/send-again", post(messages::again))
        .route("/attachments/{attachment}/content", get(content::content))
        .fallback(nowhere)
        .layer(DefaultBodyLimit::max(PLAIN_LIMIT_BYTES))
        .layer(from_fn_with_state(door.clone(), failures::as_problem));
    Router::new().nest("/api/v1", calls)
}

/// Bodies of forms without a file are short.
const PLAIN_LIMIT_BYTES: usize = 256 << 10;

/// Where a file may come along.
fn with_file() -> DefaultBodyLimit {
    DefaultBodyLimit::max(FORM_LIMIT_BYTES)
}

pub(crate) async fn nowhere() -> Failure {
    Failure::not_found()
}
