//! Whose certificate it is, and whether that gate is on the list. Asked for each request, so that revoking takes effect at once and on
//! every full node; that the authority signed the certificate and that it has not ended, the listener has seen to.

use super::certificate::PublicKey;
use crate::Flow;
use crate::context::Unavailable;
use counterfoil_model::{GateId, Timestamp};

/// A gate that may hand over, now.
#[derive(Debug)]
pub struct Admitted {
    pub(super) gate: GateId,
    pub(super) added_at: Timestamp,
    pub(super) key: PublicKey,
}

/// Why a gate may not hand over.
#[derive(Debug, thiserror::Error)]
pub enum AdmitError {
    /// It is not on the list.
    #[error("this gate is not on the list, or no longer")]
    Unknown,
    /// A part of the installation did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// The gate that showed this certificate (DER).
///
/// # Errors
/// See [`AdmitError`].
pub async fn admit(flow: &Flow, certificate: &[u8]) -> Result<Admitted, AdmitError> {
    let key = PublicKey::of(certificate).ok_or(AdmitError::Unknown)?;
    let row = flow
        .store()
        .gate_admitted(key.digest())
        .await
        .map_err(Unavailable::from)?;
    match row {
        Some(row) => Ok(Admitted {
            gate: row.id,
            added_at: row.recorded_at,
            key,
        }),
        None => {
            metrics::counter!("counterfoil_gates_refused_total").increment(1);
            Err(AdmitError::Unknown)
        }
    }
}
