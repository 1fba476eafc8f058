//! Reply buttons and lists: the customer chooses, and the choice comes back with its id.

use serde_json::Value;

use crate::graph::forms::interactive::{ANY_HEADER, BODY, FOOTER, TEXT_HEADER};
use crate::graph::forms::misfit::{Misfit, Place, Why};
use crate::graph::forms::table::{ANY, Kind, Object, Rule, Table, different, elements, may, need};
use crate::graph::forms::writing::id;

pub(super) static BUTTONS: Table = Table {
    fields: &[
        may("header", ANY_HEADER),
        need("body", BODY),
        may("footer", FOOTER),
        need("action", Kind::Part(&BUTTONS_ACTION)),
    ],
    rules: &[],
};

static BUTTONS_ACTION: Table = Table {
    fields: &[need(
        "buttons",
        Kind::List(1, 3, &Kind::Choice(&["type"], &[("reply", &BUTTON)])),
    )],
    rules: &[
        Rule::Different("buttons", &["reply", "id"]),
        Rule::Different("buttons", &["reply", "title"]),
    ],
};

static BUTTON: Table = Table {
    fields: &[need("reply", Kind::Part(&REPLY))],
    rules: &[],
};

/// What comes back when a button is tapped, and what stands on it.
pub(super) static REPLY: Table = Table {
    fields: &[need("id", id(256)), need("title", Kind::Text(20))],
    rules: &[],
};

pub(super) static LIST: Table = Table {
    fields: &[
        may("header", TEXT_HEADER),
        need(
            "body",
            Kind::Part(&Table {
                fields: &[need("text", Kind::Text(4096))],
                rules: &[],
            }),
        ),
        may("footer", FOOTER),
        need("action", Kind::Part(&LIST_ACTION)),
    ],
    rules: &[],
};

static LIST_ACTION: Table = Table {
    fields: &[
        need("button", Kind::Text(20)),
        need("sections", Kind::List(1, 10, &Kind::Part(&SECTION))),
    ],
    rules: &[
        Rule::Together("sections", "rows", 10),
        Rule::Check(several_sections_have_titles),
        Rule::Check(rows_have_different_ids),
    ],
};

static SECTION: Table = Table {
    fields: &[
        may("title", Kind::Text(24)),
        need("rows", Kind::List(1, ANY, &Kind::Part(&ROW))),
    ],
    rules: &[],
};

static ROW: Table = Table {
    fields: &[
        need("id", id(200)),
        need("title", Kind::Text(24)),
        may("description", Kind::Text(72)),
    ],
    rules: &[],
};

/// One section needs no title; of several each does.
pub(in crate::graph::forms) fn several_sections_have_titles(action: &Object, place: &Place<'_>) -> Result<(), Misfit> {
    let sections = elements(action.get("sections"));
    match sections.iter().position(|section| section.get("title").is_none()) {
        Some(index) if sections.len() > 1 => Err(place.key("sections").item(index).key("title").is(Why::Missing)),
        _ => Ok(()),
    }
}

fn rows_have_different_ids(action: &Object, place: &Place<'_>) -> Result<(), Misfit> {
    let rows = |section: &'_ Value| elements(section.get("rows")).to_vec();
    let rows: Vec<Value> = elements(action.get("sections")).iter().flat_map(rows).collect();
    let ids = rows.iter().map(|row| &row["id"]);
    different(ids, |_| place.key("sections").key("rows").key("id").is(Why::Repeated))
}
