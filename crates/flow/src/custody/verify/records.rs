//! Rows and leaves: each row has exactly one leaf that records it, with its digest; each such leaf has its row.

use super::contents::{self, RECORDED, Recorded};
use super::report::What;
use super::{Run, Stage, blobs, folds};
use crate::context::Unavailable;
use crate::custody::forward::erasures::table;
use crate::log;
use counterfoil_ledger::leaf::{Fact, Leaf};
use counterfoil_ledger::registry::FactKey;
use counterfoil_model::erasure::ErasureLost;
use counterfoil_model::{ConversationId, MessageId, Timestamp};
use counterfoil_policy::{Machine, machine_permit};
use counterfoil_store::read::Scanned;
use counterfoil_store::rows::{ErasureLostRow, LeafRow, Row as _};
use counterfoil_store::sql::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Rows per page.
const PAGE: usize = 256;

/// A row with the leaf that records it.
pub(super) struct Found {
    pub(super) id: [u8; 16],
    pub(super) row: Row,
    /// Its leaf; `None` when it was never recorded or recorded twice.
    pub(super) leaf: Option<Leaf>,
    /// Whether the row is what the leaf says.
    pub(super) fits: bool,
}

/// A row as it stands, by names of columns.
pub(super) struct Row(Scanned);

impl Row {
    /// As it was read.
    pub(super) fn scanned(&self) -> &Scanned {
        &self.0
    }

    pub(super) fn bytes(&self, column: &str) -> Option<&[u8]> {
        match self.0.value(column) {
            Some(Value::Bytes(bytes)) => Some(bytes),
            _ => None,
        }
    }

    pub(super) fn id(&self, column: &str) -> Option<[u8; 16]> {
        self.bytes(column)?.try_into().ok()
    }

    pub(super) fn int(&self, column: &str) -> Option<i64> {
        match self.0.value(column) {
            Some(Value::Int(number)) => Some(*number),
            _ => None,
        }
    }
}

/// Reads a table of records from end to end and compares each row with its leaf.
pub(super) async fn check(run: &mut Run<'_>, recorded: &'static Recorded) -> Result<(), Unavailable> {
    let store = run.flow.store();
    let of = u64::try_from(store.record_count(recorded.table).await?).ok();
    let mut after = None;
    loop {
        let lookups = run.flow.vault().lookup_keys();
        let rows = store.record_scan(recorded.table, after, PAGE).await?;
        let Some(last) = rows.last() else { break };
        after = Some(last.id);
        let page = with_leaves(run, recorded, rows).await?;
        let count = run.report.table(recorded.table);
        count.rows += page.len() as u64;
        let done = count.rows;

        run.flow.vault().forget(&contents::trees(recorded, &page)).await;
        let permit = machine_permit(Machine::Verify, page.iter().map(|found| found.id).collect());
        for found in &page {
            let opening = contents::check(run, recorded, found, &permit).await?;
            if found.leaf.is_some() && !found.fits && !opening.named {
                let place = place(run, recorded, &found.id, Some(found)).await?;
                run.differs(place, recorded.table, recorded.written(&found.id), None, What::Altered);
            }
            folds::keyed(run, recorded, found, &permit, &lookups).await?;
            if recorded.table == "attachment_step" {
                blobs::check(run, recorded, found, opening.erased).await?;
            }
        }
        run.at(Stage::Records(recorded.table), done, of);
    }
    run.report.table(recorded.table);
    folds::check(run, recorded).await
}

/// Finds for each row of a page the leaf that records it, numbered or waiting for its number.
async fn with_leaves(
    run: &mut Run<'_>,
    recorded: &'static Recorded,
    rows: Vec<Scanned>,
) -> Result<Vec<Found>, Unavailable> {
    let ids: Vec<[u8; 16]> = rows.iter().map(|row| row.id).collect();
    let mut leaves = recording(run, recorded, &ids).await?;
    // A leaf that got its number between two questions was in neither answer: ask once more.
    let missed: Vec<[u8; 16]> = ids.iter().copied().filter(|id| !leaves.contains_key(id)).collect();
    if !missed.is_empty() {
        leaves.extend(recording(run, recorded, &missed).await?);
    }
    let mut page = Vec::with_capacity(rows.len());
    for row in rows {
        let mut own = leaves.remove(&row.id).unwrap_or_default();
        let what = match own.len() {
            0 => Some(What::Unrecorded),
            1 => None,
            _ => Some(What::RecordedTwice),
        };
        let leaf = own.pop().filter(|_| what.is_none());
        let fits = leaf
            .as_ref()
            .is_some_and(|leaf| leaf.record.is_some_and(|record| row.digests.contains(&record)));
        let found = Found {
            id: row.id,
            row: Row(row),
            leaf,
            fits,
        };
        if let Some(what) = what {
            let place = place(run, recorded, &found.id, Some(&found)).await?;
            run.differs(place, recorded.table, recorded.written(&found.id), None, what);
        }
        page.push(found);
    }
    Ok(page)
}

