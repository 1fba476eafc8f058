//! Pace: turns that are taken one after the other, not faster than they may, by all nodes together and across restarts.
//!
//! A generic cell rate algorithm (ITU-T I.371, annex A): per subject one time, until when the turns taken last would reach if each took
//! its due time. It may lie ahead of now by as many turns as may come at once.

use crate::sql::value::args;
use crate::sql::{Cells, Failure, Session, statements};
use counterfoil_model::Timestamp;
use std::time::Duration;

statements! {
    // $3 a turn on from now, $4 how long a turn is, $5 how far ahead the last turn may lie, $6 how far ahead none can lie unless the
    // clock was set back: then it is not believed.
    PACE_TAKE = "INSERT INTO pace (subject, until) VALUES ($1, $3) ON CONFLICT (subject) DO UPDATE SET until = \
        CASE WHEN pace.until > $2 AND pace.until <= $6 THEN pace.until + $4 ELSE $3 END WHERE pace.until <= $5 OR pace.until > $6";
    PACE_UNTIL = "SELECT pace.until FROM pace WHERE pace.subject = $1";
}

/// The wish for a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// Whose turns: a number or a conversation of ours.
    pub subject: [u8; 16],
    /// How long a turn lasts.
    pub every: Duration,
    /// How many may be taken at once, borrowed from the future.
    pub burst: u32,
}

impl Turn {
    /// Takes it; or tells from when on it can be taken.
    pub(super) async fn take(&self, session: &mut Session, now: Timestamp) -> Result<Option<Timestamp>, Failure> {
        let every = i64::try_from(self.every.as_micros()).unwrap_or(i64::MAX);
        let furthest = now.plus(self.every.saturating_mul(self.burst));
        let ahead = now.plus(self.every.saturating_mul(self.burst.saturating_sub(1)));
        let args = args![self.subject, now, now.plus(self.every), every, ahead, furthest];
        if session.execute(PACE_TAKE, args).await? == 1 {
            return Ok(None);
        }
        let rows = session.rows(PACE_UNTIL, args![self.subject]).await?;
        let until: Option<Timestamp> = rows
            .into_iter()
            .next()
            .and_then(|row| Cells::new(row).take("pace", "until").ok());
        Ok(Some(until.map_or(now, |until| now.plus(until.since(ahead)))))
    }
}
