//! The log, leaf by leaf: bytes make hashes, hashes make the tree, and the tree has the roots that were signed.
//!
//! Where a leaf's row does not agree with itself, what its tile says decides which of the two goes into the tree. So one altered place is
//! told as one, and everything behind it is still compared; a wrong choice would show in every signed root.

use super::report::What;
use super::signed::Claims;
use super::tiles::{Group, Sizes, Uppers};
use super::{Run, Stage, VerifyScope, key_changes, records, tiles};
use crate::context::Unavailable;
use crate::custody::sequence::LEAD;
use crate::custody::tiles::signed;
use counterfoil_ledger::Hash;
use counterfoil_ledger::leaf::Leaf;
use counterfoil_ledger::tile::{Edge, TILE_WIDTH};
use counterfoil_ledger::tree::{Frontier, leaf_hash};
use counterfoil_store::read::LogScan;
use counterfoil_store::rows::LeafRow;
use std::collections::HashMap;

/// Compares leaves, tiles, checkpoints, mirror and heads; with `scope` everything, also that what leaves recorded is there.
pub(super) async fn check(run: &mut Run<'_>, scope: VerifyScope) -> Result<(), Unavailable> {
    let mut claims = Claims::gather(run).await?;
    let scan = run.flow.store().log_scan(LEAD).await?;
    let there = scan
        .as_ref()
        .and_then(|scan| u64::try_from(scan.leaves).ok())
        .unwrap_or(0);
    // What was signed was there, whether it is still or not.
    let size = there.max(claims.greatest);
    let mut edge = Edge::default();
    let sizes = Sizes {
        signed: claims.greatest,
        reached: size,
    };
    let mut uppers = Uppers::new(sizes);
    while edge.size() < size {
        let first = edge.size();
        let group = Group::read(run, first, sizes).await?;
        let (hashes, leaves) = group_hashes(run, &group).await?;
        for (row, _) in &leaves {
            key_changes::strange(run, row);
        }
        group.compare(run, &hashes);
        compare_roots(run, &mut claims, edge.frontier(), &hashes).await?;
        let grown = edge.grow(&hashes);
        uppers.compare(run, edge.size(), grown).await?;
        if scope == VerifyScope::Everything {
            records::still_there(run, &leaves).await?;
        }
        run.at(Stage::Log, edge.size(), Some(size));
    }
    beyond(run, &mut claims, size).await?;
    tiles::others(run, sizes).await?;
    match scan {
        Some(scan) => {
            strays(run, &scan, size);
            compare_head(run, &scan, &edge);
        }
        None => run.differs("the head of the log", "log_head", "1", None, What::Missing),
    }
    run.report.log.leaves = size;
    run.report.log.root = edge.root().iter().map(|byte| format!("{byte:02x}")).collect();
    let (pending, _) = run.flow.store().pending_counts().await?;
    run.report.log.pending = u64::try_from(pending).unwrap_or(0);
    notes(run);
    Ok(())
}

fn notes(run: &mut Run<'_>) {
    let log = &run.report.log;
    let (leaves, pending, signed) = (log.leaves, log.pending, log.signed.unwrap_or(0));
    if pending > 0 {
        run.report.note(format!(
            "{pending} leaves wait for their number; their rows were compared with them."
        ));
    }
    if signed < leaves {
        run.report
            .note(format!("The last {} leaves are not signed yet.", leaves - signed));
    }
    run.report
        .note("Nobody outside this installation has countersigned the log.");
}

