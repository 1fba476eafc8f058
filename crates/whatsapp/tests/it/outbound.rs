//! What is asked of the provider for each content, the limits, and phone numbers.

use counterfoil_whatsapp::limits::{LimitError, Part, UploadKind, check, upload_rule};
use counterfoil_whatsapp::message::{
    Button, Card, Component, ComponentKind, Header, Interactive, InteractiveAction, MediaRef, OutboundContent,
    OutboundMessage, Parameter, ParameterValue, Recipient, Row, Section, Template,
};
use counterfoil_whatsapp::phone::PhoneNumber;
use serde_json::{Value, json};

fn phone() -> PhoneNumber {
    PhoneNumber::parse("15550100201").unwrap()
}

fn body_of(content: OutboundContent) -> Value {
    let mut body = OutboundMessage::new(Recipient::Phone(phone()), content).to_json();
    let kind = body["type"].as_str().unwrap().to_owned();
    json!({ kind.clone(): body[kind.as_str()].take() })
}

fn interactive(action: InteractiveAction) -> OutboundContent {
    OutboundContent::Interactive(Interactive {
        header: None,
        body: "Choose".into(),
        footer: None,
        action,
    })
}

fn buttons(titles: &[&str]) -> OutboundContent {
    let buttons = titles.iter().enumerate().map(|(n, title)| Button {
        id: n.to_string(),
        title: (*title).into(),
    });
    interactive(InteractiveAction::Buttons(buttons.collect()))
}

fn list(rows: usize) -> OutboundContent {
    let rows = (0..rows)
        .map(|n| Row {
            id: n.to_string(),
            title: format!("Row {n}"),
            description: None,
        })
        .collect();
    interactive(InteractiveAction::List {
        button: "Open".into(),
        sections: vec![Section { title: None, rows }],
    })
}

#[test]
fn each_content_has_its_form() {
    let file = |caption: Option<&str>| MediaRef {
        id: "600".into(),
        caption: caption.map(str::to_owned),
    };
    for (content, expected) in [
        (
            OutboundContent::Image(file(Some("The dent"))),
            json!({ "image": { "id": "600", "caption": "The dent" } }),
        ),
        (OutboundContent::Video(file(None)), json!({ "video": { "id": "600" } })),
        (
            OutboundContent::Audio {
                id: "600".into(),
                voice: true,
            },
            json!({ "audio": { "id": "600", "voice": true } }),
        ),
        (
            OutboundContent::Document {
                file: file(None),
                filename: Some("policy.pdf".into()),
            },
            json!({ "document": { "id": "600", "filename": "policy.pdf" } }),
        ),
        (
            OutboundContent::Sticker { id: "600".into() },
            json!({ "sticker": { "id": "600" } }),
        ),
        (
            OutboundContent::Location {
                latitude: 52.09,
                longitude: 5.12,
                name: Some("Desk".into()),
                address: None,
            },
            json!({ "location": { "latitude": 52.09, "longitude": 5.12, "name": "Desk" } }),
        ),
        (
            OutboundContent::Reaction {
                message_id: "wamid.X".into(),
                emoji: None,
            },
            json!({ "reaction": { "message_id": "wamid.X", "emoji": "" } }),
        ),
        (
            OutboundContent::Contacts(vec![Card {
                formatted_name: "Claims desk".into(),
                first_name: "Claims".into(),
                phones: vec![(phone(), "WORK".into())],
                emails: vec![],
                company: Some("Invented Mutual".into()),
            }]),
            json!({ "contacts": [{ "name": { "formatted_name": "Claims desk", "first_name": "Claims" },
                "phones": [{ "phone": "+15550100201", "wa_id": "15550100201", "type": "WORK" }],
                "org": { "company": "Invented Mutual" } }] }),
        ),
        (
            buttons(&["Yes"]),
            json!({ "interactive": { "type": "button", "body": { "text": "Choose" },
                "action": { "buttons": [{ "type": "reply", "reply": { "id": "0", "title": "Yes" } }] } } }),
        ),
        (
            list(1),
            json!({ "interactive": { "type": "list", "body": { "text": "Choose" },
                "action": { "button": "Open", "sections": [{ "rows": [{ "id": "0", "title": "Row 0" }] }] } } }),
        ),
        (
            interactive(InteractiveAction::Link {
                label: "Open".into(),
                url: "https://desk.example".into(),
            }),
            json!({ "interactive": { "type": "cta_url", "body": { "text": "Choose" }, "action": { "name": "cta_url",
                "parameters": { "display_text": "Open", "url": "https://desk.example" } } } }),
        ),
        (
            OutboundContent::Template(Template {
                name: "claim_received".into(),
                language: "en_GB".into(),
                components: vec![
                    Component {
                        kind: ComponentKind::Body,
                        parameters: vec![Parameter {
                            name: Some("claim".into()),
                            value: ParameterValue::Text("C-1".into()),
                        }],
                    },
                    Component {
                        kind: ComponentKind::QuickReplyButton(1),
                        parameters: vec![Parameter {
                            name: None,
                            value: ParameterValue::Payload("STOP".into()),
                        }],
                    },
                ],
            }),
            json!({ "template": { "name": "claim_received", "language": { "code": "en_GB" }, "components": [
                { "type": "body", "parameters": [{ "type": "text", "text": "C-1", "parameter_name": "claim" }] },
                { "type": "button", "sub_type": "quick_reply", "index": "1",
                    "parameters": [{ "type": "payload", "payload": "STOP" }] } ] } }),
        ),
    ] {
        let message = OutboundMessage::new(Recipient::Phone(phone()), content.clone());
        assert_eq!(check(&message), Ok(()));
        assert_eq!(body_of(content), expected);
    }
}

