//! What the log knows and the rows lack: the records whose leaves were brought forward, and that neither came back nor were erased.

use crate::Flow;
use crate::context::Unavailable;
use crate::custody::tiles::each;
use crate::custody::verify::RECORDED;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Counts them by what people call one of them.
pub(super) async fn count(flow: &Flow, leaves: Range<u64>) -> Result<Vec<(&'static str, u64)>, Unavailable> {
    let mut lost: BTreeMap<usize, u64> = BTreeMap::new();
    let mut pages = each(leaves);
    while let Some(page) = pages.next(flow).await? {
        let mut wanted: BTreeMap<usize, BTreeSet<[u8; 16]>> = BTreeMap::new();
        for leaf in page.iter().filter(|leaf| leaf.record.is_some()) {
            let table = RECORDED.iter().position(|recorded| recorded.kinds.contains(&leaf.kind));
            if let Some(table) = table {
                wanted.entry(table).or_default().insert(leaf.subject);
            }
        }
        for (table, ids) in wanted {
            let ids: Vec<[u8; 16]> = ids.into_iter().collect();
            let present = flow.store().record_present(RECORDED[table].table, &ids).await?;
            let erased = flow.store().erased_among(&ids).await?;
            let erased: BTreeSet<[u8; 16]> = erased.into_iter().map(|row| row.object).collect();
            let gone = ids.iter().filter(|id| !present.contains(*id) && !erased.contains(*id));
            *lost.entry(table).or_default() += gone.count() as u64;
        }
    }
    let lost = lost.into_iter().filter(|(_, count)| *count > 0);
    Ok(lost.map(|(table, count)| (RECORDED[table].one, count)).collect())
}
