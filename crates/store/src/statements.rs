//! Every statement of the store by name, so that a test can have each prepared on both engines.

use crate::rows::TABLES;
use crate::sql::dialect::APART;
use crate::sql::text::{CUTS, Sizes, spell};
use crate::sql::{Database, Failure};
use crate::{change, read, writer};

fn all(database: &Database) -> Vec<(String, &'static str)> {
    let listed = change::STATEMENTS
        .iter()
        .chain(read::STATEMENTS)
        .chain([&writer::STATEMENTS])
        .flat_map(|statements| statements.iter())
        .map(|(name, text)| ((*name).to_owned(), *text));
    let inserts = TABLES
        .iter()
        .map(|table| (format!("insert into {}", table.name), table.insert));
    let apart = APART
        .iter()
        .map(|apart| (apart.name.to_owned(), database.text(apart)));
    listed.chain(inserts).chain(apart).collect()
}

pub(crate) async fn prepare_all(database: &Database) -> Result<usize, (String, Failure)> {
    let mut texts = 0;
    for (name, template) in all(database) {
        let columns = template
            .split_once(" (")
            .and_then(|(_, rest)| rest.split_once(')'))
            .map_or(0, |(columns, _)| columns.split(',').count());
        let lists: &[usize] = if template.contains("{list}") || template.contains("{rows}") {
            &CUTS
        } else {
            &[0]
        };
        let reaches: &[Option<usize>] = if template.contains("{reach}") {
            &[None, Some(0), Some(4)]
        } else {
            &[None]
        };
        for (list, reach) in lists.iter().flat_map(|list| reaches.iter().map(move |reach| (*list, *reach))) {
            let sizes = Sizes { list, columns, reach };
            let prepared = database.prepare(spell(template, sizes)).await;
            prepared.map_err(|failure| (name.clone(), failure))?;
            texts += 1;
        }
    }
    Ok(texts)
}
