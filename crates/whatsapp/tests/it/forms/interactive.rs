//! Everything that can be tapped.

use std::collections::BTreeMap;

use counterfoil_whatsapp::message::{
    AddressRequest, Button, CallButton, CallPermission, CarouselCards, CarouselMedia, CatalogueMessage, Choice,
    ContactRequest, FlowAction, FlowId, FlowMessage, Header, Interactive, Link, LinkCard, List, LocationRequest,
    MediaCarousel, OutboundContent, OutboundMessage, ProductCarousel, ProductList, ProductMessage, ProductRef,
    ProductSection, ReplyCard, Row, SavedAddress, Section,
};
use serde_json::{Map, json};

use super::{Form, to_person};

pub(crate) fn interactive(message: Interactive) -> OutboundMessage {
    to_person(OutboundContent::Interactive(message))
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn choice(header: Option<Header>, footer: Option<String>, titles: &[&str]) -> Interactive {
    let buttons = titles.iter().enumerate();
    Interactive::Buttons(Choice {
        header,
        body: "Is it so?".into(),
        footer,
        buttons: buttons
            .map(|(n, title)| Button::new(format!("answer-{n}"), *title))
            .collect(),
    })
}

fn row(id: &str, description: Option<&str>) -> Row {
    Row {
        id: id.into(),
        title: format!("Row {id}"),
        description: description.map(str::to_owned),
    }
}

fn link(header: Option<Header>, footer: Option<String>) -> Interactive {
    Interactive::Link(Link {
        header,
        body: "Your claim".into(),
        footer,
        label: "Open".into(),
        url: "https://desk.example/claim".into(),
    })
}

fn flow(flow: FlowId, action: FlowAction, draft: bool, header: Option<Header>) -> Interactive {
    Interactive::Flow(FlowMessage {
        header,
        body: "Tell us what happened".into(),
        footer: some("Takes a minute"),
        flow,
        label: "Begin".into(),
        token: "token-1".into(),
        action,
        draft,
    })
}

fn fields(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(field, value)| ((*field).to_owned(), (*value).to_owned()))
        .collect()
}

fn address(full: bool) -> Interactive {
    let values = fields(&[("name", "Ada Example"), ("city", "Thrissur")]);
    let mut request = AddressRequest {
        header: None,
        body: "Where to?".into(),
        footer: None,
        country: "IN".into(),
        values: BTreeMap::new(),
        saved: Vec::new(),
        faults: BTreeMap::new(),
    };
    if full {
        request.header = Some(Header::Text("Delivery".into()));
        request.footer = some("India only");
        request.saved = vec![SavedAddress {
            id: "home".into(),
            values: values.clone(),
        }];
        request.values = values;
        request.faults = fields(&[("in_pin_code", "Six digits, please")]);
    }
    Interactive::Address(request)
}

fn section(title: Option<&str>, ids: &[&str]) -> ProductSection {
    ProductSection {
        title: title.map(str::to_owned),
        retailer_ids: ids.iter().map(|id| (*id).to_owned()).collect(),
    }
}

fn products(sections: Vec<ProductSection>, footer: Option<String>) -> Interactive {
    Interactive::Products(ProductList {
        header: "Covers".into(),
        body: "Choose".into(),
        footer,
        catalogue_id: "800".into(),
        sections,
    })
}

fn links(media: CarouselMedia, body: Option<&str>) -> Interactive {
    let card = |n: u8| LinkCard {
        media_id: format!("60{n}"),
        body: body.map(str::to_owned),
        label: "Open".into(),
        url: format!("https://desk.example/{n}"),
    };
    Interactive::MediaCarousel(MediaCarousel {
        body: "Two of many".into(),
        media,
        cards: CarouselCards::Links(vec![card(1), card(2)]),
    })
}

fn replies() -> Interactive {
    let card = |n: u8| ReplyCard {
        media_id: format!("60{n}"),
        body: some("A garage"),
        buttons: vec![
            Button::new(format!("take-{n}"), "Take it"),
            Button::new(format!("more-{n}"), "More"),
        ],
    };
    Interactive::MediaCarousel(MediaCarousel {
        body: "Two of many".into(),
        media: CarouselMedia::Images,
        cards: CarouselCards::Replies(vec![card(1), card(2)]),
    })
}

