//! What each form looks like on the wire: `tests/golden/<form>.<variant>.json`, the whole body of a request. A colleague of the
//! simulator checks the same files against the provider's own tables.
//!
//! After a wanted change put the files that the test writes beside into their place, and look at the difference.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use counterfoil_whatsapp::limits::{check, check_read};
use counterfoil_whatsapp::message::{
    ButtonValue, CardHeader, CarouselCards, CarouselMedia, FlowAction, FlowId, Header, Interactive, OutboundContent,
    PinAction, ReadMark, Recipient, Template, TemplateHeader, Variable, Variables,
};
use serde_json::Value;

use crate::forms;

/// For an enum: a name for each of its variants, and all the names. Without a name for a new variant it does not compile.
macro_rules! variants {
    ($function:ident, $all:ident, $type:ty { $($pattern:pat => $name:literal,)+ }) => {
        fn $function(value: &$type) -> &'static str {
            match value { $($pattern => $name,)+ }
        }
        const $all: &[&str] = &[$($name),+];
    };
}

variants!(content, CONTENTS, OutboundContent {
    OutboundContent::Text { .. } => "content text",
    OutboundContent::Image(_) => "content image",
    OutboundContent::Video(_) => "content video",
    OutboundContent::Audio { .. } => "content audio",
    OutboundContent::Document { .. } => "content document",
    OutboundContent::Sticker { .. } => "content sticker",
    OutboundContent::Location(_) => "content location",
    OutboundContent::Contacts(_) => "content contacts",
    OutboundContent::Reaction { .. } => "content reaction",
    OutboundContent::Pin(_) => "content pin",
    OutboundContent::Interactive(_) => "content interactive",
    OutboundContent::Template(_) => "content template",
    OutboundContent::OneTimeCode(_) => "content one-time code",
});
variants!(recipient, RECIPIENTS, Recipient {
    Recipient::Phone(_) => "recipient phone",
    Recipient::UserId(_) => "recipient user id",
    Recipient::Both { .. } => "recipient both",
    Recipient::Group(_) => "recipient group",
});
variants!(pin_action, PIN_ACTIONS, PinAction {
    PinAction::Hold { .. } => "pin hold",
    PinAction::Release => "pin release",
});
variants!(kind, KINDS, Interactive {
    Interactive::Buttons(_) => "interactive buttons",
    Interactive::List(_) => "interactive list",
    Interactive::Link(_) => "interactive link",
    Interactive::Flow(_) => "interactive flow",
    Interactive::Location(_) => "interactive location",
    Interactive::Address(_) => "interactive address",
    Interactive::Contact(_) => "interactive contact",
    Interactive::Product(_) => "interactive product",
    Interactive::Products(_) => "interactive products",
    Interactive::Catalogue(_) => "interactive catalogue",
    Interactive::ProductCarousel(_) => "interactive product carousel",
    Interactive::MediaCarousel(_) => "interactive media carousel",
    Interactive::CallPermission(_) => "interactive call permission",
    Interactive::Call(_) => "interactive call",
});
variants!(header, HEADERS, Header {
    Header::Text(_) => "header text",
    Header::Image(_) => "header image",
    Header::Video(_) => "header video",
    Header::Document(_) => "header document",
});
variants!(flow_id, FLOW_IDS, FlowId {
    FlowId::Id(_) => "flow by id",
    FlowId::Name(_) => "flow by name",
});
variants!(flow_action, FLOW_ACTIONS, FlowAction {
    FlowAction::Navigate { .. } => "flow navigate",
    FlowAction::Exchange => "flow exchange",
});
variants!(carousel_media, CAROUSEL_MEDIA, CarouselMedia {
    CarouselMedia::Images => "carousel images",
    CarouselMedia::Videos => "carousel videos",
});
variants!(carousel_cards, CAROUSEL_CARDS, CarouselCards {
    CarouselCards::Links(_) => "carousel links",
    CarouselCards::Replies(_) => "carousel replies",
});
variants!(template_header, TEMPLATE_HEADERS, TemplateHeader {
    TemplateHeader::Text { .. } => "template header text",
    TemplateHeader::Image(_) => "template header image",
    TemplateHeader::Video(_) => "template header video",
    TemplateHeader::Document { .. } => "template header document",
    TemplateHeader::Location(_) => "template header location",
    TemplateHeader::Product(_) => "template header product",
});
variants!(button, BUTTONS, ButtonValue {
    ButtonValue::Url(_) => "button url",
    ButtonValue::QuickReply(_) => "button quick reply",
    ButtonValue::CopyCode(_) => "button copy code",
    ButtonValue::Flow { .. } => "button flow",
    ButtonValue::Catalogue(_) => "button catalogue",
    ButtonValue::Products { .. } => "button products",
    ButtonValue::Call { .. } => "button call",
});
variants!(card_header, CARD_HEADERS, CardHeader {
    CardHeader::Image(_) => "card image",
    CardHeader::Video(_) => "card video",
    CardHeader::Product(_) => "card product",
});
variants!(variables, VARIABLES, Variables {
    Variables::None => "values none",
    Variables::Numbered(_) => "values numbered",
    Variables::Named(_) => "values named",
});
variants!(variable, VALUES, Variable {
    Variable::Text(_) => "value text",
    Variable::Currency { .. } => "value currency",
    Variable::DateTime(_) => "value date",
});

