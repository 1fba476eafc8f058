//! Erasing for good: what was decided is gone from every place here, all else stands and is provable, and nothing brings it back.

use super::attachments::{picture, pictured, settled, sha256};
use super::house::House;
use super::posts::{Guest, Post, status, text};
use crate::harness::{BackDoor, Cell, Place, leaves_are_as_the_page_says};
use counterfoil_flow::custody::sequence::drain;
use counterfoil_flow::custody::verify::{VerifyScope, verify};
use counterfoil_flow::erasure::certificate::{BeyondReach, Certificate, Standing, certificate, certificates};
use counterfoil_flow::erasure::decide::{AUTHORITY_LIMIT, DecideError, Target, decide};
use counterfoil_flow::holds::HoldError;
use counterfoil_flow::holds::list::holds;
use counterfoil_flow::holds::place::place as place_hold;
use counterfoil_flow::holds::release::release;
use counterfoil_flow::outbound::draft::draft_save;
use counterfoil_flow::outbound::note::note;
use counterfoil_model::erasure::ErasureReason;
use counterfoil_model::{ContactId, ConversationId, ErasureId};
use counterfoil_policy::Actor;
use counterfoil_store::faults::Fault::{AfterCommit, BeforeCommit};
use counterfoil_vault::OpenError;
use serde_json::json;
use std::path::PathBuf;

pub(super) const ANNA: &str = "31612345678";
pub(super) const BOB: &str = "31687654321";

/// Two people who each wrote, and Anna twice.
pub(super) async fn visited(place: Place) -> (House, Post) {
    let house = House::open(place).await;
    let at = house.seconds() - 3_600;
    let post = Post(vec![
        text(Guest::by_both(ANNA, "NL.100"), "my cellar is under water", at),
        text(Guest::by_both(ANNA, "NL.100"), "it rises", at + 1),
        text(Guest::by_phone(BOB), "is my claim paid", at + 2),
        status("wamid.other", "delivered", at + 3, &json!({})),
    ]);
    house.post(&post).await;
    (house, post)
}

pub(super) async fn of(house: &House, words: &str) -> (ConversationId, counterfoil_model::MessageId) {
    for row in house.inbox().await {
        for message in house.thread(row.conversation).await.messages {
            if super::house::words(&message) == words {
                return (row.conversation, message.id);
            }
        }
    }
    panic!("nobody said that")
}

pub(super) async fn contact_of(house: &House, conversation: ConversationId) -> ContactId {
    let mut door = BackDoor::data(&house.place).await;
    let id = Cell::Bytes(conversation.bytes().to_vec());
    let rows = door
        .rows("SELECT contact_id FROM conversation WHERE id = $1", &[id])
        .await;
    match &rows[0][0] {
        Cell::Bytes(bytes) => ContactId::from_bytes(bytes.as_slice().try_into().unwrap()),
        other => panic!("an id is bytes, not {other:?}"),
    }
}

pub(super) async fn erase(house: &House, target: Target) -> ErasureId {
    let decided = decide(
        &house.flow,
        &Actor::Operator,
        target,
        ErasureReason::Request,
        "request 2026/17",
    );
    decided.await.unwrap()
}

pub(super) async fn live(house: &House, erasure: ErasureId) -> Certificate {
    house
        .in_time("the erasure is live", async || {
            let shown = certificate(&house.flow, &Actor::Operator, erasure).await.unwrap();
            (shown.standing == Standing::Live).then_some(shown)
        })
        .await
}

pub(super) async fn sound(house: &House) {
    drain(&house.flow).await.unwrap();
    let report = verify(&house.flow, VerifyScope::Everything, |_| {}).await.unwrap();
    assert!(report.sound, "{report}");
    leaves_are_as_the_page_says(house.opened.store()).await;
}

