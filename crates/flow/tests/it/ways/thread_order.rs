//! A thread is read in the order of its messages' own time, page by page, whatever the order they came in.

use super::house::{House, words};
use super::posts::{Guest, Post, message, signature, text};
use crate::harness::{BackDoor, Cell, Place};
use counterfoil_flow::intake::accept::accept;
use counterfoil_flow::reading::thread::{ThreadCursor, thread};
use serde_json::json;
use std::collections::HashMap;
use std::time::Duration;

const GUEST: &str = "31612345678";

/// A number that goes through 0 to 22 out of order.
fn shuffled() -> impl Iterator<Item = i64> {
    (0..23).map(|n| (n * 7 + 3) % 23)
}

async fn messages_are_shown_in_the_order_of_their_own_time(place: Place) {
    let house = House::open(place).await;
    let start = house.seconds() - 3_600;
    for n in shuffled() {
        let one = text(Guest::by_phone(GUEST), &format!("{n:02}"), start + n);
        house.post(&Post(vec![one])).await;
    }
    let want: Vec<String> = (0..23).map(|n| format!("{n:02}")).collect();
    assert_eq!(house.texts().await, [want]);
    // The newest message by its own time is the last one of the inbox, though another came later.
    let row = house.inbox().await.remove(0);
    assert_eq!(row.line.unwrap().expose(), "22");
    assert_eq!(row.last_at.seconds(), start + 22);
}

async fn paging_back_walks_the_whole_thread_once(place: Place) {
    let house = House::open(place).await;
    let start = house.seconds() - 3_600;
    // Three messages to each second: their time alone does not tell them apart.
    let all = shuffled().map(|n| text(Guest::by_phone(GUEST), &format!("{n:02}"), start + n / 3));
    house.post(&Post(all.collect())).await;
    let conversation = house.conversation().await;
    for limit in [1, 4, 5, 22, 23, 24] {
        let mut pages: Vec<Vec<(i64, String)>> = Vec::new();
        let mut before: Option<ThreadCursor> = None;
        loop {
            let page = thread(&house.flow, &house.staff, conversation, before, limit)
                .await
                .unwrap();
            pages.push(
                page.messages
                    .iter()
                    .map(|one| (one.occurred_at.seconds(), words(one)))
                    .collect(),
            );
            before = page.older;
            if before.is_none() {
                break;
            }
        }
        assert_eq!(pages.len(), 23_usize.div_ceil(usize::from(limit)), "{limit} to a page");
        assert!(pages.iter().rev().skip(1).all(|page| page.len() == usize::from(limit)));
        // From the oldest page to the newest, the times never go back.
        let walked: Vec<(i64, String)> = pages.into_iter().rev().flatten().collect();
        assert!(walked.is_sorted_by_key(|(at, _)| *at), "{limit} to a page: {walked:?}");
        let mut seen: Vec<&str> = walked.iter().map(|(_, words)| words.as_str()).collect();
        seen.sort_unstable();
        let want: Vec<String> = (0..23).map(|n| format!("{n:02}")).collect();
        assert_eq!(seen, want, "{limit} to a page");
    }
}

async fn a_reaction_that_comes_first_is_shown_at_its_message(place: Place) {
    let house = House::open(place).await;
    let (guest, at) = (Guest::by_phone(GUEST), house.seconds() - 60);
    let heart = json!({"type": "reaction", "reaction": {"message_id": "wamid.first", "emoji": "\u{2764}"}});
    house.post(&Post(vec![message(guest, "heart", at + 5, &heart)])).await;
    house
        .post(&Post(vec![text(guest, "first", at), text(guest, "second", at + 9)]))
        .await;
    let seen = house.thread(house.conversation().await).await;
    let shown: Vec<String> = seen.messages.iter().map(words).collect();
    assert_eq!(shown, ["first", "second"]);
    assert_eq!(seen.messages[0].reactions[0].emoji.expose(), "\u{2764}");
}

/// More than one round holds, so that rounds overlap; and in each, more than one message of the same people.
async fn what_people_wrote_is_recorded_in_the_order_in_which_it_came(place: Place) {
    let house = House::open(place).await;
    let start = house.seconds() - 3_600;
    let guests = ["31612345678", "31687654321", "31600000007"];
    for n in 0..600 {
        let guest = Guest::by_phone(guests[usize::try_from(n % 3).unwrap()]);
        let body = Post(vec![text(guest, &format!("word {n}"), start + n)]).bytes();
        let signed = signature(&body);
        let told = accept(house.door(), house.connected.connection, Some(&signed), body.into());
        told.await.unwrap();
        // Of two posts of one millisecond nobody can say which came first.
        house.pass(Duration::from_millis(1));
    }
    let mut door = BackDoor::data(&house.place).await;
    let recorded = "SELECT message.conversation_id, message.occurred_at FROM leaf JOIN message ON message.id = leaf.subject \
                    ORDER BY leaf.number";
    house
        .until("all are on the log", async || {
            let [leaves, waiting] = house.counts(["leaf", "pending_leaf"]).await;
            (house.stats().await.waiting == 0 && leaves >= 600 && waiting == 0).then_some(())
        })
        .await;
    let mut last: HashMap<Cell, Cell> = HashMap::new();
    let rows = door.rows(recorded, &[]).await;
    assert_eq!(rows.len(), 600);
    for row in rows {
        let [conversation, at] = row.try_into().unwrap();
        if let Some(before) = last.insert(conversation, at.clone()) {
            assert!(before < at, "{before:?} was recorded before {at:?}");
        }
    }
    assert_eq!(last.len(), guests.len());
}

on_both! {
    what_people_wrote_is_recorded_in_the_order_in_which_it_came
    messages_are_shown_in_the_order_of_their_own_time
    paging_back_walks_the_whole_thread_once
    a_reaction_that_comes_first_is_shown_at_its_message
}
