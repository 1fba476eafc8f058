//! A good body of each form with every optional field, written from the documentation.

use counterfoil_simulator::forms::Form;
use serde_json::{Value, json};

use super::walk::{way, with};

/// What stands around a message, with everything that may.
fn around(mut body: Value) -> Value {
    let rest = json!({
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "+27 82 555 0101",
        "recipient": "ZA.13491208655302741918",
        "context": { "message_id": "wamid.HBgLMTY0NjcwNDM1OTUVAgARGBI1RjQyNUE3NEYxMzAzMzQ5MkEA" },
        "biz_opaque_callback_data": "out_0001",
        "recipient_identity_key_hash": "DF2lS5v2W6x=",
        "appsecret_proof": "1464bc2a259cbbfb76e4d097d984532815b8fafcb37ef6662addd08b3f0b57ea",
    });
    body.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    body
}

fn of(kind: &str, object: Value) -> Value {
    around(json!({ "type": kind, kind: object }))
}

fn interactive(kind: &str, rest: Value) -> Value {
    let mut object = rest;
    object["type"] = json!(kind);
    of("interactive", object)
}

/// A template with these components.
pub(super) fn template(components: Value) -> Value {
    of(
        "template",
        json!({ "name": "claim_received_2", "language": { "code": "en_ZA", "policy": "deterministic" }, "components": components }),
    )
}

/// The same message to a group.
pub(super) fn to_group(mut body: Value) -> Value {
    let object = body.as_object_mut().unwrap();
    object.remove("recipient");
    object.insert("recipient_type".to_owned(), json!("group"));
    object.insert(
        "to".to_owned(),
        json!("Y2FwaV9ncm91cDoxNzA1NTU1MDEzOToxMjAzNjM0MDQ2OTQyMzM4MjAZD"),
    );
    body
}

fn text(text: &str) -> Value {
    json!({ "text": text })
}

fn button(kind: &str, index: &str, parameter: Value) -> Value {
    json!({ "type": "button", "sub_type": kind, "index": index, "parameters": [parameter] })
}

fn named(name: &str, value: &str) -> Value {
    json!({ "type": "text", "parameter_name": name, "text": value })
}

fn sections() -> Value {
    json!([
        { "title": "Most asked for", "product_items": [{ "product_retailer_id": "2lc20305pt" }, { "product_retailer_id": "nseiw1x3ch" }] },
        { "title": "New", "product_items": [{ "product_retailer_id": "n6k6x0y7oe" }] },
    ])
}

/// Every form at least once; where a form has two shapes, both.
pub(super) fn good() -> Vec<(Form, Value)> {
    let mut all = plain();
    all.extend(choosing());
    all.extend(opening_and_asking());
    all.extend(products());
    all.extend(templates());
    all
}

fn plain() -> Vec<(Form, Value)> {
    let mark = json!({ "messaging_product": "whatsapp", "status": "read", "message_id": "wamid.A",
        "appsecret_proof": "1464bc2a259cbbfb76e4d097d984532815b8fafcb37ef6662addd08b3f0b57ea" });
    let mut typing = mark.clone();
    typing["typing_indicator"] = json!({ "type": "text" });
    let group_text = of("text", json!({ "body": "We meet at ten.", "preview_url": true }));
    vec![
        (
            Form::Text,
            of(
                "text",
                json!({ "body": "See https://example.org", "preview_url": true }),
            ),
        ),
        (Form::Text, to_group(group_text)),
        (
            Form::Image,
            of("image", json!({ "id": "1602186516975000", "caption": "The dent" })),
        ),
        (
            Form::Image,
            of(
                "image",
                json!({ "link": "https://example.org/dent.jpg", "caption": "The dent" }),
            ),
        ),
        (
            Form::Video,
            of("video", json!({ "id": "1602186516975000", "caption": "The dent" })),
        ),
        (
            Form::Audio,
            of("audio", json!({ "id": "1602186516975000", "voice": true })),
        ),
        (
            Form::Document,
            of(
                "document",
                json!({ "id": "1602186516975000", "caption": "As agreed", "filename": "offer.pdf" }),
            ),
        ),
        (Form::Sticker, of("sticker", json!({ "id": "1602186516975000" }))),
        (
            Form::Location,
            of(
                "location",
                json!({ "latitude": -33.9249, "longitude": "18.4241", "name": "Office", "address": "1 Long Street" }),
            ),
        ),
        (Form::Contacts, of("contacts", json!([contact()]))),
        (
            Form::Reaction,
            of("reaction", json!({ "message_id": "wamid.A", "emoji": "👩🏽‍❤️‍💋‍👩🏾" })),
        ),
        (
            Form::Reaction,
            of("reaction", json!({ "message_id": "wamid.A", "emoji": "" })),
        ),
        (
            Form::Pin,
            to_group(of(
                "pin",
                json!({ "type": "pin", "message_id": "wamid.A", "expiration_days": 7 }),
            )),
        ),
        (Form::ReadMark, mark),
        (Form::Typing, typing),
    ]
}