async fn a_message_is_gone_and_the_rest_stands(place: Place) {
    let (house, post) = visited(place).await;
    let (conversation, message) = of(&house, "it rises").await;
    let row = house.opened.store().message_get(message).await.unwrap().unwrap();
    let erasure = erase(&house, Target::Message(message)).await;
    let shown = live(&house, erasure).await;
    assert_eq!((shown.records, shown.reason), (1, ErasureReason::Request));
    assert_eq!(shown.authority.as_deref(), Some("request 2026/17"));
    assert_eq!(shown.decided_by, "operator");
    assert!(shown.beyond_reach.contains(&BeyondReach::VaultBackupsOfThisEpoch));

    assert_eq!(
        house.texts().await,
        [["is my claim paid"], ["my cellar is under water"]]
    );
    // Whoever kept the row has ciphertext whose key is gone.
    let place = counterfoil_vault::Place {
        kind: counterfoil_vault::Kind::Message,
        object: *message.bytes(),
        label: counterfoil_vault::Label::Body,
    };
    let permit = counterfoil_policy::machine_permit(counterfoil_policy::Machine::Verify, vec![place.object]);
    let opened = house.opened.vault().open(&permit, place, &row.body).await;
    assert!(matches!(opened, Err(OpenError::Erased)));
    sound(&house).await;

    // The provider sends all of it again: she is not brought back, and nothing else is doubled.
    house.post(&post).await;
    assert_eq!(
        house.texts().await,
        [["is my claim paid"], ["my cellar is under water"]]
    );
    assert_eq!(house.repeated().await, 4);
    // The conversation goes on under its own keys.
    let more = text(Guest::by_both(ANNA, "NL.100"), "now it falls", house.seconds());
    house.post(&Post(vec![more])).await;
    assert_eq!(of(&house, "now it falls").await.0, conversation);
    sound(&house).await;
}

async fn a_contact_is_gone_and_comes_back_as_somebody_new(place: Place) {
    let (house, post) = visited(place).await;
    let (conversation, _) = of(&house, "it rises").await;
    let contact = contact_of(&house, conversation).await;
    note(
        &house.flow,
        &house.staff,
        conversation,
        "called her back".to_owned(),
        None,
    )
    .await
    .unwrap();
    draft_save(&house.flow, &house.staff, conversation, "dear".to_owned())
        .await
        .unwrap();
    let before = house
        .counts([
            "contact",
            "conversation",
            "identity",
            "contact_name",
            "message",
            "draft",
        ])
        .await;
    assert_eq!(before, [2, 2, 3, 2, 4, 1]);

    let erasure = erase(&house, Target::Contact(contact)).await;
    let shown = live(&house, erasure).await;
    // Three messages, a conversation, a contact, a name and two identities.
    assert_eq!(shown.records, 8);
    let after = house
        .counts([
            "contact",
            "conversation",
            "identity",
            "contact_name",
            "message",
            "draft",
        ])
        .await;
    assert_eq!(after, [1, 1, 1, 1, 1, 0]);
    assert_eq!(house.texts().await, [["is my claim paid"]]);
    sound(&house).await;

    house.post(&post).await;
    assert_eq!(house.texts().await, [["is my claim paid"]]);
    let again = text(Guest::by_both(ANNA, "NL.100"), "hello again", house.seconds());
    house.post(&Post(vec![again])).await;
    let (new, _) = of(&house, "hello again").await;
    assert_ne!(new, conversation);
    assert_ne!(contact_of(&house, new).await, contact);
    sound(&house).await;
    let listed = certificates(&house.flow, &Actor::Operator, None, 10).await.unwrap();
    assert_eq!(listed.len(), 1);
}

async fn a_conversation_goes_and_its_contact_stays(place: Place) {
    let (house, _) = visited(place).await;
    let (conversation, _) = of(&house, "it rises").await;
    let erasure = erase(&house, Target::Conversation(conversation)).await;
    assert_eq!(live(&house, erasure).await.records, 3);
    assert_eq!(house.counts(["contact", "conversation", "message"]).await, [2, 1, 1]);
    let again = text(Guest::by_both(ANNA, "NL.100"), "hello again", house.seconds());
    house.post(&Post(vec![again])).await;
    assert_eq!(house.counts(["contact", "conversation", "message"]).await, [2, 2, 2]);
    sound(&house).await;
}

/// More than go together, with what was said in between.
async fn a_long_conversation_goes_piece_by_piece(place: Place) {
    let house = House::open(place).await;
    let at = house.seconds() - 3_600;
    let posts = (0..130).map(|n| text(Guest::by_phone(ANNA), &format!("word {n}"), at + n));
    house.post(&Post(posts.collect())).await;
    let conversation = house.conversation().await;
    let erasure = erase(&house, Target::Conversation(conversation)).await;
    assert_eq!(live(&house, erasure).await.records, 131);
    assert_eq!(house.counts(["message", "conversation", "erased"]).await, [0, 0, 131]);
    sound(&house).await;
}

