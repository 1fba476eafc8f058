//! Buttons of templates: each has its place and what its variable is.
//!
//! Sources: the pages of the kinds of template; for `voice_call` Calling, Call button messages, June 2026: its example
//! has no `index`, and `ttl_minutes` and `payload` are parameters of their own.

use serde_json::Value;

use crate::graph::forms::interactive::{PRODUCT_SECTION_RULES, PRODUCT_SECTIONS, THUMBNAIL};
use crate::graph::forms::misfit::{Misfit, Place};
use crate::graph::forms::table::{Field, Kind, Rule, Table, counted, elements, may, need};
use crate::graph::forms::template::parameters::{CALL, COUPON, PAYLOAD, URL_ENDING};
use crate::graph::forms::writing::{BUTTON_INDEX, ID};

const INDEX: Field = need("index", BUTTON_INDEX);

/// A template has up to ten buttons, and of some kinds fewer.
const MOST_BUTTONS: usize = 10;
const MOST_OF_KIND: [(&str, usize); 6] = [
    ("url", 2),
    ("copy_code", 1),
    ("flow", 1),
    ("catalog", 1),
    ("mpm", 1),
    ("voice_call", 1),
];

pub(super) static URL: Table = Table {
    fields: &[
        INDEX,
        need(
            "parameters",
            Kind::List(1, 1, &Kind::Choice(&["type"], &[("text", &URL_ENDING)])),
        ),
    ],
    rules: &[],
};

pub(super) static QUICK_REPLY: Table = Table {
    fields: &[
        INDEX,
        need(
            "parameters",
            Kind::List(1, 1, &Kind::Choice(&["type"], &[("payload", &PAYLOAD)])),
        ),
    ],
    rules: &[],
};

pub(super) static COPY_CODE: Table = Table {
    fields: &[
        INDEX,
        need(
            "parameters",
            Kind::List(1, 1, &Kind::Choice(&["type"], &[("coupon_code", &COUPON)])),
        ),
    ],
    rules: &[],
};

/// The flow starts as the template says, or with a token and data of this message.
pub(super) static FLOW: Table = Table {
    fields: &[
        INDEX,
        may(
            "parameters",
            Kind::List(1, 1, &Kind::Choice(&["type"], &[("action", &FLOW_START)])),
        ),
    ],
    rules: &[],
};

static FLOW_START: Table = Table {
    fields: &[need(
        "action",
        Kind::Part(&Table {
            fields: &[may("flow_token", ID), may("flow_action_data", Kind::Data)],
            rules: &[Rule::AtLeastOne(&["flow_token", "flow_action_data"])],
        }),
    )],
    rules: &[],
};

pub(super) static CATALOG: Table = Table {
    fields: &[
        INDEX,
        may(
            "parameters",
            Kind::List(1, 1, &Kind::Choice(&["type"], &[("action", &CATALOG_START)])),
        ),
    ],
    rules: &[],
};

static CATALOG_START: Table = Table {
    fields: &[need("action", Kind::Part(&THUMBNAIL))],
    rules: &[],
};

pub(super) static PRODUCTS: Table = Table {
    fields: &[
        INDEX,
        need(
            "parameters",
            Kind::List(1, 1, &Kind::Choice(&["type"], &[("action", &PRODUCTS_SHOWN)])),
        ),
    ],
    rules: &[],
};

static PRODUCTS_SHOWN: Table = Table {
    fields: &[need(
        "action",
        Kind::Part(&Table {
            fields: &[
                need("thumbnail_product_retailer_id", ID),
                need("sections", PRODUCT_SECTIONS),
            ],
            rules: PRODUCT_SECTION_RULES,
        }),
    )],
    rules: &[],
};

pub(super) static VOICE_CALL: Table = Table {
    fields: &[
        may("index", BUTTON_INDEX),
        may("parameters", Kind::List(1, 2, &Kind::Choice(&["type"], CALL))),
    ],
    rules: &[Rule::Different("parameters", &["type"])],
};

/// Whether a button of the template starts a call.
pub(in crate::graph::forms) fn calls(template: &Value) -> bool {
    let components = elements(template.get("components"));
    components.iter().any(|component| component["sub_type"] == "voice_call")
}

/// Not more buttons than a template may have.
pub(super) fn are_few(components: &[Value], place: &Place<'_>) -> Result<(), Misfit> {
    let of = |kind: &str| {
        components
            .iter()
            .filter(|component| component["sub_type"] == kind)
            .count()
    };
    let all = components
        .iter()
        .filter(|component| component["type"] == "button")
        .count();
    counted(all, 0, MOST_BUTTONS, place)?;
    MOST_OF_KIND
        .iter()
        .try_for_each(|(kind, most)| counted(of(kind), 0, *most, place))
}
