//! Cards side by side: pictures or films with buttons, or products.
//!
//! Sources: Cloud API, Interactive media carousel messages, 2025 and 2026 (`type` is `cta_url` on every card with a
//! picture, also when it has quick replies); Interactive product carousel messages, 2026.

use serde_json::{Value, json};

use crate::graph::forms::interactive::choosing::REPLY;
use crate::graph::forms::interactive::opening::LINK_PARAMETERS;
use crate::graph::forms::interactive::products::ONE_PRODUCT;
use crate::graph::forms::interactive::{BODY, HEADER_IMAGE, HEADER_VIDEO};
use crate::graph::forms::misfit::{Misfit, Place, Why};
use crate::graph::forms::table::{ANY, Kind, Object, Rule, Table, allowed, elements, may, need};

pub(super) static CAROUSEL: Table = Table {
    fields: &[need("body", BODY), need("action", Kind::Part(&ACTION))],
    rules: &[],
};

static ACTION: Table = Table {
    fields: &[need("cards", Kind::List(2, 10, &CARD))],
    rules: &[Rule::Different("cards", &["card_index"]), Rule::Check(cards_are_alike)],
};

const CARD: Kind = Kind::Choice(&["type"], &[("cta_url", &MEDIA_CARD), ("product", &PRODUCT_CARD)]);

/// The place of a card, counted from 0 as a number.
pub(in crate::graph::forms) const CARD_INDEX: Kind = Kind::Whole(0, 9);

static MEDIA_CARD: Table = Table {
    fields: &[
        need("card_index", CARD_INDEX),
        need(
            "header",
            Kind::Choice(&["type"], &[("image", &HEADER_IMAGE), ("video", &HEADER_VIDEO)]),
        ),
        may("body", Kind::Part(&CARD_BODY)),
        need("action", Kind::Part(&CARD_ACTION)),
    ],
    rules: &[],
};

static CARD_BODY: Table = Table {
    fields: &[need("text", Kind::Text(160))],
    rules: &[Rule::Check(has_few_lines)],
};

/// A link, or quick replies.
static CARD_ACTION: Table = Table {
    fields: &[
        may(
            "name",
            Kind::Word {
                wanted: "cta_url",
                of: &["cta_url"],
            },
        ),
        may("parameters", LINK_PARAMETERS),
        may(
            "buttons",
            Kind::List(1, ANY, &Kind::Choice(&["type"], &[("quick_reply", &QUICK_REPLY)])),
        ),
    ],
    rules: &[
        Rule::ExactlyOne(&["parameters", "buttons"]),
        Rule::Check(a_link_is_named),
        Rule::Different("buttons", &["quick_reply", "id"]),
        Rule::Different("buttons", &["quick_reply", "title"]),
    ],
};

static QUICK_REPLY: Table = Table {
    fields: &[need("quick_reply", Kind::Part(&REPLY))],
    rules: &[],
};

static PRODUCT_CARD: Table = Table {
    fields: &[need("card_index", CARD_INDEX), need("action", Kind::Part(&ONE_PRODUCT))],
    rules: &[],
};

fn has_few_lines(body: &Object, place: &Place<'_>) -> Result<(), Misfit> {
    let breaks = body["text"].as_str().map_or(0, |text| text.matches('\n').count());
    allowed(breaks <= 2, "a text with at most two line breaks", &place.key("text"))
}

fn a_link_is_named(action: &Object, place: &Place<'_>) -> Result<(), Misfit> {
    match (action.contains_key("name"), action.contains_key("parameters")) {
        (true, false) => Err(place.key("name").is(Why::Unexpected)),
        (false, true) => Err(place.key("name").is(Why::Missing)),
        _ => Ok(()),
    }
}

/// All cards are of one kind, with the same header and as many buttons; products are of one catalog.
fn cards_are_alike(action: &Object, place: &Place<'_>) -> Result<(), Misfit> {
    let cards = elements(action.get("cards"));
    let shape = |card: &Value| {
        let action = &card["action"];
        let buttons = elements(action.get("buttons")).len();
        json!([
            card["type"],
            card["header"]["type"],
            action["name"],
            buttons,
            action["catalog_id"]
        ])
    };
    let odd = cards.iter().position(|card| shape(card) != shape(&cards[0]));
    odd.map_or(Ok(()), |index| {
        allowed(false, "like the other cards", &place.key("cards").item(index))
    })
}
