//! What `verify` needs: every recorded row as it stands, its digest computed again, and the folds compared.

use crate::Store;
use crate::columns::{self, classification};
use crate::rows::{TABLES, Table};
use crate::sql::value::args;
use crate::sql::{Cells, ReadError, Value, statements};
use counterfoil_ledger::Hash;

statements! {
    FOLD_IDENTITY = "SELECT identity.id FROM identity LEFT JOIN identity_end ON identity_end.id = identity.id \
        WHERE NOT (identity.ended_at IS NOT DISTINCT FROM identity_end.ended_at) ORDER BY identity.id LIMIT $1";
    FOLD_LAST = "SELECT conversation.id FROM conversation WHERE conversation.last_at <> \
        (SELECT max(message.occurred_at) FROM message WHERE message.conversation_id = conversation.id) ORDER BY conversation.id LIMIT $1";
    FOLD_INBOUND = "SELECT conversation.id FROM conversation WHERE NOT (conversation.last_inbound_at IS NOT DISTINCT FROM \
        (SELECT max(message.occurred_at) FROM message WHERE message.conversation_id = conversation.id AND message.direction = 1)) \
        ORDER BY conversation.id LIMIT $1";
}

/// A recorded row as it stands.
pub struct Scanned {
    /// Its id, which is the subject of its leaf.
    pub id: [u8; 16],
    /// Its columns by name.
    pub values: Vec<(&'static str, Value)>,
    /// Every record digest that it may have been recorded with, computed from what stands there.
    pub digests: Vec<Hash>,
}

impl Scanned {
    /// The value of a column.
    pub fn value(&self, column: &str) -> Option<&Value> {
        self.values
            .iter()
            .find(|(name, _)| *name == column)
            .map(|(_, value)| value)
    }
}

/// A column whose value does not follow from the rows that it is a fold over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fold {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The row.
    pub id: [u8; 16],
}

pub(super) fn recorded(name: &str) -> Option<&'static Table> {
    let said = classification().data.get(name).filter(|said| said.recorded)?;
    TABLES.iter().copied().find(|table| said.recorded && table.name == name)
}

impl Store {
    /// The names of all tables that are on the record.
    pub fn recorded_tables() -> Vec<&'static str> {
        TABLES
            .iter()
            .map(|table| table.name)
            .filter(|name| recorded(name).is_some())
            .collect()
    }

    /// Rows of a recorded table after `after` in the order of their ids, at most `limit`. A table that is not on the record has none.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn record_scan(
        &self,
        table: &str,
        after: Option<[u8; 16]>,
        limit: usize,
    ) -> Result<Vec<Scanned>, ReadError> {
        let Some(table) = recorded(table) else {
            return Ok(Vec::new());
        };
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        // Before the first id stands the empty byte string, so that an id of zeros is found too.
        let after = after.map_or(Vec::new(), |id| id.to_vec());
        let rows = self.database().rows(table.scan, args![after, most]).await?;
        rows.into_iter().map(|row| scanned(table, row)).collect()
    }

    /// How many rows a recorded table has.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn record_count(&self, table: &str) -> Result<i64, ReadError> {
        let Some(table) = recorded(table) else { return Ok(0) };
        let rows = self.database().rows(table.count, Vec::new()).await?;
        Cells::new(rows.into_iter().next().unwrap_or_default()).take(table.name, "count")
    }

    /// Columns that do not follow from the rows that they are folds over, at most `limit` of each. Keyed lookups are not among them:
    /// who can open the sealed value compares those.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn fold_check(&self, limit: usize) -> Result<Vec<Fold>, ReadError> {
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut folds = Vec::new();
        for (table, column, statement) in [
            ("identity", "ended_at", FOLD_IDENTITY),
            ("conversation", "last_at", FOLD_LAST),
            ("conversation", "last_inbound_at", FOLD_INBOUND),
        ] {
            for row in self.database().rows(statement, args![most]).await? {
                let id = Cells::new(row).take(table, "id")?;
                folds.push(Fold { table, column, id });
            }
        }
        Ok(folds)
    }
}

fn scanned(table: &'static Table, row: Vec<Value>) -> Result<Scanned, ReadError> {
    let digests = columns::digests(table, &row);
    let id = Cells::new(row.iter().take(1).cloned().collect()).take(table.name, table.columns[0])?;
    Ok(Scanned {
        id,
        values: table.columns.iter().copied().zip(row).collect(),
        digests,
    })
}
