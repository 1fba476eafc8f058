//! Every limit, seen before anything leaves: the largest that goes through, and one more.

mod draft;
mod interactive;
mod template;

use counterfoil_whatsapp::limits::{
    LimitError, Part, TTL_MINUTES, UploadKind, check, check_read, check_ttl, check_upload, upload_rule,
};
use counterfoil_whatsapp::message::{Birthday, OutboundContent, OutboundMessage, PinAction, ReadMark, Recipient};

use crate::forms::{self, card, phone, to_person};

/// The form of a name.
fn form(name: &str) -> OutboundMessage {
    let found = forms::all().into_iter().find(|(form, _)| *form == name);
    found.unwrap_or_else(|| panic!("no form {name}")).1
}

fn too_long(part: Part, limit: usize) -> Result<(), LimitError> {
    Err(LimitError::TooLong { part, limit })
}

fn too_many(part: Part, least: usize, most: usize) -> Result<(), LimitError> {
    Err(LimitError::Count { part, least, most })
}

fn out_of(part: Part, least: u32, most: u32) -> Result<(), LimitError> {
    Err(LimitError::Range { part, least, most })
}

fn empty(part: Part) -> Result<(), LimitError> {
    Err(LimitError::Empty(part))
}

#[test]
fn text_and_files() {
    let text = |body: String| check(&OutboundMessage::text(phone(), body));
    assert_eq!(text("é".repeat(4096)), Ok(()));
    assert_eq!(text("é".repeat(4097)), too_long(Part::Body, 4096));
    assert_eq!(text(" ".into()), empty(Part::Body));
    for name in ["image.caption", "video.caption", "document.named"] {
        let captioned = |words: String| {
            let mut message = form(name);
            match &mut message.content {
                OutboundContent::Image(file)
                | OutboundContent::Video(file)
                | OutboundContent::Document { file, .. } => file.caption = Some(words),
                _ => panic!("{name}"),
            }
            check(&message)
        };
        assert_eq!(captioned("a".repeat(1024)), Ok(()), "{name}");
        assert_eq!(captioned("a".repeat(1025)), too_long(Part::Caption, 1024), "{name}");
    }
    let sticker = OutboundContent::Sticker { id: String::new() };
    assert_eq!(check(&to_person(sticker)), empty(Part::Id));
}

#[test]
fn what_any_message_may_carry() {
    let mut message = form("text.all_parts");
    message.callback_data = Some("x".repeat(512));
    assert_eq!(check(&message), Ok(()));
    message.callback_data = Some("x".repeat(513));
    assert_eq!(check(&message), too_long(Part::CallbackData, 512));
    message.callback_data = None;
    message.reply_to = Some(String::new());
    assert_eq!(check(&message), empty(Part::Id));
    message.reply_to = None;
    message.identity_key_hash = Some(" ".into());
    assert_eq!(check(&message), empty(Part::IdentityKey));
    message.identity_key_hash = None;
    message.to = Recipient::UserId(String::new());
    assert_eq!(check(&message), empty(Part::Recipient));
    let nothing = ReadMark {
        message_id: String::new(),
        typing: false,
    };
    assert_eq!(check_read(&nothing), empty(Part::Id));
}

#[test]
fn places_and_cards() {
    let place = |latitude, longitude| {
        let mut message = form("location.point");
        if let OutboundContent::Location(place) = &mut message.content {
            (place.latitude, place.longitude) = (latitude, longitude);
        }
        check(&message)
    };
    assert_eq!(place(90.0, -180.0), Ok(()));
    for (latitude, longitude) in [(90.1, 0.0), (0.0, 180.1), (f64::NAN, 0.0)] {
        assert_eq!(place(latitude, longitude), Err(LimitError::NoSuchPlace));
    }
    let cards = |count: usize| check(&to_person(OutboundContent::Contacts(vec![card(); count])));
    assert_eq!(cards(257), Ok(()));
    assert_eq!(cards(0), too_many(Part::Card, 1, 257));
    assert_eq!(cards(258), too_many(Part::Card, 1, 257));
    let mut bare = card();
    bare.name.formatted = String::new();
    assert_eq!(
        check(&to_person(OutboundContent::Contacts(vec![bare.clone()]))),
        empty(Part::Card)
    );
    bare.name.formatted = "Ada".into();
    (bare.name.first, bare.name.middle, bare.name.last) = (None, None, Some(" ".into()));
    (bare.name.prefix, bare.name.suffix) = (None, None);
    assert_eq!(
        check(&to_person(OutboundContent::Contacts(vec![bare]))),
        Err(LimitError::NamePart)
    );
    let mut born = card();
    born.birthday = Some(Birthday {
        year: 1990,
        month: 13,
        day: 1,
    });
    assert_eq!(
        check(&to_person(OutboundContent::Contacts(vec![born]))),
        Err(LimitError::Form(Part::Birthday))
    );
}

