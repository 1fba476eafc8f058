//! Who may see what: nothing of another team, nothing for who only manages, and a leaf before anything is shown.

use super::house::{House, colleague};
use super::posts::{Guest, Post, message, text};
use crate::harness::{BackDoor, Cell, Place};
use counterfoil_flow::filing::FileError;
use counterfoil_flow::filing::file::file;
use counterfoil_flow::live::{events_after, newest};
use counterfoil_flow::outbound::WriteError;
use counterfoil_flow::outbound::note::note;
use counterfoil_flow::outbound::reply::{Reply, reply};
use counterfoil_flow::reading::ReadError;
use counterfoil_flow::reading::attachment::attachment;
use counterfoil_flow::reading::inbox::{InboxQuery, inbox, inbox_row};
use counterfoil_flow::reading::life::life;
use counterfoil_flow::reading::seen::mark_seen;
use counterfoil_flow::reading::thread::{self, thread};
use counterfoil_ledger::leaf::Leaf;
use counterfoil_ledger::registry::LeafKind;
use counterfoil_model::person::Role;
use counterfoil_model::{ConversationId, TeamId};
use counterfoil_policy::Staff;
use serde_json::json;
use std::time::Duration;

/// A house with a text and a picture in one conversation.
async fn with_a_picture(place: Place) -> House {
    let house = House::open(place).await;
    let (guest, at) = (Guest::by_phone("31612345678"), house.seconds() - 60);
    let picture = json!({"type": "image", "image": {"id": "7001", "mime_type": "image/png"}});
    house
        .post(&Post(vec![
            text(guest, "hello", at),
            message(guest, "picture", at + 1, &picture),
        ]))
        .await;
    house
}

const ALL: InboxQuery = InboxQuery {
    view: counterfoil_flow::reading::inbox::View::All,
    after: None,
    limit: 100,
};

/// What a person is told who tries everything on a conversation: whether each time that there is none, or that they may not.
async fn tries(house: &House, staff: &Staff, conversation: ConversationId) -> Vec<&'static str> {
    let flow = &house.flow;
    let read = |error: &ReadError| match error {
        ReadError::NotFound => "none",
        ReadError::Refused => "refused",
        other => panic!("{other}"),
    };
    let write = |error: &WriteError| match error {
        WriteError::NotFound => "none",
        WriteError::Refused => "refused",
        other => panic!("{other}"),
    };
    let seen = house.thread(conversation).await;
    let (words, picture) = (seen.messages[0].id, &seen.messages[1]);
    let answer = Reply {
        conversation,
        text: "hello".to_owned(),
        file: None,
        quoted: None,
        key: None,
    };
    let filed = match file(flow, staff, words, "CLM-1").await.unwrap_err() {
        FileError::NotFound => "none",
        FileError::Refused => "refused",
        other => panic!("{other}"),
    };
    vec![
        thread(flow, staff, conversation, None, 10)
            .await
            .err()
            .as_ref()
            .map_or("seen", read),
        thread::message(flow, staff, words)
            .await
            .err()
            .as_ref()
            .map_or("seen", read),
        life(flow, staff, words).await.err().as_ref().map_or("seen", read),
        attachment(flow, staff, picture.attachments[0].id, None)
            .await
            .err()
            .as_ref()
            .map_or("seen", read),
        mark_seen(flow, staff, conversation, true)
            .await
            .err()
            .as_ref()
            .map_or("seen", read),
        reply(flow, staff, answer).await.err().as_ref().map_or("written", write),
        note(flow, staff, conversation, "mine".to_owned(), None)
            .await
            .err()
            .as_ref()
            .map_or("written", write),
        filed,
    ]
}

async fn another_team_sees_and_does_nothing(place: Place) {
    let house = with_a_picture(place).await;
    let conversation = house.conversation().await;
    let stranger = Staff {
        teams: vec![TeamId::from_bytes([9; 16])],
        ..colleague(
            &house.flow,
            &house.place,
            "bo@example.org",
            &[Role::Agent, Role::Supervisor],
        )
        .await
    };
    let tables = ["message", "filing", "read_mark", "job"];
    let before = house.counts(tables).await;
    assert!(inbox(&house.flow, &stranger, ALL).await.unwrap().rows.is_empty());
    assert!(inbox_row(&house.flow, &stranger, conversation).await.unwrap().is_none());
    assert_eq!(tries(&house, &stranger, conversation).await, ["none"; 8]);
    assert_eq!(house.counts(tables).await, before);

    // The events move them on and name nothing; their own team has two new messages to look at.
    house
        .until("the events have their numbers", async || {
            (newest(&house.flow).await.unwrap() >= 2).then_some(())
        })
        .await;
    let theirs = events_after(&house.flow, &stranger, 0).await.unwrap();
    assert!(theirs.events.is_empty() && theirs.next >= 2);
    let ours = events_after(&house.flow, &house.staff, 0).await.unwrap();
    assert!(ours.events.len() >= 2);
}

