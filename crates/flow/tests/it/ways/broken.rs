//! Each durable step on the way in, out and home, broken: it failed and was not kept, or it failed and was kept. Whatever pair of them
//! comes, the message is there once, leaves once, and is filed once.

use super::house::House;
use super::posts::{Guest, Post, message, text};
use crate::harness::Place;
use counterfoil_flow::filing::file::file;
use counterfoil_flow::outbound::reply::{Reply, reply};
use counterfoil_flow::outbound::send_again::check;
use counterfoil_flow::outbound::{IdempotencyKey, WriteError};
use counterfoil_model::tick::TickState;
use counterfoil_model::{ConversationId, MessageId};
use counterfoil_simulator::{ApiCallKind, Refusal, SendFault, Simulator};
use counterfoil_store::faults::Fault::{self, AfterCommit, BeforeCommit};
use serde_json::json;

const GUEST: &str = "31612345678";
/// Every pair of what may happen at two steps, or twice at one.
const PAIRS: [[Fault; 2]; 4] = [
    [BeforeCommit, BeforeCommit],
    [BeforeCommit, AfterCommit],
    [AfterCommit, BeforeCommit],
    [AfterCommit, AfterCommit],
];
/// More often than an answer is tried to be kept.
const EVER: usize = 400;

fn order(house: &House, unit: &'static str, fault: Fault) {
    house.opened.store().order_fault_in(unit, fault);
}

async fn greeted(place: &Place) -> (House, Simulator, ConversationId) {
    let (house, sim) = House::with_provider(place.beside().await).await;
    let hello = text(Guest::by_phone(GUEST), "hello", house.seconds());
    house.post(&Post(vec![hello])).await;
    let conversation = house.conversation().await;
    (house, sim, conversation)
}

/// Writes as a colleague's page does: with a key of its own, and once more when it was not kept or nobody knows; the broken step may
/// have shared its transaction with it.
async fn say(house: &House, conversation: ConversationId, words: &str) -> MessageId {
    let write = async || {
        let key = IdempotencyKey {
            key: words.to_owned(),
            scope: [1; 16],
        };
        let words = Reply {
            conversation,
            text: words.to_owned(),
            file: None,
            quoted: None,
            key: Some(key),
        };
        match reply(&house.flow, &house.staff, words).await {
            Ok(written) => Some(written.message),
            Err(WriteError::Unavailable(_)) => None,
            Err(error) => panic!("{error}"),
        }
    };
    house.until("it is written", write).await
}

async fn reaches(house: &House, id: MessageId, want: TickState) {
    house
        .in_time("the message got that far", async || {
            let state = check(&house.flow, &house.staff, id).await.unwrap();
            (state == want).then_some(())
        })
        .await;
}

fn sends(sim: &Simulator) -> usize {
    let is_send = |call: &counterfoil_simulator::ApiCall| matches!(call.kind, ApiCallKind::Send { .. });
    sim.requests().iter().filter(|call| is_send(call)).count()
}

/// The beginning, the answer and the end of the job break in pairs: it leaves once, and what follows it leaves too.
async fn a_message_leaves_once_whatever_breaks(place: Place) {
    for steps in [
        ["job.begin", "message.accepted"],
        ["message.accepted", "message.accepted"],
        ["message.accepted", "job.done"],
        ["job.begin", "job.done"],
    ] {
        for pair in PAIRS {
            let (house, sim, conversation) = greeted(&place).await;
            for (step, fault) in steps.into_iter().zip(pair) {
                order(&house, step, fault);
            }
            let first = say(&house, conversation, "a plumber is on the way").await;
            reaches(&house, first, TickState::Accepted).await;
            let next = say(&house, conversation, "he has a red van").await;
            reaches(&house, next, TickState::Accepted).await;
            assert_eq!(sends(&sim), 2, "{steps:?} {pair:?}");
            assert_eq!(house.count("tick").await, 4, "{steps:?} {pair:?}");
        }
    }
}

