//! Showing the other nodes that this one lives: a connection of its own on which the server holds a lock for it, and lets go of it when the
//! process ends, however it ends.
//!
//! The leases' own questions go this way, so that whoever renews one is seen to live. It is a hint and protects nothing: a connection may break
//! while its node lives, and what is led is checked by the fencing number (see [`lease`](crate::read)). Where there is no such connection (in
//! a folder, and behind a pooler that gives each transaction another) leases end by time alone.

use crate::sql::{Database, Failure, Session};
use counterfoil_model::NodeId;
use std::sync::Arc;
use tokio::sync::Mutex;

/// The connections by which nodes are seen to live that work through this store: one, but in tests.
#[derive(Default)]
pub(crate) struct Shown(Mutex<Vec<(NodeId, Option<Arc<Database>>)>>);

/// Where the leases of a node are asked for.
pub(crate) enum By<'a> {
    /// On its own connection.
    Own(Arc<Database>),
    /// With everything else; nobody is seen to live.
    All(&'a Database),
}

impl Shown {
    /// Where `node` asks; from now on it is seen to live.
    pub(crate) async fn by<'a>(&self, database: &'a Database, node: NodeId) -> Result<By<'a>, Failure> {
        let mut shown = self.0.lock().await;
        let own = match shown.iter().find(|(whose, _)| *whose == node) {
            Some((_, own)) => own.clone(),
            None => {
                let own = database.shown(mark(node)).await?.map(Arc::new);
                shown.push((node, own.clone()));
                own
            }
        };
        Ok(own.map_or(By::All(database), By::Own))
    }

    /// Closes all of them: whoever was seen to live by them is not any more.
    pub(crate) async fn close(&self) {
        for (_, own) in std::mem::take(&mut *self.0.lock().await) {
            if let Some(own) = own {
                own.close().await;
            }
        }
    }
}

impl By<'_> {
    /// Begins a transaction that may write.
    pub(crate) async fn begin(&self) -> Result<Session, Failure> {
        match self {
            Self::Own(own) => own.begin().await,
            Self::All(database) => database.begin().await,
        }
    }

    /// Whether `node` is certainly not seen to live.
    pub(crate) async fn gone(&self, session: &mut Session, node: NodeId) -> Result<bool, Failure> {
        match self {
            Self::Own(_) => session.unlocked(mark(node)).await,
            Self::All(_) => Ok(false),
        }
    }
}

/// The number of a node's lock: the half of its id that is all chance.
fn mark(node: NodeId) -> i64 {
    let [.., a, b, c, d, e, f, g, h] = *node.bytes();
    i64::from_be_bytes([a, b, c, d, e, f, g, h])
}
