//! Server-sent events: "this conversation changed". What changed, the page fetches.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::{Stream, StreamExt};
use tokio_stream::wrappers::BroadcastStream;

use crate::handset::page::{Whose, customer_of};
use crate::state::Shared;

pub(super) async fn events(
    State(shared): State<Arc<Shared>>,
    Query(whose): Query<Whose>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let changes = BroadcastStream::new(shared.watch());
    let customer = customer_of(&shared, &whose);
    let events = changes.filter_map(move |change| {
        // A page that fell behind looks again in any case.
        let mine = change.map_or(true, |changed| Some(&changed) == customer.as_ref());
        std::future::ready(mine.then(|| Ok(Event::default().event("changed").data("thread"))))
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}
