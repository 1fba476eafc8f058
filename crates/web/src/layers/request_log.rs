//! One log line per request, in the form that `docs/reference/request-log.md` describes, and the operation id that joins an answer to
//! it. Paths are logged as templates: no id, token or query ever stands in the log.

use crate::error::Failure;
use crate::state::Door;
use axum::extract::{MatchedPath, Request, State};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::Response;

/// The name under which the answer carries the operation id.
const HEADER: &str = "operation-id";

/// The id of one request: in its answer and in its log line.
#[derive(Clone)]
pub(crate) struct Operation(pub(crate) String);

pub(crate) async fn log(State(door): State<Door>, mut request: Request, next: Next) -> Response {
    let started = door.clock.monotonic();
    let operation = Operation(format!("op_{}", door.nonce()));
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    request.extensions_mut().insert(operation.clone());

    let mut response = next.run(request).await;

    let status = response.status().as_u16();
    let elapsed = door.clock.monotonic().saturating_sub(started);
    let duration_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    let route = route.as_ref().map_or("none", MatchedPath::as_str);
    let failure = response.extensions().get::<Failure>();
    let code = failure.map_or("", Failure::code);
    let cause = failure.and_then(|failure| failure.cause.as_deref()).unwrap_or_default();
    let operation = operation.0.as_str();
    if status >= 500 {
        tracing::error!(target: "counterfoil::request", %method, route, status, duration_ms, operation, code, cause, "{method} {route} {status}");
    } else {
        tracing::info!(target: "counterfoil::request", %method, route, status, duration_ms, operation, code, cause, "{method} {route} {status}");
    }
    metrics::histogram!("counterfoil_request_seconds", "route" => route.to_owned(), "status" => status.to_string())
        .record(elapsed);
    if let Ok(value) = HeaderValue::from_str(operation) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}
