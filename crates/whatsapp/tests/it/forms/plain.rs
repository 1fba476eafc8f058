//! Text, files, places, cards, reactions, pins, and the parts that any message may have.

use counterfoil_whatsapp::message::{
    Birthday, Card, CardAddress, CardEmail, CardName, CardPhone, CardUrl, Location, MediaRef, Organisation,
    OutboundContent, OutboundMessage, Pin, PinAction, Recipient,
};

use super::{Form, phone, to_person};

fn text(body: &str) -> OutboundContent {
    OutboundContent::Text {
        body: body.into(),
        preview_url: false,
    }
}

fn file(caption: Option<&str>) -> MediaRef {
    MediaRef {
        id: "600".into(),
        caption: caption.map(str::to_owned),
    }
}

/// A card with every part.
pub(crate) fn card() -> Card {
    let label = |word: &str| Some(word.to_owned());
    let some = |word: &str| Some(word.to_owned());
    Card {
        name: CardName {
            formatted: "Dr Ada B. Example Jr".into(),
            first: some("Ada"),
            middle: some("B."),
            last: some("Example"),
            prefix: some("Dr"),
            suffix: some("Jr"),
        },
        phones: vec![
            CardPhone {
                number: phone(),
                label: label("WORK"),
                on_whatsapp: true,
            },
            CardPhone {
                number: phone(),
                label: None,
                on_whatsapp: false,
            },
        ],
        emails: vec![CardEmail {
            email: "ada@desk.example".into(),
            label: label("WORK"),
        }],
        addresses: vec![CardAddress {
            street: some("1 Long Street"),
            city: some("Utrecht"),
            state: some("UT"),
            zip: some("3511"),
            country: some("Netherlands"),
            country_code: some("nl"),
            label: label("WORK"),
        }],
        organisation: Some(Organisation {
            company: some("Desk"),
            department: some("Claims"),
            title: some("Assessor"),
        }),
        urls: vec![CardUrl {
            url: "https://desk.example".into(),
            label: label("WORK"),
        }],
        birthday: Some(Birthday {
            year: 1990,
            month: 2,
            day: 3,
        }),
    }
}

pub(super) fn forms() -> Vec<Form> {
    let group = |content| OutboundMessage::new(Recipient::Group("G1".into()), content);
    let pin = |action| {
        OutboundContent::Pin(Pin {
            message_id: "wamid.X".into(),
            action,
        })
    };
    let place = |name: Option<&str>, address: Option<&str>| {
        OutboundContent::Location(Location {
            latitude: 52.09,
            longitude: 5.12,
            name: name.map(str::to_owned),
            address: address.map(str::to_owned),
        })
    };
    let reaction = |emoji: Option<&str>| OutboundContent::Reaction {
        message_id: "wamid.X".into(),
        emoji: emoji.map(str::to_owned),
    };
    let small = Card {
        name: CardName::of("Ada", "Example"),
        ..Card::default()
    };
    let mut whole = to_person(text("Hello")).answering("wamid.X");
    whole.callback_data = Some("outbox-1".into());
    whole.identity_key_hash = Some("Y2hlY2s=".into());
    let both = Recipient::Both {
        phone: phone(),
        user_id: "US.1".into(),
    };
    vec![
        ("text.plain", to_person(text("Hello"))),
        (
            "text.preview",
            to_person(OutboundContent::Text {
                body: "See https://desk.example".into(),
                preview_url: true,
            }),
        ),
        ("text.quoting", to_person(text("Hello")).answering("wamid.X")),
        ("text.all_parts", whole),
        (
            "text.user_id",
            OutboundMessage::new(Recipient::UserId("US.1".into()), text("Hello")),
        ),
        ("text.both_ids", OutboundMessage::new(both, text("Hello"))),
        ("text.group", group(text("Hello"))),
        ("image.plain", to_person(OutboundContent::Image(file(None)))),
        (
            "image.caption",
            to_person(OutboundContent::Image(file(Some("The dent")))),
        ),
        ("image.group", group(OutboundContent::Image(file(Some("The dent"))))),
        ("video.plain", to_person(OutboundContent::Video(file(None)))),
        (
            "video.caption",
            to_person(OutboundContent::Video(file(Some("The dent")))),
        ),
        (
            "audio.plain",
            to_person(OutboundContent::Audio {
                id: "600".into(),
                voice: false,
            }),
        ),
        (
            "audio.voice",
            to_person(OutboundContent::Audio {
                id: "600".into(),
                voice: true,
            }),
        ),
        (
            "document.plain",
            to_person(OutboundContent::Document {
                file: file(None),
                filename: None,
            }),
        ),
        (
            "document.named",
            to_person(OutboundContent::Document {
                file: file(Some("Your policy")),
                filename: Some("policy.pdf".into()),
            }),
        ),
        (
            "sticker.plain",
            to_person(OutboundContent::Sticker { id: "600".into() }),
        ),
        ("location.point", to_person(place(None, None))),
        ("location.named", to_person(place(Some("Desk"), Some("1 Long Street")))),
        (
            "contacts.small",
            to_person(OutboundContent::Contacts(vec![small.clone()])),
        ),
        (
            "contacts.full",
            to_person(OutboundContent::Contacts(vec![card(), small])),
        ),
        ("reaction.given", to_person(reaction(Some("👍")))),
        ("reaction.taken_back", to_person(reaction(None))),
        ("pin.hold", group(pin(PinAction::Hold { days: 7 }))),
        ("pin.release", group(pin(PinAction::Release))),
    ]
}