/// A refusal for good is kept once, as the failure it is.
async fn a_failure_is_kept_once_whatever_breaks(place: Place) {
    for pair in PAIRS {
        let (house, sim, conversation) = greeted(&place).await;
        sim.fail_next_sends(SendFault::Refused(Refusal::Undeliverable), 1);
        for fault in pair {
            order(&house, "message.ended", fault);
        }
        let id = say(&house, conversation, "hello").await;
        reaches(&house, id, TickState::Failed).await;
        assert_eq!((sends(&sim), house.count("tick").await), (1, 2), "{pair:?}");
    }
}

/// The answer can never be written down: then it is not known, and it is not sent again.
async fn an_answer_that_cannot_be_kept_leaves_it_uncertain(place: Place) {
    let (house, sim, conversation) = greeted(&place).await;
    for _ in 0..EVER {
        order(&house, "message.accepted", BeforeCommit);
    }
    let id = say(&house, conversation, "hello").await;
    reaches(&house, id, TickState::Uncertain).await;
    assert_eq!(sends(&sim), 1);
}

/// A file is fetched and deleted at the provider once each step can be kept.
async fn a_file_is_fetched_whatever_breaks(place: Place) {
    for pair in PAIRS {
        let (house, sim) = House::with_provider(place.beside().await).await;
        for fault in pair {
            order(&house, "attachment.step", fault);
        }
        let media = sim.customer_uploads(
            b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR and more".to_vec().into(),
            "image/png",
        );
        let rest = json!({"type": "image", "image": {"id": media.as_str(), "mime_type": "image/png"}});
        let at = house.seconds();
        house
            .post(&Post(vec![message(Guest::by_phone(GUEST), "picture", at, &rest)]))
            .await;
        house
            .in_time("the job is done", async || {
                (house.count("job").await == 0).then_some(())
            })
            .await;
        assert!(!sim.media_is_kept(&media), "{pair:?}");
        assert_eq!(house.count("attachment_step").await, 2, "{pair:?}");
    }
}

/// A filing has one document and one acknowledgement.
async fn a_message_is_filed_once_whatever_breaks(place: Place) {
    for pair in PAIRS {
        let (house, sim, conversation) = greeted(&place).await;
        let hello = house.thread(conversation).await.messages[0].id;
        let claim = sim.pas().claims().remove(0).number;
        for fault in pair {
            order(&house, "filing.step", fault);
        }
        file(&house.flow, &house.staff, hello, &claim).await.unwrap();
        house
            .in_time("the job is done", async || {
                (house.count("job").await == 0).then_some(())
            })
            .await;
        assert_eq!(sim.pas().documents().len(), 1, "{pair:?}");
        assert_eq!(house.counts(["filing", "filing_step"]).await, [1, 2], "{pair:?}");
    }
}

/// What came in is recorded once, and its delivery ends.
async fn an_item_is_recorded_once_whatever_breaks(place: Place) {
    for steps in [
        ["intake.record", "intake.record"],
        ["intake.record", "intake.done"],
        ["intake.done", "intake.done"],
    ] {
        for pair in PAIRS {
            let (house, _sim) = House::with_provider(place.beside().await).await;
            for (step, fault) in steps.into_iter().zip(pair) {
                order(&house, step, fault);
            }
            let at = house.seconds();
            let items = ["one", "two"].map(|words| text(Guest::by_phone(GUEST), words, at));
            let body = Post(items.to_vec()).bytes();
            let signature = super::posts::signature(&body);
            let connection = house.connected.connection;
            counterfoil_flow::intake::accept::accept(house.door(), connection, Some(&signature), body.into())
                .await
                .unwrap();
            let recorded = async || house.counts(["message", "contact", "conversation"]).await;
            house
                .until("the post is recorded", async || {
                    // A step that failed rests before it is tried again; a post that the database did not take waits in the spool.
                    house.pass(std::time::Duration::from_millis(500));
                    (recorded().await[0] > 0 && house.stats().await.waiting == 0).then_some(())
                })
                .await;
            let counts = recorded().await;
            assert_eq!(counts, [2, 1, 1], "{steps:?} {pair:?}");
        }
    }
}

on_both! {
    a_message_leaves_once_whatever_breaks
    a_failure_is_kept_once_whatever_breaks
    an_answer_that_cannot_be_kept_leaves_it_uncertain
    a_file_is_fetched_whatever_breaks
    a_message_is_filed_once_whatever_breaks
    an_item_is_recorded_once_whatever_breaks
}
