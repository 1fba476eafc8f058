//! Which keys a message, a file, a conversation or a contact has: what a hold covers, and what an erasure would destroy.

use crate::Flow;
use crate::context::{Unavailable, everything};
use crate::erasure::decide::Target;
use crate::erasure::find::Batch;
use counterfoil_model::{HoldId, TreeId};
use counterfoil_vault::{Address, Run};
use std::collections::BTreeSet;

/// The keys of something.
pub(crate) enum Covered {
    /// Whole trees, with the items to come.
    Trees(Vec<TreeId>),
    /// Single items.
    Items(Vec<Address>),
}

impl Covered {
    /// As runs of leaves.
    pub(crate) fn runs(&self) -> Vec<(TreeId, Run)> {
        match self {
            Self::Trees(trees) => trees.iter().map(|tree| (*tree, Run::ALL)).collect(),
            Self::Items(items) => items
                .iter()
                .map(|item| (item.tree, Run::new(item.index, item.index)))
                .collect(),
        }
    }

    /// The living holds that leave nothing of it to be erased: any on single items, and of whole trees those that cover each of them.
    pub(crate) async fn held(&self, flow: &Flow) -> Result<BTreeSet<HoldId>, Unavailable> {
        match self {
            Self::Items(items) => {
                let holds = flow.vault().holds_on(items).await?;
                Ok(holds.into_iter().map(|hold| hold.id).collect())
            }
            Self::Trees(trees) => {
                let mut holds = flow.vault().holds_in(trees).await?;
                holds.retain(|hold| hold.run == Run::ALL);
                let covers = |tree: &TreeId| holds.iter().any(|hold| hold.tree == *tree);
                if !trees.iter().all(covers) {
                    return Ok(BTreeSet::new());
                }
                Ok(holds.into_iter().map(|hold| hold.id).collect())
            }
        }
    }
}

/// The keys of `target`; `None` when there is no such thing, and of a span of time, which has none of its own.
pub(crate) async fn covered(flow: &Flow, target: Target) -> Result<Option<Covered>, Unavailable> {
    let store = flow.store();
    Ok(match target {
        Target::Older(_) => None,
        Target::Message(id) => items(Batch::of("message", flow, &[*id.bytes()]).await?),
        Target::Attachment(id) => items(Batch::of("attachment", flow, &[*id.bytes()]).await?),
        Target::Conversation(id) => {
            let row = store.conversation_get(id, &everything()?).await?;
            row.map(|row| Covered::Trees(vec![row.tree]))
        }
        Target::Contact(id) => match store.contact_get(id).await? {
            None => None,
            Some(contact) => {
                let conversations = store.conversations_of(&[id], &everything()?).await?;
                let trees = conversations.iter().map(|row| row.tree).chain([contact.tree]);
                Some(Covered::Trees(trees.collect()))
            }
        },
    })
}

fn items(batch: Batch) -> Option<Covered> {
    (!batch.rows.is_empty()).then(|| Covered::Items(batch.keys()))
}
