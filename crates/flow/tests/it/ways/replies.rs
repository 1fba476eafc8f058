//! A reply leaves once, or not at all, and what is not known is said.

use super::house::{House, simulator};
use super::line::Line;
use super::posts::{Guest, Post, status, text};
use crate::harness::{Place, leaves_are_as_the_page_says};
use counterfoil_flow::outbound::reply::{Reply, reply};
use counterfoil_flow::outbound::send_again::{check, send_again};
use counterfoil_flow::outbound::{IdempotencyKey, Upload, WriteError};
use counterfoil_flow::reading::thread::message;
use counterfoil_model::tick::TickState;
use counterfoil_model::{ConversationId, MessageId};
use counterfoil_simulator::{ApiCallKind, CustomerId, Direction, Refusal, SendFault, Simulator};
use serde_json::json;
use std::time::Duration;

const GUEST: &str = "31612345678";
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);

/// A house that the guest has just written to, with its provider.
async fn written_to(place: Place) -> (House, Simulator, ConversationId) {
    let (house, sim) = House::with_provider(place).await;
    let conversation = greeted(&house).await;
    (house, sim, conversation)
}

async fn greeted(house: &House) -> ConversationId {
    let hello = text(Guest::by_phone(GUEST), "hello", house.seconds());
    house.post(&Post(vec![hello])).await;
    house.conversation().await
}

fn words(conversation: ConversationId, text: &str) -> Reply {
    Reply {
        conversation,
        text: text.to_owned(),
        file: None,
        quoted: None,
        key: None,
    }
}

fn keyed(conversation: ConversationId, text: &str, key: &str) -> Reply {
    let key = Some(IdempotencyKey {
        key: key.to_owned(),
        scope: [1; 16],
    });
    Reply {
        key,
        ..words(conversation, text)
    }
}

fn file(conversation: ConversationId, media_type: &str, bytes: &[u8]) -> Reply {
    let file = Some(Upload {
        file_name: Some("plan".to_owned()),
        media_type: media_type.to_owned(),
        bytes: bytes.to_vec().into(),
    });
    Reply {
        file,
        ..words(conversation, "")
    }
}

async fn state(house: &House, id: MessageId) -> TickState {
    check(&house.flow, &house.staff, id).await.unwrap()
}

/// Waits, job by job, until a message has come this far.
async fn reaches(house: &House, id: MessageId, want: TickState) {
    house
        .in_time("the message got that far", async || {
            (state(house, id).await == want).then_some(())
        })
        .await;
}

/// How often something was asked to be sent.
fn sends(sim: &Simulator) -> usize {
    let calls = sim.requests();
    calls
        .iter()
        .filter(|call| matches!(call.kind, ApiCallKind::Send { .. }))
        .count()
}

/// What the guest's phone has from us.
fn on_the_phone(sim: &Simulator) -> usize {
    let thread = sim.thread(&CustomerId::parse(GUEST).unwrap());
    thread
        .iter()
        .filter(|one| one.direction == Direction::FromBusiness)
        .count()
}

async fn a_reply_arrives_once(place: Place) {
    let (house, sim, conversation) = written_to(place).await;
    let hello = house.thread(conversation).await.messages.remove(0);
    let answer = Reply {
        quoted: Some(hello.id),
        ..words(conversation, "A plumber is on the way")
    };
    let first = reply(&house.flow, &house.staff, answer).await.unwrap().message;
    reaches(&house, first, TickState::Accepted).await;
    assert_eq!((sends(&sim), on_the_phone(&sim)), (1, 1));
    let calls = sim.requests();
    let ApiCallKind::Send { body, .. } = &calls[0].kind else {
        panic!("the first call sends")
    };
    assert_eq!(body["text"]["body"], "A plumber is on the way");
    assert_eq!(body["context"]["message_id"], "wamid.hello");
    assert_eq!(body["biz_opaque_callback_data"], first.to_string());
    assert!(matches!(
        send_again(&house.flow, &house.staff, first).await,
        Err(WriteError::OnItsWay)
    ));
}

async fn replies_leave_in_the_order_in_which_they_were_written(place: Place) {
    let (house, sim, conversation) = written_to(place).await;
    let mut last = None;
    for n in 0..5 {
        house.pass(Duration::from_millis(1));
        let written = reply(&house.flow, &house.staff, words(conversation, &n.to_string())).await;
        last = Some(written.unwrap().message);
    }
    reaches(&house, last.unwrap(), TickState::Accepted).await;
    let calls = sim.requests();
    let said: Vec<_> = calls
        .iter()
        .filter_map(|call| match &call.kind {
            ApiCallKind::Send { body, .. } => body["text"]["body"].as_str(),
            _ => None,
        })
        .collect();
    assert_eq!(said, ["0", "1", "2", "3", "4"]);
}