/// The leaves that record rows of this table with these ids.
async fn recording(
    run: &Run<'_>,
    recorded: &Recorded,
    ids: &[[u8; 16]],
) -> Result<HashMap<[u8; 16], Vec<Leaf>>, Unavailable> {
    let mut by_subject: HashMap<[u8; 16], Vec<(Option<i64>, Leaf)>> = HashMap::new();
    for (number, leaf) in log::numbered_about(run.flow, ids).await? {
        if leaf.record.is_some() && recorded.kinds.contains(&leaf.kind) {
            by_subject.entry(leaf.subject).or_default().push((number, leaf));
        }
    }
    // What was lost may have been recorded anew under its id.
    for leaves in by_subject.values_mut().filter(|leaves| leaves.len() > 1) {
        let anew = |(number, _): &(Option<i64>, Leaf)| number.is_none_or(|number| !run.lost.may_be(number));
        if leaves.iter().any(anew) {
            leaves.retain(anew);
        }
    }
    let alone = |leaves: Vec<(Option<i64>, Leaf)>| leaves.into_iter().map(|(_, leaf)| leaf).collect();
    Ok(by_subject.into_iter().map(|(id, leaves)| (id, alone(leaves))).collect())
}

/// Sees to it that whatever these leaves recorded is still there.
pub(super) async fn still_there(run: &mut Run<'_>, leaves: &[(LeafRow, Leaf)]) -> Result<(), Unavailable> {
    let mut wanted: BTreeMap<usize, Vec<[u8; 16]>> = BTreeMap::new();
    for (_, leaf) in leaves.iter().filter(|(_, leaf)| leaf.record.is_some()) {
        match RECORDED.iter().position(|recorded| recorded.kinds.contains(&leaf.kind)) {
            Some(table) => wanted.entry(table).or_default().push(leaf.subject),
            None => run.report.note(format!(
                "A leaf of kind {} records a row of a table that this version does not know.",
                leaf.kind.number()
            )),
        }
    }
    for (table, ids) in wanted {
        let recorded = &RECORDED[table];
        let present = run.flow.store().record_present(recorded.table, &ids).await?;
        let gone: Vec<[u8; 16]> = ids.into_iter().filter(|id| !present.contains(id)).collect();
        let erased = {
            let flow = run.flow;
            run.gone.erased(flow, &gone).await?
        };
        run.report.table(recorded.table).gone += erased.len() as u64;
        let untold = untold(run, recorded, &gone).await?;
        for (row, leaf) in leaves {
            let ours = leaf.record.is_some() && recorded.kinds.contains(&leaf.kind);
            if ours && !present.contains(&leaf.subject) && !erased.contains(&leaf.subject) {
                if run.lost.is(row.number) {
                    run.report.table(recorded.table).lost += 1;
                    if untold.contains(&leaf.subject) {
                        let place = format!("the note that {} was lost", place_of_leaf(run, recorded, leaf).await?);
                        let id = recorded.written(&leaf.subject);
                        run.differs(place, ErasureLostRow::TABLE.name, id, None, What::Missing);
                    }
                    continue;
                }
                let place = place_of_leaf(run, recorded, leaf).await?;
                run.differs(
                    place,
                    recorded.table,
                    recorded.written(&leaf.subject),
                    None,
                    What::Deleted,
                );
            }
        }
    }
    Ok(())
}

/// Those of these rows whose loss is to be noted, so that the certificate of an erasure tells what their leaves do, and is not.
async fn untold(run: &Run<'_>, recorded: &Recorded, ids: &[[u8; 16]]) -> Result<BTreeSet<[u8; 16]>, Unavailable> {
    let Some(lost) = ErasureLost::ALL.iter().find(|lost| table(**lost) == recorded.table) else {
        return Ok(BTreeSet::new());
    };
    let mut untold: BTreeSet<[u8; 16]> = ids.iter().copied().collect();
    for row in run.flow.store().erasure_lost_among(ids).await? {
        if row.lost == *lost {
            untold.remove(&row.id);
        }
    }
    Ok(untold)
}

/// Where a row stands, in words.
pub(super) async fn place(
    run: &Run<'_>,
    recorded: &Recorded,
    id: &[u8; 16],
    found: Option<&Found>,
) -> Result<String, Unavailable> {
    if let Some(found) = found {
        if let Some(leaf) = &found.leaf {
            return place_of_leaf(run, recorded, leaf).await;
        }
        if recorded.table == "message"
            && let (Some(conversation), Some(at)) = (found.row.id("conversation_id"), found.row.int("occurred_at"))
        {
            return place_of_message(run, conversation, at, id).await;
        }
    }
    Ok(format!("{} {}", recorded.one, recorded.written(id)))
}

/// Where a row stood by what its leaf says, which nobody can have altered without the log showing it.
async fn place_of_leaf(run: &Run<'_>, recorded: &Recorded, leaf: &Leaf) -> Result<String, Unavailable> {
    if recorded.table == "message"
        && let Some(follows) = leaf.follows
    {
        let at = match leaf.facts.get(&FactKey::HappenedAt) {
            Some(Fact::Int(at)) => *at,
            _ => leaf.at,
        };
        return place_of_message(run, follows, at, &leaf.subject).await;
    }
    Ok(format!("{} {}", recorded.one, recorded.written(&leaf.subject)))
}

/// The number of a message counts from the first one of its conversation as they occurred.
async fn place_of_message(
    run: &Run<'_>,
    conversation: [u8; 16],
    at: i64,
    id: &[u8; 16],
) -> Result<String, Unavailable> {
    let conversation = ConversationId::from_bytes(conversation);
    let (at, message) = (Timestamp::from_micros(at), MessageId::from_bytes(*id));
    let before = run
        .flow
        .store()
        .messages_before_count(conversation, at, message)
        .await?;
    Ok(format!("message {} of conversation {conversation}", before + 1))
}
