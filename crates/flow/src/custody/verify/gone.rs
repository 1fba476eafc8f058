//! Rows that are gone: erased, as a leaf of the erasure says, or deleted by somebody.

use crate::Flow;
use crate::context::Unavailable;
use crate::log;
use counterfoil_ledger::registry::LeafKind;
use counterfoil_model::ErasureId;
use std::collections::{HashMap, HashSet};

/// What the leaves of erasures name, of those asked for lately.
#[derive(Default)]
pub(super) struct Gone(HashMap<ErasureId, HashSet<[u8; 16]>>);

/// How many erasures are remembered. Their leaves stand together in the log, and so do the leaves of what they took.
const REMEMBERED: usize = 8;

impl Gone {
    /// Those of these rows that were erased.
    pub(super) async fn erased(&mut self, flow: &Flow, rows: &[[u8; 16]]) -> Result<HashSet<[u8; 16]>, Unavailable> {
        let mut erased = HashSet::new();
        for row in flow.store().erased_among(rows).await? {
            if self.named_by(flow, row.erasure).await?.contains(&row.object) {
                erased.insert(row.object);
            }
        }
        Ok(erased)
    }

    /// Everything that the leaves of an erasure name.
    async fn named_by(&mut self, flow: &Flow, erasure: ErasureId) -> Result<&HashSet<[u8; 16]>, Unavailable> {
        if !self.0.contains_key(&erasure) {
            if self.0.len() >= REMEMBERED {
                self.0.clear();
            }
            let leaves = log::about(flow, &[*erasure.bytes()]).await?;
            let named = leaves
                .into_iter()
                .filter(|leaf| leaf.kind == LeafKind::Punctured)
                .flat_map(|leaf| leaf.items);
            self.0.insert(erasure, named.collect());
        }
        Ok(&self.0[&erasure])
    }
}