async fn an_administrator_opens_nothing(place: Place) {
    let house = with_a_picture(place).await;
    let conversation = house.conversation().await;
    let administrator = colleague(&house.flow, &house.place, "cy@example.org", &[Role::Administrator]).await;
    assert!(matches!(
        inbox(&house.flow, &administrator, ALL).await,
        Err(ReadError::Refused)
    ));
    assert!(matches!(
        events_after(&house.flow, &administrator, 0).await,
        Err(ReadError::Refused)
    ));
    assert_eq!(tries(&house, &administrator, conversation).await, ["refused"; 8]);
}

async fn a_quotation_does_not_carry_words_to_another_team(place: Place) {
    let house = House::open(place).await;
    let (at, other) = (house.seconds() - 60, TeamId::from_bytes([9; 16]));
    house
        .post(&Post(vec![text(Guest::by_phone("31612345678"), "a secret", at)]))
        .await;
    // That conversation goes to another team; then somebody else's message says that it answers it.
    let secret = house.conversation().await;
    let mut door = BackDoor::data(&house.place).await;
    let moved = "UPDATE conversation SET team_id = $1";
    assert_eq!(
        door.change(moved, &[Cell::Bytes(other.bytes().to_vec())]).await,
        Some(1)
    );
    let guest = Guest::by_phone("31687654321");
    let answers =
        json!({"type": "text", "text": {"body": "hm"}, "context": {"id": "wamid.a secret", "from": "31205550101"}});
    let heart = json!({"type": "reaction", "reaction": {"message_id": "wamid.a secret", "emoji": "\u{2764}"}});
    house
        .post(&Post(vec![
            message(guest, "hm", at + 1, &answers),
            message(guest, "heart", at + 2, &heart),
        ]))
        .await;

    let conversation = house.conversation().await;
    assert_ne!(conversation, secret);
    let seen = house.thread(conversation).await;
    // A reaction to what is not here is shown as a message of its own.
    assert_eq!(seen.messages.len(), 2);
    let quoted = seen.messages[0].quoted.as_ref().unwrap();
    assert!(quoted.line.is_none() && quoted.message.is_none());
    // Nor does the other conversation show what a stranger put on its message.
    let theirs = Staff {
        teams: vec![other],
        ..house.staff.clone()
    };
    let seen = thread(&house.flow, &theirs, secret, None, 10).await.unwrap();
    assert!(seen.messages[0].reactions.is_empty());
}

/// How many reading leaves there are, numbered or waiting.
async fn readings(house: &House) -> i64 {
    let mut door = BackDoor::data(&house.place).await;
    // In one statement: a leaf that gets its number meanwhile is counted once.
    let sql = "SELECT bytes FROM leaf UNION ALL SELECT bytes FROM pending_leaf";
    let mut count = 0;
    for row in door.rows(sql, &[]).await {
        let Cell::Bytes(bytes) = &row[0] else {
            panic!("a leaf has bytes")
        };
        count += i64::from(Leaf::decode(bytes).unwrap().kind == LeafKind::Reading);
    }
    count
}

async fn what_is_read_is_on_the_record_once_in_a_quarter_of_an_hour(place: Place) {
    let house = with_a_picture(place).await;
    assert_eq!(readings(&house).await, 0);
    let conversation = house.conversation().await;
    assert_eq!(readings(&house).await, 1, "the list");
    house.thread(conversation).await;
    assert_eq!(readings(&house).await, 2, "the thread");
    for _ in 0..3 {
        house.pass(Duration::from_secs(4 * 60));
        house.thread(conversation).await;
        house.inbox().await;
    }
    assert_eq!(readings(&house).await, 2, "within a quarter of an hour");
    house.pass(Duration::from_secs(4 * 60));
    house.thread(conversation).await;
    assert_eq!(readings(&house).await, 3, "after it");
    // A new message is read anew, and only that.
    house
        .post(&Post(vec![text(
            Guest::by_phone("31612345678"),
            "more",
            house.seconds(),
        )]))
        .await;
    house.thread(conversation).await;
    assert_eq!(readings(&house).await, 4);
    // Another session leaves its own.
    let other = colleague(&house.flow, &house.place, "bo@example.org", &[Role::Agent]).await;
    thread(&house.flow, &other, conversation, None, 10).await.unwrap();
    assert_eq!(readings(&house).await, 5);
}

async fn nothing_is_shown_when_the_leaf_cannot_be_left(place: Place) {
    let house = with_a_picture(place).await;
    let conversation = house.conversation().await;
    let mut door = BackDoor::data(&house.place).await;
    door.refuse("INSERT ON leaf").await;
    let refused = thread(&house.flow, &house.staff, conversation, None, 10).await;
    assert!(matches!(refused, Err(ReadError::Unavailable(_))));
    door.allow("leaf").await;
    assert_eq!(house.thread(conversation).await.messages.len(), 2);
}

on_both! {
    another_team_sees_and_does_nothing
    an_administrator_opens_nothing
    a_quotation_does_not_carry_words_to_another_team
    what_is_read_is_on_the_record_once_in_a_quarter_of_an_hour
    nothing_is_shown_when_the_leaf_cannot_be_left
}
