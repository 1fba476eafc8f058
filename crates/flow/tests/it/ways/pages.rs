//! Lists come in pages that hold everything once, also pages as long as they may be.

use super::house::House;
use super::posts::{Guest, Post, text};
use crate::harness::Place;
use counterfoil_flow::reading::inbox::{InboxQuery, View, inbox};
use std::collections::BTreeSet;

/// The most rows that a page may have.
const LONGEST: u16 = 100;

async fn a_longest_page_says_that_another_follows(place: Place) {
    let house = House::open(place).await;
    for n in 0..=LONGEST {
        let phone = format!("3161{n:07}");
        let one = text(Guest::by_phone(&phone), &format!("hello {n}"), house.seconds());
        house.post(&Post(vec![one])).await;
    }
    let page = async |after| {
        let query = InboxQuery {
            view: View::All,
            after,
            limit: LONGEST,
        };
        inbox(&house.flow, &house.staff, query).await.unwrap()
    };
    let first = page(None).await;
    assert_eq!(first.rows.len(), usize::from(LONGEST));
    assert!(first.next.is_some(), "one is left");
    let second = page(first.next).await;
    assert_eq!((second.rows.len(), second.next), (1, None));
    let all: BTreeSet<_> = first
        .rows
        .iter()
        .chain(&second.rows)
        .map(|row| row.conversation)
        .collect();
    assert_eq!(all.len(), usize::from(LONGEST) + 1);
}

on_both! {
    a_longest_page_says_that_another_follows
}
