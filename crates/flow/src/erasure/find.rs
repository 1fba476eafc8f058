//! What belongs to something that is being erased, by the register of traces.

use crate::Flow;
use crate::context::Unavailable;
use counterfoil_model::{BlobId, ConversationId};
use counterfoil_store::sql::Value;
use counterfoil_store::traces::{Doomed, Of, TRACES, Trace};
use counterfoil_vault::Address;
use std::collections::BTreeSet;

/// Rows that go together, and what hangs on them.
#[derive(Default)]
pub(crate) struct Batch {
    pub(crate) rows: Vec<Doomed>,
}

impl Batch {
    /// Rows of one table that belong to these.
    pub(super) async fn belonging(flow: &Flow, parent: Of, table: &str, ids: &[[u8; 16]]) -> Result<Self, Unavailable> {
        let mut batch = Self::default();
        let found = |trace: &&Trace| trace.of == Some(parent) && trace.table.name == table;
        for trace in TRACES.iter().filter(found) {
            batch.rows.extend(flow.store().traces(trace, ids).await?);
        }
        Ok(batch)
    }

    /// Rows of one table, and whatever belongs to them.
    pub(crate) async fn of(table: &str, flow: &Flow, ids: &[[u8; 16]]) -> Result<Self, Unavailable> {
        let mut batch = Self::default();
        let root = TRACES
            .iter()
            .find(|trace| trace.of.is_none() && trace.table.name == table);
        let Some(root) = root else { return Ok(batch) };
        let found = flow.store().traces(root, ids).await?;
        let mut open: Vec<(Of, Vec<[u8; 16]>)> = Vec::new();
        if let (Some(is), false) = (root.is, found.is_empty()) {
            open.push((is, ids.to_vec()));
        }
        batch.rows.extend(found);
        while let Some((parent, ids)) = open.pop() {
            for trace in TRACES.iter().filter(|trace| trace.of == Some(parent)) {
                let found = flow.store().traces(trace, &ids).await?;
                if let (Some(is), false) = (trace.is, found.is_empty()) {
                    open.push((is, found.iter().map(|row| row.id).collect()));
                }
                batch.rows.extend(found);
            }
        }
        // A row may belong to two of them.
        let mut known = BTreeSet::new();
        batch.rows.retain(|row| known.insert((row.trace.table.name, row.id)));
        Ok(batch)
    }

    /// The keys that its rows name.
    pub(crate) fn keys(&self) -> Vec<Address> {
        let keys: BTreeSet<Address> = self.rows.iter().flat_map(Doomed::keys).collect();
        keys.into_iter().collect()
    }

    /// The ids of its rows that are on the record.
    pub(crate) fn recorded(&self) -> Vec<[u8; 16]> {
        let recorded = self.rows.iter().filter(|row| row.trace.recorded);
        recorded
            .map(|row| row.id)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect()
    }

    /// The files whose bytes lie in the blob store.
    pub(super) fn blobs(&self) -> Vec<BlobId> {
        let blob = |row: &Doomed| id(row, "blob_id").map(BlobId::from_bytes);
        self.in_table("attachment_step").filter_map(blob).collect()
    }

    /// The conversations that lose messages and stay.
    pub(super) fn conversations(&self) -> Vec<ConversationId> {
        let gone: BTreeSet<[u8; 16]> = self.in_table("conversation").map(|row| row.id).collect();
        let of_messages: BTreeSet<[u8; 16]> = self
            .in_table("message")
            .filter_map(|row| id(row, "conversation_id"))
            .collect();
        of_messages
            .difference(&gone)
            .map(|id| ConversationId::from_bytes(*id))
            .collect()
    }

    /// Its rows of one table.
    pub(super) fn in_table<'a>(&'a self, table: &'a str) -> impl Iterator<Item = &'a Doomed> {
        self.rows.iter().filter(move |row| row.trace.table.name == table)
    }
}

/// An id that stands in a column of a row.
pub(super) fn id(row: &Doomed, column: &str) -> Option<[u8; 16]> {
    match row.value(column) {
        Some(Value::Bytes(bytes)) => bytes.as_slice().try_into().ok(),
        _ => None,
    }
}

/// The ids of rows of one table that belong to these.
pub(super) async fn ids_belonging(
    flow: &Flow,
    parent: Of,
    table: &str,
    ids: &[[u8; 16]],
) -> Result<Vec<[u8; 16]>, Unavailable> {
    let batch = Batch::belonging(flow, parent, table, ids).await?;
    Ok(batch.rows.iter().map(|row| row.id).collect())
}
