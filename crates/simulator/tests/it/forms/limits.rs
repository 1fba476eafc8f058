//! How long texts may be, how many elements lists may have, and between what numbers lie: the limit fits, one more does not.

use counterfoil_simulator::forms::{Form, Why, check};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::bodies::{good, template};
use super::walk::{at, way, with};

/// Texts: in which form, where, what they begin with, and their longest.
const LONGEST: &[(Form, &str, &str, usize)] = &[
    (Form::Text, "biz_opaque_callback_data", "", 512),
    (Form::Text, "text.body", "", 4096),
    (Form::Image, "image.caption", "", 1024),
    (Form::Video, "video.caption", "", 1024),
    (Form::Document, "document.caption", "", 1024),
    (Form::Buttons, "interactive.header.text", "", 60),
    (Form::Buttons, "interactive.body.text", "", 1024),
    (Form::Buttons, "interactive.footer.text", "", 60),
    (Form::Buttons, "interactive.action.buttons.0.reply.id", "", 256),
    (Form::Buttons, "interactive.action.buttons.0.reply.title", "", 20),
    (Form::List, "interactive.header.text", "", 60),
    (Form::List, "interactive.body.text", "", 4096),
    (Form::List, "interactive.footer.text", "", 60),
    (Form::List, "interactive.action.button", "", 20),
    (Form::List, "interactive.action.sections.0.title", "", 24),
    (Form::List, "interactive.action.sections.1.rows.1.id", "", 200),
    (Form::List, "interactive.action.sections.1.rows.1.title", "", 24),
    (Form::List, "interactive.action.sections.1.rows.1.description", "", 72),
    (Form::Link, "interactive.body.text", "", 1024),
    (Form::Link, "interactive.action.parameters.display_text", "", 20),
    (
        Form::Link,
        "interactive.action.parameters.url",
        "https://example.org/",
        2000,
    ),
    (Form::Flow, "interactive.body.text", "", 1024),
    (Form::Flow, "interactive.action.parameters.flow_cta", "", 20),
    (Form::LocationRequest, "interactive.body.text", "", 1024),
    (
        Form::AddressRequest,
        "interactive.action.parameters.values.in_pin_code",
        "",
        6,
    ),
    (Form::VoiceCall, "interactive.action.parameters.display_text", "", 20),
    (Form::VoiceCall, "interactive.action.parameters.payload", "", 512),
    (Form::ProductList, "interactive.header.text", "", 60),
    (Form::ProductList, "interactive.action.sections.0.title", "", 24),
    (Form::Carousel, "interactive.body.text", "", 1024),
    (Form::Carousel, "interactive.action.cards.0.body.text", "", 160),
    (
        Form::Carousel,
        "interactive.action.cards.0.action.parameters.display_text",
        "",
        20,
    ),
    (
        Form::Carousel,
        "interactive.action.cards.0.action.buttons.0.quick_reply.title",
        "",
        20,
    ),
    (
        Form::Carousel,
        "interactive.action.cards.0.action.buttons.0.quick_reply.id",
        "",
        256,
    ),
    (Form::Template, "template.name", "a", 512),
    (Form::Template, "template.components.1.parameters.0.text", "", 1024),
    (
        Form::TemplateLimitedTimeOffer,
        "template.components.1.parameters.0.text",
        "",
        2000,
    ),
    (
        Form::TemplateCommerce,
        "template.components.0.parameters.0.action.sections.0.title",
        "",
        24,
    ),
];

/// Numbers: in which form, where, the least and the most.
const NUMBERS: &[(Form, &str, i64, i64)] = &[
    (Form::Pin, "pin.expiration_days", 1, 30),
    (Form::VoiceCall, "interactive.action.parameters.ttl_minutes", 1, 43_200),
    (Form::Carousel, "interactive.action.cards.1.card_index", 1, 9),
    (Form::TemplateCarousel, "template.components.1.cards.1.card_index", 1, 9),
    (Form::Location, "location.latitude", -90, 90),
    (Form::Location, "location.longitude", -180, 180),
];

/// Lists: in which form, where, the fewest and the most elements.
const COUNTS: &[(Form, &str, usize, usize)] = &[
    (Form::Contacts, "contacts", 1, 257),
    (Form::Buttons, "interactive.action.buttons", 1, 3),
    (Form::List, "interactive.action.sections", 1, 10),
    (Form::List, "interactive.action.sections.0.rows", 1, 8),
    (Form::ProductList, "interactive.action.sections", 1, 10),
    (Form::ProductList, "interactive.action.sections.0.product_items", 1, 29),
    (Form::Carousel, "interactive.action.cards", 2, 10),
    (Form::TemplateCarousel, "template.components.1.cards", 1, 10),
    (
        Form::TemplateCommerce,
        "template.components.0.parameters.0.action.sections",
        1,
        10,
    ),
];

/// The good bodies of a form that have something at a way.
fn having(form: Form, way: &[String]) -> Vec<Value> {
    let has = |body: &Value| {
        let mut part = body;
        for step in way {
            let next = step
                .parse::<usize>()
                .map_or_else(|_| part.get(step), |index| part.get(index));
            let Some(next) = next else { return false };
            part = next;
        }
        true
    };
    let all = good().into_iter().filter(|(known, body)| *known == form && has(body));
    all.map(|(_, body)| body).collect()
}

