//! The layers as the public router has them, around handlers that need no use case: sizes, origin, headers, and failures by door.

use super::{failures, same_origin};
use crate::api::strict::Strict;
use crate::arrival::Arrival;
use crate::budget::{Budget, PostBudget};
use crate::error::{Failure, Problem};
use crate::hooks::POST_LIMIT_BYTES;
use crate::pages::id::Id;
use crate::router::guarded;
use crate::settings::WebSettings;
use crate::state::Door;
use crate::words::Language;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{get, post};
use counterfoil_model::time::Sleep;
use counterfoil_model::{Clock, MessageId, Random, Timestamp};
use futures_util::{StreamExt, stream};
use http_body_util::BodyExt;
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;
use tower::ServiceExt;

struct Standing;

impl Clock for Standing {
    fn wall(&self) -> Timestamp {
        Timestamp::from_seconds(1_795_335_960)
    }
    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
    fn sleep(&self, _: Duration) -> Sleep {
        Box::pin(std::future::pending())
    }
}

impl Random for Standing {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

fn door(secure: bool, frame: Option<&str>) -> Door {
    Door {
        settings: Arc::new(WebSettings {
            public_url: "https://chat.example.org".parse().unwrap(),
            trusted_proxies: Vec::new(),
            secure_cookies: secure,
            frame_ancestors: frame.map(str::to_owned),
            language: Language::English,
        }),
        clock: Arc::new(Standing),
        random: Arc::new(Standing),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    #[expect(dead_code, reason = "only its name matters here")]
    text: String,
}

async fn take(State(budget): State<PostBudget>, headers: HeaderMap, body: Body) -> Result<String, Failure> {
    let arrival = Arrival::of(body, &(Arc::new(Standing) as Arc<dyn Clock>));
    let (bytes, _share) = budget.read(&headers, arrival, POST_LIMIT_BYTES).await?;
    Ok(bytes.len().to_string())
}

/// The layers as the public router has them, around handlers that need no use case.
fn doors(door: &Door) -> Router {
    let pages = Router::new()
        .route("/page", get(|| async { "fine" }).post(|| async { "done" }))
        .route("/hidden", get(|| async { Failure::of(Problem::SignInNeeded) }))
        .route("/gone", get(|| async { Failure::of(Problem::Unavailable) }))
        .route(
            "/things/{id}",
            get(|Id(id): Id<MessageId>| async move { id.to_string() }),
        )
        .fallback(|| async { Failure::not_found() })
        .layer(from_fn_with_state(door.clone(), failures::as_page));
    let fragments = Router::new()
        .route("/part", get(|| async { Failure::of(Problem::SignInNeeded) }))
        .layer(from_fn_with_state(door.clone(), failures::as_fragment));
    let api = Router::new()
        .route("/write", post(|_: Strict<Known>| async { StatusCode::CREATED }))
        .fallback(|| async { Failure::not_found() })
        .layer(from_fn_with_state(door.clone(), failures::as_problem));
    let inside = pages.merge(fragments).merge(Router::new().nest("/api/v1", api));
    let inside = inside.layer(from_fn_with_state(door.clone(), same_origin::guard));
    let hooks = Router::new()
        .route("/hook", post(take))
        .layer(from_fn_with_state(door.clone(), failures::as_status))
        .with_state(PostBudget::new(8 << 20));
    guarded(hooks.merge(inside), door)
}

async fn ask(request: Request<Body>) -> Response {
    doors(&door(true, None)).oneshot(request).await.unwrap()
}

async fn text(response: Response) -> String {
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(bytes.into()).unwrap()
}

fn get_of(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

#[tokio::test]
async fn a_post_is_refused_by_its_announced_length_before_it_is_read() {
    let unread = stream::poll_fn(|_| -> std::task::Poll<Option<Result<bytes::Bytes, std::io::Error>>> {
        panic!("the body was read")
    });
    let request = Request::post("/hook")
        .header(header::CONTENT_LENGTH, POST_LIMIT_BYTES + 1)
        .body(Body::from_stream(unread))
        .unwrap();
    assert_eq!(ask(request).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_post_that_announces_nothing_is_refused_while_it_is_read() {
    let pieces = stream::iter((0..64).map(|_| Ok::<_, std::io::Error>(bytes::Bytes::from(vec![0; 1 << 16]))));
    let request = Request::post("/hook").body(Body::from_stream(pieces)).unwrap();
    assert_eq!(ask(request).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let request = Request::post("/hook")
        .body(Body::from(vec![0; POST_LIMIT_BYTES]))
        .unwrap();
    let response = ask(request).await;
    assert_eq!(text(response).await, POST_LIMIT_BYTES.to_string());
}

#[tokio::test]
async fn a_budget_that_is_used_up_says_when_to_come_back() {
    let budget = Budget::new(4 << 20);
    let headers = HeaderMap::new();
    let held = budget.take(&headers, POST_LIMIT_BYTES).unwrap();
    let refused = budget.take(&headers, POST_LIMIT_BYTES).err().unwrap();
    assert_eq!(
        (refused.problem, refused.retry_after(Standing.wall())),
        (Problem::Busy, Some(1))
    );
    drop(held);
    assert!(budget.take(&headers, POST_LIMIT_BYTES).is_ok());
}

#[tokio::test]
async fn posts_share_a_budget_and_small_ones_still_pass_when_large_ones_have_used_it_up() {
    let hooks = doors(&door(true, None));
    // Two large posts that stand still: of eight megabytes one is for small posts.
    let (large, half) = (
        bytes::Bytes::from(vec![0; POST_LIMIT_BYTES - 1]),
        bytes::Bytes::from(vec![0; 2 << 20]),
    );
    let mut held = Vec::new();
    for _ in 0..2 {
        let (arrived, began) = tokio::sync::oneshot::channel::<()>();
        let mut arrived = Some(arrived);
        let first = stream::iter([Ok::<_, std::io::Error>(large.clone())]);
        let rest = stream::poll_fn(move |_| {
            drop(arrived.take());
            std::task::Poll::Pending
        });
        let request = Request::post("/hook")
            .body(Body::from_stream(first.chain(rest)))
            .unwrap();
        held.push(tokio::spawn(hooks.clone().oneshot(request)));
        drop(began.await);
    }
    let refused = Request::post("/hook").body(Body::from(half.clone())).unwrap();
    let refused = hooks.clone().oneshot(refused).await.unwrap();
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused.headers()[header::RETRY_AFTER], "1");
    let small = Request::post("/hook").body(Body::from(vec![0; 4_000])).unwrap();
    assert_eq!(text(hooks.clone().oneshot(small).await.unwrap()).await, "4000");
    // Whoever only announces holds nothing.
    for post in held {
        post.abort();
        drop(post.await);
    }
    let large = Request::post("/hook").body(Body::from(half)).unwrap();
    assert_eq!(hooks.oneshot(large).await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn what_changes_something_must_come_from_our_own_pages() {
    for (name, value, status) in [
        ("sec-fetch-site", "same-origin", 200),
        ("sec-fetch-site", "none", 200),
        ("sec-fetch-site", "same-site", 403),
        ("sec-fetch-site", "cross-site", 403),
        ("origin", "https://chat.example.org", 200),
        ("origin", "https://chat.example.org:8443", 403),
        ("origin", "http://chat.example.org", 403),
        ("origin", "null", 403),
        ("x-nothing", "at-all", 403),
        ("authorization", "Bearer abc", 200),
        ("authorization", "Basic abc", 403),
    ] {
        let request = Request::post("/page").header(name, value).body(Body::empty()).unwrap();
        assert_eq!(ask(request).await.status().as_u16(), status, "{name}: {value}");
    }
    let both = Request::post("/page")
        .header("authorization", "Bearer abc")
        .header("cookie", "counterfoil=x");
    assert_eq!(
        ask(both.body(Body::empty()).unwrap()).await.status(),
        StatusCode::FORBIDDEN
    );
    assert_eq!(ask(get_of("/page")).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn each_door_says_in_its_own_way_that_nobody_is_signed_in() {
    let page = ask(get_of("/hidden")).await;
    assert_eq!(page.status(), StatusCode::SEE_OTHER);
    assert_eq!(page.headers()[header::LOCATION], "/sign-in?next=/hidden");
    let part = ask(get_of("/part")).await;
    assert_eq!(part.status(), StatusCode::UNAUTHORIZED);
    assert!(text(part).await.starts_with("<strong>You are not signed in."));
}

#[tokio::test]
async fn every_answer_carries_the_headers_of_safety() {
    let response = ask(get_of("/page")).await;
    let headers = response.headers();
    let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    for part in [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ] {
        assert!(policy.contains(part), "{part}");
    }
    assert!(!policy.contains("unsafe"));
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("x-frame-options", "DENY"),
        ("cache-control", "no-store"),
        ("operation-id", "op_07070707070707070707070707070707"),
    ] {
        assert_eq!(headers[name], value, "{name}");
    }
    assert!(headers.contains_key("strict-transport-security"));
}

#[tokio::test]
async fn only_the_named_origin_may_show_pages_in_a_frame() {
    let open = doors(&door(false, Some("http://127.0.0.1:9000")));
    let response = open.oneshot(get_of("/page")).await.unwrap();
    let headers = response.headers();
    let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.contains("frame-ancestors http://127.0.0.1:9000;"));
    assert!(!headers.contains_key("x-frame-options") && !headers.contains_key("strict-transport-security"));
}

#[tokio::test]
async fn unknown_fields_are_errors_with_a_stable_code() {
    let write = |body: &str, kind: &str| {
        let request = Request::post("/api/v1/write").header("authorization", "Bearer abc");
        request
            .header(header::CONTENT_TYPE, kind)
            .body(Body::from(body.to_owned()))
            .unwrap()
    };
    assert_eq!(
        ask(write(r#"{"text": "x"}"#, "application/json")).await.status(),
        StatusCode::CREATED
    );
    for (body, kind, field) in [
        (r#"{"text": "x", "colour": "red"}"#, "application/json", Some("colour")),
        ("{}", "application/json", Some("text")),
        (r#"{"text": 1}"#, "application/json", None),
        (r#"{"text": "x"}"#, "text/plain", None),
        ("", "application/json; charset=utf-8", None),
    ] {
        let response = ask(write(body, kind)).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
        let problem: serde_json::Value = serde_json::from_str(&text(response).await).unwrap();
        assert_eq!(problem["code"], "malformed");
        assert_eq!(problem.get("field").and_then(|field| field.as_str()), field);
        assert_eq!(problem["operation"], "op_07070707070707070707070707070707");
    }
}

#[tokio::test]
async fn what_is_not_there_is_said_in_the_way_of_the_door() {
    for path in ["/nowhere", "/things/7", "/things/cnv_00000000000000000000000000000000"] {
        let response = ask(get_of(path)).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        assert!(text(response).await.contains("This is not here."), "{path}");
    }
    let api = ask(get_of("/api/v1/nowhere")).await;
    assert_eq!(api.headers()[header::CONTENT_TYPE], "application/problem+json");
    let wrong_way = ask(Request::delete("/page")
        .header("sec-fetch-site", "same-origin")
        .body(Body::empty())
        .unwrap())
    .await;
    assert_eq!(wrong_way.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert!(text(wrong_way).await.contains("This cannot be done here."));
}

#[tokio::test]
async fn an_error_page_speaks_the_language_of_the_browser() {
    let asked = |language: &str| {
        Request::get("/gone")
            .header("accept-language", language)
            .body(Body::empty())
            .unwrap()
    };
    let hindi = ask(asked("hi-IN")).await;
    assert_eq!(hindi.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(hindi.headers()[header::RETRY_AFTER], "5");
    assert!(text(hindi).await.contains("lang=\"hi\" dir=\"ltr\""));
    assert!(text(ask(asked("ar")).await).await.contains("lang=\"ar\" dir=\"rtl\""));
}
