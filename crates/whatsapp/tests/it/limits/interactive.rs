//! Limits of what can be tapped.

use counterfoil_whatsapp::limits::{LimitError, Part, check};
use counterfoil_whatsapp::message::{Button, CarouselCards, Choice, Header, Interactive, List, OutboundContent, Row};

use super::{empty, form, out_of, too_long, too_many};
use crate::forms::interactive;

/// The interactive form of a name, bent; what its check says.
fn bent(name: &str, bend: impl FnOnce(&mut Interactive)) -> Result<(), LimitError> {
    let OutboundContent::Interactive(mut message) = form(name).content else {
        panic!("{name} is not interactive")
    };
    bend(&mut message);
    check(&interactive(message))
}

#[test]
fn buttons() {
    let choice = |bend: &dyn Fn(&mut Choice)| {
        bent("buttons.header_text", |message| match message {
            Interactive::Buttons(choice) => bend(choice),
            _ => panic!("no buttons"),
        })
    };
    assert_eq!(
        choice(&|choice| choice.body = "a".repeat(1025)),
        too_long(Part::Body, 1024)
    );
    assert_eq!(
        choice(&|choice| choice.footer = Some("a".repeat(61))),
        too_long(Part::Footer, 60)
    );
    assert_eq!(
        choice(&|choice| choice.header = Some(Header::Text("a".repeat(61)))),
        too_long(Part::Header, 60)
    );
    assert_eq!(
        choice(&|choice| choice.header = Some(Header::Image(String::new()))),
        empty(Part::Id)
    );
    assert_eq!(choice(&|choice| choice.buttons.clear()), too_many(Part::Button, 1, 3));
    assert_eq!(
        choice(&|choice| choice.buttons.push(Button::new("4", "Fourth"))),
        too_many(Part::Button, 1, 3)
    );
    assert_eq!(
        choice(&|choice| choice.buttons[0].title = "a".repeat(21)),
        too_long(Part::Button, 20)
    );
    assert_eq!(
        choice(&|choice| choice.buttons[0].id = "a".repeat(257)),
        too_long(Part::ReplyId, 256)
    );
    assert_eq!(
        choice(&|choice| choice.buttons[0].title = choice.buttons[1].title.clone()),
        Err(LimitError::Repeated(Part::Button))
    );
    assert_eq!(
        choice(&|choice| choice.buttons[0].id = choice.buttons[1].id.clone()),
        Err(LimitError::Repeated(Part::ReplyId))
    );
}

#[test]
fn lists() {
    let list = |bend: &dyn Fn(&mut List)| {
        bent("list.sections", |message| match message {
            Interactive::List(list) => bend(list),
            _ => panic!("no list"),
        })
    };
    let row = |n: usize| Row {
        id: n.to_string(),
        title: format!("Row {n}"),
        description: None,
    };
    assert_eq!(list(&|list| list.body = "a".repeat(4096)), Ok(()));
    assert_eq!(list(&|list| list.body = "a".repeat(4097)), too_long(Part::Body, 4096));
    assert_eq!(
        list(&|list| list.header = Some("a".repeat(61))),
        too_long(Part::Header, 60)
    );
    assert_eq!(list(&|list| list.button = "a".repeat(21)), too_long(Part::Button, 20));
    assert_eq!(list(&|list| list.sections.clear()), too_many(Part::Section, 1, 10));
    assert_eq!(list(&|list| list.sections[0].title = None), empty(Part::Section));
    assert_eq!(
        list(&|list| list.sections[0].title = Some("a".repeat(25))),
        too_long(Part::Section, 24)
    );
    assert_eq!(list(&|list| list.sections[0].rows.clear()), too_many(Part::Row, 1, 10));
    // Ten rows in all sections together.
    assert_eq!(
        list(&|list| list.sections[0].rows = (10..19).map(row).collect()),
        Ok(())
    );
    assert_eq!(
        list(&|list| list.sections[0].rows = (10..20).map(row).collect()),
        too_many(Part::Row, 1, 10)
    );
    assert_eq!(
        list(&|list| list.sections[0].rows[0].id = "a".repeat(201)),
        too_long(Part::ReplyId, 200)
    );
    assert_eq!(
        list(&|list| list.sections[0].rows[0].title = "a".repeat(25)),
        too_long(Part::Row, 24)
    );
    assert_eq!(
        list(&|list| list.sections[0].rows[0].description = Some("a".repeat(73))),
        too_long(Part::RowDescription, 72)
    );
    assert_eq!(
        list(&|list| list.sections[0].rows[0].id = list.sections[1].rows[0].id.clone()),
        Err(LimitError::Repeated(Part::ReplyId))
    );
}

