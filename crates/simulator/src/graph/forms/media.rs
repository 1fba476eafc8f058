//! Files, by id of an upload or by link, never by both.
//!
//! Limits: Cloud API, Messages, and for `voice` Audio messages, 2025. What the provider accepts as a file is checked
//! when it is uploaded.

use crate::graph::forms::table::{ANY, Kind, Rule, Table, may};
use crate::graph::forms::writing::{ID, LINK};

const CAPTION: Kind = Kind::Text(1024);
const ONE_SOURCE: &[Rule] = &[Rule::ExactlyOne(&["id", "link"])];

pub(super) static IMAGE: Table = Table {
    fields: &[may("id", ID), may("link", LINK), may("caption", CAPTION)],
    rules: ONE_SOURCE,
};

pub(super) static VIDEO: Table = Table {
    fields: IMAGE.fields,
    rules: ONE_SOURCE,
};

pub(super) static AUDIO: Table = Table {
    fields: &[may("id", ID), may("link", LINK), may("voice", Kind::Flag)],
    rules: ONE_SOURCE,
};

pub(super) static DOCUMENT: Table = Table {
    fields: &[
        may("id", ID),
        may("link", LINK),
        may("caption", CAPTION),
        may("filename", Kind::Text(ANY)),
    ],
    rules: ONE_SOURCE,
};

pub(super) static STICKER: Table = Table {
    fields: &[may("id", ID), may("link", LINK)],
    rules: ONE_SOURCE,
};

/// A picture or video that heads a message, a card or a template.
pub(super) static BARE_FILE: Table = Table {
    fields: STICKER.fields,
    rules: ONE_SOURCE,
};

/// A document that heads a message or a template.
pub(super) static BARE_DOCUMENT: Table = Table {
    fields: &[may("id", ID), may("link", LINK), may("filename", Kind::Text(ANY))],
    rules: ONE_SOURCE,
};
