//! Opening many things under one permit. What was erased opens as nothing; what was altered is an error.

use super::ReadError;
use crate::Flow;
use counterfoil_model::Opened;
use counterfoil_policy::Permit;
use counterfoil_vault::{Content, Kind, Label, OpenError, Place, Sealed};

/// A permit at work.
pub(crate) struct Opener<'a> {
    pub(crate) flow: &'a Flow,
    pub(crate) permit: &'a Permit,
}

impl Opener<'_> {
    /// Opens one sealed field of the thing `object`.
    pub(crate) async fn open<T: Content>(
        &self,
        kind: Kind,
        object: &[u8; 16],
        label: Label,
        sealed: &Sealed<T>,
    ) -> Result<Option<Opened<T>>, ReadError> {
        let place = Place {
            kind,
            object: *object,
            label,
        };
        match self.flow.vault().open(self.permit, place, sealed).await {
            Ok(opened) => Ok(Some(opened)),
            Err(OpenError::Erased) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}
