//! Writing trees that have forgotten leaves: unless a hold says no, and numbered for all nodes.
//!
//! The trees are written first, which locks their rows; holds are looked for only then. Placing a hold touches the rows of its trees (`key_hold`),
//! so that a hold is either seen here or waits until the keys are gone. One statement for each table and size of portion, none for each tree.

use crate::key_hold;
use crate::key_rows::tree_args;
use crate::key_writer::Outcome;
use crate::sql::value::args;
use crate::sql::{Cells, ReadError, Session, Value, statements};
use counterfoil_model::{Timestamp, TreeId};
use counterfoil_vault::{HoldRow, TreePuncture};
use std::collections::HashMap;

statements! {
    // A tree is never taken away, so that what is put here stands there already; when it has another generation it stays, and is not counted.
    TREE_PUT = "INSERT INTO tree (id, kind, epoch, generation, next_index, wrapped) VALUES {rows} ON CONFLICT (id) DO UPDATE SET \
        epoch = excluded.epoch, generation = excluded.generation, next_index = excluded.next_index, wrapped = excluded.wrapped \
        WHERE tree.generation = excluded.generation - 1";
    // The row stays locked until the commit, so that whoever sees a number sees all before it.
    COUNT = "UPDATE puncture_head SET number = number + $1 WHERE id = 1";
    LAST = "SELECT number FROM puncture_head WHERE id = 1";
    INSERT = "INSERT INTO puncture (number, tree_id, at) VALUES {rows}";
}

/// Counts so many punctures.
pub(crate) const PUNCTURE_COUNT: &str = COUNT;
/// Puts trees that have one generation more than those that stand there.
pub(crate) const TREES_PUT: &str = TREE_PUT;

/// Puts the trees; when the outcome is another than kept, the transaction must be given up.
pub(crate) async fn put(session: &mut Session, trees: &[TreePuncture], at: Timestamp) -> Result<Outcome, ReadError> {
    let rows: Vec<_> = trees.iter().map(|put| tree_args(put.row.clone())).collect();
    if session.insert(TREE_PUT, &rows).await? != count(trees) {
        return Ok(Outcome::Refused);
    }
    let by_tree: HashMap<TreeId, &TreePuncture> = trees.iter().map(|put| (put.row.id, put)).collect();
    let living = key_hold::living(session, by_tree.keys().copied()).await?;
    let stands = |hold: &HoldRow| by_tree.get(&hold.tree).is_some_and(|put| hold.run.meets(&put.forgets));
    let held: Vec<HoldRow> = living.into_iter().filter(stands).collect();
    if !held.is_empty() {
        return Ok(Outcome::Held(held));
    }
    let more = i64::try_from(trees.len()).unwrap_or(i64::MAX);
    session.execute(COUNT, args![more]).await?;
    let last = session.rows(LAST, Vec::new()).await?.pop();
    let last: i64 = Cells::new(last.unwrap_or_default()).take("puncture_head", "number")?;
    let rows = (last - more + 1..)
        .zip(trees)
        .map(|(number, put)| args![number, put.row.id, at]);
    session.insert(INSERT, &rows.collect::<Vec<Vec<Value>>>()).await?;
    Ok(Outcome::Kept)
}

fn count(trees: &[TreePuncture]) -> u64 {
    u64::try_from(trees.len()).unwrap_or(u64::MAX)
}
