//! Our own samples, with invented people: what each item says.

use counterfoil_whatsapp::webhook::item::{
    InboundContent, InboundMessage, Item, MediaKind, NotUnderstood, Reason, Status, StatusUpdate, WebhookItem,
};
use counterfoil_whatsapp::webhook::{StatusKind, split};

pub(crate) const SAMPLES: &[&str] = &[
    include_str!("../../samples/messages.json"),
    include_str!("../../samples/system.json"),
    include_str!("../../samples/elsewhere.json"),
];

fn items(sample: usize) -> Vec<WebhookItem> {
    split(SAMPLES[sample].as_bytes()).items
}

fn message(item: &WebhookItem) -> &InboundMessage {
    match &item.item {
        Item::Message(message) => message,
        Item::NotUnderstood(NotUnderstood { read: Some(read), .. }) => match &**read {
            Item::Message(message) => message,
            _ => panic!("{} is no message", item.kind),
        },
        _ => panic!("{} is no message", item.kind),
    }
}

fn status(item: &WebhookItem) -> &StatusUpdate {
    match &item.item {
        Item::Status(status) => status,
        _ => panic!("{} is no status", item.kind),
    }
}

fn kinds(items: &[WebhookItem]) -> Vec<&'static str> {
    items.iter().map(|item| item.kind.name()).collect()
}

#[test]
fn the_kinds_of_the_samples() {
    assert_eq!(
        kinds(&items(0)),
        [
            "message.text",
            "message.image",
            "message.audio",
            "message.location",
            "message.reaction",
            "message.interactive.button_reply",
            "message.unknown_type",
            "message.document",
            "message.video",
            "status.delivered",
            "status.failed",
            "status.unknown",
            "error",
        ]
    );
    assert_eq!(
        kinds(&items(1)),
        [
            "message.system.user_changed_number",
            "message.system.user_changed_user_id",
            "message.edit",
            "message.revoke",
            "message.button",
            "not_understood.wrong_shape",
            "message.text",
        ]
    );
    assert_eq!(
        kinds(&items(2)),
        [
            "echo.text",
            "echo.template",
            "standby.text",
            "history.media_placeholder",
            "history.text",
            "history.progress",
            "history.image",
            "call.terminate",
            "call_status.rejected",
            "group.created",
            "group.unknown",
            "field.user_preferences",
            "field.user_id_update",
            "field.smb_app_state_sync",
            "field.security",
            "field.message_template_status_update",
            "field.unknown",
        ]
    );
}

#[test]
fn messages_say_who_when_and_what() {
    let items = items(0);
    for item in &items {
        assert_eq!(item.phone_number_id.as_deref(), Some("700000000000001"));
        assert_eq!(item.waba_id.as_deref(), Some("900000000000001"));
    }
    let text = message(&items[0]);
    assert_eq!(text.timestamp, Some(1_790_000_001_000_000));
    assert_eq!(text.sender.phone.as_deref(), Some("15550100201"));
    assert_eq!(text.sender.user_id.as_deref(), Some("US.70000000000000000001"));
    assert_eq!(text.sender.username.as_deref(), Some("odile.f"));
    assert_eq!(text.sender.profile_name.as_deref(), Some("Odile Fennimore"));
    assert!(matches!(&text.content, InboundContent::Text { body } if body == "Is my \"café\" claim / form in? 🙂"));

    let image = message(&items[1]);
    assert_eq!(image.sender.phone, None);
    assert_eq!(image.sender.profile_name.as_deref(), Some("Bram Okonjo"));
    let InboundContent::Media(picture) = &image.content else {
        panic!("no picture")
    };
    let InboundContent::Media(voice) = &message(&items[2]).content else {
        panic!("no voice note")
    };
    assert!(
        picture.sha256.is_some() && picture.sha256 == voice.sha256,
        "base64 and hex name the same digest"
    );
    assert_eq!(voice.kind, MediaKind::Audio { voice: true });
    let context = message(&items[2]).context.as_ref().unwrap();
    assert!(context.forwarded && context.quoted_id.as_deref() == Some("wamid.SAMPLE9001"));

    assert!(matches!(&message(&items[3]).content, InboundContent::Location(place) if place.latitude == 52.09));
    assert!(matches!(
        &message(&items[4]).content,
        InboundContent::Reaction { emoji: None, .. }
    ));
    assert!(matches!(&message(&items[6]).content, InboundContent::Unknown));
    assert!(matches!(&items[6].item, Item::NotUnderstood(what) if what.reason == Reason::UnknownType));
    assert_eq!(message(&items[7]).timestamp, None);
    assert!(matches!(&message(&items[8]).content, InboundContent::Media(media) if media.id.is_none()));
    assert_eq!(message(&items[8]).errors[0].code, Some(131_052));
}

