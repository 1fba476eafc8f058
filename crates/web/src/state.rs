//! What every handler is given: the use cases, the settings, the clock, randomness, and how much may be in flight.

use crate::budget::Budget;
use crate::settings::WebSettings;
use counterfoil_flow::Flow;
use counterfoil_model::{Clock, Random};
use std::sync::Arc;
use tokio::sync::{Semaphore, watch};

/// Files on their way in from colleagues at the same time, in bytes.
const UPLOAD_BYTES_IN_FLIGHT: usize = 256 << 20;
/// Live pages at the same time.
const LIVE_PAGES: usize = 4096;

/// The state of the public listener; cheap to clone.
#[derive(Clone)]
pub(crate) struct Web {
    pub(crate) flow: Flow,
    pub(crate) door: Door,
    pub(crate) upload_bytes: Budget,
    pub(crate) live_pages: Arc<Semaphore>,
    /// Turns true when the process drains: streams then end.
    pub(crate) closing: watch::Receiver<bool>,
}

/// What the layers need, without the use cases.
#[derive(Clone)]
pub(crate) struct Door {
    pub(crate) settings: Arc<WebSettings>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
}

impl Web {
    pub(crate) fn new(flow: Flow, door: Door, closing: watch::Receiver<bool>) -> Self {
        Self {
            flow,
            door,
            upload_bytes: Budget::new(UPLOAD_BYTES_IN_FLIGHT),
            live_pages: Arc::new(Semaphore::new(LIVE_PAGES)),
            closing,
        }
    }
}

impl axum::extract::FromRef<Web> for Door {
    fn from_ref(web: &Web) -> Self {
        web.door.clone()
    }
}

impl Door {
    /// A text that nobody can guess, 32 hex digits: for operation ids and for forms that must not be sent twice.
    pub(crate) fn nonce(&self) -> String {
        format!("{:032x}", u128::from_be_bytes(self.random.array::<16>()))
    }
}
