//! The admin listener: health and measures, never on the public address.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use counterfoil_flow::intake::door::{IntakeDoor, IntakeReport};
use counterfoil_flow::{Flow, live};
use serde::Serialize;
use std::sync::{Arc, OnceLock};

/// The admin listener. Health is answered from the start, before the databases are there.
#[derive(Clone)]
pub struct Admin {
    intake: IntakeDoor,
    is_gate: bool,
    flow: Arc<OnceLock<Flow>>,
    measures: Arc<dyn Fn() -> String + Send + Sync>,
}

impl Admin {
    /// `measures` gives all measures in the Prometheus text format.
    pub fn new(intake: IntakeDoor, measures: impl Fn() -> String + Send + Sync + 'static) -> Self {
        Self {
            intake,
            is_gate: false,
            flow: Arc::default(),
            measures: Arc::new(measures),
        }
    }

    /// The databases are here. Only the first call counts.
    pub fn open(&self, flow: Flow) {
        let _ = self.flow.set(flow);
    }

    /// The same on a gate: ready as long as a full node takes what came in.
    pub fn of_gate(intake: IntakeDoor, measures: impl Fn() -> String + Send + Sync + 'static) -> Self {
        Self {
            is_gate: true,
            ..Self::new(intake, measures)
        }
    }

    /// Its addresses: `/healthz` (the process answers; posts are taken in), `/readyz` (the database answers too, else 503),
    /// `/health` (how it stands, as JSON) and `/metrics`.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/healthz", get(|| async { StatusCode::NO_CONTENT }))
            .route("/readyz", get(ready))
            .route("/health", get(health))
            .route("/metrics", get(measures))
            .with_state(self.clone())
    }

    async fn is_ready(&self) -> bool {
        match self.flow.get() {
            _ if self.is_gate => !self.intake.is_spooling(),
            Some(flow) if !self.intake.is_spooling() => live::newest(flow).await.is_ok(),
            _ => false,
        }
    }
}

/// How it stands.
#[derive(Serialize)]
struct Health {
    /// `serving`: the database, or on a gate a full node, takes posts. `spooling`: the spool keeps them.
    state: &'static str,
    /// What is kept on this node until the database has it.
    spool: SpoolHealth,
    /// What this node needs to take posts in without a database.
    kit: Option<KitHealth>,
}

#[derive(Serialize)]
struct SpoolHealth {
    posts: u64,
    files: u64,
    bytes: u64,
    oldest_seconds: u64,
    aside: u64,
}

#[derive(Serialize)]
struct KitHealth {
    made_at: String,
    until: String,
    connections: usize,
}

impl From<IntakeReport> for Health {
    fn from(report: IntakeReport) -> Self {
        let depth = report.depth;
        Self {
            state: if report.spooling { "spooling" } else { "serving" },
            spool: SpoolHealth {
                posts: depth.posts,
                files: depth.files,
                bytes: depth.bytes,
                oldest_seconds: report.oldest_seconds,
                aside: depth.aside,
            },
            kit: report.kit.map(|kit| KitHealth {
                made_at: kit.made_at.rfc3339(),
                until: kit.until.rfc3339(),
                connections: kit.connections,
            }),
        }
    }
}

async fn health(State(admin): State<Admin>) -> Json<Health> {
    Json(admin.intake.report().into())
}

async fn ready(State(admin): State<Admin>) -> Response {
    if admin.is_ready().await {
        return StatusCode::NO_CONTENT.into_response();
    }
    (
        StatusCode::SERVICE_UNAVAILABLE,
        "spooling: posts are kept on this node until they can be handed on\n",
    )
        .into_response()
}

async fn measures(State(admin): State<Admin>) -> impl IntoResponse {
    // Brings the measures of the spool up to date.
    admin.intake.report();
    ([(CONTENT_TYPE, "text/plain; version=0.0.4")], (admin.measures)())
}
