//! Events, in the order of the numbers that the sequencer gave.

use crate::Store;
use crate::rows::{EventRow, Row, read_all};
use crate::sql::value::args;
use crate::sql::{Cells, ReadError, statements, text};
use counterfoil_policy::Reach;

statements! {
    // An event outside any conversation joins nothing, so its team is absent and everyone may see it.
    EVENTS_AFTER = text!("SELECT ", EventRow::COLUMNS, " FROM event LEFT JOIN conversation ON conversation.id = event.conversation_id \
        WHERE event.number > $1 AND {reach} ORDER BY event.number LIMIT $2");
    EVENT_LATEST = "SELECT max(event.number) FROM event WHERE event.number > $1 AND event.number <= $2 AND event.kind = $3";
    EVENT_HEAD = "SELECT log_head.event_number FROM log_head WHERE log_head.id = 1";
}

impl Store {
    /// Events within reach after `number`, in order, at most `limit`.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn events_after(&self, number: i64, reach: &Reach, limit: usize) -> Result<Vec<EventRow>, ReadError> {
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        read_all(self.reached(EVENTS_AFTER, reach, args![number, most]).await?)
    }

    /// Whether anything of this kind happened after the number `after` and up to `until`, whatever to.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn event_since(&self, kind: i64, after: i64, until: i64) -> Result<bool, ReadError> {
        let rows = self.database().rows(EVENT_LATEST, args![after, until, kind]).await?;
        let latest: Option<i64> = Cells::new(rows.into_iter().next().unwrap_or_default()).take("event", "number")?;
        Ok(latest.is_some())
    }

    /// The number of the last event; 0 when there is none.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn event_head(&self) -> Result<i64, ReadError> {
        let rows = self.database().rows(EVENT_HEAD, Vec::new()).await?;
        Cells::new(rows.into_iter().next().unwrap_or_default()).take("log_head", "event_number")
    }
}
