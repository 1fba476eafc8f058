//! Jobs.
use counterfoil_model::{JobId, NodeId};

/// A job that a node has claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// Its id.
    pub id: JobId,
    /// Which work.
    pub kind: String,
    /// On what.
    pub subject: Vec<u8>,
    /// How often it was begun, this time included.
    pub attempts: i64,
    /// Who claimed it.
    pub node: NodeId,
}
