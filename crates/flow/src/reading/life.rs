//! The life of a message: one strip, each step with its time and its place in the log.

use super::ReadError;
use crate::Flow;
use counterfoil_model::{MessageId, Timestamp};
use counterfoil_policy::Staff;

/// A step in the life of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LifeEvent {
    /// The provider says that it was written then.
    Written,
    /// Sealed and recorded here.
    Recorded,
    /// A file of it was fetched.
    Fetched,
    /// A file of it could not be fetched.
    Unfetched,
    /// A file of it was deleted at the provider.
    DeletedAtProvider,
    /// A report of what became of it.
    Tick(counterfoil_model::tick::TickState),
    /// First read by a member of staff.
    Read,
    /// Someone asked for it to be put on a claim.
    ToBeFiled,
    /// The other system has taken it.
    Filed,
    /// The other system refused it.
    FilingRefused,
}

/// One step with its proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LifeStep {
    /// What happened.
    pub event: LifeEvent,
    /// When.
    pub at: Timestamp,
    /// The number of its leaf in the log; `None` while it waits for one.
    pub leaf: Option<u64>,
}

/// The life of one message, oldest first.
///
/// # Errors
/// As [`super::thread::thread`].
pub async fn life(flow: &Flow, staff: &Staff, message: MessageId) -> Result<Vec<LifeStep>, ReadError> {
    let _ = (flow, staff, message);
    todo!()
}
