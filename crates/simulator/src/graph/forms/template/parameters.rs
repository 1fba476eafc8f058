//! What stands in for a template's variables.

use crate::graph::forms::interactive::{CALL_MINUTES, CALL_PAYLOAD, ONE_PRODUCT};
use crate::graph::forms::media::{BARE_DOCUMENT, BARE_FILE};
use crate::graph::forms::table::{ANY, Kind, Table, may, need};
use crate::graph::forms::text::LOCATION;
use crate::graph::forms::writing::{CURRENCY, VARIABLE_NAME};

pub(super) type Named = (&'static str, &'static Table);

/// A header has one: a text of at most 60 characters, a file, a place or a product.
pub(super) const HEADER: Kind = Kind::List(
    1,
    1,
    &Kind::Choice(
        &["type"],
        &[
            ("text", &HEADER_TEXT),
            ("image", &IMAGE),
            ("video", &VIDEO),
            ("document", &DOCUMENT),
            ("location", &PLACE),
            ("product", &PRODUCT),
        ],
    ),
);

/// A card's header is a picture, a film or a product.
pub(super) const CARD_HEADER: Kind = Kind::List(
    1,
    1,
    &Kind::Choice(
        &["type"],
        &[("image", &IMAGE), ("video", &VIDEO), ("product", &PRODUCT)],
    ),
);

/// One for each variable of the body, which has at most 1024 characters with all of them.
pub(super) const BODY: Kind = Kind::List(
    1,
    ANY,
    &Kind::Choice(
        &["type"],
        &[("text", &BODY_TEXT), ("currency", &MONEY), ("date_time", &MOMENT)],
    ),
);

static HEADER_TEXT: Table = Table {
    fields: &[need("text", Kind::Text(60)), may("parameter_name", VARIABLE_NAME)],
    rules: &[],
};

static BODY_TEXT: Table = Table {
    fields: &[need("text", Kind::Text(1024)), may("parameter_name", VARIABLE_NAME)],
    rules: &[],
};

static IMAGE: Table = Table {
    fields: &[need("image", Kind::Part(&BARE_FILE))],
    rules: &[],
};

static VIDEO: Table = Table {
    fields: &[need("video", Kind::Part(&BARE_FILE))],
    rules: &[],
};

static DOCUMENT: Table = Table {
    fields: &[need("document", Kind::Part(&BARE_DOCUMENT))],
    rules: &[],
};

static PLACE: Table = Table {
    fields: &[need("location", Kind::Part(&LOCATION))],
    rules: &[],
};

static PRODUCT: Table = Table {
    fields: &[need("product", Kind::Part(&ONE_PRODUCT))],
    rules: &[],
};

// R6.2 shows a name on texts only; public clients name sums and moments too (pywa 2.x, `NamedCurrencyParameter`), so they are taken.
static MONEY: Table = Table {
    fields: &[
        need("currency", Kind::Part(&AMOUNT)),
        may("parameter_name", VARIABLE_NAME),
    ],
    rules: &[],
};

static AMOUNT: Table = Table {
    fields: &[
        need("fallback_value", Kind::Text(1024)),
        need("code", CURRENCY),
        need("amount_1000", Kind::Whole(i64::MIN, i64::MAX)),
    ],
    rules: &[],
};

static MOMENT: Table = Table {
    fields: &[
        need("date_time", Kind::Part(&WRITTEN_MOMENT)),
        may("parameter_name", VARIABLE_NAME),
    ],
    rules: &[],
};

static WRITTEN_MOMENT: Table = Table {
    fields: &[need("fallback_value", Kind::Text(1024))],
    rules: &[],
};

/// The end of an address.
pub(super) static URL_ENDING: Table = Table {
    fields: &[need("text", Kind::Text(2000)), may("parameter_name", VARIABLE_NAME)],
    rules: &[],
};

/// What comes back when a quick reply is tapped.
pub(super) static PAYLOAD: Table = Table {
    fields: &[need("payload", Kind::Text(ANY))],
    rules: &[],
};

pub(super) static COUPON: Table = Table {
    fields: &[need("coupon_code", Kind::Text(20))],
    rules: &[],
};

/// A call button's, where texts have their limit too.
pub(super) const CALL: &[Named] = &[
    (
        "ttl_minutes",
        &Table {
            fields: &[need("ttl_minutes", CALL_MINUTES)],
            rules: &[],
        },
    ),
    (
        "payload",
        &Table {
            fields: &[need("payload", CALL_PAYLOAD)],
            rules: &[],
        },
    ),
];
