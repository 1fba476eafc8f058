//! Which retirements of key epochs make erasures final, read once however many certificates are made.

use crate::Flow;
use crate::context::Unavailable;
use counterfoil_model::retirement::RetirementStep;
use counterfoil_model::{RetirementId, Timestamp};
use counterfoil_store::rows::{RetirementRow, RetirementStepRow};

/// The most retirements that are looked at.
const MOST: usize = 1_000;

/// The retirements, of the newest epoch first, with the steps that were taken.
pub(super) struct Retired {
    retirements: Vec<RetirementRow>,
    steps: Vec<RetirementStepRow>,
}

impl Retired {
    /// Reads them.
    pub(super) async fn read(flow: &Flow) -> Result<Self, Unavailable> {
        let retirements = flow.store().retirements(MOST).await?;
        let ids: Vec<RetirementId> = retirements.iter().map(|row| row.id).collect();
        let steps = flow.store().retirement_steps(&ids).await?;
        Ok(Self { retirements, steps })
    }

    /// Whether the lookup key of the time before this retirement is gone: this one replaced it, or one after it.
    pub(super) fn rekeyed_since(&self, retirement: RetirementId) -> bool {
        // Their ids are in the order of time.
        let mut since = self.retirements.iter().filter(|row| row.id >= retirement);
        since.any(|row| {
            let taken = |step| self.taken(row.id, step).is_some();
            taken(RetirementStep::Rekeyed) && taken(RetirementStep::Destroyed)
        })
    }

    /// Since when whatever was live at `live` is final, and by which retirement.
    pub(super) fn of(&self, live: Timestamp) -> Option<(Timestamp, RetirementId)> {
        let oldest_first = self.retirements.iter().rev();
        let mut reaching = oldest_first.filter(|row| row.final_before > live);
        reaching.find_map(|row| Some((self.taken(row.id, RetirementStep::Destroyed)?, row.id)))
    }

    fn taken(&self, retirement: RetirementId, step: RetirementStep) -> Option<Timestamp> {
        let taken = |row: &&RetirementStepRow| row.retirement == retirement && row.step == step;
        self.steps.iter().find(taken).map(|row| row.recorded_at)
    }
}
