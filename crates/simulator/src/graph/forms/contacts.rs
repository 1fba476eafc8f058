//! Contact cards.
//!
//! Source: Cloud API, Contacts messages. `vcard` and `origin` stand in cards that customers send, never in ours.

use crate::graph::forms::table::{ANY, Kind, Rule, Table, may, need};
use crate::graph::forms::writing::{DATE, LINK};

const WORDS: Kind = Kind::Text(ANY);

/// A message has up to 257 cards.
pub(super) const CARDS: Kind = Kind::List(1, 257, &Kind::Part(&CARD));

static CARD: Table = Table {
    fields: &[
        need("name", Kind::Part(&NAME)),
        may("phones", Kind::List(1, ANY, &Kind::Part(&PHONE))),
        may("emails", Kind::List(1, ANY, &Kind::Part(&EMAIL))),
        may("addresses", Kind::List(1, ANY, &Kind::Part(&ADDRESS))),
        may("urls", Kind::List(1, ANY, &Kind::Part(&URL))),
        may("org", Kind::Part(&ORGANISATION)),
        may("birthday", DATE),
    ],
    rules: &[],
};

static NAME: Table = Table {
    fields: &[
        need("formatted_name", WORDS),
        may("first_name", WORDS),
        may("last_name", WORDS),
        may("middle_name", WORDS),
        may("prefix", WORDS),
        may("suffix", WORDS),
    ],
    rules: &[Rule::AtLeastOne(&[
        "first_name",
        "last_name",
        "middle_name",
        "prefix",
        "suffix",
    ])],
};

static PHONE: Table = Table {
    fields: &[may("phone", WORDS), may("wa_id", WORDS), may("type", WORDS)],
    rules: &[Rule::AtLeastOne(&["phone", "wa_id"])],
};

static EMAIL: Table = Table {
    fields: &[need("email", WORDS), may("type", WORDS)],
    rules: &[],
};

static ADDRESS: Table = Table {
    fields: &[
        may("street", WORDS),
        may("city", WORDS),
        may("state", WORDS),
        may("zip", WORDS),
        may("country", WORDS),
        may("country_code", WORDS),
        may("type", WORDS),
    ],
    rules: &[Rule::AtLeastOne(&[
        "street",
        "city",
        "state",
        "zip",
        "country",
        "country_code",
    ])],
};

static URL: Table = Table {
    fields: &[need("url", LINK), may("type", WORDS)],
    rules: &[],
};

static ORGANISATION: Table = Table {
    fields: &[may("company", WORDS), may("department", WORDS), may("title", WORDS)],
    rules: &[Rule::AtLeastOne(&["company", "department", "title"])],
};
