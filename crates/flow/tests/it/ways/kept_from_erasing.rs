//! Of what is erased, what is held or left out stays, with whatever it belongs to; all else goes, and the certificate says which.

use super::erasing::{ANNA, contact_of, erase, live, of, sound, visited};
use super::house::House;
use super::posts::{Guest, Post, text};
use crate::harness::{BackDoor, Cell, Place};
use counterfoil_flow::custody::slip::slip;
use counterfoil_flow::erasure::certificate::{Certificate, Standing, certificate};
use counterfoil_flow::erasure::decide::{DecideError, KEEP_MOST, Keep, Target, decide_keeping};
use counterfoil_flow::erasure::remains::KeptItem;
use counterfoil_flow::holds::place::place as place_hold;
use counterfoil_flow::holds::release::release;
use counterfoil_flow::outbound::draft::draft_save;
use counterfoil_model::erasure::{ErasureReason, ErasureTarget, KeptGround};
use counterfoil_model::{ErasureId, HoldId, MessageId};
use counterfoil_policy::Actor;
use counterfoil_store::faults::Fault::BeforeCommit;
use std::time::Duration;

async fn held(house: &House, target: Target) -> HoldId {
    place_hold(&house.flow, &Actor::Operator, target, "case 4711")
        .await
        .unwrap()
}

async fn keeping(house: &House, target: Target, keep: Keep<'_>) -> Result<ErasureId, DecideError> {
    let (actor, reason) = (Actor::Operator, ErasureReason::Request);
    decide_keeping(&house.flow, &actor, target, reason, "request 19", keep).await
}

/// What stays, by sort and ground: messages first. Ids of one instant have no order.
fn grounds(certificate: &Certificate) -> Vec<(ErasureTarget, KeptGround)> {
    let kept = certificate.kept.iter();
    let mut kept: Vec<_> = kept.map(|kept| (kept.target.unwrap(), kept.ground)).collect();
    kept.sort_unstable_by_key(|(target, _)| target.code());
    kept
}

/// The one thing that stays on this ground.
fn on(certificate: &Certificate, ground: KeptGround) -> &KeptItem {
    let mut on = certificate.kept.iter().filter(|kept| kept.ground == ground);
    let one = on.next().expect("something stays on this ground");
    assert!(on.next().is_none());
    one
}

const PEOPLE: [&str; 5] = ["contact", "conversation", "identity", "contact_name", "message"];

async fn what_is_held_stays_with_its_person_and_all_else_goes(place: Place) {
    let (house, post) = visited(place).await;
    let (conversation, message) = of(&house, "it rises").await;
    let contact = contact_of(&house, conversation).await;
    draft_save(&house.flow, &house.staff, conversation, "dear".to_owned())
        .await
        .unwrap();
    let first = *of(&house, "my cellar is under water").await.1.bytes();
    let hold = held(&house, Target::Message(message)).await;
    let erasure = erase(&house, Target::Contact(contact)).await;
    let shown = live(&house, erasure).await;
    assert_eq!((shown.records, shown.kept_count), (1, 3));
    assert_eq!(
        grounds(&shown),
        [
            (ErasureTarget::Message, KeptGround::Hold),
            (ErasureTarget::Conversation, KeptGround::Part),
            (ErasureTarget::Contact, KeptGround::Part),
        ]
    );
    assert_eq!(on(&shown, KeptGround::Hold).object, message.to_string());
    assert_eq!(on(&shown, KeptGround::Hold).hold, Some(hold));
    assert_eq!(house.texts().await, [["is my claim paid"], ["it rises"]]);
    assert_eq!(house.counts(PEOPLE).await, [2, 2, 3, 2, 2]);
    assert_eq!(house.count("draft").await, 0);
    sound(&house).await;
    // To a stranger the log says the same of each.
    for (item, gone) in [(first, true), (*message.bytes(), false), (*contact.bytes(), false)] {
        let life = slip(&house.flow, item).await.unwrap().life;
        assert_eq!(life.erased(&item).is_some(), gone);
    }

    // She goes on writing as who she was: what came after the decision is not a part of it.
    house.post(&post).await;
    let more = text(Guest::by_both(ANNA, "NL.100"), "now it falls", house.seconds());
    house.post(&Post(vec![more])).await;
    assert_eq!(of(&house, "now it falls").await.0, conversation);
    house
        .as_time_passes("the day is over", Duration::from_secs(3_600), async || {
            (house.seconds() > shown.decided_at.seconds() + 90_000).then_some(())
        })
        .await;
    assert_eq!(house.count("message").await, 3);

    // Released, the rest goes by another decision; the first certificate says by which.
    release(&house.flow, &Actor::Operator, hold).await.unwrap();
    let again = erase(&house, Target::Contact(contact)).await;
    let rest = live(&house, again).await;
    // Two messages, a conversation, a contact, a name and two identities.
    assert_eq!((rest.records, rest.kept_count), (7, 0));
    assert_eq!(house.texts().await, [["is my claim paid"]]);
    let first = certificate(&house.flow, &Actor::Operator, erasure).await.unwrap();
    assert!(first.kept.iter().all(|kept| kept.taken_by == Some(again)));
    sound(&house).await;
}

