//! The parts of a template that have variables: header, body, buttons, cards, countdown.

use serde_json::{Value, json};

use crate::graph::forms::interactive::CARD_INDEX;
use crate::graph::forms::misfit::{Misfit, Place, Why};
use crate::graph::forms::table::{ANY, Kind, Object, Rule, Table, allowed, different, elements, need};
use crate::graph::forms::template::{buttons, parameters};

pub(super) const COMPONENTS: Kind = Kind::List(
    0,
    ANY,
    &Kind::Choice(
        &["type", "sub_type"],
        &[
            ("header", &HEADER),
            ("body", &BODY),
            ("button.url", &buttons::URL),
            ("button.quick_reply", &buttons::QUICK_REPLY),
            ("button.copy_code", &buttons::COPY_CODE),
            ("button.flow", &buttons::FLOW),
            ("button.catalog", &buttons::CATALOG),
            ("button.mpm", &buttons::PRODUCTS),
            ("button.voice_call", &buttons::VOICE_CALL),
            ("carousel", &CAROUSEL),
            ("limited_time_offer", &COUNTDOWN),
        ],
    ),
);

/// What a card may have; its product brings its own button.
const CARD_COMPONENTS: Kind = Kind::List(
    1,
    4,
    &Kind::Choice(
        &["type", "sub_type"],
        &[
            ("header", &CARD_HEADER),
            ("body", &BODY),
            ("button.url", &buttons::URL),
            ("button.quick_reply", &buttons::QUICK_REPLY),
        ],
    ),
);

/// What holds among the components of a template or a card.
pub(super) const COMPONENT_RULES: &[Rule] = &[Rule::Check(components_agree)];

static HEADER: Table = Table {
    fields: &[need("parameters", parameters::HEADER)],
    rules: &[],
};

static CARD_HEADER: Table = Table {
    fields: &[need("parameters", parameters::CARD_HEADER)],
    rules: &[],
};

static BODY: Table = Table {
    fields: &[need("parameters", parameters::BODY)],
    rules: &[Rule::Check(names_differ)],
};

static COUNTDOWN: Table = Table {
    fields: &[need(
        "parameters",
        Kind::List(1, 1, &Kind::Choice(&["type"], &[("limited_time_offer", &OFFER)])),
    )],
    rules: &[],
};

static OFFER: Table = Table {
    fields: &[need(
        "limited_time_offer",
        Kind::Part(&Table {
            fields: &[need("expiration_time_ms", Kind::Whole(1, i64::MAX))],
            rules: &[],
        }),
    )],
    rules: &[],
};

static CAROUSEL: Table = Table {
    fields: &[need("cards", Kind::List(1, 10, &Kind::Part(&CARD)))],
    rules: &[Rule::Different("cards", &["card_index"]), Rule::Check(cards_are_alike)],
};

static CARD: Table = Table {
    fields: &[need("card_index", CARD_INDEX), need("components", CARD_COMPONENTS)],
    rules: COMPONENT_RULES,
};

/// Each part comes once, each button has a place of its own, and variables are all named or all numbered.
fn components_agree(owner: &Object, place: &Place<'_>) -> Result<(), Misfit> {
    let place = place.key("components");
    let components = elements(owner.get("components"));
    let (buttons, parts): (Vec<&Value>, Vec<&Value>) =
        components.iter().partition(|component| component["type"] == "button");
    different(parts.iter().map(|part| &part["type"]), |_| place.is(Why::Repeated))?;
    let indices = buttons.iter().filter_map(|button| button.get("index"));
    different(indices, |_| place.is(Why::Repeated))?;
    buttons::are_few(components, &place)?;
    let variables = parts.iter().flat_map(|part| elements(part.get("parameters")));
    let named: Vec<bool> = variables.filter_map(is_named).collect();
    if named.contains(&true) && named.contains(&false) {
        return Err(place.is(Why::Mixed));
    }
    Ok(())
}

/// Whether a variable is named; files, places and products are none.
fn is_named(parameter: &Value) -> Option<bool> {
    let variable = ["text", "currency", "date_time"]
        .iter()
        .any(|kind| parameter["type"] == *kind);
    variable.then(|| parameter.get("parameter_name").is_some())
}

fn names_differ(body: &Object, place: &Place<'_>) -> Result<(), Misfit> {
    let variables = elements(body.get("parameters")).iter();
    let names = variables.filter_map(|variable| variable.get("parameter_name"));
    different(names, |_| place.key("parameters").is(Why::Repeated))
}

/// All cards have a header of the same kind and the same buttons.
fn cards_are_alike(carousel: &Object, place: &Place<'_>) -> Result<(), Misfit> {
    let cards = elements(carousel.get("cards"));
    let part = |component: &Value| json!([component["type"], component["sub_type"], header_kind(component)]);
    let shape = |card: &Value| elements(card.get("components")).iter().map(part).collect::<Vec<_>>();
    let odd = cards.iter().position(|card| shape(card) != shape(&cards[0]));
    odd.map_or(Ok(()), |index| {
        allowed(false, "like the other cards", &place.key("cards").item(index))
    })
}

fn header_kind(component: &Value) -> Option<&Value> {
    (component["type"] == "header").then(|| &component["parameters"][0]["type"])
}
