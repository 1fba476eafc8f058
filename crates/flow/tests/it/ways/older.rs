//! What is older than a moment goes from all conversations, but for what is held; the rest stands, and what became of each is on the record.

use super::erasing::{ANNA, BOB, erase, live, of, sound};
use super::house::House;
use super::posts::{Guest, Post, text};
use super::withdrawing::{filed, state};
use crate::harness::Place;
use counterfoil_flow::custody::slip::slip;
use counterfoil_flow::erasure::decide::{DecideError, Keep, Target, decide, decide_keeping};
use counterfoil_flow::erasure::preview::preview;
use counterfoil_flow::holds::HoldError;
use counterfoil_flow::holds::place::place as place_hold;
use counterfoil_flow::holds::release::release;
use counterfoil_flow::live::{events_after, newest};
use counterfoil_ledger::registry::LeafKind;
use counterfoil_model::erasure::{CopyState, ErasureReason, ErasureTarget, KeptGround};
use counterfoil_model::{MessageId, Timestamp};
use counterfoil_policy::{Actor, Machine, machine_permit};
use counterfoil_store::faults::Fault::{AfterCommit, BeforeCommit};
use counterfoil_vault::OpenError;
use std::time::Duration;

const CAS: &str = "31611111111";
/// How old what is old is at the least, and what is new at the most, in seconds.
const OLD: i64 = 86_400;

/// Three people who each wrote two days ago and just now; the moment lies in between.
async fn visited(place: Place) -> (House, Post, Target) {
    let house = House::open(place).await;
    let now = house.seconds();
    let said = |person, words: &str, at| text(Guest::by_phone(person), words, at);
    let post = Post(vec![
        said(ANNA, "anna then", now - 2 * OLD),
        said(ANNA, "anna then too", now - 2 * OLD + 1),
        said(BOB, "bob then", now - 2 * OLD + 2),
        said(CAS, "cas then", now - 2 * OLD + 3),
        // Of the very moment is not before it.
        said(CAS, "cas on the dot", now - OLD),
        said(ANNA, "anna now", now - 1),
        said(BOB, "bob now", now - 1),
    ]);
    house.post(&post).await;
    let moment = Target::Older(Timestamp::from_micros((now - OLD) * 1_000_000));
    (house, post, moment)
}

async fn words_of_all(house: &House) -> Vec<String> {
    let mut words: Vec<String> = house.texts().await.concat();
    words.sort_unstable();
    words
}

async fn what_is_older_goes_from_all_conversations(place: Place) {
    let (house, post, moment) = visited(place).await;
    let (_, gone) = of(&house, "anna then").await;
    let (_, stays) = of(&house, "anna now").await;
    let before = newest(&house.flow).await.unwrap();
    let erasure = erase(&house, moment).await;
    let shown = live(&house, erasure).await;
    assert_eq!(
        (shown.records, shown.kept_count, shown.target),
        (4, 0, Some(ErasureTarget::Older))
    );
    assert_eq!(shown.object, moment.to_string());
    assert_eq!(words_of_all(&house).await, ["anna now", "bob now", "cas on the dot"]);
    assert_eq!(
        house.counts(["contact", "conversation", "message", "erased"]).await,
        [3, 3, 3, 4]
    );
    sound(&house).await;
    for (item, erased) in [(gone, true), (stays, false)] {
        let life = slip(&house.flow, *item.bytes()).await.unwrap().life;
        assert_eq!(life.erased(item.bytes()).is_some(), erased);
    }
    // Pages that were open load afresh.
    let told = house
        .in_time("pages are told", async || {
            let told = events_after(&house.flow, &house.staff, before).await.unwrap();
            (told.next > before).then_some(told)
        })
        .await;
    assert!(told.gap);

    // The provider sends all of it again, and nothing comes back.
    house.post(&post).await;
    assert_eq!(words_of_all(&house).await, ["anna now", "bob now", "cas on the dot"]);
    // Decided again, it finds nothing.
    house.pass(Duration::from_millis(1));
    let again = erase(&house, moment).await;
    assert_eq!(live(&house, again).await.records, 0);
    sound(&house).await;
}

