//! What holds between fields, and how a misfit is told.

use counterfoil_simulator::forms::{Form, Misfit, Why, check};
use serde_json::{Value, json};

use super::bodies::changed;
use super::walk::{way, without};

#[test]
fn what_a_table_cannot_say_is_refused_with_its_place() {
    let link_card = json!({ "card_index": 1, "type": "cta_url", "header": { "type": "video", "video": { "id": "1" } },
        "action": { "name": "cta_url", "parameters": { "display_text": "Open", "url": "https://example.org" } } });
    let cases: Vec<(Value, &str, Why)> = vec![
        (json!([]), "", Why::Type("an object")),
        (
            changed(Form::Text, &[("messaging_product", json!("signal"))]),
            "messaging_product",
            Why::Type("\"whatsapp\""),
        ),
        (
            changed(Form::Text, &[("type", json!("poll"))]),
            "type",
            Why::Unsupported,
        ),
        (
            changed(Form::Text, &[("to", json!("Thandi"))]),
            "to",
            Why::Value("a phone number"),
        ),
        (
            changed(Form::Text, &[("recipient", json!("za.123"))]),
            "recipient",
            Why::Value("a business-scoped user id"),
        ),
        (
            changed(Form::Text, &[("recipient_type", json!("everyone"))]),
            "recipient_type",
            Why::Value("individual or group"),
        ),
        (
            changed(Form::Text, &[("image", json!({ "id": "1" }))]),
            "image",
            Why::Unexpected,
        ),
        (
            without(&without(&changed(Form::Text, &[]), &way("to")), &way("recipient")),
            "to",
            Why::Missing,
        ),
        (
            changed(Form::Image, &[("image.link", json!("https://example.org/a.jpg"))]),
            "image",
            Why::Exclusive(&["id", "link"]),
        ),
        (
            without(&changed(Form::Image, &[]), &way("image.id")),
            "image.id",
            Why::Missing,
        ),
        (
            changed(Form::Video, &[("video", json!({ "link": "ftp://example.org/a.mp4" }))]),
            "video.link",
            Why::Value("an http or https address"),
        ),
        (
            changed(Form::Audio, &[("audio.caption", json!("Listen"))]),
            "audio.caption",
            Why::Unexpected,
        ),
        (
            changed(Form::Sticker, &[("sticker.caption", json!("Ha"))]),
            "sticker.caption",
            Why::Unexpected,
        ),
        (
            changed(Form::Image, &[("image.filename", json!("a.jpg"))]),
            "image.filename",
            Why::Unexpected,
        ),
        (
            changed(Form::Location, &[("location.latitude", json!(90.5))]),
            "location.latitude",
            Why::Value("a number of degrees on the globe"),
        ),
        (
            changed(Form::Location, &[("location.longitude", json!("east"))]),
            "location.longitude",
            Why::Type("a number of degrees"),
        ),
        (
            changed(
                Form::Contacts,
                &[("contacts.0.name", json!({ "formatted_name": "Thandi" }))],
            ),
            "contacts[0].name.first_name",
            Why::Missing,
        ),
        (
            changed(Form::Contacts, &[("contacts.0.phones.0", json!({ "type": "CELL" }))]),
            "contacts[0].phones[0].phone",
            Why::Missing,
        ),
        (
            changed(Form::Contacts, &[("contacts.0.birthday", json!("31.05.1984"))]),
            "contacts[0].birthday",
            Why::Value("a date such as 1984-05-31"),
        ),
        (
            changed(Form::Reaction, &[("reaction.emoji", json!("yes"))]),
            "reaction.emoji",
            Why::Value("one emoji, or empty"),
        ),
        (
            changed(Form::Pin, &[("pin.type", json!("unpin"))]),
            "pin.expiration_days",
            Why::Unexpected,
        ),
        (
            changed(Form::Pin, &[("recipient_type", json!("individual"))]),
            "type",
            Why::Unsupported,
        ),
        (
            changed(Form::ReadMark, &[("status", json!("delivered"))]),
            "status",
            Why::Value("read"),
        ),
        (
            changed(Form::ReadMark, &[("to", json!("27825550101"))]),
            "to",
            Why::Unexpected,
        ),
        (
            changed(Form::Buttons, &[("interactive.type", json!("buttons"))]),
            "interactive.type",
            Why::Value("a kind that is known here"),
        ),
        (
            changed(
                Form::Buttons,
                &[("interactive.action.buttons.1.reply.id", json!("yes"))],
            ),
            "interactive.action.buttons[1]",
            Why::Repeated,
        ),
        (
            changed(
                Form::Buttons,
                &[("interactive.action.buttons.2.reply.title", json!("No"))],
            ),
            "interactive.action.buttons[2]",
            Why::Repeated,
        ),
        (
            changed(
                Form::Buttons,
                &[("interactive.action.buttons.0.reply.id", json!(" yes"))],
            ),
            "interactive.action.buttons[0].reply.id",
            Why::Value("an id without spaces around it"),
        ),
        (
            changed(
                Form::List,
                &[("interactive.header", json!({ "type": "image", "image": { "id": "1" } }))],
            ),
            "interactive.header.type",
            Why::Value("a kind that is known here"),
        ),
        (
            changed(Form::List, &[("interactive.action.sections.1.rows.1.id", json!("8"))]),
            "interactive.action.sections.rows.id",
            Why::Repeated,
        ),
        (
            without(&changed(Form::List, &[]), &way("interactive.action.sections.1.title")),
            "interactive.action.sections[1].title",
            Why::Missing,
        ),
        (
            changed(
                Form::Flow,
                &[("interactive.action.parameters.flow_name", json!("damage"))],
            ),
            "interactive.action.parameters",
            Why::Exclusive(&["flow_id", "flow_name"]),
        ),
        (
            changed(
                Form::Flow,
                &[("interactive.action.parameters.flow_action", json!("data_exchange"))],
            ),
            "interactive.action.parameters.flow_action_payload",
            Why::Unexpected,
        ),
        (
            changed(
                Form::Flow,
                &[("interactive.action.parameters.flow_action_payload.data", json!({}))],
            ),
            "interactive.action.parameters.flow_action_payload.data",
            Why::Value("an object that is not empty"),
        ),
        (
            changed(
                Form::LocationRequest,
                &[("interactive.header", json!({ "type": "text", "text": "x" }))],
            ),
            "interactive.header",
            Why::Unexpected,
        ),
        (
            changed(
                Form::Product,
                &[("interactive.header", json!({ "type": "text", "text": "x" }))],
            ),
            "interactive.header",
            Why::Unexpected,
        ),
        (
            changed(
                Form::AddressRequest,
                &[("interactive.action.parameters.country", json!("SG"))],
            ),
            "interactive.action.parameters.country",
            Why::Value("IN"),
        ),
        (
            changed(
                Form::AddressRequest,
                &[("interactive.action.parameters.saved_addresses.1.id", json!("home"))],
            ),
            "interactive.action.parameters.saved_addresses[1]",
            Why::Repeated,
        ),
        (
            changed(Form::Carousel, &[("interactive.footer", json!({ "text": "x" }))]),
            "interactive.footer",
            Why::Unexpected,
        ),
        (
            changed(Form::Carousel, &[("interactive.action.cards.1.card_index", json!(0))]),
            "interactive.action.cards[1]",
            Why::Repeated,
        ),
        (
            changed(Form::Carousel, &[("interactive.action.cards.1", link_card)]),
            "interactive.action.cards[1]",
            Why::Value("like the other cards"),
        ),
        (
            changed(
                Form::Carousel,
                &[("interactive.action.cards.0.body.text", json!("a\nb\nc\nd"))],
            ),
            "interactive.action.cards[0].body.text",
            Why::Value("a text with at most two line breaks"),
        ),
        (
            without(
                &changed(Form::Carousel, &[]),
                &way("interactive.action.cards.0.action.name"),
            ),
            "interactive.action.cards[0].action.name",
            Why::Missing,
        ),
    ];
    for (body, path, why) in cases {
        assert_eq!(
            check(&body),
            Err(Misfit {
                path: path.to_owned(),
                why
            }),
            "{body}"
        );
    }
}

#[test]
fn a_misfit_says_where_and_what_and_has_the_providers_code() {
    let misfit = check(&changed(Form::Buttons, &[("interactive.action.buttons", json!([]))])).unwrap_err();
    assert_eq!(
        misfit.to_string(),
        "interactive.action.buttons: must have 1 to 3 elements"
    );
    let code = |why: Why| why.code();
    assert_eq!(
        (code(Why::Missing), code(Why::Unexpected), code(Why::TooLong(1))),
        (131_008, 100, 100)
    );
    assert_eq!((code(Why::Repeated), code(Why::Unsupported)), (131_009, 131_051));
    assert_eq!((code(Why::NeedsNumber), code(Why::Mixed)), (131_062, 132_012));
}
