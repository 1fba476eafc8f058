//! The rows of the vault store, as they are read and written cell by cell.

use crate::sql::value::args;
use crate::sql::{Cells, ReadError, Value};
use counterfoil_vault::{EpochRow, HeadRow, HoldRow, NodeRow, PunctureRow, Run, SecretRow, TreeRow};

pub(crate) fn epoch(cells: &mut Cells) -> Result<EpochRow, ReadError> {
    Ok(EpochRow {
        number: cells.take("epoch", "number")?,
        state: cells.take("epoch", "state")?,
        provider: cells.take("epoch", "provider")?,
        wrapped: cells.take("epoch", "wrapped")?,
        opened_at: cells.take("epoch", "opened_at")?,
    })
}

pub(crate) fn tree(cells: &mut Cells) -> Result<TreeRow, ReadError> {
    Ok(TreeRow {
        id: cells.take("tree", "id")?,
        kind: cells.take("tree", "kind")?,
        epoch: cells.take("tree", "epoch")?,
        generation: cells.take("tree", "generation")?,
        next_index: cells.take("tree", "next_index")?,
        wrapped: cells.take("tree", "wrapped")?,
    })
}

pub(crate) fn secret(cells: &mut Cells) -> Result<SecretRow, ReadError> {
    Ok(SecretRow {
        name: cells.take("secret", "name")?,
        epoch: cells.take("secret", "epoch")?,
        generation: cells.take("secret", "generation")?,
        wrapped: cells.take("secret", "wrapped")?,
    })
}

pub(crate) fn head(cells: &mut Cells) -> Result<HeadRow, ReadError> {
    Ok(HeadRow {
        size: cells.take("head", "size")?,
        root: cells.take("head", "root")?,
        mac: cells.take("head", "mac")?,
    })
}

pub(crate) fn puncture(cells: &mut Cells) -> Result<PunctureRow, ReadError> {
    Ok(PunctureRow {
        number: cells.take("puncture", "number")?,
        tree: cells.take("puncture", "tree_id")?,
        at: cells.take("puncture", "at")?,
    })
}

pub(crate) fn node(cells: &mut Cells) -> Result<NodeRow, ReadError> {
    Ok(NodeRow {
        id: cells.take("node", "id")?,
        started_at: cells.take("node", "started_at")?,
        renewed_at: cells.take("node", "renewed_at")?,
        leased_until: cells.take("node", "leased_until")?,
        dropped: cells.take("node", "dropped")?,
        opens: cells.take("node", "opens")?,
        gone: cells.take("node", "gone")?,
    })
}

pub(crate) fn tree_args(row: TreeRow) -> Vec<Value> {
    args![row.id, row.kind, row.epoch, row.generation, row.next_index, row.wrapped]
}

pub(crate) fn hold(cells: &mut Cells) -> Result<HoldRow, ReadError> {
    let (id, tree) = (cells.take("hold", "id")?, cells.take("hold", "tree_id")?);
    let mut index = |column| {
        let index = u32::try_from(cells.take::<i64>("hold", column)?);
        index.map_err(|_| ReadError::Impossible { table: "hold", column })
    };
    let (first, last) = (index("first_index")?, index("last_index")?);
    Ok(HoldRow {
        id,
        tree,
        run: Run::new(first, last),
        placed_at: cells.take("hold", "placed_at")?,
        released_at: cells.take("hold", "released_at")?,
    })
}

pub(crate) fn hold_args(row: HoldRow) -> Vec<Value> {
    let (first, last) = (i64::from(row.run.first()), i64::from(row.run.last()));
    args![row.id, row.tree, first, last, row.placed_at, row.released_at]
}