/// A hold that is placed when the first keys are destroyed already keeps what is left of what it is on.
async fn a_hold_that_comes_in_between_is_honoured(place: Place) {
    let house = House::open(place).await;
    let at = house.seconds() - 3_600;
    let posts = (0..130).map(|n| text(Guest::by_phone(ANNA), &format!("word {n}"), at + n));
    house.post(&Post(posts.collect())).await;
    let conversation = house.conversation().await;
    let (_, late) = of(&house, "word 120").await;
    house.opened.store().order_fault_in("erasure.take", BeforeCommit);
    let erasure = erase(&house, Target::Conversation(conversation)).await;
    // The job failed and rests until time passes.
    house
        .until("the job rests", async || {
            let mut door = BackDoor::data(&house.place).await;
            let sql = "SELECT attempts FROM job WHERE kind = 'erasure.take' AND node IS NULL";
            let rows = door.rows(sql, &[]).await;
            rows.iter()
                .any(|row| matches!(row[0], Cell::Int(attempts) if attempts > 0))
                .then_some(())
        })
        .await;
    held(&house, Target::Message(late)).await;
    let shown = live(&house, erasure).await;
    assert_eq!(shown.records, 129);
    assert_eq!(
        grounds(&shown),
        [
            (ErasureTarget::Message, KeptGround::Hold),
            (ErasureTarget::Conversation, KeptGround::Part)
        ]
    );
    assert_eq!(house.texts().await, [["word 120"]]);
    sound(&house).await;
}

async fn a_held_conversation_keeps_its_contact(place: Place) {
    let (house, _) = visited(place).await;
    let (conversation, _) = of(&house, "it rises").await;
    let contact = contact_of(&house, conversation).await;
    let before = (house.texts().await, house.counts(PEOPLE).await);
    let hold = held(&house, Target::Conversation(conversation)).await;
    assert!(matches!(
        keeping(&house, Target::Conversation(conversation), Keep::default()).await,
        Err(DecideError::Held(_))
    ));
    let erasure = erase(&house, Target::Contact(contact)).await;
    let shown = live(&house, erasure).await;
    assert_eq!((shown.records, shown.standing), (0, Standing::Live));
    assert_eq!(
        grounds(&shown),
        [
            (ErasureTarget::Conversation, KeptGround::Hold),
            (ErasureTarget::Contact, KeptGround::Part)
        ]
    );
    assert_eq!(on(&shown, KeptGround::Hold).hold, Some(hold));
    assert_eq!((house.texts().await, house.counts(PEOPLE).await), before);
    sound(&house).await;
}