fn contact() -> Value {
    json!({
        "name": { "formatted_name": "Dr Thandi N. Nkosi", "first_name": "Thandi", "last_name": "Nkosi", "middle_name": "Nomsa", "prefix": "Dr", "suffix": "MD" },
        "phones": [{ "phone": "+27825550101", "wa_id": "27825550101", "type": "CELL" }],
        "emails": [{ "email": "thandi@example.org", "type": "WORK" }],
        "addresses": [{ "street": "1 Long Street", "city": "Cape Town", "state": "WC", "zip": "8001", "country": "South Africa", "country_code": "ZA", "type": "WORK" }],
        "urls": [{ "url": "https://example.org", "type": "WORK" }],
        "org": { "company": "Example", "department": "Claims", "title": "Assessor" },
        "birthday": "1984-05-31",
    })
}

fn choosing() -> Vec<(Form, Value)> {
    let reply = |id: &str, title: &str| json!({ "type": "reply", "reply": { "id": id, "title": title } });
    let buttons = json!({ "buttons": [reply("yes", "Yes"), reply("no", "No"), reply("later", "Later")] });
    let headers = [
        json!({ "type": "text", "text": "Your claim" }),
        json!({ "type": "image", "image": { "id": "1602186516975000" } }),
        json!({ "type": "video", "video": { "link": "https://example.org/a.mp4" } }),
        json!({ "type": "document", "document": { "id": "1602186516975000", "filename": "offer.pdf" } }),
    ];
    let with = |header: &Value| {
        let rest = json!({ "header": header, "body": text("Does Tuesday suit you?"), "footer": text("Reply by Monday"), "action": buttons });
        (Form::Buttons, interactive("button", rest))
    };
    let list = json!({
        "header": { "type": "text", "text": "Your claim" },
        "body": text("When may we come?"),
        "footer": text("Reply by Monday"),
        "action": { "button": "Choose", "sections": [
            { "title": "Morning", "rows": [{ "id": "8", "title": "Eight", "description": "Before the traffic" }] },
            { "title": "Afternoon", "rows": [{ "id": "14", "title": "Two", "description": "After lunch" }, { "id": "16", "title": "Four", "description": "Last one" }] },
        ] },
    });
    headers
        .iter()
        .map(with)
        .chain([(Form::List, interactive("list", list))])
        .collect()
}