fn written(begins: &str, length: usize) -> Value {
    // Limits count characters, not bytes; names and addresses take small letters only.
    let filler = if begins.is_empty() { "é" } else { "a" };
    json!(format!("{begins}{}", filler.repeat(length - begins.chars().count())))
}

#[test]
fn texts_fit_up_to_their_limit_and_not_beyond() {
    for (form, place, begins, longest) in LONGEST {
        let way = way(place);
        let bodies = having(*form, &way);
        assert!(!bodies.is_empty(), "{} has no {place}", form.word());
        for body in bodies {
            let fits = check(&with(&body, &way, written(begins, *longest)));
            assert_eq!(fits.map(|form| form.word()), Ok(form.word()), "{place}");
            let misfit = check(&with(&body, &way, written(begins, longest + 1))).unwrap_err();
            assert_eq!(misfit.why, Why::TooLong(*longest), "{place}");
        }
    }
}

#[test]
fn numbers_fit_between_their_limits_only() {
    for (form, place, least, most) in NUMBERS {
        let way = way(place);
        for body in having(*form, &way) {
            let fits = |number: i64| check(&with(&body, &way, json!(number))).is_ok();
            assert!(
                fits(*least) && fits(*most) && !fits(least - 1) && !fits(most + 1),
                "{place}"
            );
        }
    }
}

/// A list of so many elements like its first, which differ where they must.
fn grown(list: &Value, count: usize) -> Value {
    let one = |index: usize| {
        let mut element = list[0].clone();
        let unlike = json!(format!("n{index}"));
        for part in ["reply.id", "reply.title", "id", "card_index", "rows.0.id"] {
            let way = way(part);
            let (last, outer) = way.split_last().unwrap();
            let exists = element.pointer(&format!("/{}", way.join("/"))).is_some();
            if exists {
                at(&mut element, outer)[last.as_str()] = if part == "card_index" {
                    json!(index)
                } else {
                    unlike.clone()
                };
            }
        }
        for inner in ["rows", "product_items"] {
            if let Some(inner) = element.get_mut(inner) {
                inner.as_array_mut().unwrap().truncate(1);
            }
        }
        element
    };
    (0..count).map(one).collect()
}

#[test]
fn lists_fit_with_their_fewest_and_most_elements_and_not_with_others() {
    for (form, place, fewest, most) in COUNTS {
        let way = way(place);
        let bodies = having(*form, &way);
        assert!(!bodies.is_empty(), "{} has no {place}", form.word());
        for body in bodies {
            let list = at(&mut body.clone(), &way).clone();
            let fits = |count: usize| check(&with(&body, &way, grown(&list, count)));
            assert_eq!((fits(*fewest), fits(*most)), (Ok(*form), Ok(*form)), "{place}");
            assert!(fits(fewest - 1).is_err() && fits(most + 1).is_err(), "{place}");
        }
    }
}

#[test]
fn templates_have_their_buttons_and_codes_within_limits() {
    let replies = |count: usize| {
        let one = |index: usize| json!({ "type": "button", "sub_type": "quick_reply", "index": index.to_string(), "parameters": [{ "type": "payload", "payload": "x" }] });
        check(&template((0..count).map(one).collect()))
    };
    assert_eq!(replies(10), Ok(Form::Template));
    assert!(replies(11).is_err());
    let coupon = |length: usize| {
        check(&template(
            json!([{ "type": "button", "sub_type": "copy_code", "index": "0", "parameters": [{ "type": "coupon_code", "coupon_code": "X".repeat(length) }] }]),
        ))
    };
    assert_eq!(coupon(20), Ok(Form::Template));
    assert_eq!(coupon(21).unwrap_err().why, Why::TooLong(20));
    let code = |length: usize| {
        let text = json!({ "type": "text", "text": "4".repeat(length) });
        check(&template(
            json!([{ "type": "body", "parameters": [text] }, { "type": "button", "sub_type": "url", "index": "0", "parameters": [text] }]),
        ))
    };
    assert_eq!(
        (code(15), code(16)),
        (Ok(Form::TemplateOneTimeCode), Ok(Form::Template))
    );
    let header = |length: usize| {
        check(&template(
            json!([{ "type": "header", "parameters": [{ "type": "text", "text": "x".repeat(length) }] }]),
        ))
    };
    assert_eq!(header(60), Ok(Form::Template));
    assert_eq!(header(61).unwrap_err().why, Why::TooLong(60));
    let call = |minutes: i64, payload: usize| {
        check(&template(
            json!([{ "type": "button", "sub_type": "voice_call", "parameters": [{ "type": "ttl_minutes", "ttl_minutes": minutes }, { "type": "payload", "payload": "x".repeat(payload) }] }]),
        ))
    };
    assert!(call(43_200, 512).is_ok() && call(43_201, 512).is_err() && call(0, 1).is_err() && call(1, 513).is_err());
}

proptest! {
    #[test]
    fn a_text_fits_exactly_when_it_is_not_too_long(which in any::<prop::sample::Index>(), over in -40_i64..40) {
        let (form, place, begins, longest) = LONGEST[which.index(LONGEST.len())];
        let way = way(place);
        let least = begins.chars().count().max(1);
        let length = longest.saturating_add_signed(isize::try_from(over).unwrap()).max(least);
        for body in having(form, &way) {
            let fits = check(&with(&body, &way, written(begins, length))).is_ok();
            prop_assert_eq!(fits, length <= longest, "{} of {}", place, length);
        }
    }
}