/// Every body that the crate makes, by the name of its golden.
fn bodies() -> BTreeMap<&'static str, Value> {
    let mark = |typing| ReadMark {
        message_id: "wamid.X".into(),
        typing,
    };
    let mut bodies = BTreeMap::new();
    for (name, message) in forms::all() {
        assert_eq!(check(&message), Ok(()), "{name} is within the limits");
        assert!(bodies.insert(name, message.to_json()).is_none(), "{name} stands twice");
    }
    for (name, mark) in [("read.mark", mark(false)), ("read.typing", mark(true))] {
        assert_eq!(check_read(&mark), Ok(()));
        bodies.insert(name, mark.to_json());
    }
    bodies
}

#[test]
fn channel_2_each_form_is_exactly_its_golden() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let beside = Path::new(env!("CARGO_TARGET_TMPDIR")).join("golden");
    let mut wrong = Vec::new();
    for (name, body) in bodies() {
        let wanted = std::fs::read(folder.join(format!("{name}.json"))).unwrap_or_default();
        if serde_json::from_slice::<Value>(&wanted).ok().as_ref() != Some(&body) {
            std::fs::create_dir_all(&beside).unwrap();
            let text = format!("{}\n", serde_json::to_string_pretty(&body).unwrap());
            std::fs::write(beside.join(format!("{name}.json")), text).unwrap();
            wrong.push(name);
        }
    }
    assert!(
        wrong.is_empty(),
        "other than tests/golden says; what was made is now in {}: {wrong:?}",
        beside.display()
    );
}

#[test]
fn channel_2_each_golden_is_made_by_a_form() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let files: BTreeSet<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let made: BTreeSet<_> = bodies().keys().map(|name| format!("{name}.json")).collect();
    assert_eq!(files, made);
}

#[test]
fn channel_2_each_variant_has_a_golden() {
    let mut seen = BTreeSet::new();
    for (_, message) in forms::all() {
        seen.insert(recipient(&message.to));
        seen.insert(content(&message.content));
        match &message.content {
            OutboundContent::Pin(pin) => drop(seen.insert(pin_action(&pin.action))),
            OutboundContent::Interactive(interactive) => see_interactive(interactive, &mut seen),
            OutboundContent::Template(template) => see_template(template, &mut seen),
            _ => {}
        }
    }
    let all = [
        CONTENTS,
        RECIPIENTS,
        PIN_ACTIONS,
        KINDS,
        HEADERS,
        FLOW_IDS,
        FLOW_ACTIONS,
        CAROUSEL_MEDIA,
        CAROUSEL_CARDS,
        TEMPLATE_HEADERS,
        BUTTONS,
        CARD_HEADERS,
        VARIABLES,
        VALUES,
    ];
    assert_eq!(seen, all.into_iter().flatten().copied().collect());
}

fn see_interactive(interactive: &Interactive, seen: &mut BTreeSet<&'static str>) {
    seen.insert(kind(interactive));
    let above = match interactive {
        Interactive::Buttons(message) => &message.header,
        Interactive::Link(message) => &message.header,
        Interactive::Address(message) => &message.header,
        Interactive::Flow(message) => {
            seen.insert(flow_id(&message.flow));
            seen.insert(flow_action(&message.action));
            &message.header
        }
        Interactive::MediaCarousel(message) => {
            seen.insert(carousel_media(&message.media));
            seen.insert(carousel_cards(&message.cards));
            &None
        }
        _ => &None,
    };
    seen.extend(above.as_ref().map(header));
}

fn see_template(template: &Template, seen: &mut BTreeSet<&'static str>) {
    seen.extend(template.header.as_ref().map(template_header));
    seen.extend(template.buttons.iter().map(|one| button(&one.value)));
    let cards = template.cards.iter();
    seen.extend(cards.clone().map(|card| card_header(&card.header)));
    for values in cards.map(|card| &card.body).chain([&template.body]) {
        seen.insert(variables(values));
        match values {
            Variables::None => {}
            Variables::Numbered(values) => seen.extend(values.iter().map(variable)),
            Variables::Named(values) => seen.extend(values.iter().map(|named| variable(&named.value))),
        }
    }
}