#[test]
fn statuses_say_what_became_of_whose_message() {
    let items = items(0);
    let delivered = status(&items[9]);
    assert_eq!(delivered.status, Status::Message(StatusKind::Delivered));
    assert_eq!(delivered.callback_data.as_deref(), Some("outbox-1"));
    assert_eq!(
        delivered.recipient.parent_user_id.as_deref(),
        Some("US.ENT.70000000000000000009")
    );
    assert_eq!(delivered.recipient.profile_name.as_deref(), Some("Odile Fennimore"));
    let failed = status(&items[10]);
    assert_eq!(
        failed.errors[0].details.as_deref(),
        Some("More than 24 hours have passed.")
    );
}

#[test]
fn system_messages_tell_old_and_new_names() {
    let items = items(1);
    let number = items[0].item.identity_change().unwrap();
    assert_eq!(
        (number.old_phone.as_deref(), number.new_phone.as_deref()),
        (Some("15550100201"), Some("15550100299"))
    );
    assert_eq!(number.old_user_id.as_deref(), Some("US.70000000000000000001"));
    assert_eq!(number.at, Some(1_790_001_001_000_000));
    let user_id = items[1].item.identity_change().unwrap();
    assert_eq!(user_id.old_user_id.as_deref(), Some("NL.70000000000000000002"));
    assert_eq!(user_id.new_user_id.as_deref(), Some("NL.70000000000000000004"));
    assert!(message(&items[4]).from_own_number && !message(&items[3]).from_own_number);
    // The content was not understood; who sent it was.
    assert_eq!(message(&items[5]).sender.phone.as_deref(), Some("15550100201"));
    assert!(matches!(&message(&items[6]).content, InboundContent::Text { body } if body == "cut here \u{fffd}"));
}

#[test]
fn what_happened_elsewhere_is_told_apart() {
    let items = items(2);
    let Item::Echo(typed) = &items[0].item else {
        panic!("no echo")
    };
    assert_eq!(typed.recipient.phone.as_deref(), Some("15550100201"));
    let Item::Echo(template) = &items[1].item else {
        panic!("no echo")
    };
    assert!(matches!(&template.content, InboundContent::Template { name, .. } if name == "claim_received"));
    assert!(message(&items[2]).standby);
    let Item::History(ours) = &items[3].item else {
        panic!("no history")
    };
    assert!(ours.from_business && ours.other_side.phone.as_deref() == Some("15550100201"));
    assert_eq!(ours.part.progress, Some(40));
    assert_ne!(
        items[3].dedupe, items[6].dedupe,
        "the file that follows a placeholder is no repeat of it"
    );
    let Item::Account(pin) = &items[14].item else {
        panic!("no statement")
    };
    assert_eq!(pin.event.as_deref(), Some("PIN_RESET_REQUEST"));
    assert_eq!(pin.reported_at, Some(1_790_002_013_000_000));
    assert!(matches!(&items[16].item, Item::NotUnderstood(what) if what.reason == Reason::UnknownField));
}

#[test]
fn nothing_that_people_wrote_is_printed() {
    for item in (0..SAMPLES.len()).flat_map(items) {
        let shown = format!("{item:?} {:?} {}", item.item, item.kind);
        for planted in ["Odile", "15550100", "wamid", "café", "7000000000", "Good morning"] {
            assert!(!shown.contains(planted), "{shown}");
        }
    }
}

#[test]
fn bodies_that_are_no_post_are_kept_whole() {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    for (body, kind) in [
        (b"".as_slice(), "not_understood.not_json"),
        (b"{\"object\":", "not_understood.not_json"),
        (b"\xff\xfe", "not_understood.not_utf8"),
        (
            b"{\"object\":\"whatsapp_business_account\",\"x\":\"\xc3\"}",
            "not_understood.not_utf8",
        ),
        (b"[]", "not_understood.foreign_object"),
        (b"null", "not_understood.foreign_object"),
        (b"{\"object\":\"page\",\"entry\":[]}", "not_understood.foreign_object"),
        (b"{}", "not_understood.foreign_object"),
        (b"{\"object\":\"whatsapp_business_account\"}", "empty"),
        (
            b"{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"1\",\"changes\":[]}]}",
            "empty",
        ),
        (deep.as_bytes(), "not_understood.foreign_object"),
    ] {
        let items = split(body).items;
        assert_eq!(kinds(&items), [kind]);
        assert_eq!(items[0].raw, body);
    }
}

