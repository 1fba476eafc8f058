//! Retiring a key epoch: what makes erasures final.
//!
//! ```text
//! intend   who, on whose word; from then on a job works
//! work     turn to the next epoch, replace the lookup key, empty this one, wait for a backup that holds, destroy the root key, make erasures final
//! list     how far each has come, and what it waits for
//! ```
//!
//! Until an epoch is retired, a copy of the vault store from before an erasure still opens what was erased. Each step is durable, goes on the log once,
//! and leaves an installation that serves; nothing here stops for a retirement.

pub mod intend;
pub mod list;
pub(crate) mod work;

use crate::Flow;
use crate::context::Unavailable;
use counterfoil_model::RetirementId;
use counterfoil_model::retirement::RetirementStep;
use counterfoil_store::rows::{RetirementRow, RetirementStepRow};
use counterfoil_vault::{Kind, Label, Place};

/// Why nothing was retired or listed.
#[derive(Debug, thiserror::Error)]
pub enum RetirementError {
    /// The actor may not.
    #[error("this is not for you to decide")]
    Refused,
    /// The one before has not ended.
    #[error("{0} is going on: an epoch is retired after the one before it")]
    Going(RetirementId),
    /// No authority was given.
    #[error("say on whose word: a name, a decision, the number of a request")]
    NoAuthority,
    /// The authority is too long.
    #[error("the authority may have {} characters at the most", crate::authority::LIMIT)]
    TooLong,
    /// A store cannot be reached.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Where the authority of a retirement is sealed.
fn sealed_at(id: RetirementId) -> Place {
    Place {
        kind: Kind::Retirement,
        object: *id.bytes(),
        label: Label::Authority,
    }
}

/// Which steps of a retirement were taken.
struct Taken(Vec<RetirementStepRow>);

impl Taken {
    async fn of(flow: &Flow, retirement: &RetirementRow) -> Result<Self, Unavailable> {
        Ok(Self(flow.store().retirement_steps(&[retirement.id]).await?))
    }

    fn step(&self, step: RetirementStep) -> Option<&RetirementStepRow> {
        self.0.iter().find(|row| row.step == step)
    }

    fn has(&self, step: RetirementStep) -> bool {
        self.step(step).is_some()
    }
}

/// The retirement that goes on; `None` when every one that was decided has ended.
pub(crate) async fn going(flow: &Flow) -> Result<Option<RetirementRow>, Unavailable> {
    let Some(last) = flow.store().retirements(1).await?.pop() else {
        return Ok(None);
    };
    let ended = Taken::of(flow, &last).await?.has(RetirementStep::Destroyed);
    Ok((!ended).then_some(last))
}
