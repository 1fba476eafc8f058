//! A small policy administration system of the invented insurer: policies, claims, and what was filed on them.
//!
//! It has a wire of its own (`api`) and pages for people (`pages`); `registry` is what it holds. It can be stopped and
//! started on the same port, as systems of record are.

mod api;
mod filing;
mod pages;
mod registry;
mod withdrawing;

use std::io;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use tokio::net::TcpListener;

use registry::Registry;
pub use registry::{FiledDocument, FiledFile};

use crate::clock::SimClock;
use crate::ids::Dice;
use crate::listener::Listener;
use crate::samples::{Book, Claim, Policy};

/// The largest filing: files of 100 MB in base64 and what is around them.
const LARGEST_BODY: usize = 140 * 1024 * 1024;

/// Why the PAS did not come back.
#[derive(Debug, thiserror::Error)]
pub enum PasError {
    /// Its port was taken meanwhile.
    #[error("could not take the port of the PAS again")]
    Reopen(#[source] io::Error),
}

/// A handle on the simulated PAS; clones steer the same one.
#[derive(Clone)]
pub struct Pas {
    shared: Arc<PasShared>,
    door: Arc<Listener>,
}

/// What its routes share.
pub(crate) struct PasShared {
    pub(crate) registry: Registry,
    pub(crate) clock: SimClock,
    /// The day on which it began, in UTC: the claims were reported that many days before.
    pub(crate) first_day: Date,
    pub(crate) token: String,
}

impl Pas {
    pub(crate) fn open(socket: TcpListener, clock: SimClock, seed: u64) -> io::Result<Self> {
        let mut dice = Dice::new(seed ^ 0x9A5);
        let token = format!("pas-{:016x}{:016x}", dice.next(), dice.next());
        let shared = Arc::new(PasShared {
            registry: Registry::new(Book::invented(seed)),
            first_day: day_of(clock.now_micros()),
            clock,
            token,
        });
        let door = Arc::new(Listener::open(socket, router(&shared))?);
        Ok(Self { shared, door })
    }

    /// Where it answers: `http://127.0.0.1:<port>`. The API is below `/api`, the pages begin at `/`.
    pub fn url(&self) -> String {
        self.door.url()
    }

    /// The bearer token that its API wants.
    pub fn token(&self) -> &str {
        &self.shared.token
    }

    /// Goes away: the port is closed and every connection with it. What was filed stays.
    pub async fn stop(&self) {
        self.door.close().await;
    }

    /// Comes back on the same port; does nothing when it is there.
    ///
    /// # Errors
    /// [`PasError::Reopen`] when the port was taken meanwhile.
    pub async fn start(&self) -> Result<(), PasError> {
        self.door.reopen(router(&self.shared)).await.map_err(PasError::Reopen)
    }

    /// From now on it must keep this document, and refuses to withdraw it.
    pub fn must_keep(&self, document: &str) {
        self.shared.registry.must_keep(document);
    }

    /// Whether it withdraws documents at all; it does until told otherwise.
    pub fn offer_withdrawal(&self, offered: bool) {
        self.shared.registry.offer_withdrawal(offered);
    }

    /// All that was filed and not withdrawn, oldest first.
    pub fn documents(&self) -> Vec<FiledDocument> {
        self.shared.registry.documents()
    }

    /// All claims by number.
    pub fn claims(&self) -> Vec<Claim> {
        self.shared.registry.book().claims().cloned().collect()
    }

    /// All policies by number.
    pub fn policies(&self) -> Vec<Policy> {
        self.shared.registry.book().policies().cloned().collect()
    }
}

/// The day of a time, in UTC.
fn day_of(micros: i64) -> Date {
    let time = Timestamp::from_microsecond(micros).unwrap_or_default();
    time.to_zoned(TimeZone::UTC).date()
}

fn router(shared: &Arc<PasShared>) -> Router {
    let routes = api::routes(shared).merge(pages::routes());
    routes
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(Arc::clone(shared))
}