fn call(full: bool) -> Interactive {
    Interactive::Call(CallButton {
        body: "Call us".into(),
        label: full.then(|| "Call the desk".into()),
        minutes: full.then_some(100),
        payload: full.then(|| "claim-1".into()),
    })
}

pub(super) fn forms() -> Vec<Form> {
    let screen = |data: Map<_, _>| FlowAction::Navigate {
        screen: "START".into(),
        data,
    };
    let data = json!({ "claim": "C-1" }).as_object().unwrap().clone();
    let id = || FlowId::Id("900".into());
    let file = "600".to_owned();
    let list = |header: Option<String>, footer, sections| {
        Interactive::List(List {
            header,
            body: "Choose".into(),
            footer,
            button: "Open".into(),
            sections,
        })
    };
    let titled = |title: &str, rows| Section {
        title: some(title),
        rows,
    };
    let one = vec![Section {
        title: None,
        rows: vec![row("1", None)],
    }];
    let two = vec![
        titled("Cars", vec![row("1", Some("Repair")), row("2", None)]),
        titled("Homes", vec![row("3", None)]),
    ];
    let catalogue = |footer, thumbnail| {
        Interactive::Catalogue(CatalogueMessage {
            body: "All covers".into(),
            footer,
            thumbnail,
        })
    };
    let product = |body, footer| {
        Interactive::Product(ProductMessage {
            body,
            footer,
            product: ProductRef {
                catalogue_id: "800".into(),
                retailer_id: "cover-1".into(),
            },
        })
    };
    let body = || "We need it to call you back".to_owned();
    [
        ("buttons.one", choice(None, None, &["Yes"])),
        (
            "buttons.header_text",
            choice(Some(Header::Text("Claim".into())), some("C-1"), &["Yes", "No", "Later"]),
        ),
        (
            "buttons.header_image",
            choice(Some(Header::Image(file.clone())), None, &["Yes"]),
        ),
        (
            "buttons.header_video",
            choice(Some(Header::Video(file.clone())), None, &["Yes"]),
        ),
        (
            "buttons.header_document",
            choice(Some(Header::Document(file.clone())), None, &["Yes"]),
        ),
        ("list.one_section", list(None, None, one)),
        ("list.sections", list(some("Cover"), some("As of today"), two)),
        ("link.plain", link(None, None)),
        ("link.header_image", link(Some(Header::Image(file)), some("Safe"))),
        ("flow.navigate", flow(id(), screen(data), false, None)),
        (
            "flow.named_draft",
            flow(FlowId::Name("claim".into()), screen(Map::new()), true, None),
        ),
        (
            "flow.exchange",
            flow(id(), FlowAction::Exchange, false, Some(Header::Text("Claim".into()))),
        ),
        (
            "location_request.plain",
            Interactive::Location(LocationRequest { body: body() }),
        ),
        ("address_request.plain", address(false)),
        ("address_request.full", address(true)),
        (
            "contact_request.plain",
            Interactive::Contact(ContactRequest { body: body() }),
        ),
        ("product.bare", product(None, None)),
        ("product.words", product(some("This one"), some("Per month"))),
        (
            "products.one_section",
            products(vec![section(None, &["cover-1"])], None),
        ),
        (
            "products.sections",
            products(
                vec![
                    section(Some("Cars"), &["cover-1", "cover-2"]),
                    section(Some("Homes"), &["cover-3"]),
                ],
                some("Per month"),
            ),
        ),
        ("catalogue.plain", catalogue(None, None)),
        ("catalogue.thumbnail", catalogue(some("Per month"), some("cover-1"))),
        (
            "product_carousel.cards",
            Interactive::ProductCarousel(ProductCarousel {
                body: "Two of many".into(),
                catalogue_id: "800".into(),
                retailer_ids: vec!["cover-1".into(), "cover-2".into()],
            }),
        ),
        ("media_carousel.images", links(CarouselMedia::Images, Some("A garage"))),
        ("media_carousel.videos", links(CarouselMedia::Videos, None)),
        ("media_carousel.replies", replies()),
        (
            "call_permission.plain",
            Interactive::CallPermission(CallPermission { body: body() }),
        ),
        ("call_button.plain", call(false)),
        ("call_button.full", call(true)),
    ]
    .map(|(name, message)| (name, interactive(message)))
    .into()
}
