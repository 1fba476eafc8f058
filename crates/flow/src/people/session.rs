//! Sessions: who is behind a cookie, and ending it.

use crate::Flow;
use crate::context::Unavailable;
use counterfoil_model::{Opened, Secret};
use counterfoil_policy::Staff;

/// The person behind a session's token, if it lives. Moves the idle limit (at most once a minute).
///
/// # Errors
/// [`Unavailable`].
pub async fn session(flow: &Flow, token: &Secret) -> Result<Option<Staff>, Unavailable> {
    let _ = (flow, token);
    todo!()
}

/// Ends the session of `staff`.
///
/// # Errors
/// [`Unavailable`].
pub async fn sign_out(flow: &Flow, staff: &Staff) -> Result<(), Unavailable> {
    let _ = (flow, staff);
    todo!()
}

/// The name of `staff` for the page's own frame.
///
/// # Errors
/// [`Unavailable`].
pub async fn own_name(flow: &Flow, staff: &Staff) -> Result<Opened<String>, Unavailable> {
    let _ = (flow, staff);
    todo!()
}