/// The hash of each leaf of a group as it goes into the tree, and the leaves that read.
async fn group_hashes(run: &mut Run<'_>, group: &Group) -> Result<(Vec<Hash>, Vec<(LeafRow, Leaf)>), Unavailable> {
    let rows = run
        .flow
        .store()
        .leaves(signed(group.first)?..signed(group.end)?)
        .await?;
    let mut rows: HashMap<u64, LeafRow> = rows
        .into_iter()
        .filter_map(|row| Some((u64::try_from(row.number).ok()?, row)))
        .collect();
    let told = group.told();
    let (mut hashes, mut leaves) = (Vec::with_capacity(usize::from(TILE_WIDTH)), Vec::new());
    for (place, number) in (group.first..group.end).enumerate() {
        let told = told.get(place).copied();
        let Some(row) = rows.remove(&number) else {
            run.differs(
                format!("leaf {number}"),
                "leaf",
                number.to_string(),
                None,
                What::Deleted,
            );
            hashes.push(told.unwrap_or_default());
            continue;
        };
        let own = leaf_hash(&row.bytes);
        let mut altered = |column| {
            run.differs(
                format!("leaf {number}"),
                "leaf",
                number.to_string(),
                Some(column),
                What::Altered,
            );
        };
        if own != row.hash && told == Some(row.hash) {
            altered("bytes");
            hashes.push(row.hash);
            continue;
        }
        if own != row.hash {
            altered("hash");
        }
        hashes.push(own);
        match Leaf::decode(&row.bytes) {
            Ok(leaf) if leaf.subject == row.subject => leaves.push((row, leaf)),
            Ok(leaf) => {
                altered("subject");
                leaves.push((row, leaf));
            }
            Err(_) => altered("bytes"),
        }
    }
    Ok((hashes, leaves))
}

/// Compares what was signed about sizes inside a group with the tree.
async fn compare_roots(
    run: &mut Run<'_>,
    claims: &mut Claims,
    mut frontier: Frontier,
    hashes: &[Hash],
) -> Result<(), Unavailable> {
    let mut rest = hashes.iter();
    for claim in claims.up_to(run, frontier.size() + hashes.len() as u64).await? {
        while frontier.size() < claim.size {
            let Some(hash) = rest.next() else { break };
            frontier.append(*hash);
        }
        if frontier.root() != claim.root {
            let place = format!(
                "the log up to leaf {}, by what {} says,",
                claim.size.saturating_sub(1),
                claim.by
            );
            run.differs(place, "leaf", format!("0..{}", claim.size), None, What::Altered);
        }
    }
    Ok(())
}

/// Checkpoints for sizes that the log does not have. One that was signed while we read is none of them.
async fn beyond(run: &mut Run<'_>, claims: &mut Claims, size: u64) -> Result<(), Unavailable> {
    let later: Vec<_> = claims
        .up_to(run, u64::MAX - 1)
        .await?
        .into_iter()
        .filter(|claim| claim.size > size)
        .collect();
    if later.is_empty() {
        return Ok(());
    }
    let now = run
        .flow
        .store()
        .log_scan(LEAD)
        .await?
        .and_then(|scan| u64::try_from(scan.leaves).ok())
        .unwrap_or(0);
    for claim in later.iter().filter(|claim| claim.size > now) {
        let place = format!("leaves from {now} to {}, by what {} says,", claim.size - 1, claim.by);
        run.differs(place, "leaf", format!("{now}..{}", claim.size), None, What::Missing);
    }
    Ok(())
}

/// Leaves with numbers that the log does not have: the outermost are told, the holes that they left are told where they are.
fn strays(run: &mut Run<'_>, scan: &LogScan, size: u64) {
    let below = scan.leaf_first.filter(|number| *number < 0);
    let above = scan
        .leaf_last
        .filter(|number| u64::try_from(*number).is_ok_and(|number| number >= size));
    for number in [below, above].into_iter().flatten() {
        run.differs(
            format!("leaf {number}"),
            "leaf",
            number.to_string(),
            None,
            What::Surplus,
        );
    }
}

/// Compares the head row with the tree that the leaves make and with the numbers beside it.
fn compare_head(run: &mut Run<'_>, scan: &LogScan, edge: &Edge) {
    let signed = run.report.log.signed.is_some();
    let mut differs = |column| run.differs("the head of the log", "log_head", "1", Some(column), What::Disagrees);
    if u64::try_from(scan.size) != Ok(edge.size()) {
        differs("size");
    }
    if scan.root != edge.root() {
        differs("root");
    }
    if scan.frontier != edge.frontier().to_bytes() {
        differs("frontier");
    }
    // Old events are swept; when all are gone there is nothing left to compare with.
    if scan.event_last.is_some_and(|last| last != scan.event_number) || scan.event_number < 0 {
        differs("event_number");
    }
    // Whoever signs has a number of its own; leaves may have theirs before anybody signs.
    let signing = i64::from(signed);
    if !(signing..=scan.lease_fence.unwrap_or(0)).contains(&scan.fence) {
        differs("fence");
    }
}
