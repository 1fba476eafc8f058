//! Templates with each kind of value, and one-time codes.

use counterfoil_whatsapp::message::{
    ButtonValue, CardHeader, Location, NamedVariable, OneTimeCode, OutboundContent, OutboundMessage, ProductRef,
    ProductSection, Recipient, Template, TemplateButton, TemplateCard, TemplateHeader, Variable, Variables,
};
use serde_json::{Map, json};

use super::{Form, phone, to_person};

pub(crate) fn template(bend: impl FnOnce(&mut Template)) -> OutboundMessage {
    let mut template = Template::new("claim_received", "en_GB");
    bend(&mut template);
    to_person(OutboundContent::Template(template))
}

fn header(header: TemplateHeader) -> OutboundMessage {
    template(|template| template.header = Some(header))
}

fn button(value: ButtonValue) -> OutboundMessage {
    template(|template| template.buttons = vec![TemplateButton::new(0, value)])
}

fn product() -> ProductRef {
    ProductRef {
        catalogue_id: "800".into(),
        retailer_id: "cover-1".into(),
    }
}

fn cards(header: fn(u8) -> CardHeader, button: fn(u8) -> ButtonValue) -> OutboundMessage {
    let card = |n: u8| TemplateCard {
        header: header(n),
        body: Variables::numbered([format!("Garage {n}")]),
        buttons: vec![TemplateButton::new(0, button(n))],
    };
    template(|template| template.cards = vec![card(1), card(2)])
}

/// A template with a header, named values of each kind and two buttons.
pub(crate) fn full_template() -> Template {
    let named = |name: &str, value| NamedVariable {
        name: name.into(),
        value,
    };
    let mut template = Template::new("claim_settled", "nl");
    template.header = Some(TemplateHeader::Document {
        id: "600".into(),
        filename: Some("letter.pdf".into()),
    });
    template.body = Variables::Named(vec![
        named("claim", Variable::Text("C-1".into())),
        named(
            "sum",
            Variable::Currency {
                fallback: "€ 12,50".into(),
                code: "EUR".into(),
                amount_thousandths: 12_500,
            },
        ),
        named("day", Variable::DateTime("3 February".into())),
    ]);
    template.buttons = vec![
        TemplateButton::new(0, ButtonValue::Url("C-1".into())),
        TemplateButton::new(1, ButtonValue::QuickReply("STOP".into())),
    ];
    template
}

pub(super) fn forms() -> Vec<Form> {
    let data = json!({ "claim": "C-1" }).as_object().unwrap().clone();
    let place = Location {
        latitude: 52.09,
        longitude: 5.12,
        name: Some("Desk".into()),
        address: Some("1 Long Street".into()),
    };
    let numbered = Variables::Numbered(vec![
        Variable::Text("C-1".into()),
        Variable::Currency {
            fallback: "€ 12,50".into(),
            code: "EUR".into(),
            amount_thousandths: 12_500,
        },
        Variable::DateTime("3 February".into()),
    ]);
    let named = Variables::named([("claim", "C-1"), ("name", "Ada")]);
    let products = ButtonValue::Products {
        thumbnail: "cover-1".into(),
        sections: vec![ProductSection {
            title: Some("Cars".into()),
            retailer_ids: vec!["cover-1".into(), "cover-2".into()],
        }],
    };
    let code = OutboundContent::OneTimeCode(OneTimeCode {
        template: "code".into(),
        language: "en".into(),
        code: "123456".into(),
    });
    let text = |name: Option<&str>| TemplateHeader::Text {
        name: name.map(str::to_owned),
        value: "C-1".into(),
    };
    let call = |minutes, payload: Option<&str>| ButtonValue::Call {
        minutes,
        payload: payload.map(str::to_owned),
    };
    let mut group = template(|template| template.body = Variables::numbered(["C-1"]));
    group.to = Recipient::Group("G1".into());
    let both = Recipient::Both {
        phone: phone(),
        user_id: "US.1".into(),
    };
    vec![
        ("template.bare", template(|_| {})),
        ("template.group", group),
        ("template.body_numbered", template(|template| template.body = numbered)),
        ("template.body_named", template(|template| template.body = named)),
        ("template.full", to_person(OutboundContent::Template(full_template()))),
        ("template.header_text", header(text(None))),
        ("template.header_text_named", header(text(Some("claim")))),
        ("template.header_image", header(TemplateHeader::Image("600".into()))),
        ("template.header_video", header(TemplateHeader::Video("600".into()))),
        (
            "template.header_document",
            header(TemplateHeader::Document {
                id: "600".into(),
                filename: None,
            }),
        ),
        ("template.header_location", header(TemplateHeader::Location(place))),
        ("template.header_product", header(TemplateHeader::Product(product()))),
        ("template.button_url", button(ButtonValue::Url("C-1".into()))),
        (
            "template.button_quick_reply",
            button(ButtonValue::QuickReply("STOP".into())),
        ),
        (
            "template.button_copy_code",
            button(ButtonValue::CopyCode("SPRING25".into())),
        ),
        (
            "template.button_flow",
            button(ButtonValue::Flow {
                token: "token-1".into(),
                data,
            }),
        ),
        (
            "template.button_flow_bare",
            button(ButtonValue::Flow {
                token: "token-1".into(),
                data: Map::new(),
            }),
        ),
        (
            "template.button_catalogue",
            button(ButtonValue::Catalogue("cover-1".into())),
        ),
        ("template.button_products", button(products)),
        ("template.button_call", button(call(Some(1440), Some("claim-1")))),
        ("template.button_call_minutes", button(call(Some(1440), None))),
        (
            "template.offer",
            template(|template| {
                template.offer_ends_millis = Some(1_790_000_000_000);
                template.buttons = vec![TemplateButton::new(0, ButtonValue::CopyCode("SPRING25".into()))];
            }),
        ),
        (
            "template.carousel_images",
            cards(
                |n| CardHeader::Image(format!("60{n}")),
                |n| ButtonValue::QuickReply(format!("take-{n}")),
            ),
        ),
        (
            "template.carousel_videos",
            cards(
                |n| CardHeader::Video(format!("60{n}")),
                |n| ButtonValue::Url(format!("garage-{n}")),
            ),
        ),
        (
            "template.carousel_products",
            cards(
                |_| CardHeader::Product(product()),
                |n| ButtonValue::Url(format!("cover-{n}")),
            ),
        ),
        ("one_time_code.phone", to_person(code.clone())),
        ("one_time_code.both_ids", OutboundMessage::new(both, code)),
    ]
}