/// More conversations than are looked at together, and more messages than one page of the preview has.
async fn many_go_from_many_conversations(place: Place) {
    let house = House::open(place).await;
    let at = house.seconds() - 2 * OLD;
    let people: Vec<String> = (0..140).map(|n| (31_600_000_000_i64 + n).to_string()).collect();
    let posts = people.iter().cycle().take(420).zip(0..);
    let posts = posts.map(|(person, n)| text(Guest::by_phone(person), &format!("word {n}"), at + n));
    house.post(&Post(posts.collect())).await;
    let now = house.seconds();
    house
        .post(&Post(vec![text(Guest::by_phone(&people[7]), "still here", now)]))
        .await;
    let moment = Target::Older(Timestamp::from_micros((now - OLD) * 1_000_000));
    let (mut shown, mut one, mut after) = (0, None, None);
    loop {
        let page = preview(&house.flow, &Actor::Operator, moment, after).await.unwrap();
        shown += page.items.len();
        one = page.items.last().map(|item| item.message).or(one);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(shown, 420);
    let one = one.expect("there are some");
    let erasure = erase(&house, moment).await;
    assert_eq!(live(&house, erasure).await.records, 420);
    assert_eq!(house.counts(["message", "conversation"]).await, [1, 140]);
    sound(&house).await;
    // Three leaves name them; the life of each has the one that names it.
    let life = slip(&house.flow, *one.bytes()).await.unwrap().life;
    let naming = life.steps.iter().filter(|step| step.leaf.kind == LeafKind::Punctured);
    assert_eq!(naming.count(), 1);
    assert!(life.erased(one.bytes()).is_some());
}

async fn what_is_held_stays(place: Place) {
    let (house, _, moment) = visited(place).await;
    let hold = async |target| place_hold(&house.flow, &Actor::Operator, target, "case 4711").await;
    let (_, message) = of(&house, "anna then too").await;
    let (conversation, _) = of(&house, "bob then").await;
    let on_message = hold(Target::Message(message)).await.unwrap();
    let on_conversation = hold(Target::Conversation(conversation)).await.unwrap();
    assert!(matches!(hold(moment).await, Err(HoldError::Unknown)));

    let erasure = erase(&house, moment).await;
    let shown = live(&house, erasure).await;
    assert_eq!((shown.records, shown.kept_count), (2, 2));
    let mut kept: Vec<_> = shown
        .kept
        .iter()
        .map(|kept| (kept.target.unwrap(), kept.object.clone(), kept.ground, kept.hold))
        .collect();
    kept.sort_unstable_by_key(|(target, ..)| target.code());
    assert_eq!(
        kept,
        [
            (
                ErasureTarget::Message,
                message.to_string(),
                KeptGround::Hold,
                Some(on_message)
            ),
            (
                ErasureTarget::Conversation,
                conversation.to_string(),
                KeptGround::Hold,
                Some(on_conversation)
            ),
        ]
    );
    let stay = ["anna now", "anna then too", "bob now", "bob then", "cas on the dot"];
    assert_eq!(words_of_all(&house).await, stay);
    sound(&house).await;

    // Released, it goes the next time.
    for hold in [on_message, on_conversation] {
        release(&house.flow, &Actor::Operator, hold).await.unwrap();
    }
    house.pass(Duration::from_millis(1));
    let again = erase(&house, moment).await;
    assert_eq!(live(&house, again).await.records, 2);
    assert_eq!(words_of_all(&house).await, ["anna now", "bob now", "cas on the dot"]);
    sound(&house).await;
}

async fn whatever_breaks_all_of_it_goes_once(place: Place) {
    for step in ["erasure.take", "erasure.keep", "erasure.live", "job.done"] {
        for faults in [
            [BeforeCommit, BeforeCommit],
            [BeforeCommit, AfterCommit],
            [AfterCommit, BeforeCommit],
            [AfterCommit, AfterCommit],
        ] {
            let (house, _, moment) = visited(place.beside().await).await;
            let (conversation, _) = of(&house, "bob then").await;
            let held = Target::Conversation(conversation);
            place_hold(&house.flow, &Actor::Operator, held, "case 4711")
                .await
                .unwrap();
            for fault in faults {
                house.opened.store().order_fault_in(step, fault);
            }
            let erasure = erase(&house, moment).await;
            let shown = live(&house, erasure).await;
            assert_eq!((shown.records, shown.kept_count), (3, 1), "{step}");
            assert_eq!(
                house.counts(["message", "erasure_live", "erasure_kept"]).await,
                [4, 1, 1]
            );
            sound(&house).await;
        }
    }
}

/// Files, filings and reports go before what they belong to, in transactions of their own; a copy is asked back once, wherever that breaks off.
async fn what_hangs_on_it_goes_and_is_asked_back_once(place: Place) {
    for faults in [
        [BeforeCommit, BeforeCommit],
        [BeforeCommit, AfterCommit],
        [AfterCommit, BeforeCommit],
        [AfterCommit, AfterCommit],
    ] {
        let (house, sim, _) = filed(place.beside().await, false).await;
        let moment = Target::Older(Timestamp::from_micros((house.seconds() + 1) * 1_000_000));
        house.pass(Duration::from_secs(2));
        for fault in faults {
            house.opened.store().order_fault_in("erasure.take", fault);
        }
        let erasure = erase(&house, moment).await;
        let shown = state(&house, erasure, CopyState::Withdrawn).await;
        // A message, its filing, and the filing's two steps.
        assert_eq!((shown.records, shown.copy_counts.get("withdrawn")), (4, Some(&1)));
        assert!(sim.pas().documents().is_empty());
        let tables = ["message", "filing", "filing_step", "erased_copy", "withdrawal_step"];
        assert_eq!(house.counts(tables).await, [0, 0, 0, 1, 2]);
        sound(&house).await;
    }
}

/// What it once kept it keeps, though the hold is released while it goes on.
async fn what_stayed_stays_for_it(place: Place) {
    let (house, _, moment) = visited(place).await;
    let (conversation, _) = of(&house, "bob then").await;
    let held = Target::Conversation(conversation);
    let hold = place_hold(&house.flow, &Actor::Operator, held, "case 4711")
        .await
        .unwrap();
    house.opened.store().order_fault_in("erasure.take", BeforeCommit);
    let erasure = erase(&house, moment).await;
    house
        .in_time("it is said to stay", async || {
            (house.count("erasure_kept").await == 1).then_some(())
        })
        .await;
    release(&house.flow, &Actor::Operator, hold).await.unwrap();
    let shown = live(&house, erasure).await;
    assert_eq!((shown.records, shown.kept_count), (3, 1));
    let stay = ["anna now", "bob now", "bob then", "cas on the dot"];
    assert_eq!(words_of_all(&house).await, stay);
    sound(&house).await;
}

/// A hold that comes when the keys are destroyed and the rows are still there saves nothing, and nothing is said to stay.
async fn a_hold_that_comes_too_late_keeps_nothing(place: Place) {
    let (house, _, moment) = visited(place).await;
    let (_, message) = of(&house, "anna then").await;
    let row = house.opened.store().message_get(message).await.unwrap().unwrap();
    house.opened.store().order_fault_in("erasure.take", BeforeCommit);
    let erasure = erase(&house, moment).await;
    let sealed_at = counterfoil_vault::Place {
        kind: counterfoil_vault::Kind::Message,
        object: *message.bytes(),
        label: counterfoil_vault::Label::Body,
    };
    let permit = machine_permit(Machine::Verify, vec![sealed_at.object]);
    house
        .in_time("its key is destroyed", async || {
            let opened = house.opened.vault().open(&permit, sealed_at, &row.body).await;
            matches!(opened, Err(OpenError::Erased)).then_some(())
        })
        .await;
    // By now its row may be gone too.
    let held = place_hold(&house.flow, &Actor::Operator, Target::Message(message), "case 4711").await;
    assert!(matches!(held, Ok(_) | Err(HoldError::Unknown)));
    let shown = live(&house, erasure).await;
    assert_eq!((shown.records, shown.kept_count), (4, 0));
    assert_eq!(words_of_all(&house).await, ["anna now", "bob now", "cas on the dot"]);
    sound(&house).await;
}

async fn only_what_is_past_is_over(place: Place) {
    let (house, _, moment) = visited(place).await;
    let (actor, reason) = (Actor::Operator, ErasureReason::Retention);
    let tomorrow = Target::Older(Timestamp::from_micros((house.seconds() + 2) * 1_000_000));
    let decided = decide(&house.flow, &actor, tomorrow, reason, "the schedule of terms").await;
    assert!(matches!(decided, Err(DecideError::NotYet)));
    let keep = Keep {
        messages: &[MessageId::from_bytes([7; 16])],
        ground: Some("because"),
    };
    let decided = decide_keeping(&house.flow, &actor, moment, reason, "the schedule of terms", keep).await;
    assert!(matches!(decided, Err(DecideError::KeepsNothing)));
    assert_eq!(house.counts(["message", "erasure"]).await, [7, 0]);
}

on_both! {
    what_is_older_goes_from_all_conversations
    many_go_from_many_conversations
    what_is_held_stays
    whatever_breaks_all_of_it_goes_once
    what_hangs_on_it_goes_and_is_asked_back_once
    what_stayed_stays_for_it
    a_hold_that_comes_too_late_keeps_nothing
    only_what_is_past_is_over
}