fn opening_and_asking() -> Vec<(Form, Value)> {
    let whole = |action: Value| json!({ "header": { "type": "text", "text": "Your claim" }, "body": text("Please look"), "footer": text("Thank you"), "action": action });
    let bare = |name: &str| json!({ "body": text("Please"), "action": { "name": name } });
    let flow = json!({ "name": "flow", "parameters": {
        "flow_message_version": "3", "flow_id": "4711", "flow_cta": "Report damage", "flow_token": "t-1", "flow_action": "navigate",
        "flow_action_payload": { "screen": "START", "data": { "claim": 7 } }, "mode": "draft" } });
    let exchanging = json!({ "name": "flow", "parameters": {
        "flow_message_version": "3", "flow_name": "damage", "flow_cta": "Report damage", "flow_action": "data_exchange", "mode": "published" } });
    let fields = json!({ "name": "Asha", "phone_number": "+919876543210", "in_pin_code": "560001", "house_number": "12", "floor_number": "3",
        "tower_number": "B", "building_name": "Green", "address": "MG Road", "landmark_area": "Park", "city": "Bengaluru", "state": "Karnataka" });
    let address = json!({ "name": "address_message", "parameters": { "country": "IN", "values": fields,
        "saved_addresses": [{ "id": "home", "value": fields }, { "id": "work", "value": fields }], "validation_errors": fields } });
    let call = json!({ "body": text("Call us"), "action": { "name": "voice_call", "parameters": { "display_text": "Call", "ttl_minutes": 100, "payload": "desk-7" } } });
    vec![
        (
            Form::Link,
            interactive(
                "cta_url",
                whole(
                    json!({ "name": "cta_url", "parameters": { "display_text": "Open", "url": "https://example.org/a" } }),
                ),
            ),
        ),
        (Form::Flow, interactive("flow", whole(flow))),
        (Form::Flow, interactive("flow", whole(exchanging))),
        (
            Form::LocationRequest,
            interactive("location_request_message", bare("send_location")),
        ),
        (Form::AddressRequest, interactive("address_message", whole(address))),
        (
            Form::CallPermissionRequest,
            interactive("call_permission_request", bare("call_permission_request")),
        ),
        (Form::VoiceCall, interactive("voice_call", call)),
        (
            Form::ContactInfoRequest,
            interactive("request_contact_info", bare("request_contact_info")),
        ),
    ]
}

fn products() -> Vec<(Form, Value)> {
    let one = json!({ "catalog_id": "194836987003835", "product_retailer_id": "2lc20305pt" });
    let card = |index: usize, action: Value| {
        json!({ "card_index": index, "type": "cta_url", "header": { "type": "image", "image": { "link": "https://example.org/a.jpg" } },
            "body": text("A\n\nB"), "action": action })
    };
    let link = json!({ "name": "cta_url", "parameters": { "display_text": "Open", "url": "https://example.org/a" } });
    let reply = |id: &str, title: &str| json!({ "type": "quick_reply", "quick_reply": { "id": id, "title": title } });
    let replies = json!({ "buttons": [reply("more", "Learn more"), reply("keep", "Keep")] });
    let product = |index: usize| json!({ "card_index": index, "type": "product", "action": one });
    let carousel = |cards: Value| {
        (
            Form::Carousel,
            interactive(
                "carousel",
                json!({ "body": text("Which?"), "action": { "cards": cards } }),
            ),
        )
    };
    vec![
        (
            Form::Product,
            interactive(
                "product",
                json!({ "body": text("This one"), "footer": text("In stock"), "action": one }),
            ),
        ),
        (
            Form::ProductList,
            interactive(
                "product_list",
                json!({ "header": { "type": "text", "text": "For you" }, "body": text("These"), "footer": text("In stock"),
            "action": { "catalog_id": "194836987003835", "sections": sections() } }),
            ),
        ),
        (
            Form::Catalog,
            interactive(
                "catalog_message",
                json!({ "body": text("All"), "footer": text("In stock"),
            "action": { "name": "catalog_message", "parameters": { "thumbnail_product_retailer_id": "2lc20305pt" } } }),
            ),
        ),
        carousel(json!([card(0, link.clone()), card(1, link)])),
        carousel(json!([card(0, replies.clone()), card(1, replies)])),
        carousel(json!([product(0), product(1)])),
    ]
}

