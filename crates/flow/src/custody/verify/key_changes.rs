//! The keys of the log: each change that a leaf names must be one that this vault made, and that the key before vouched for.

use super::Run;
use super::report::What;
use crate::context::Unavailable;
use crate::custody::away;
use crate::custody::key_change::{Says, changes, path, says};
use crate::custody::sign::Keys;
use counterfoil_ledger::key_change::{KeyChange, KeyChangeError, LogKeys};
use counterfoil_ledger::note::{LogKey, NoteError};
use counterfoil_store::rows::LeafRow;

/// The chain of keys that the proofs beside the mirror give, from the one that signs. What is wrong with a proof is told.
pub(super) async fn chain(run: &mut Run<'_>) -> Result<LogKeys, Unavailable> {
    let (chain, wrong) = read(run).await?;
    for (leaf, what) in wrong {
        tell(run, leaf, what);
    }
    match chain.changes().len() {
        0 => {}
        times => run.report.note(format!(
            "The key of the log was changed {times} times; each key before vouched for the next."
        )),
    }
    Ok(chain)
}

/// Tells of a leaf that names two keys and is not about the installation: no key vouches by it, and auditors take it for a change.
pub(super) fn strange(run: &mut Run<'_>, row: &LeafRow) {
    if says(run.flow, row) == Says::Strange {
        tell(run, row.number, What::NotSigned);
    }
}

fn tell(run: &mut Run<'_>, leaf: impl std::fmt::Display, what: What) {
    let place = format!("the proof of the change of the log's key at leaf {leaf}");
    run.differs(place, "object", path(leaf), None, what);
}

/// The chain, and of which changes the proof is wrong.
pub(super) async fn read(run: &Run<'_>) -> Result<(LogKeys, Vec<(u64, What)>), Unavailable> {
    let keys = Keys::now(run.flow).await?;
    let signs = keys.held().first().map(LogKey::verifier);
    let signs = signs.ok_or_else(|| away(NoteError::NoSignatures))?;
    let (mut proven, mut wrong) = (Vec::new(), Vec::new());
    for (leaf, named) in changes(run.flow).await? {
        let made = keys.pairs().any(|pair| pair == (&named.before, &named.after));
        let proof = run.flow.blobs().get(&path(leaf)).await.map_err(away)?;
        match proof.map(|proof| KeyChange::read(&proof)) {
            // It is on its way: the seed before is destroyed only when the proof is there.
            None if made && named.before == *signs => {}
            None if made => wrong.push((leaf, What::Missing)),
            Some(Ok(change)) if made && change.leaf == leaf && change.keys == named => proven.push(change),
            Some(Err(KeyChangeError::NotVouchedFor { .. } | KeyChangeError::NotHeld { .. })) => {
                wrong.push((leaf, What::NotSigned));
            }
            Some(_) if made => wrong.push((leaf, What::Altered)),
            // Whoever writes leaves could have named any key.
            _ => wrong.push((leaf, What::NotSigned)),
        }
    }
    let chain = match LogKeys::follow(signs.clone(), proven) {
        Ok(chain) => chain,
        Err(error) => {
            if let KeyChangeError::NoLink { leaf } = error {
                wrong.push((leaf, What::Disagrees));
            }
            LogKeys::from(signs.clone())
        }
    };
    Ok((chain, wrong))
}
