//! Rows that were lost with what was lost: recorded between the copy that was restored and the end of the mirrored log, as a leaf of that restore says.
//!
//! Which leaves those are is read beforehand, from leaves that are then compared like all others: one that somebody made up, so that rows seem
//! to be accounted for, is told where the log is.

use super::Run;
use super::report::What;
use crate::Flow;
use crate::context::Unavailable;
use counterfoil_ledger::leaf::{Fact, Leaf};
use counterfoil_ledger::registry::{FactKey, LeafKind};
use std::ops::RangeInclusive;

/// The leaves whose rows may be lost.
#[derive(Default)]
pub(super) struct Lost(Vec<Restore>);

/// One restore that brought the log forward.
struct Restore {
    /// The number of the leaf that says so.
    number: i64,
    /// The leaves that it accounts for.
    leaves: RangeInclusive<i64>,
    /// How many rows of those it says were lost.
    lost: u64,
    /// How many rows of those are not here.
    rows: u64,
}

impl Lost {
    /// Reads what the leaves about the installation say of restores.
    pub(super) async fn read(flow: &Flow) -> Result<Self, Unavailable> {
        let rows = flow
            .store()
            .leaves_of_all(&[*flow.vault().installation().bytes()])
            .await?;
        let mut restores = Vec::new();
        for row in rows {
            let Ok(leaf) = Leaf::decode(&row.bytes) else { continue };
            let fact = |key| match leaf.facts.get(&key) {
                Some(Fact::Int(number)) => Some(*number),
                _ => None,
            };
            let (Some(first), Some(last)) = (fact(FactKey::First), fact(FactKey::Last)) else {
                continue;
            };
            if leaf.kind == LeafKind::Restored && first <= last && last < row.number {
                restores.push(Restore {
                    number: row.number,
                    leaves: first..=last,
                    lost: leaf.count.unwrap_or(0),
                    rows: 0,
                });
            }
        }
        restores.sort_unstable_by_key(|restore| restore.number);
        Ok(Self(restores))
    }

    /// Whether the row that leaf `number` recorded may be lost.
    pub(super) fn may_be(&self, number: i64) -> bool {
        self.0.iter().any(|restore| restore.leaves.contains(&number))
    }

    /// Counts a row that leaf `number` recorded and that is not here; whether it may be so.
    pub(super) fn is(&mut self, number: i64) -> bool {
        // The last restore counted whatever those before it did.
        let mut restores = self.0.iter_mut().rev();
        let restore = restores.find(|restore| restore.leaves.contains(&number));
        let Some(restore) = restore else { return false };
        restore.rows += 1;
        true
    }
}

/// Tells of each restore what was lost with it, and whether more is gone by now.
pub(super) fn tell(run: &mut Run<'_>) {
    for Restore {
        number,
        leaves,
        lost,
        rows,
    } in std::mem::take(&mut run.lost.0)
    {
        let (first, last) = leaves.into_inner();
        run.report.note(format!(
            "Leaves {first} to {last} were brought forward after a loss, as leaf {number} says: of what they recorded, {rows} rows are not here."
        ));
        if rows > lost {
            let place = format!("a row of leaves {first} to {last} beyond the {lost} that leaf {number} calls lost");
            run.differs(place, "leaf", format!("{first}..{}", last + 1), None, What::Deleted);
        }
    }
}
