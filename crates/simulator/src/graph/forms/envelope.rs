//! What stands around every message: to whom, in answer to what, and our own mark on it. Also read marks.
//!
//! Source: Cloud API, Messages; business-scoped user ids, 2026; Groups API, Group messaging, 2025.

use serde_json::Value;

use crate::graph::forms::misfit::{Misfit, Place, Why};
use crate::graph::forms::table::{ANY, Field, Kind, Rule, Table, may, need};
use crate::graph::forms::writing::{ID, PHONE_NUMBER, PROOF, USER_ID};

const PRODUCT: Field = need(
    "messaging_product",
    Kind::Word {
        wanted: "whatsapp",
        of: &["whatsapp"],
    },
);

/// To one person; when both are given, the number wins.
pub(super) static TO_PERSON: Table = Table {
    fields: &[
        may(
            "recipient_type",
            Kind::Word {
                wanted: "individual or group",
                of: &["individual"],
            },
        ),
        may("to", PHONE_NUMBER),
        may("recipient", USER_ID),
    ],
    rules: &[Rule::AtLeastOne(&["to", "recipient"])],
};

/// To a group: business-scoped ids are people's.
pub(super) static TO_GROUP: Table = Table {
    fields: &[
        need(
            "recipient_type",
            Kind::Word {
                wanted: "individual or group",
                of: &["group"],
            },
        ),
        need("to", ID),
    ],
    rules: &[],
};

/// Around every message, whoever gets it.
pub(super) static AROUND: &[Field] = &[
    PRODUCT,
    may("type", Kind::Text(ANY)),
    may("context", Kind::Part(&CONTEXT)),
    may("biz_opaque_callback_data", Kind::Text(512)),
    may("recipient_identity_key_hash", ID),
    may("appsecret_proof", PROOF),
];

static CONTEXT: Table = Table {
    fields: &[need("message_id", ID)],
    rules: &[],
};

/// A read mark, with or without "typing".
pub(super) static READ_MARK: Table = Table {
    fields: &[
        PRODUCT,
        need(
            "status",
            Kind::Word {
                wanted: "read",
                of: &["read"],
            },
        ),
        need("message_id", ID),
        may("typing_indicator", Kind::Part(&TYPING)),
        may("appsecret_proof", PROOF),
    ],
    rules: &[],
};

static TYPING: Table = Table {
    fields: &[need(
        "type",
        Kind::Word {
            wanted: "text",
            of: &["text"],
        },
    )],
    rules: &[],
};

/// Without the right product the provider reads nothing else, and says so with its general code.
pub(super) fn product(body: &Value) -> Result<(), Misfit> {
    if body.get(PRODUCT.name).is_some_and(|product| product == "whatsapp") {
        return Ok(());
    }
    Err(Place::Body.key(PRODUCT.name).is(Why::Type("\"whatsapp\"")))
}
