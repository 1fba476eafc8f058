//! What stays though an erasure is of it, with its ground: on the record, once of each thing.
//!
//! What is held is found when it would go; what was left out is named when the erasure is decided. None of it holds content.

use crate::Flow;
use crate::context::Unavailable;
use crate::log;
use counterfoil_ledger::leaf::{Actor, Fact, Leaf};
use counterfoil_ledger::registry::{FactKey, LeafKind};
use counterfoil_model::erasure::{ErasureTarget, KeptGround};
use counterfoil_model::{ErasureId, ErasureKeptId, HoldId, Timestamp};
use counterfoil_store::rows::ErasureKeptRow;
use counterfoil_store::{CommitError, Unit};
use counterfoil_vault::{Content, Kind, Label, Place};

/// Something that stays.
#[derive(Clone, Copy)]
pub(super) struct Kept {
    pub(super) target: ErasureTarget,
    pub(super) object: [u8; 16],
    ground: KeptGround,
    hold: Option<HoldId>,
}

impl Kept {
    /// Because a hold is on it, or on a part of it.
    pub(super) fn held(target: ErasureTarget, object: [u8; 16], hold: HoldId) -> Self {
        Self {
            target,
            object,
            ground: KeptGround::Hold,
            hold: Some(hold),
        }
    }

    /// Because something that belongs to it stays.
    pub(super) fn with_its_parts(target: ErasureTarget, object: [u8; 16]) -> Self {
        Self {
            target,
            object,
            ground: KeptGround::Part,
            hold: None,
        }
    }

    fn row(self, flow: &Flow, erasure: ErasureId, at: Timestamp) -> ErasureKeptRow {
        ErasureKeptRow {
            id: ErasureKeptId::new(at, flow.random()),
            erasure,
            target: self.target,
            object: self.object,
            ground: self.ground,
            hold: self.hold,
            words: None,
            recorded_at: at,
        }
    }
}

/// Puts on the record that these stay.
pub(super) async fn keep(flow: &Flow, erasure: ErasureId, kept: Vec<Kept>) -> Result<(), Unavailable> {
    for one in kept {
        let row = one.row(flow, erasure, flow.now());
        let leaf = leaf(&row, Actor::SYSTEM);
        match flow.store().commit(Unit::new("erasure.keep").record(row, leaf)).await {
            // It was said before.
            Ok(()) | Err(CommitError::Conflict { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Adds to the unit that decides an erasure that these messages stay, and why.
pub(super) async fn leave_out(
    flow: &Flow,
    mut unit: Unit,
    erasure: ErasureId,
    messages: &[[u8; 16]],
    words: &String,
    actor: Actor,
    at: Timestamp,
) -> Result<Unit, Unavailable> {
    for object in messages {
        let left_out = Kept {
            target: ErasureTarget::Message,
            object: *object,
            ground: KeptGround::Decision,
            hold: None,
        };
        let mut row = left_out.row(flow, erasure, at);
        let key = flow.vault().item(flow.organisation_tree()).await?;
        row.words = Some(key.seal(place(row.id), words));
        let leaf = leaf(&row, actor).commitment(
            log::label(Label::Authority),
            key.commit(Label::Authority, &words.encode()),
        );
        unit = unit.record(row, leaf);
    }
    Ok(unit)
}

fn leaf(row: &ErasureKeptRow, actor: Actor) -> Leaf {
    log::leaf(LeafKind::ErasureKept, row.recorded_at, row.id.bytes(), actor)
        .follows(*row.erasure.bytes())
        .items([row.object])
        .fact(FactKey::Reason, Fact::Int(row.ground.code()))
}

/// Where the words are sealed by which something was left out.
pub(super) fn place(id: ErasureKeptId) -> Place {
    Place {
        kind: Kind::ErasureKept,
        object: *id.bytes(),
        label: Label::Authority,
    }
}
