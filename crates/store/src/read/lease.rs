//! Leases: who leads, until when, under which fencing number.
//!
//! A leader that slept through the end of its lease may still believe that it leads; so what it protects checks the fencing number,
//! which grows with each new leader.

use crate::Store;
use crate::alone::alone;
use crate::sql::value::args;
use crate::sql::{Cells, Failure, Field, ReadError, Session, Value, statements};
use counterfoil_model::{NodeId, Timestamp};
use std::time::Duration;

statements! {
    LEASE_HOLDER = "SELECT owner FROM lease WHERE name = $1 AND leased_until > $2";
    LEASE_TAKE = "INSERT INTO lease (name, owner, fence, leased_until) VALUES ($1, $2, 1, $4) ON CONFLICT (name) DO UPDATE SET \
        owner = excluded.owner, fence = lease.fence + 1, leased_until = excluded.leased_until \
        WHERE lease.leased_until <= $3 OR lease.owner = $5 RETURNING fence";
    LEASE_RENEW = "UPDATE lease SET leased_until = $5 WHERE name = $1 AND owner = $2 AND fence = $3 AND leased_until > $4";
    RELEASE_ALL = "UPDATE lease SET leased_until = $1 WHERE leased_until > $1";
    LEASE_RELEASE = "UPDATE lease SET leased_until = $4 WHERE name = $1 AND owner = $2 AND fence = $3 AND leased_until > $4";
}

/// Ends every lease: their holders have ended.
pub(super) async fn release_all(session: &mut Session, now: Timestamp) -> Result<u64, Failure> {
    session.execute(RELEASE_ALL, args![now]).await
}

/// Who holds a lease at `now`.
async fn holder(session: &mut Session, name: &str, now: Timestamp) -> Result<Option<NodeId>, Failure> {
    let rows = session.rows(LEASE_HOLDER, args![name.to_owned(), now]).await?;
    Ok(rows.into_iter().flatten().next().and_then(NodeId::from_value))
}

/// Takes a lease that has run out, or that `gone` holds.
async fn take(
    session: &mut Session,
    name: &str,
    owner: NodeId,
    now: Timestamp,
    hold: Duration,
    gone: Option<NodeId>,
) -> Result<Vec<Vec<Value>>, Failure> {
    let args = args![name.to_owned(), owner, now, now.plus(hold), gone];
    session.rows(LEASE_TAKE, args).await
}

impl Store {
    /// Takes a lease that nobody holds, or whose holder is not seen to live; its fencing number, or `None` while somebody holds it.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn lease_take(
        &self,
        name: &'static str,
        owner: NodeId,
        hold: Duration,
    ) -> Result<Option<i64>, ReadError> {
        let now = self.engine().clock.wall();
        let by = self.engine().shown.by(self.database(), owner).await?;
        let rows = alone!(by, |session| {
            // Taking locks the row, so that whoever may not is not to try.
            match holder(&mut session, name, now).await? {
                None => take(&mut session, name, owner, now, hold, None).await?,
                Some(holder) if holder != owner && by.gone(&mut session, holder).await? => {
                    take(&mut session, name, owner, now, hold, Some(holder)).await?
                }
                Some(_) => Vec::new(),
            }
        })?;
        let fence = rows.into_iter().next();
        fence.map(|row| Cells::new(row).take("lease", "fence")).transpose()
    }

    /// Holds a lease for longer; false when it has run out or is another's.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn lease_renew(
        &self,
        name: &'static str,
        owner: NodeId,
        fence: i64,
        hold: Duration,
    ) -> Result<bool, ReadError> {
        let now = self.engine().clock.wall();
        let by = self.engine().shown.by(self.database(), owner).await?;
        let touched = alone!(by, |session| {
            let args = args![name.to_owned(), owner, fence, now, now.plus(hold)];
            session.execute(LEASE_RENEW, args).await?
        })?;
        Ok(touched == 1)
    }

    /// Gives a lease back, so that another need not wait for its end; nothing when it is another's by now.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn lease_release(&self, name: &'static str, owner: NodeId, fence: i64) -> Result<(), ReadError> {
        let now: Timestamp = self.engine().clock.wall();
        let by = self.engine().shown.by(self.database(), owner).await?;
        alone!(by, |session| {
            let args = args![name.to_owned(), owner, fence, now];
            session.execute(LEASE_RELEASE, args).await?
        })?;
        Ok(())
    }
}
