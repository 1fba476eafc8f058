//! Giving a gate its pass: a key of its own, a certificate for it, and all that it needs to begin.

use super::authority::authority;
use super::certificate::Key;
use super::pass::Pass;
use crate::Flow;
use crate::context::Unavailable;
use crate::log;
use counterfoil_ledger::registry::LeafKind;
use counterfoil_model::GateId;
use counterfoil_policy::{Action, Actor, may};
use counterfoil_store::Unit;
use counterfoil_store::rows::GateRow;
use counterfoil_vault::{Content as _, Kind, Label, Place};

/// Why something about gates was not done.
#[derive(Debug, thiserror::Error)]
pub enum GateError {
    /// The acting person may not manage connections.
    #[error("this role does not manage gates")]
    Refused,
    /// The title is missing, too long or has control characters.
    #[error("the title must have from 1 to 120 characters")]
    Title,
    /// No address of a full node is known.
    #[error("gates must be told where full nodes are: set gates.address and gates.reached_at on the full nodes first")]
    NoNodes,
    /// There is no such gate, or it is admitted no more.
    #[error("there is no gate with this id that is still admitted")]
    Unknown,
    /// A part of the installation did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

pub(super) fn place(gate: GateId) -> Place {
    Place {
        kind: Kind::Gate,
        object: *gate.bytes(),
        label: Label::Title,
    }
}

/// Adds a gate called `title` that finds full nodes at `nodes`, and gives its pass. The private key in it is kept nowhere else.
///
/// # Errors
/// [`GateError::Refused`], [`GateError::Title`], [`GateError::NoNodes`], [`GateError::Unavailable`].
pub async fn add(flow: &Flow, actor: &Actor, title: &str, nodes: &[String]) -> Result<(GateId, Pass), GateError> {
    let granted = may(actor, Action::ManageConnections).map_err(|_| GateError::Refused)?;
    let by = log::actor(granted.actor());
    let fits = !title.trim().is_empty() && title.chars().count() <= 120 && !title.chars().any(char::is_control);
    if !fits {
        return Err(GateError::Title);
    }
    if nodes.is_empty() {
        return Err(GateError::NoNodes);
    }
    let authority = authority(flow).await?;
    flow.kits_load().await?;
    let at = flow.now();
    let gate = GateId::new(at, flow.random());
    let key = Key::fresh(flow.random())?;
    let signed = authority.signer(flow).gate(gate, key.public())?;
    let kit = flow.intake().and_then(|door| door.shelf().content());
    let kit = kit.ok_or_else(|| Unavailable("this node has no intake kit".into()))?;
    let pass = Pass::new(
        (flow.vault().installation(), gate),
        nodes,
        authority.certificate.clone(),
        (&key.pkcs8()?, signed),
        kit,
    );

    let item = flow
        .vault()
        .item(flow.organisation_tree())
        .await
        .map_err(Unavailable::from)?;
    let title = title.to_owned();
    let leaf = log::leaf(LeafKind::Gate, at, gate.bytes(), by)
        .commitment(log::label(Label::Title), item.commit(Label::Title, &title.encode()));
    let row = GateRow {
        id: gate,
        public_key: key.public().digest(),
        title: item.seal(place(gate), &title),
        recorded_at: at,
    };
    let unit = Unit::new("gate.add").record(row, leaf);
    flow.store().commit(unit).await.map_err(Unavailable::from)?;
    Ok((gate, pass))
}