async fn what_the_decision_leaves_out_stays_on_a_ground(place: Place) {
    let (house, _) = visited(place).await;
    let (conversation, message) = of(&house, "it rises").await;
    let (_, other) = of(&house, "is my claim paid").await;
    let contact = contact_of(&house, conversation).await;
    let messages = [message];
    let keep = Keep {
        messages: &messages,
        ground: Some("needed for the claim"),
    };
    let bare = Keep { ground: None, ..keep };
    let nothing = Keep { messages: &[], ..keep };
    let foreign = Keep {
        messages: &[other],
        ..keep
    };
    let many = [message; KEEP_MOST + 1];
    let many = Keep {
        messages: &many,
        ..keep
    };
    let target = Target::Contact(contact);
    assert!(matches!(
        keeping(&house, target, bare).await,
        Err(DecideError::NoGround)
    ));
    assert!(matches!(
        keeping(&house, target, nothing).await,
        Err(DecideError::GroundForNothing)
    ));
    assert!(matches!(
        keeping(&house, target, foreign).await,
        Err(DecideError::NotAPart(id)) if id == other
    ));
    assert!(matches!(
        keeping(&house, target, many).await,
        Err(DecideError::KeepsTooMuch)
    ));
    assert!(matches!(
        keeping(&house, Target::Message(message), keep).await,
        Err(DecideError::KeepsNothing)
    ));
    assert_eq!(house.counts(["erasure", "erasure_kept"]).await, [0, 0]);

    let erasure = keeping(&house, target, keep).await.unwrap();
    let shown = live(&house, erasure).await;
    assert_eq!(shown.kept_count, 3);
    let kept = on(&shown, KeptGround::Decision);
    assert_eq!(
        (kept.ground, kept.words.as_deref()),
        (KeptGround::Decision, Some("needed for the claim"))
    );
    assert_eq!(kept.object, message.to_string());
    assert_eq!(house.texts().await, [["is my claim paid"], ["it rises"]]);
    sound(&house).await;
}

/// Neither writing and deleting what one had begun to write, nor time, takes anything away that is held.
async fn drafts_and_sweeps_take_nothing_that_is_held(place: Place) {
    let (house, _) = visited(place).await;
    let (conversation, message) = of(&house, "it rises").await;
    held(&house, Target::Message(message)).await;
    held(&house, Target::Conversation(conversation)).await;
    let before = (house.texts().await, house.counts(PEOPLE).await);
    for words in ["dear", "dear Anna", ""] {
        let saved = draft_save(&house.flow, &house.staff, conversation, words.to_owned());
        saved.await.unwrap();
    }
    house
        .as_time_passes("all that is swept is swept", Duration::from_secs(86_400), async || {
            (house.count("event").await == 0).then_some(())
        })
        .await;
    let row = house.opened.store().message_get(message).await.unwrap();
    assert!(row.is_some());
    assert_eq!(house.counts(PEOPLE).await, before.1);
    assert_eq!(words_of(&house, message).await, "it rises");
    sound(&house).await;
}

/// What a message says, opened by its key.
async fn words_of(house: &House, message: MessageId) -> String {
    let row = house.opened.store().message_get(message).await.unwrap().unwrap();
    let place = counterfoil_vault::Place {
        kind: counterfoil_vault::Kind::Message,
        object: *message.bytes(),
        label: counterfoil_vault::Label::Body,
    };
    let permit = counterfoil_policy::machine_permit(counterfoil_policy::Machine::Verify, vec![place.object]);
    let body = house.opened.vault().open(&permit, place, &row.body).await.unwrap();
    body.expose().words().unwrap_or_default().to_owned()
}

on_both! {
    what_is_held_stays_with_its_person_and_all_else_goes
    a_hold_that_comes_in_between_is_honoured
    a_held_conversation_keeps_its_contact
    what_the_decision_leaves_out_stays_on_a_ground
    drafts_and_sweeps_take_nothing_that_is_held
}
