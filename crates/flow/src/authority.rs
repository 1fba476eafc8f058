//! On whose word something is erased or held: checked, and opened again for whoever may see it.

use crate::Flow;
use crate::context::Unavailable;
use counterfoil_policy::{Machine, machine_permit};
use counterfoil_vault::{OpenError, Place, Sealed};

/// The longest authority, in characters.
pub(crate) const LIMIT: usize = 500;

/// Why a text is no authority.
pub(crate) enum NoAuthority {
    /// It says nothing.
    Missing,
    /// It has more than [`LIMIT`] characters.
    TooLong,
}

/// The authority that a text names.
pub(crate) fn named(text: &str) -> Result<String, NoAuthority> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(NoAuthority::Missing),
        length if length > LIMIT => Err(NoAuthority::TooLong),
        _ => Ok(text.to_owned()),
    }
}

/// The authority that is sealed at `place`; `None` when it was erased itself.
pub(crate) async fn opened(flow: &Flow, place: Place, sealed: &Sealed<String>) -> Result<Option<String>, Unavailable> {
    let permit = machine_permit(Machine::Upkeep, vec![place.object]);
    match flow.vault().open(&permit, place, sealed).await {
        Ok(authority) => Ok(Some(authority.expose().clone())),
        Err(OpenError::Erased) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
