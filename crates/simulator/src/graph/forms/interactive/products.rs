//! Products of the catalog that is connected to the account: one, several, or all.
//!
//! Sources: Cloud API, Sell products and services, Share products; Catalog messages, June 2026; the interactive object
//! (a single product has no header and needs no body; several need a text header).

use crate::graph::forms::interactive::choosing::several_sections_have_titles;
use crate::graph::forms::interactive::{BODY, FOOTER, TEXT_HEADER};
use crate::graph::forms::table::{ANY, Kind, Rule, Table, may, need};
use crate::graph::forms::writing::ID;

pub(super) static PRODUCT: Table = Table {
    fields: &[
        may("body", BODY),
        may("footer", FOOTER),
        need("action", Kind::Part(&ONE_PRODUCT)),
    ],
    rules: &[],
};

/// A product by its catalog and its number in it.
pub(in crate::graph::forms) static ONE_PRODUCT: Table = Table {
    fields: &[need("catalog_id", ID), need("product_retailer_id", ID)],
    rules: &[],
};

pub(super) static PRODUCT_LIST: Table = Table {
    fields: &[
        need("header", TEXT_HEADER),
        need("body", BODY),
        may("footer", FOOTER),
        need("action", Kind::Part(&LIST_ACTION)),
    ],
    rules: &[],
};

static LIST_ACTION: Table = Table {
    fields: &[need("catalog_id", ID), need("sections", PRODUCT_SECTIONS)],
    rules: PRODUCT_SECTION_RULES,
};

/// Up to ten sections of products.
pub(in crate::graph::forms) const PRODUCT_SECTIONS: Kind = Kind::List(1, 10, &Kind::Part(&SECTION));

/// At most 30 products in all, and titles when there are several sections.
pub(in crate::graph::forms) const PRODUCT_SECTION_RULES: &[Rule] = &[
    Rule::Together("sections", "product_items", 30),
    Rule::Check(several_sections_have_titles),
];

static SECTION: Table = Table {
    fields: &[
        may("title", Kind::Text(24)),
        need("product_items", Kind::List(1, ANY, &Kind::Part(&ITEM))),
    ],
    rules: &[],
};

static ITEM: Table = Table {
    fields: &[need("product_retailer_id", ID)],
    rules: &[],
};

pub(super) static CATALOG: Table = Table {
    fields: &[
        need("body", BODY),
        may("footer", FOOTER),
        need(
            "action",
            Kind::Choice(&["name"], &[("catalog_message", &CATALOG_ACTION)]),
        ),
    ],
    rules: &[],
};

static CATALOG_ACTION: Table = Table {
    fields: &[may("parameters", Kind::Part(&THUMBNAIL))],
    rules: &[],
};

/// The product whose picture stands for the catalog.
pub(in crate::graph::forms) static THUMBNAIL: Table = Table {
    fields: &[need("thumbnail_product_retailer_id", ID)],
    rules: &[],
};