async fn whatever_breaks_it_is_gone_once(place: Place) {
    for step in ["erasure.take", "erasure.live", "job.done"] {
        for faults in [
            [BeforeCommit, BeforeCommit],
            [BeforeCommit, AfterCommit],
            [AfterCommit, BeforeCommit],
            [AfterCommit, AfterCommit],
        ] {
            let (house, _) = visited(place.beside().await).await;
            let (conversation, _) = of(&house, "it rises").await;
            let contact = contact_of(&house, conversation).await;
            for fault in faults {
                house.opened.store().order_fault_in(step, fault);
            }
            let erasure = erase(&house, Target::Contact(contact)).await;
            assert_eq!(live(&house, erasure).await.records, 7, "{step}");
            assert_eq!(house.texts().await, [["is my claim paid"]]);
            assert_eq!(house.counts(["contact", "erasure_live"]).await, [1, 1]);
            sound(&house).await;
        }
    }
}

async fn what_is_held_goes_by_no_path(place: Place) {
    let (house, _) = visited(place).await;
    let (conversation, message) = of(&house, "it rises").await;
    let contact = contact_of(&house, conversation).await;
    let before = house.texts().await;
    let decided = async |target| {
        decide(
            &house.flow,
            &Actor::Operator,
            target,
            ErasureReason::Request,
            "request 18",
        )
        .await
    };
    let on_message = place_hold(&house.flow, &Actor::Operator, Target::Message(message), "case 4711")
        .await
        .unwrap();
    match decided(Target::Message(message)).await {
        Err(DecideError::Held(holds)) => assert!(holds.contains(&on_message)),
        other => panic!("it is held, and not {other:?}"),
    }
    // Ids of one instant have no order.
    house.pass(std::time::Duration::from_millis(1));
    let whole = place_hold(&house.flow, &Actor::Operator, Target::Contact(contact), "case 4712")
        .await
        .unwrap();
    let listed = holds(&house.flow, &Actor::Operator, None, 10).await.unwrap();
    assert_eq!(
        listed.iter().map(|hold| hold.hold).collect::<Vec<_>>(),
        [whole, on_message]
    );
    assert_eq!(listed[1].authority.as_deref(), Some("case 4711"));
    for target in [Target::Conversation(conversation), Target::Contact(contact)] {
        match decided(target).await {
            Err(DecideError::Held(holds)) => assert!(holds.contains(&whole)),
            other => panic!("all of it is held, and not {other:?}"),
        }
    }
    release(&house.flow, &Actor::Operator, on_message).await.unwrap();
    assert!(matches!(
        release(&house.flow, &Actor::Operator, on_message).await,
        Err(HoldError::Released)
    ));
    assert!(matches!(
        decided(Target::Message(message)).await,
        Err(DecideError::Held(_))
    ));
    sound(&house).await;

    // Released, it may go.
    release(&house.flow, &Actor::Operator, whole).await.unwrap();
    let erasure = erase(&house, Target::Conversation(conversation)).await;
    live(&house, erasure).await;
    assert_ne!(house.texts().await, before);
    sound(&house).await;
}

async fn only_what_is_there_is_erased_and_only_on_somebodys_word(place: Place) {
    let (house, _) = visited(place).await;
    let (_, message) = of(&house, "it rises").await;
    let target = Target::Message(message);
    let decided = async |actor: &Actor, authority: &str| {
        decide(&house.flow, actor, target, ErasureReason::Mistake, authority).await
    };
    assert!(matches!(
        decided(&Actor::Operator, "  ").await,
        Err(DecideError::NoAuthority)
    ));
    let long = "x".repeat(AUTHORITY_LIMIT + 1);
    assert!(matches!(
        decided(&Actor::Operator, &long).await,
        Err(DecideError::TooLong)
    ));
    let staff = Actor::Staff(house.staff.clone());
    assert!(matches!(decided(&staff, "mine").await, Err(DecideError::Refused)));
    assert_eq!(house.count("erasure").await, 0);

    let erasure = erase(&house, target).await;
    live(&house, erasure).await;
    assert!(matches!(
        decided(&Actor::Operator, "again").await,
        Err(DecideError::Unknown)
    ));
}