fn templates() -> Vec<(Form, Value)> {
    let header =
        |kind: &str, object: Value| json!({ "type": "header", "parameters": [{ "type": kind, kind: object }] });
    let body = |parameters: Value| json!({ "type": "body", "parameters": parameters });
    let numbered = body(json!([
        { "type": "text", "text": "Thandi" },
        { "type": "currency", "currency": { "fallback_value": "R 1 250.00", "code": "ZAR", "amount_1000": 1_250_000 } },
        { "type": "date_time", "date_time": { "fallback_value": "31 May" } },
    ]));
    let names = json!([
        { "type": "header", "parameters": [named("claim", "KM-20417")] },
        body(json!([named("first_name", "Thandi"), named("day", "Tuesday")])),
        button("url", "0", named("claim", "KM-20417")),
        button("quick_reply", "1", json!({ "type": "payload", "payload": "yes" })),
        button("copy_code", "2", json!({ "type": "coupon_code", "coupon_code": "WINTER25" })),
        button("flow", "3", json!({ "type": "action", "action": { "flow_token": "t-1", "flow_action_data": { "claim": 7 } } })),
        { "type": "button", "sub_type": "voice_call", "index": "4", "parameters": [{ "type": "ttl_minutes", "ttl_minutes": 100 }, { "type": "payload", "payload": "desk-7" }] },
    ]);
    let code = json!([
        body(json!([{ "type": "text", "text": "483920" }])),
        button("url", "0", json!({ "type": "text", "text": "483920" })),
    ]);
    let offer = json!({ "type": "limited_time_offer", "parameters": [{ "type": "limited_time_offer", "limited_time_offer": { "expiration_time_ms": 1_796_000_000_000_i64 } }] });
    let place = json!({ "latitude": "-33.9249", "longitude": "18.4241", "name": "Office", "address": "1 Long Street" });
    let shown = json!({ "product_retailer_id": "2lc20305pt", "catalog_id": "194836987003835" });
    let thumbnail = json!({ "type": "action", "action": { "thumbnail_product_retailer_id": "2lc20305pt" } });
    let many = json!({ "type": "action", "action": { "thumbnail_product_retailer_id": "2lc20305pt", "sections": sections() } });
    let card = |index: usize| {
        json!({ "card_index": index, "components": [
            header("image", json!({ "id": "1602186516975000" })),
            body(json!([{ "type": "text", "text": "20%" }])),
            button("quick_reply", "0", json!({ "type": "payload", "payload": "more" })),
            button("url", "1", json!({ "type": "text", "text": "blue" })),
        ] })
    };
    let product_card = |index: usize| json!({ "card_index": index, "components": [header("product", shown.clone())] });
    let cards = |cards: Value| json!([body(json!([{ "type": "text", "text": "Thandi" }])), { "type": "carousel", "cards": cards }]);
    let file = header("document", json!({ "id": "1602186516975000", "filename": "offer.pdf" }));
    vec![
        (Form::Template, template(json!([numbered]))),
        (Form::Template, template(names)),
        (
            Form::Template,
            template(json!([header("image", json!({ "id": "1602186516975000" }))])),
        ),
        (
            Form::Template,
            template(json!([header("video", json!({ "link": "https://example.org/a.mp4" }))])),
        ),
        (Form::Template, template(json!([header("location", place)]))),
        (Form::Template, to_group(template(json!([file, numbered])))),
        (Form::TemplateOneTimeCode, template(code)),
        (
            Form::TemplateLimitedTimeOffer,
            template(json!([
                offer,
                button("url", "1", json!({ "type": "text", "text": "n3mtql" }))
            ])),
        ),
        (Form::TemplateCarousel, template(cards(json!([card(0), card(1)])))),
        (
            Form::TemplateCarousel,
            template(cards(json!([product_card(0), product_card(1)]))),
        ),
        (
            Form::TemplateCommerce,
            template(json!([button("catalog", "0", thumbnail)])),
        ),
        (Form::TemplateCommerce, template(json!([button("mpm", "0", many)]))),
        (
            Form::TemplateCommerce,
            template(json!([header("product", shown.clone()), numbered])),
        ),
    ]
}

/// The first good body of a form, changed.
pub(super) fn changed(form: Form, changes: &[(&str, Value)]) -> Value {
    let body = good().into_iter().find(|(known, _)| *known == form).unwrap().1;
    changes
        .iter()
        .fold(body, |body, (to, value)| with(&body, &way(to), value.clone()))
}