#[test]
fn a_group_takes_text_files_plain_templates_and_pins() {
    let taken = |name: &str| {
        ["text.", "image.", "video.", "audio.", "document.", "sticker.", "pin."]
            .iter()
            .any(|family| name.starts_with(family))
            || [
                "template.bare",
                "template.group",
                "template.full",
                "template.body_numbered",
                "template.body_named",
                "template.header_text",
                "template.header_text_named",
                "template.header_image",
                "template.header_video",
                "template.header_document",
                "template.button_url",
                "template.button_quick_reply",
                "template.button_copy_code",
            ]
            .contains(&name)
    };
    for (name, mut message) in forms::all() {
        message.to = Recipient::Group("G1".into());
        let expected = if taken(name) {
            Ok(())
        } else {
            Err(LimitError::NotForGroups)
        };
        assert_eq!(check(&message), expected, "{name}");
    }
    let mut pin = form("pin.hold");
    pin.to = Recipient::Phone(phone());
    assert_eq!(check(&pin), Err(LimitError::GroupsOnly));
    let days = |days| {
        let mut message = form("pin.hold");
        if let OutboundContent::Pin(pin) = &mut message.content {
            pin.action = PinAction::Hold { days };
        }
        check(&message)
    };
    assert_eq!(days(30), Ok(()));
    assert_eq!(days(0), out_of(Part::Duration, 1, 30));
    assert_eq!(days(31), out_of(Part::Duration, 1, 30));
}

#[test]
fn files_are_taken_by_type() {
    for (mime_type, expected) in [
        ("image/jpeg", Some((UploadKind::Image, 5 << 20))),
        ("IMAGE/PNG", Some((UploadKind::Image, 5 << 20))),
        ("audio/ogg; codecs=opus", Some((UploadKind::Audio, 16 << 20))),
        ("application/pdf", Some((UploadKind::Document, 100 << 20))),
        ("image/heic", Some((UploadKind::Document, 100 << 20))),
        ("image/webp", Some((UploadKind::Sticker, 500 << 10))),
        ("pdf", None),
        ("a/b/c", None),
        ("text/x\r\ny", None),
    ] {
        assert_eq!(
            upload_rule(mime_type).map(|rule| (rule.sent_as, rule.limit_bytes)),
            expected,
            "{mime_type:?}"
        );
    }
    let webp = |flags: u8, length: usize| {
        let mut bytes = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0".to_vec();
        bytes.push(flags);
        bytes.resize(length, 0);
        check_upload("image/webp", &bytes).map(|rule| rule.limit_bytes)
    };
    let too_large = |limit_bytes| Err(LimitError::MediaSize { limit_bytes });
    assert_eq!(webp(0x02, 500 << 10), Ok(500 << 10), "it moves");
    assert_eq!(webp(0x02, (500 << 10) + 1), too_large(500 << 10));
    assert_eq!(webp(0x10, 100 << 10), Ok(100 << 10), "it stands still");
    assert_eq!(webp(0x10, (100 << 10) + 1), too_large(100 << 10));
    assert_eq!(check_upload("image/webp", b"RIFF"), check_upload("image/webp", b""));
    assert_eq!(check_ttl(*TTL_MINUTES.start()), Ok(()));
    for minutes in [0, 59, 43_201] {
        assert_eq!(check_ttl(minutes), out_of(Part::Duration, 60, 43_200));
    }
}

#[test]
fn forms_print_nothing_of_what_they_hold() {
    for (name, message) in forms::all() {
        assert_eq!(format!("{message:?}"), "OutboundMessage(..)", "{name}");
        assert_eq!(format!("{:?}", message.content), "OutboundContent(..)", "{name}");
    }
    assert_eq!(format!("{:?}", forms::full_template()), "Template(..)");
}