#[test]
fn the_recipient_is_named_by_number_user_id_or_group() {
    for (to, expected) in [
        (Recipient::Phone(phone()), json!(["individual", "+15550100201", null])),
        (Recipient::UserId("US.1".into()), json!(["individual", null, "US.1"])),
        (
            Recipient::Both {
                phone: phone(),
                user_id: "US.1".into(),
            },
            json!(["individual", "+15550100201", "US.1"]),
        ),
        (Recipient::Group("G1".into()), json!(["group", "G1", null])),
    ] {
        let mut message = OutboundMessage::text(phone(), "a");
        message.to = to;
        message.reply_to = Some("wamid.X".into());
        message.callback_data = Some("outbox-1".into());
        let body = message.to_json();
        assert_eq!(json!([body["recipient_type"], body["to"], body["recipient"]]), expected);
        assert_eq!(body["context"], json!({ "message_id": "wamid.X" }));
        assert_eq!(body["biz_opaque_callback_data"], "outbox-1");
    }
}

#[test]
fn limits_are_seen_before_sending() {
    let text = |body: String| OutboundContent::Text {
        body,
        preview_url: false,
    };
    for (content, expected) in [
        (text("é".repeat(4096)), Ok(())),
        (
            text("é".repeat(4097)),
            Err(LimitError::TooLong {
                part: Part::Body,
                limit: 4096,
            }),
        ),
        (text(String::new()), Err(LimitError::Empty(Part::Body))),
        (
            OutboundContent::Image(MediaRef {
                id: "1".into(),
                caption: Some("a".repeat(1025)),
            }),
            Err(LimitError::TooLong {
                part: Part::Caption,
                limit: 1024,
            }),
        ),
        (buttons(&["a", "b", "c"]), Ok(())),
        (
            buttons(&["a", "b", "c", "d"]),
            Err(LimitError::Count {
                part: Part::Button,
                least: 1,
                most: 3,
            }),
        ),
        (buttons(&["a", "a"]), Err(LimitError::Repeated(Part::Button))),
        (
            buttons(&["a label that is too long"]),
            Err(LimitError::TooLong {
                part: Part::Button,
                limit: 20,
            }),
        ),
        (list(10), Ok(())),
        (
            list(11),
            Err(LimitError::Count {
                part: Part::Row,
                least: 1,
                most: 10,
            }),
        ),
        (
            OutboundContent::Interactive(Interactive {
                header: Some(Header::Image("1".into())),
                body: "a".into(),
                footer: None,
                action: InteractiveAction::List {
                    button: "b".into(),
                    sections: Vec::new(),
                },
            }),
            Err(LimitError::ListHeader),
        ),
        (
            interactive(InteractiveAction::Link {
                label: "a".into(),
                url: "javascript:x".into(),
            }),
            Err(LimitError::Address),
        ),
        (
            OutboundContent::Location {
                latitude: 91.0,
                longitude: 0.0,
                name: None,
                address: None,
            },
            Err(LimitError::NoSuchPlace),
        ),
        (
            OutboundContent::Contacts(Vec::new()),
            Err(LimitError::Count {
                part: Part::Card,
                least: 1,
                most: 257,
            }),
        ),
    ] {
        assert_eq!(
            check(&OutboundMessage::new(Recipient::Phone(phone()), content)),
            expected
        );
    }
    let mut message = OutboundMessage::text(phone(), "a");
    message.callback_data = Some("x".repeat(513));
    assert_eq!(
        check(&message),
        Err(LimitError::TooLong {
            part: Part::CallbackData,
            limit: 512
        })
    );
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
}

#[test]
fn phone_numbers_are_read_in_the_forms_that_occur() {
    for (text, digits) in [
        ("15550100201", Some("15550100201")),
        ("+1 (555) 010-0201", Some("15550100201")),
        ("0031 6 1234 5678", Some("31612345678")),
        ("+49\u{a0}30\u{202f}123\u{2011}456", Some("4930123456")),
        ("1234", None),
        ("1234567890123456", None),
        ("0612345678", None),
        ("PHONE_NUMBER", None),
        ("+١٢٣٤٥٦٧", None),
        ("", None),
    ] {
        assert_eq!(
            PhoneNumber::parse(text).ok().as_ref().map(PhoneNumber::digits),
            digits,
            "{text}"
        );
    }
    assert_eq!(
        (phone().last_four(), phone().with_plus().as_str()),
        ("0201", "+15550100201")
    );
    assert_eq!(format!("{:?}", phone()), "PhoneNumber(..)");
}
