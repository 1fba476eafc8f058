//! The door of gates: what an intake-only node acknowledged comes in here, and is answered only once it is durable
//! (`docs/formats/hand-over.md`).
//!
//! First station on a full node of what a gate took in. It stands behind a listener that takes connections with a certificate of the
//! organisation's own authority only, and asks for each request whether that gate is still on the list. It looks into nothing.

use crate::arrival::Arrival;
use crate::budget::{PostBudget, read};
use crate::error::{Failure, Problem};
use crate::layers::failures;
use crate::router::{guarded, nowhere};
use crate::settings::WebSettings;
use crate::state::Door;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::routing::{post, put};
use axum::{Extension, Json, Router};
use counterfoil_flow::Flow;
use counterfoil_flow::gates::admit::{AdmitError, Admitted, admit};
use counterfoil_flow::gates::receive::{self, ReceiveError};
use counterfoil_flow::gates::wire::{Ask, FILES, POSTS, POSTS_LIMIT_BYTES, REFRESH, Taken, Told};
use counterfoil_flow::gates::{SpooledFile, refresh};
use counterfoil_model::{Clock, Random};
use std::sync::Arc;
use std::time::Duration;

/// The certificate that the other side showed, DER. The listener has seen to it that the authority signed it and that it has not ended.
#[derive(Clone)]
pub struct ClientCertificate(pub Arc<[u8]>);

/// Posts of gates in memory at the same time, in bytes.
const POST_BYTES_IN_FLIGHT: usize = 32 << 20;
/// How long posts may take to arrive whole.
const ARRIVAL: Duration = Duration::from_secs(20);
/// The longest question.
const ASK_LIMIT_BYTES: usize = 4 << 10;

/// The door of gates; cheap to clone.
#[derive(Clone)]
pub struct HandOverDoor {
    flow: Flow,
    nodes: Arc<[String]>,
    bytes: PostBudget,
    door: Door,
}

impl HandOverDoor {
    /// `nodes` are the addresses under which gates find full nodes.
    pub fn new(
        flow: Flow,
        nodes: Vec<String>,
        settings: WebSettings,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Self {
        Self {
            flow,
            nodes: nodes.into(),
            bytes: PostBudget::new(POST_BYTES_IN_FLIGHT),
            door: Door {
                settings: Arc::new(settings),
                clock,
                random,
            },
        }
    }

    /// Its addresses.
    pub fn router(&self) -> Router {
        let doors = Router::new()
            .route(POSTS, post(posts))
            .route(&format!("{FILES}/{{name}}"), put(file).head(has_file))
            .route(REFRESH, post(refreshed))
            .fallback(nowhere)
            .layer(DefaultBodyLimit::disable())
            .layer(from_fn_with_state(self.door.clone(), failures::as_status))
            .with_state(self.clone());
        guarded(doors, &self.door)
    }

    async fn admitted(&self, certificate: Option<Extension<ClientCertificate>>) -> Result<Admitted, Failure> {
        let Some(Extension(ClientCertificate(certificate))) = certificate else {
            return Err(AdmitError::Unknown.into());
        };
        Ok(admit(&self.flow, &certificate).await?)
    }
}

/// Who asks, if they showed a certificate.
type Shown = Option<Extension<ClientCertificate>>;

async fn posts(
    State(door): State<HandOverDoor>,
    shown: Shown,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Taken>, Failure> {
    let gate = door.admitted(shown).await?;
    let (packed, _share) = tokio::select! {
        read = door.bytes.read(&headers, Arrival::of(body, &door.door.clock), POSTS_LIMIT_BYTES) => read?,
        () = door.door.clock.sleep(ARRIVAL) => return Err(Failure::broken_off()),
    };
    Ok(Json(receive::posts(&door.flow, &gate, &packed).await?))
}

async fn has_file(
    State(door): State<HandOverDoor>,
    shown: Shown,
    Path(name): Path<String>,
) -> Result<StatusCode, Failure> {
    let gate = door.admitted(shown).await?;
    let file = SpooledFile::parse(&name).ok_or_else(Failure::not_found)?;
    match receive::has_file(&door.flow, &gate, file).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Failure::not_found()),
    }
}

async fn file(
    State(door): State<HandOverDoor>,
    shown: Shown,
    Path(name): Path<String>,
    body: Body,
) -> Result<StatusCode, Failure> {
    let gate = door.admitted(shown).await?;
    let file = SpooledFile::parse(&name).ok_or_else(Failure::not_found)?;
    receive::file(&door.flow, &gate, file, body.into_data_stream()).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn refreshed(State(door): State<HandOverDoor>, shown: Shown, body: Body) -> Result<Json<Told>, Failure> {
    let gate = door.admitted(shown).await?;
    let bytes = read(body, ASK_LIMIT_BYTES).await?;
    let ask: Ask = serde_json::from_slice(&bytes).map_err(|_| Failure::malformed())?;
    Ok(Json(refresh::refresh(&door.flow, &gate, &ask, &door.nodes).await?))
}

impl From<AdmitError> for Failure {
    fn from(error: AdmitError) -> Self {
        match error {
            AdmitError::Unknown => Self::of(Problem::NotAllowed),
            AdmitError::Unavailable(error) => error.into(),
        }
    }
}

impl From<ReceiveError> for Failure {
    fn from(error: ReceiveError) -> Self {
        match error {
            ReceiveError::Malformed => Self::malformed(),
            ReceiveError::BrokenOff => Self::broken_off(),
            ReceiveError::Unavailable(error) => error.into(),
        }
    }
}
