//! Interactive messages: a body, something to tap, and around it a header and a footer where the type allows them.
//!
//! Limits: Cloud API, Interactive messages. Which type takes which header is stated by the pages of the types.

mod asking;
mod carousel;
mod choosing;
mod opening;
mod products;

pub(super) use carousel::CARD_INDEX;
pub(super) use opening::{CALL_MINUTES, CALL_PAYLOAD};
pub(super) use products::{ONE_PRODUCT, PRODUCT_SECTION_RULES, PRODUCT_SECTIONS, THUMBNAIL};

use crate::graph::forms::media::{BARE_DOCUMENT, BARE_FILE};
use crate::graph::forms::table::{Kind, Table, need};

/// What `interactive` may be.
pub(super) const INTERACTIVE: Kind = Kind::Choice(
    &["type"],
    &[
        ("button", &choosing::BUTTONS),
        ("list", &choosing::LIST),
        ("cta_url", &opening::LINK),
        ("flow", &opening::FLOW),
        ("voice_call", &opening::VOICE_CALL),
        ("location_request_message", &asking::LOCATION),
        ("address_message", &asking::ADDRESS),
        ("call_permission_request", &asking::CALL_PERMISSION),
        ("request_contact_info", &asking::CONTACT_INFO),
        ("product", &products::PRODUCT),
        ("product_list", &products::PRODUCT_LIST),
        ("catalog_message", &products::CATALOG),
        ("carousel", &carousel::CAROUSEL),
    ],
);

const BODY: Kind = Kind::Part(&Table {
    fields: &[need("text", Kind::Text(1024))],
    rules: &[],
});

const FOOTER: Kind = Kind::Part(&Table {
    fields: &[need("text", Kind::Text(60))],
    rules: &[],
});

const TEXT_HEADER: Kind = Kind::Choice(&["type"], &[("text", &HEADER_TEXT)]);

const ANY_HEADER: Kind = Kind::Choice(
    &["type"],
    &[
        ("text", &HEADER_TEXT),
        ("image", &HEADER_IMAGE),
        ("video", &HEADER_VIDEO),
        ("document", &HEADER_DOCUMENT),
    ],
);

static HEADER_TEXT: Table = Table {
    fields: &[need("text", Kind::Text(60))],
    rules: &[],
};

static HEADER_IMAGE: Table = Table {
    fields: &[need("image", Kind::Part(&BARE_FILE))],
    rules: &[],
};

static HEADER_VIDEO: Table = Table {
    fields: &[need("video", Kind::Part(&BARE_FILE))],
    rules: &[],
};

static HEADER_DOCUMENT: Table = Table {
    fields: &[need("document", Kind::Part(&BARE_DOCUMENT))],
    rules: &[],
};
