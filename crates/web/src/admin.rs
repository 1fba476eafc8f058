//! The admin listener: health and measures, never on the public address.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use counterfoil_flow::{Flow, live};
use std::sync::Arc;

#[derive(Clone)]
struct Admin {
    flow: Flow,
    measures: Arc<dyn Fn() -> String + Send + Sync>,
}

/// The admin listener's addresses: `/healthz` (the process answers), `/readyz` (the database answers too, else 503) and `/metrics`
/// (what `metrics` renders, in the Prometheus text format).
pub fn admin_router(flow: Flow, metrics: impl Fn() -> String + Send + Sync + 'static) -> Router {
    let admin = Admin {
        flow,
        measures: Arc::new(metrics),
    };
    Router::new()
        .route("/healthz", get(|| async { StatusCode::NO_CONTENT }))
        .route("/readyz", get(ready))
        .route("/metrics", get(measures))
        .with_state(admin)
}

async fn ready(State(admin): State<Admin>) -> StatusCode {
    match live::newest(&admin.flow).await {
        Ok(_) => StatusCode::NO_CONTENT,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

async fn measures(State(admin): State<Admin>) -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/plain; version=0.0.4")], (admin.measures)())
}
