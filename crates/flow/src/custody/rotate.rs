//! Changing the log's key: the operator's part, which is to make the next key and to have the log name it.
//!
//! The next checkpoint is signed by both keys, and after that the old seed is destroyed (see `key_change`): by this server, or whichever leads. Repeating what broke off
//! goes on from there, and nothing is signed with the next key before the log names it.

use super::key_change::{end_again, named};
use super::sign::Keys;
use crate::Flow;
use crate::context::Unavailable;
use crate::log;
use counterfoil_ledger::leaf::Fact;
use counterfoil_ledger::note::VerifierKey;
use counterfoil_ledger::registry::{FactKey, LeafKind};
use counterfoil_policy::{Action, Actor, may};
use counterfoil_store::Unit;

/// A change that is on the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotated {
    /// The key that signed so far.
    pub before: VerifierKey,
    /// The key that signs from the next checkpoint on.
    pub after: VerifierKey,
}

/// Why the key was not changed.
#[derive(Debug, thiserror::Error)]
pub enum RotateError {
    /// The actor may not.
    #[error("this is not for you to decide")]
    Refused,
    /// The last change has not ended.
    #[error(
        "the key of the log is being changed already: the next checkpoint of a running server ends that, and `counterfoil log keys` shows it"
    )]
    Going,
    /// A store cannot be reached.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Has the log be signed with a new key from its next checkpoint on.
///
/// # Errors
/// See [`RotateError`].
pub async fn rotate(flow: &Flow, actor: &Actor) -> Result<Rotated, RotateError> {
    let granted = may(actor, Action::RotateLogKey).map_err(|_| RotateError::Refused)?;
    end_again(flow).await?;
    // A seed that an attempt made which broke off is the one that is used.
    flow.vault().log_seed_make().await.map_err(Unavailable::from)?;
    let keys = Keys::now(flow).await?;
    let [before, after] = keys.held() else {
        return Err(RotateError::Going);
    };
    let (before, after) = (before.verifier().clone(), after.verifier().clone());
    let installation = *flow.vault().installation().bytes();
    let told = log::about(flow, &[installation]).await?;
    if told
        .iter()
        .filter_map(|leaf| named(flow, leaf))
        .any(|keys| keys.after == after)
    {
        return Err(RotateError::Going);
    }
    let actor = log::actor(granted.actor());
    let leaf = log::leaf(LeafKind::LogKeyChanged, flow.now(), &installation, actor)
        .fact(FactKey::PublicKey, Fact::Hash(*after.public()))
        .fact(FactKey::PreviousKey, Fact::Hash(*before.public()));
    let committed = flow.store().commit(Unit::new("log.rotate").leaf(leaf)).await;
    committed.map_err(Unavailable::from)?;
    Ok(Rotated { before, after })
}
