//! What a person may do with a message of which it is not known whether it left.

use super::{WriteError, Written};
use crate::Flow;
use counterfoil_model::MessageId;
use counterfoil_model::tick::TickState;
use counterfoil_policy::Staff;

/// Looks again at what is known of an uncertain message: its state now.
///
/// # Errors
/// [`WriteError::NotFound`], [`WriteError::Refused`], [`WriteError::Unavailable`].
pub async fn check(flow: &Flow, staff: &Staff, message: MessageId) -> Result<TickState, WriteError> {
    let _ = (flow, staff, message);
    todo!()
}

/// Sends the content of an uncertain or failed message once more, as a new message that refers to the first. The first is not
/// changed. Asking twice makes one.
///
/// # Errors
/// See [`WriteError`].
pub async fn send_again(flow: &Flow, staff: &Staff, message: MessageId) -> Result<Written, WriteError> {
    let _ = (flow, staff, message);
    todo!()
}
