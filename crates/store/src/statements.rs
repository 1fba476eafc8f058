//! Every statement of the store by name, so that a test can have each prepared on both engines.

use crate::rows::TABLES;
use crate::sql::dialect::APART;
use crate::sql::text::{CUTS, LONG_LISTS, Sizes, spell};
use crate::sql::{Database, Failure};
use crate::{change, forward, numbering, read, writer};

/// Has the engine prepare every statement of the data store, in every size; the number of texts.
pub(crate) async fn prepare_all(database: &Database) -> Result<usize, (String, Failure)> {
    let written = change::STATEMENTS.iter().chain(read::STATEMENTS).chain([
        &forward::STATEMENTS,
        &numbering::STATEMENTS,
        &writer::STATEMENTS,
    ]);
    let mut texts = 0;
    for statements in written {
        texts += prepare(database, statements).await?;
    }
    for table in TABLES {
        let of_table = [
            (table.name, table.insert),
            (table.name, table.scan),
            (table.name, table.count),
            (table.name, table.present),
            (table.name, table.all),
            (table.name, table.some),
            (table.name, table.clear),
        ];
        texts += prepare(database, &of_table).await?;
    }
    for apart in APART {
        texts += prepare(database, &[(apart.name, database.text(apart))]).await?;
    }
    Ok(texts)
}

/// Has the engine prepare these statements, in every size; the number of texts.
pub(crate) async fn prepare(
    database: &Database,
    statements: &[(&str, &'static str)],
) -> Result<usize, (String, Failure)> {
    let mut texts = 0;
    for (name, template) in statements {
        for sizes in sizes_of(template) {
            let prepared = database.prepare(spell(template, sizes)).await;
            prepared.map_err(|failure| ((*name).to_owned(), failure))?;
            texts += 1;
        }
    }
    Ok(texts)
}

fn sizes_of(template: &str) -> Vec<Sizes> {
    // `INSERT INTO table (a, b, c) VALUES {rows}`
    let columns = template
        .split_once(" (")
        .and_then(|(_, rest)| rest.split_once(')'))
        .map_or(0, |(columns, _)| columns.split(',').count());
    let lists: Vec<usize> = match template {
        template if template.contains("{list}") => LONG_LISTS.into_iter().chain(CUTS).collect(),
        template if template.contains("{rows}") => CUTS.to_vec(),
        _ => vec![0],
    };
    let reaches: &[Option<usize>] = if template.contains("{reach}") {
        &[None, Some(0), Some(4), Some(16)]
    } else {
        &[None]
    };
    let sizes = |list: &usize| {
        let list = *list;
        reaches.iter().map(move |reach| Sizes {
            list,
            columns,
            reach: *reach,
            ..Sizes::default()
        })
    };
    lists.iter().flat_map(sizes).collect()
}
