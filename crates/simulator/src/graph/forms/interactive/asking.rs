//! One button that asks the customer for something: the place, the address, the number, leave to call.
//!
//! Sources: Cloud API, Location request messages; Address messages, July 2026 (India only); Calling, User call
//! permissions (the body is optional); business-scoped user ids, 2026. Where a page shows a body and an action alone,
//! headers and footers do not fit.

use crate::graph::forms::interactive::{ANY_HEADER, BODY, FOOTER};
use crate::graph::forms::table::{ANY, Kind, Rule, Table, may, need};
use crate::graph::forms::writing::ID;

static NOTHING_MORE: Table = Table {
    fields: &[],
    rules: &[],
};

pub(super) static LOCATION: Table = Table {
    fields: &[
        need("body", BODY),
        need("action", Kind::Choice(&["name"], &[("send_location", &NOTHING_MORE)])),
    ],
    rules: &[],
};

pub(super) static CALL_PERMISSION: Table = Table {
    fields: &[
        may("body", BODY),
        need(
            "action",
            Kind::Choice(&["name"], &[("call_permission_request", &NOTHING_MORE)]),
        ),
    ],
    rules: &[],
};

pub(super) static CONTACT_INFO: Table = Table {
    fields: &[
        need("body", BODY),
        need(
            "action",
            Kind::Choice(&["name"], &[("request_contact_info", &NOTHING_MORE)]),
        ),
    ],
    rules: &[],
};

pub(super) static ADDRESS: Table = Table {
    fields: &[
        may("header", ANY_HEADER),
        need("body", BODY),
        may("footer", FOOTER),
        need(
            "action",
            Kind::Choice(&["name"], &[("address_message", &ADDRESS_ACTION)]),
        ),
    ],
    rules: &[],
};

static ADDRESS_ACTION: Table = Table {
    fields: &[need("parameters", Kind::Part(&ADDRESS_PARAMETERS))],
    rules: &[],
};

static ADDRESS_PARAMETERS: Table = Table {
    fields: &[
        need(
            "country",
            Kind::Word {
                wanted: "IN",
                of: &["IN"],
            },
        ),
        may("values", Kind::Part(&ADDRESS_FIELDS)),
        may("saved_addresses", Kind::List(1, ANY, &Kind::Part(&SAVED_ADDRESS))),
        may("validation_errors", Kind::Part(&ADDRESS_ERRORS)),
    ],
    rules: &[Rule::Different("saved_addresses", &["id"])],
};

static SAVED_ADDRESS: Table = Table {
    fields: &[need("id", ID), need("value", Kind::Part(&ADDRESS_FIELDS))],
    rules: &[],
};

const WORDS: Kind = Kind::Text(ANY);

static ADDRESS_FIELDS: Table = Table {
    fields: &[
        may("name", WORDS),
        may("phone_number", WORDS),
        may("in_pin_code", Kind::Text(6)),
        may("house_number", WORDS),
        may("floor_number", WORDS),
        may("tower_number", WORDS),
        may("building_name", WORDS),
        may("address", WORDS),
        may("landmark_area", WORDS),
        may("city", WORDS),
        may("state", WORDS),
    ],
    rules: &[],
};

/// For each field, what is wrong with what was entered.
static ADDRESS_ERRORS: Table = Table {
    fields: &[
        may("name", WORDS),
        may("phone_number", WORDS),
        may("in_pin_code", WORDS),
        may("house_number", WORDS),
        may("floor_number", WORDS),
        may("tower_number", WORDS),
        may("building_name", WORDS),
        may("address", WORDS),
        may("landmark_area", WORDS),
        may("city", WORDS),
        may("state", WORDS),
    ],
    rules: &[],
};
