//! Putting one message with its attachments on a claim.

use super::FileError;
use crate::Flow;
use counterfoil_model::{FilingId, MessageId};
use counterfoil_policy::Staff;

/// Asks for `message` to be put on `claim` (as a person wrote it; 1 to 64 letters, digits, `-`, `/`, `.`). Asking twice is the same filing.
///
/// # Errors
/// See [`FileError`].
pub async fn file(flow: &Flow, staff: &Staff, message: MessageId, claim: &str) -> Result<FilingId, FileError> {
    let _ = (flow, staff, message, claim);
    todo!()
}