async fn a_key_makes_one_message(place: Place) {
    let (house, sim, conversation) = written_to(place).await;
    let say = async |text: &str, key: &str| reply(&house.flow, &house.staff, keyed(conversation, text, key)).await;
    let first = say("once", "k").await.unwrap();
    assert!(!first.repeated);
    let second = say("once", "k").await.unwrap();
    assert_eq!((second.message, second.repeated), (first.message, true));
    assert!(matches!(say("other", "k").await, Err(WriteError::KeyReused)));
    assert!(matches!(say("once", "").await, Err(WriteError::KeyMalformed)));
    assert!(matches!(
        say("once", &"k".repeat(201)).await,
        Err(WriteError::KeyMalformed)
    ));
    let side_by_side = tokio::join!(say("both", "j"), say("both", "j"));
    let both = side_by_side.0.unwrap().message;
    assert_eq!(side_by_side.1.unwrap().message, both);
    reaches(&house, first.message, TickState::Accepted).await;
    reaches(&house, both, TickState::Accepted).await;

    // After a day the key is free again: the hourly sweep lets go of it. The guest wrote in between.
    house.pass(HOUR * 26);
    house
        .post(&Post(vec![text(Guest::by_phone(GUEST), "again", house.seconds())]))
        .await;
    let anew = house
        .as_time_passes("the key is forgotten", MINUTE, async || {
            say("once", "k").await.ok().filter(|written| !written.repeated)
        })
        .await;
    assert_ne!(anew.message, first.message);
    reaches(&house, anew.message, TickState::Accepted).await;
    assert_eq!(on_the_phone(&sim), 3);
}