#[test]
fn links_flows_and_requests() {
    let link = |label: &str, url: &str| {
        bent("link.plain", |message| {
            if let Interactive::Link(link) = message {
                (link.label, link.url) = (label.into(), url.into());
            }
        })
    };
    assert_eq!(link("Open", "http://desk.example"), Ok(()));
    assert_eq!(link("Open", "javascript:x"), Err(LimitError::Address));
    assert_eq!(
        link(&"a".repeat(21), "https://desk.example"),
        too_long(Part::Button, 20)
    );
    let flow = |label: &str, token: &str| {
        bent("flow.navigate", |message| {
            if let Interactive::Flow(flow) = message {
                (flow.label, flow.token) = (label.into(), token.into());
            }
        })
    };
    assert_eq!(flow(&"a".repeat(21), "t"), too_long(Part::Button, 20));
    assert_eq!(flow("Begin", ""), empty(Part::Payload));
    let country = |country: &str| {
        bent("address_request.full", |message| {
            if let Interactive::Address(request) = message {
                request.country = country.into();
            }
        })
    };
    assert_eq!(country("SG"), Ok(()));
    assert_eq!(country("India"), Err(LimitError::Form(Part::Country)));
    let asked = bent("location_request.plain", |message| {
        if let Interactive::Location(request) = message {
            request.body = "a".repeat(1025);
        }
    });
    assert_eq!(asked, too_long(Part::Body, 1024));
    let call = |minutes, payload: usize| {
        bent("call_button.full", |message| {
            if let Interactive::Call(button) = message {
                (button.minutes, button.payload) = (Some(minutes), Some("a".repeat(payload)));
            }
        })
    };
    assert_eq!(call(43_200, 512), Ok(()));
    assert_eq!(call(0, 1), out_of(Part::Duration, 1, 43_200));
    assert_eq!(call(43_201, 1), out_of(Part::Duration, 1, 43_200));
    assert_eq!(call(1, 513), too_long(Part::Payload, 512));
}

#[test]
fn products_and_carousels() {
    let products = |count: usize| {
        bent("products.one_section", |message| {
            if let Interactive::Products(list) = message {
                list.sections[0].retailer_ids = (0..count).map(|n| n.to_string()).collect();
            }
        })
    };
    assert_eq!(products(30), Ok(()));
    assert_eq!(products(31), too_many(Part::Product, 1, 30));
    assert_eq!(products(0), too_many(Part::Product, 1, 30));
    let side_by_side = |count: usize| {
        bent("product_carousel.cards", |message| {
            if let Interactive::ProductCarousel(carousel) = message {
                carousel.retailer_ids = vec!["cover-1".into(); count];
            }
        })
    };
    assert_eq!(side_by_side(10), Ok(()));
    assert_eq!(side_by_side(1), too_many(Part::CarouselCard, 2, 10));
    assert_eq!(side_by_side(11), too_many(Part::CarouselCard, 2, 10));
    let links = |count: usize, body: &str| {
        bent("media_carousel.images", |message| {
            if let Interactive::MediaCarousel(carousel) = message
                && let CarouselCards::Links(cards) = &mut carousel.cards
            {
                cards[0].body = Some(body.into());
                let card = cards[0].clone();
                cards.resize(count, card);
            }
        })
    };
    assert_eq!(links(10, &"a".repeat(160)), Ok(()));
    assert_eq!(links(1, "a"), too_many(Part::CarouselCard, 2, 10));
    assert_eq!(links(2, &"a".repeat(161)), too_long(Part::CarouselCard, 160));
    assert_eq!(links(2, "a\nb\nc\nd"), Err(LimitError::Form(Part::CarouselCard)));
    let replies = |bend: fn(&mut Vec<Button>)| {
        bent("media_carousel.replies", |message| {
            if let Interactive::MediaCarousel(carousel) = message
                && let CarouselCards::Replies(cards) = &mut carousel.cards
            {
                bend(&mut cards[0].buttons);
            }
        })
    };
    assert_eq!(
        replies(|buttons| drop(buttons.pop())),
        Err(LimitError::Unlike(Part::Button))
    );
    assert_eq!(replies(Vec::clear), too_many(Part::Button, 1, 2));
}
