//! Text, location, reaction and pin: the forms of a few fields.
//!
//! Limits: Cloud API, Messages; pins: Groups API, Group messaging, 2025 (1 to 30 days as partners state it).

use crate::graph::forms::misfit::{Misfit, Place, Why};
use crate::graph::forms::table::{ANY, Kind, Object, Rule, Table, may, need};
use crate::graph::forms::writing::ID;

pub(super) static TEXT: Table = Table {
    fields: &[need("body", Kind::Text(4096)), may("preview_url", Kind::Flag)],
    rules: &[],
};

pub(super) static LOCATION: Table = Table {
    fields: &[
        need("latitude", Kind::Degrees(90.0)),
        need("longitude", Kind::Degrees(180.0)),
        may("name", Kind::Text(ANY)),
        may("address", Kind::Text(ANY)),
    ],
    rules: &[],
};

pub(super) static REACTION: Table = Table {
    fields: &[need("message_id", ID), need("emoji", Kind::Emoji)],
    rules: &[],
};

pub(super) static PIN: Table = Table {
    fields: &[
        need(
            "type",
            Kind::Word {
                wanted: "pin or unpin",
                of: &["pin", "unpin"],
            },
        ),
        need("message_id", ID),
        may("expiration_days", Kind::Whole(1, 30)),
    ],
    rules: &[Rule::Check(what_is_unpinned_does_not_expire)],
};

fn what_is_unpinned_does_not_expire(pin: &Object, place: &Place<'_>) -> Result<(), Misfit> {
    if pin["type"] == "unpin" && pin.contains_key("expiration_days") {
        return Err(place.key("expiration_days").is(Why::Unexpected));
    }
    Ok(())
}
