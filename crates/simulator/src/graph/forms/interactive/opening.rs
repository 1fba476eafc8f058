//! One button that opens something: an address, a flow, a call to the business.
//!
//! Sources: Cloud API, Interactive CTA URL button messages; Flows, Sending a flow (a label of at most 20 characters;
//! newer editions advise 30); Calling, Call button messages, June 2026.

use crate::graph::forms::interactive::{ANY_HEADER, BODY, FOOTER};
use crate::graph::forms::misfit::{Misfit, Place, Why};
use crate::graph::forms::table::{Kind, Object, Rule, Table, may, need};
use crate::graph::forms::writing::{BUTTON_LINK, ID};

pub(super) static LINK: Table = Table {
    fields: &[
        may("header", ANY_HEADER),
        need("body", BODY),
        may("footer", FOOTER),
        need("action", Kind::Choice(&["name"], &[("cta_url", &LINK_ACTION)])),
    ],
    rules: &[],
};

/// Cards of a carousel have the same action.
pub(super) static LINK_ACTION: Table = Table {
    fields: &[need("parameters", LINK_PARAMETERS)],
    rules: &[],
};

pub(super) const LINK_PARAMETERS: Kind = Kind::Part(&Table {
    fields: &[need("display_text", Kind::Text(20)), need("url", BUTTON_LINK)],
    rules: &[],
});

pub(super) static FLOW: Table = Table {
    fields: &[
        may("header", ANY_HEADER),
        need("body", BODY),
        may("footer", FOOTER),
        need("action", Kind::Choice(&["name"], &[("flow", &FLOW_ACTION)])),
    ],
    rules: &[],
};

static FLOW_ACTION: Table = Table {
    fields: &[need("parameters", Kind::Part(&FLOW_PARAMETERS))],
    rules: &[],
};

static FLOW_PARAMETERS: Table = Table {
    fields: &[
        need(
            "flow_message_version",
            Kind::Word {
                wanted: "\"3\"",
                of: &["3"],
            },
        ),
        may("flow_id", ID),
        may("flow_name", ID),
        need("flow_cta", Kind::Text(20)),
        may("flow_token", ID),
        may(
            "flow_action",
            Kind::Word {
                wanted: "navigate or data_exchange",
                of: &["navigate", "data_exchange"],
            },
        ),
        may("flow_action_payload", Kind::Part(&FIRST_SCREEN)),
        may(
            "mode",
            Kind::Word {
                wanted: "draft or published",
                of: &["draft", "published"],
            },
        ),
    ],
    rules: &[
        Rule::ExactlyOne(&["flow_id", "flow_name"]),
        Rule::Check(only_navigating_names_a_screen),
    ],
};

static FIRST_SCREEN: Table = Table {
    fields: &[need("screen", ID), may("data", Kind::Data)],
    rules: &[],
};

/// With `data_exchange` the flow's endpoint says which screen comes first.
fn only_navigating_names_a_screen(flow: &Object, place: &Place<'_>) -> Result<(), Misfit> {
    let exchanges = flow.get("flow_action").is_some_and(|action| action == "data_exchange");
    if exchanges && flow.contains_key("flow_action_payload") {
        return Err(place.key("flow_action_payload").is(Why::Unexpected));
    }
    Ok(())
}

pub(super) static VOICE_CALL: Table = Table {
    fields: &[
        need("body", BODY),
        need("action", Kind::Choice(&["name"], &[("voice_call", &VOICE_CALL_ACTION)])),
    ],
    rules: &[],
};

static VOICE_CALL_ACTION: Table = Table {
    fields: &[may("parameters", Kind::Part(&VOICE_CALL_PARAMETERS))],
    rules: &[],
};

static VOICE_CALL_PARAMETERS: Table = Table {
    fields: &[
        may("display_text", Kind::Text(20)),
        may("ttl_minutes", CALL_MINUTES),
        may("payload", CALL_PAYLOAD),
    ],
    rules: &[],
};

/// How long a call button works: a minute to 30 days.
pub(in crate::graph::forms) const CALL_MINUTES: Kind = Kind::Whole(1, 43_200);

/// What comes back with a call from the button.
pub(in crate::graph::forms) const CALL_PAYLOAD: Kind = Kind::Text(512);