async fn nothing_leaves_that_whatsapp_would_not_take(place: Place) {
    let (house, sim, conversation) = written_to(place).await;
    let say = async |reply_: Reply| reply(&house.flow, &house.staff, reply_).await;
    assert!(matches!(say(words(conversation, " \n ")).await, Err(WriteError::Empty)));
    assert!(matches!(
        say(words(conversation, &"é".repeat(4_097))).await,
        Err(WriteError::TooLong { limit: 4_096 })
    ));
    let captioned = Reply {
        text: "é".repeat(1_025),
        ..file(conversation, "image/png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
    };
    assert!(matches!(
        say(captioned).await,
        Err(WriteError::TooLong { limit: 1_024 })
    ));
    // By what it is, not by what it is called: a picture may have 5 MiB.
    let large = [
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR".to_vec(),
        vec![0; 5 * 1024 * 1024],
    ]
    .concat();
    assert!(matches!(
        say(file(conversation, "application/pdf", &large)).await,
        Err(WriteError::FileTooLarge { limit_bytes: 5_242_880 })
    ));
    let elsewhere = Reply {
        quoted: Some(MessageId::from_bytes([9; 16])),
        ..words(conversation, "about what?")
    };
    assert!(matches!(say(elsewhere).await, Err(WriteError::QuotedNotFound)));
    let nowhere = words(ConversationId::from_bytes([9; 16]), "hello?");
    assert!(matches!(say(nowhere).await, Err(WriteError::NotFound)));

    house.pass(HOUR * 24);
    let late = say(words(conversation, "too late")).await;
    let Err(WriteError::WindowClosed { last_inbound_at }) = late else {
        panic!("the window is closed")
    };
    assert_eq!(last_inbound_at, house.thread(conversation).await.last_inbound_at);
    assert_eq!(
        (house.count("message").await, house.count("tick").await, sends(&sim)),
        (1, 0, 0)
    );
}

async fn a_refusal_by_whatsapp_is_a_failure_with_its_reason(place: Place) {
    let (house, sim, conversation) = written_to(place).await;
    sim.fail_next_sends(SendFault::Refused(Refusal::Undeliverable), 1);
    let id = reply(&house.flow, &house.staff, words(conversation, "hello"))
        .await
        .unwrap()
        .message;
    reaches(&house, id, TickState::Failed).await;
    let seen = message(&house.flow, &house.staff, id).await.unwrap().1;
    assert_eq!(seen.failure, Some("not_on_whatsapp"));
    assert_eq!((sends(&sim), on_the_phone(&sim)), (1, 0));
    leaves_are_as_the_page_says(house.opened.store()).await;
}

async fn a_refusal_that_passes_is_tried_again(place: Place) {
    let (house, sim, conversation) = written_to(place).await;
    sim.fail_next_sends(SendFault::Refused(Refusal::Throughput), 2);
    let id = reply(&house.flow, &house.staff, words(conversation, "hello"))
        .await
        .unwrap()
        .message;
    reaches(&house, id, TickState::Accepted).await;
    assert_eq!((sends(&sim), on_the_phone(&sim)), (3, 1));
}

/// A house whose answer was lost by `fault`, and the message.
async fn lost(place: Place, fault: SendFault) -> (House, Simulator, MessageId, Line) {
    let sim = simulator(&place).await;
    let line = Line::to(&sim.graph_url()).await;
    let pas = sim.pas();
    let house = House::open_at(place, line.url(), (&pas.url(), pas.token())).await;
    let conversation = greeted(&house).await;
    sim.fail_next_sends(fault, 1);
    let written = reply(&house.flow, &house.staff, words(conversation, "hello")).await;
    let id = written.unwrap().message;
    house
        .until("it was sent", async || (sends(&sim) == 1).then_some(()))
        .await;
    assert_eq!(state(&house, id).await, TickState::Queued);
    line.cut();
    (house, sim, id, line)
}

async fn a_lost_answer_is_uncertain_and_never_sent_by_itself(place: Place) {
    for (fault, arrived) in [(SendFault::LostAnswer, 1), (SendFault::LostRequest, 0)] {
        let (house, sim, id, _line) = lost(place.beside().await, fault).await;
        reaches(&house, id, TickState::Uncertain).await;
        // A later message goes through, and hours pass: the first one is not sent again.
        let conversation = house.conversation().await;
        let next = reply(&house.flow, &house.staff, words(conversation, "still there?")).await;
        reaches(&house, next.unwrap().message, TickState::Accepted).await;
        house.pass(HOUR * 3);
        let last = reply(&house.flow, &house.staff, words(conversation, "bye")).await;
        reaches(&house, last.unwrap().message, TickState::Accepted).await;
        assert_eq!(state(&house, id).await, TickState::Uncertain);
        assert_eq!((sends(&sim), on_the_phone(&sim)), (3, arrived + 2), "{fault:?}");
    }
}

async fn a_status_ends_the_uncertainty(place: Place) {
    let (house, _sim, id, _line) = lost(place, SendFault::LostAnswer).await;
    reaches(&house, id, TickState::Uncertain).await;
    let echo = json!({"biz_opaque_callback_data": id.to_string()});
    let at = house.seconds();
    house
        .post(&Post(vec![status("wamid.ours", "delivered", at, &echo)]))
        .await;
    assert_eq!(state(&house, id).await, TickState::Delivered);
    assert!(matches!(
        send_again(&house.flow, &house.staff, id).await,
        Err(WriteError::OnItsWay)
    ));
}

async fn a_status_in_time_leaves_no_uncertainty(place: Place) {
    let (house, sim, id, _line) = lost(place, SendFault::LostAnswer).await;
    let echo = json!({"biz_opaque_callback_data": id.to_string()});
    let at = house.seconds();
    house.post(&Post(vec![status("wamid.ours", "sent", at, &echo)])).await;
    house.pass(Duration::from_secs(60));
    let conversation = house.conversation().await;
    let next = reply(&house.flow, &house.staff, words(conversation, "next")).await;
    reaches(&house, next.unwrap().message, TickState::Accepted).await;
    assert_eq!((house.count("tick").await, sends(&sim)), (4, 2));
    assert_eq!(state(&house, id).await, TickState::Sent);
}

async fn sending_again_makes_one_new_message(place: Place) {
    let (house, sim, id, _line) = lost(place, SendFault::LostRequest).await;
    reaches(&house, id, TickState::Uncertain).await;
    let again = async || send_again(&house.flow, &house.staff, id).await;
    let (first, second) = tokio::join!(again(), again());
    let first = first.unwrap().message;
    assert_eq!(second.unwrap().message, first);
    assert_ne!(first, id);
    reaches(&house, first, TickState::Accepted).await;
    house.pass(HOUR);
    let third = again().await.unwrap();
    assert_eq!((third.message, third.repeated), (first, true));
    assert_eq!(
        (house.count("message").await, sends(&sim), on_the_phone(&sim)),
        (3, 2, 1)
    );
    assert_eq!(state(&house, id).await, TickState::Uncertain);

    // However often: also after the day for which keys of callers are remembered.
    house.pass(HOUR * 26);
    house
        .post(&Post(vec![text(Guest::by_phone(GUEST), "well?", house.seconds())]))
        .await;
    let fourth = again().await.unwrap();
    assert_eq!((fourth.message, fourth.repeated), (first, true));
    leaves_are_as_the_page_says(house.opened.store()).await;
}

on_both! {
    a_reply_arrives_once
    replies_leave_in_the_order_in_which_they_were_written
    a_key_makes_one_message
    nothing_leaves_that_whatsapp_would_not_take
    a_refusal_by_whatsapp_is_a_failure_with_its_reason
    a_refusal_that_passes_is_tried_again
    a_lost_answer_is_uncertain_and_never_sent_by_itself
    a_status_ends_the_uncertainty
    a_status_in_time_leaves_no_uncertainty
    sending_again_makes_one_new_message
}