async fn a_row_that_somebody_deleted_is_not_taken_for_erased(place: Place) {
    let (house, _) = visited(place).await;
    let (_, message) = of(&house, "it rises").await;
    let erasure = erase(&house, Target::Message(message)).await;
    live(&house, erasure).await;
    let (_, other) = of(&house, "is my claim paid").await;
    let mut door = BackDoor::data(&house.place).await;
    let id = Cell::Bytes(other.bytes().to_vec());
    door.change("DELETE FROM message WHERE id = $1", std::slice::from_ref(&id))
        .await
        .unwrap();
    // With a row that says so, under an erasure that there is: no leaf of it names the message.
    let erasure = Cell::Bytes(erasure.bytes().to_vec());
    door.change(
        "INSERT INTO erased (object_id, erasure_id) VALUES ($1, $2)",
        &[id, erasure],
    )
    .await
    .unwrap();
    drain(&house.flow).await.unwrap();
    let report = verify(&house.flow, VerifyScope::Everything, |_| {}).await.unwrap();
    assert!(!report.sound, "{report}");
    assert!(report.to_string().contains("was recorded and is gone"), "{report}");
}

async fn a_file_goes_and_the_words_beside_it_stay(place: Place) {
    let (house, sim) = House::with_provider(place).await;
    let bytes = picture(100_000);
    pictured(&house, &sim, &bytes, &sha256(&bytes)).await;
    let attachment = settled(&house).await.id;
    let blobs = house.place.objects().join("blobs");
    let (mut before, mut after) = (Vec::new(), Vec::new());
    files(&blobs, &mut before);
    assert_eq!(before.len(), 1);

    let erasure = erase(&house, Target::Attachment(attachment)).await;
    // The file with its steps: announced, fetched, deleted at the provider.
    assert!(live(&house, erasure).await.records >= 3);
    files(&blobs, &mut after);
    assert!(after.is_empty(), "its bytes are gone");
    assert_eq!(
        house.counts(["attachment", "attachment_step", "message"]).await,
        [0, 0, 1]
    );
    assert_eq!(house.texts().await, [["the cellar"]]);
    sound(&house).await;
}

/// All files of an installation on SQLite, live and left over.
fn files(folder: &std::path::Path, found: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            let bytes = std::fs::read(&path).unwrap();
            found.push((path, bytes));
        }
    }
}

/// Whether some bytes lie in any file.
fn lies_in(folder: &std::path::Path, needle: &[u8]) -> Vec<PathBuf> {
    let mut all = Vec::new();
    files(folder, &mut all);
    let holds = |bytes: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
    all.into_iter()
        .filter(|(_, bytes)| holds(bytes))
        .map(|(path, _)| path)
        .collect()
}

/// Not even the ciphertext: neither in the database and its free pages, nor in its write-ahead log, nor as a file.
#[tokio::test(flavor = "multi_thread")]
async fn the_bytes_of_what_was_erased_lie_in_no_file() {
    let (house, _) = visited(Place::sqlite()).await;
    let (conversation, message) = of(&house, "it rises").await;
    let (_, other) = of(&house, "is my claim paid").await;
    let contact = contact_of(&house, conversation).await;
    let store = house.opened.store();
    let sealed = async |id| {
        let row = store.message_get(id).await.unwrap().unwrap();
        [Some(row.body.into_bytes()), row.raw.map(|raw| raw.into_bytes())]
            .into_iter()
            .flatten()
    };
    let (hers, his): (Vec<_>, Vec<_>) = (sealed(message).await.collect(), sealed(other).await.collect());
    let folder = house.place.folder.path().to_owned();
    // In a sealed value everything behind its head is its own.
    let lies = |bytes: &[u8]| lies_in(&folder, &bytes[24..bytes.len().min(256)]);
    assert!(hers.iter().chain(&his).all(|bytes| !lies(bytes).is_empty()));
    let erasure = erase(&house, Target::Contact(contact)).await;
    live(&house, erasure).await;
    for bytes in &hers {
        assert_eq!(lies(bytes), Vec::<PathBuf>::new());
    }
    assert!(his.iter().all(|bytes| !lies(bytes).is_empty()));
}

on_both! {
    a_message_is_gone_and_the_rest_stands
    a_contact_is_gone_and_comes_back_as_somebody_new
    a_conversation_goes_and_its_contact_stays
    a_file_goes_and_the_words_beside_it_stay
    a_long_conversation_goes_piece_by_piece
    whatever_breaks_it_is_gone_once
    what_is_held_goes_by_no_path
    only_what_is_there_is_erased_and_only_on_somebodys_word
    a_row_that_somebody_deleted_is_not_taken_for_erased
}
