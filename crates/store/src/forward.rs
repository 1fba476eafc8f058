//! Bringing the log forward: entries that a mirror kept and an older database lacks are put behind the head, which moves last.
//!
//! Until the head moves, whatever looks at the log sees the old one, so that a database that is only half forward is still one that was rolled
//! back, and `serve` refuses it. Where the entries come from and whether they may be believed is not decided here.

use crate::Store;
use crate::change::Change;
use crate::numbering::SequenceError;
use crate::read::LogHead;
use crate::rows::{LeafRow, Row};
use crate::sql::value::args;
use crate::sql::{Session, Value, statements};
use counterfoil_ledger::tree::{Frontier, leaf_hash};

statements! {
    // What an attempt left that broke off.
    LEAVES_CLEAR = "DELETE FROM leaf WHERE number >= $1";
    // A leaf that waited for its number when these rows were copied got one since.
    PENDING_KNOWN = "DELETE FROM pending_leaf WHERE bytes IN ({list})";
    HEAD_FORWARD = "UPDATE log_head SET size = $3, frontier = $4, root = $5 WHERE id = 1 AND size = $1 AND root = $2";
}

/// The name under which a test orders a fault of [`Store::log_put_behind`].
const NAME: &str = "log.forward";

impl Store {
    /// Puts entries (subject and bytes) behind the head of the log, from number `first` on, in one transaction; the head stays. What stood from there on
    /// goes, and so do those of them that wait for a number.
    ///
    /// # Errors
    /// [`SequenceError::Fenced`] when the log has such a number already; [`SequenceError::Damaged`], [`SequenceError::Store`].
    pub async fn log_put_behind(&self, first: i64, entries: Vec<([u8; 16], Vec<u8>)>) -> Result<(), SequenceError> {
        let mut session = self.database().begin().await?;
        if let Err(error) = put(&mut session, first, entries).await {
            // The next transaction must find the connection free; a failing rollback closes it.
            let _ = session.rollback().await;
            return Err(error);
        }
        let faults = &self.engine().faults;
        if let Err(fault) = faults.before_commit(NAME) {
            let _ = session.rollback().await;
            return Err(fault.into());
        }
        session.commit().await?;
        Ok(faults.after_commit(NAME)?)
    }
}

async fn put(session: &mut Session, first: i64, entries: Vec<([u8; 16], Vec<u8>)>) -> Result<(), SequenceError> {
    if first < LogHead::held(session).await?.size {
        return Err(SequenceError::Fenced);
    }
    session.execute(LEAVES_CLEAR, args![first]).await?;
    let known = entries.iter().map(|(_, bytes)| Value::Bytes(bytes.clone())).collect();
    session.execute_listed(PENDING_KNOWN, &[], known).await?;
    let rows = (first..).zip(entries).map(|(number, (subject, bytes))| {
        let hash = leaf_hash(&bytes);
        args![number, subject, hash, bytes]
    });
    session
        .insert(LeafRow::TABLE.insert, &rows.collect::<Vec<Vec<Value>>>())
        .await?;
    Ok(())
}

impl Change {
    /// Moves the head of the log over entries that were put behind it. Conflict `log_head`: it is not where it was any more.
    pub fn log_forward(from: &LogHead, to: &Frontier) -> Self {
        let size = i64::try_from(to.size()).unwrap_or(i64::MAX);
        let arguments = args![from.size, from.root, size, to.to_bytes(), to.root()];
        Self::one("log_head", HEAD_FORWARD, arguments)
    }
}
