//! The leaves that use cases leave: who did what, in the log's own words.

use crate::Flow;
use crate::context::Unavailable;
use counterfoil_ledger::commitment;
use counterfoil_ledger::leaf::{Actor as LeafActor, Leaf};
use counterfoil_ledger::registry::LeafKind;
use counterfoil_model::Timestamp;
use counterfoil_policy::{Actor, Staff};
use counterfoil_vault::Label;
use std::collections::BTreeSet;

/// Leaves per page of what is known of one subject.
const PAGE: usize = 256;

/// A leaf of `kind` about `subject`, by `actor`.
pub(crate) fn leaf(kind: LeafKind, at: Timestamp, subject: &[u8; 16], actor: LeafActor) -> Leaf {
    Leaf::new(kind, at.micros(), *subject).actor(actor)
}

/// A member of staff as the log names them.
pub(crate) fn staff(staff: &Staff) -> LeafActor {
    LeafActor::person(*staff.person.bytes())
}

/// An actor as the log names them.
pub(crate) fn actor(actor: &Actor) -> LeafActor {
    match actor {
        Actor::Staff(person) => staff(person),
        Actor::Operator => LeafActor::OPERATOR,
        Actor::Machine(_) => LeafActor::SYSTEM,
    }
}

/// The leaves about these subjects, each once, numbered or waiting for its number. One that does not read is left out: the log's own
/// check tells it.
pub(crate) async fn about(flow: &Flow, subjects: &[[u8; 16]]) -> Result<Vec<Leaf>, Unavailable> {
    let leaves = numbered_about(flow, subjects).await?;
    Ok(leaves.into_iter().map(|(_, leaf)| leaf).collect())
}

/// The same with their numbers; `None` of those that wait for one.
pub(crate) async fn numbered_about(
    flow: &Flow,
    subjects: &[[u8; 16]],
) -> Result<Vec<(Option<i64>, Leaf)>, Unavailable> {
    let mut waiting = flow.store().leaves_pending_of(subjects).await?;
    let numbered = flow.store().leaves_of_all(subjects).await?;
    // Between the two questions a leaf may have got its number: it is one leaf all the same.
    let known: BTreeSet<&[u8]> = numbered.iter().map(|row| row.bytes.as_slice()).collect();
    waiting.retain(|bytes| !known.contains(bytes.as_slice()));
    let waiting = waiting.iter().map(|bytes| (None, bytes));
    let all = waiting.chain(numbered.iter().map(|row| (Some(row.number), &row.bytes)));
    Ok(all
        .filter_map(|(number, bytes)| Some((number, Leaf::decode(bytes).ok()?)))
        .collect())
}

/// The leaves about one subject, a page at a time: in the order of their numbers, then those that wait for one; each once, without those that do not
/// read. Of a large erasure there are thousands, with hundreds of ids each.
pub(crate) struct Pages {
    subject: [u8; 16],
    after: Option<i64>,
    waiting: Option<Vec<Vec<u8>>>,
    ended: bool,
}

/// The leaves about one subject, a page at a time.
pub(crate) const fn pages(subject: [u8; 16]) -> Pages {
    Pages {
        subject,
        after: None,
        waiting: None,
        ended: false,
    }
}

impl Pages {
    /// The next page; `None` after the last.
    pub(crate) async fn next(&mut self, flow: &Flow) -> Result<Option<Vec<Leaf>>, Unavailable> {
        if self.ended {
            return Ok(None);
        }
        // Those that wait are asked for first: one that gets its number meanwhile is among the numbered ones.
        let mut waiting = match self.waiting.take() {
            Some(waiting) => waiting,
            None => flow.store().leaves_pending_of(&[self.subject]).await?,
        };
        let rows = flow.store().leaves_of_after(self.subject, self.after, PAGE).await?;
        waiting.retain(|bytes| rows.iter().all(|row| row.bytes != *bytes));
        let read = |bytes: &Vec<u8>| Leaf::decode(bytes).ok();
        let mut page: Vec<Leaf> = rows.iter().filter_map(|row| read(&row.bytes)).collect();
        match rows.last() {
            Some(last) if rows.len() == PAGE => {
                self.after = Some(last.number);
                self.waiting = Some(waiting);
            }
            _ => {
                self.ended = true;
                page.extend(waiting.iter().filter_map(read));
            }
        }
        Ok(Some(page))
    }
}

/// The name under which a sealed part is committed to.
pub(crate) const fn label(label: Label) -> commitment::Label {
    commitment::Label::of(label.name())
}
