//! A conversation in which things were said another way: on a shared phone, to another service, before, in calls.

use super::invented::{file, inbound, message, outbound, thread};
use counterfoil_flow::reading::thread::{MessageView, Thread};
use counterfoil_model::body::{Advertisement, Along, Body};
use counterfoil_model::message::{Direction, MessageKind, Origin};
use counterfoil_model::tick::TickState;

/// What was said another way, and lines about calls and what is not disclosed.
pub(super) fn elsewhere() -> Thread {
    let from = |mut message: MessageView, origin| {
        message.origin = origin;
        message
    };
    let line = |number, kind, body, minutes| message(number, Direction::System, kind, body, minutes);
    let call = |event: &str, by_contact, seconds| Body::Call {
        event: event.to_owned(),
        by_contact,
        seconds,
    };
    let notice = |event: &str| Body::Notice {
        event: event.to_owned(),
        text: None,
    };
    let along = Along {
        forwarded: Some(true),
        product: Some("roof-box-320".to_owned()),
        advertisement: Some(Advertisement {
            headline: Some("Cover for what you carry".to_owned()),
            text: None,
            address: Some("https://example.org/ad".to_owned()),
        }),
    };
    let asked = Body::Text {
        text: "Does my cover hold for this?".to_owned(),
    };
    let mut typed = outbound(46, "We come at ten tomorrow.", 30, TickState::Read);
    typed.author = None;
    let mut recording = line(44, MessageKind::Call, call("recorded", None, None), 38);
    recording.attachments = vec![file(9, MessageKind::Audio, "audio/ogg", None, 912_000)];
    let messages = vec![
        from(inbound(40, "Good morning, I have a question", 2_000), Origin::History),
        from(
            line(41, MessageKind::Placeholder, notice("file_may_follow"), 1_999),
            Origin::History,
        ),
        message(
            42,
            Direction::Inbound,
            MessageKind::Call,
            call("began", Some(true), None),
            41,
        ),
        line(43, MessageKind::Call, call("ended", None, Some(61)), 40),
        recording,
        message(45, Direction::Inbound, MessageKind::Text, asked.with(along), 34),
        from(typed, Origin::PhoneApp),
        message(
            47,
            Direction::Inbound,
            MessageKind::Unsupported,
            notice("edit_not_disclosed"),
            26,
        ),
        from(inbound(48, "Can I speak to a person?", 20), Origin::OtherService),
        line(49, MessageKind::System, notice("marketing_stopped"), 12),
        from(inbound(50, "Sent to Pieter last May, see above", 9), Origin::Import),
        message(
            51,
            Direction::Inbound,
            MessageKind::Unsupported,
            notice("kept_whole"),
            5,
        ),
    ];
    thread(8, "Marlene Adams", "0142", messages)
}