#[test]
fn a_bad_part_spoils_only_itself() {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let post = |value: &str| {
        format!(
            r#"{{"object":"whatsapp_business_account","entry":[{{"id":"1","changes":[{{"field":"messages","value":{{"metadata":{{"phone_number_id":"2"}},{value}}}}}]}}]}}"#
        )
    };
    let text = r#"{"id":"wamid.A","from":"15550100201","type":"text","text":{"body":"a"}}"#;
    for (value, expected) in [
        (
            format!(r#""messages":[{text},{deep},{text}]"#),
            &["message.text", "not_understood.too_deep", "message.text"][..],
        ),
        (
            format!(r#""messages":[{text},7]"#),
            &["message.text", "not_understood.wrong_shape"],
        ),
        (
            format!(r#""messages":[{text},{{"n":1e999}}]"#),
            &["message.text", "not_understood.unreadable"],
        ),
        (
            format!(r#""messages":[{text}],"moods":["calm"]"#),
            &["message.text", "not_understood.extra_part"],
        ),
        (
            format!(r#""messages":{text},"statuses":[]"#),
            &["not_understood.wrong_shape"],
        ),
        (
            format!(r#""messages":[{text}],"messages":[{text}]"#),
            &["message.text", "message.text"],
        ),
        (
            r#""contacts":[{"wa_id":"1"}]"#.to_owned(),
            &["not_understood.no_known_part"],
        ),
        (
            r#""messages":[{"type":"text","text":{"body":"no id"}}]"#.to_owned(),
            &["not_understood.wrong_shape"],
        ),
        (
            r#""messages":[{"id":"wamid.B","type":9}]"#.to_owned(),
            &["not_understood.wrong_shape"],
        ),
        (
            r#""messages":[{"id":"wamid.B"}]"#.to_owned(),
            &["not_understood.wrong_shape"],
        ),
    ] {
        let items = split(post(&value).as_bytes()).items;
        assert_eq!(kinds(&items), expected);
        for item in items {
            let again = split(&item.raw).items;
            assert!(again.len() == 1 && again[0] == item, "{}", item.kind);
        }
    }
}

#[test]
fn a_full_post_is_cut_into_all_its_items() {
    let message = |n: usize| {
        format!(
            r#"{{"id":"wamid.{n}","from":"1555{n:07}","timestamp":"1790000000","type":"text","text":{{"body":"{}"}}}}"#,
            "x".repeat(2_000)
        )
    };
    let contact = |n: usize| format!(r#"{{"wa_id":"1555{n:07}","profile":{{"name":"Person {n}"}}}}"#);
    let list = |make: &dyn Fn(usize) -> String| (0..1_000).map(make).collect::<Vec<_>>().join(",");
    let body = format!(
        r#"{{"entry":[{{"changes":[{{"value":{{"metadata":{{}},"contacts":[{}],"messages":[{}]}},"field":"messages"}}],"id":"1"}}],"object":"whatsapp_business_account"}}"#,
        list(&contact),
        list(&message)
    );
    let items = split(body.as_bytes()).items;
    assert_eq!(items.len(), 1_000);
    for (n, item) in items.iter().enumerate() {
        assert_eq!(
            super::samples::message(item).sender.profile_name,
            Some(format!("Person {n}"))
        );
    }
    let kept: usize = items.iter().map(|item| item.raw.len()).sum();
    assert!(
        kept < 2 * body.len(),
        "what is kept does not grow with the number of neighbours"
    );
}

/// A name from `contacts` is taken only if one payload joins it to the sender.
#[test]
fn an_entry_of_contacts_that_contradicts_the_sender_is_not_used() {
    let body = r#"{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"metadata":{},
        "contacts":[{"wa_id":"15550100299","user_id":"US.9","profile":{"name":"Someone else"}}],
        "messages":[{"id":"wamid.C","from":"15550100201","type":"text","text":{"body":"hello"}}]}}]}]}"#;
    let items = split(body.as_bytes()).items;
    assert_eq!(message(&items[0]).sender.user_id, None);
    assert_eq!(message(&items[0]).sender.profile_name, None);
    assert!(
        String::from_utf8_lossy(&items[0].raw).contains("Someone else"),
        "kept all the same"
    );
}
