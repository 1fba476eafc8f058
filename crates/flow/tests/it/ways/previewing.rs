//! What an erasure would do is shown before anybody decides it, item by item, and nothing is opened or changed for it.

use super::erasing::{ANNA, BOB, contact_of, of};
use super::house::House;
use super::posts::{Guest, Post, message as item, text};
use crate::harness::Place;
use counterfoil_flow::erasure::certificate::CertificateError;
use counterfoil_flow::erasure::decide::Target;
use counterfoil_flow::erasure::preview::{Author, Concerns, PAGE, PreviewItem, preview};
use counterfoil_flow::filing::file::file;
use counterfoil_flow::holds::place::place as place_hold;
use counterfoil_flow::outbound::note::note;
use counterfoil_model::ContactId;
use counterfoil_model::filing::FilingStep;
use counterfoil_policy::Actor;
use serde_json::json;

async fn all(house: &House, target: Target) -> Vec<PreviewItem> {
    let (mut items, mut after) = (Vec::new(), None);
    loop {
        let page = preview(&house.flow, &Actor::Operator, target, after).await.unwrap();
        assert!(page.items.len() <= PAGE);
        items.extend(page.items);
        after = page.next;
        if after.is_none() {
            return items;
        }
    }
}

async fn each_item_is_shown_with_what_would_become_of_it(place: Place) {
    let (house, sim) = House::with_provider(place).await;
    let at = house.seconds() - 3_600;
    let cards =
        json!({"type": "contacts", "contacts": [{"name": {"formatted_name": "Cas"}, "phones": [{"phone": "1"}]}]});
    house
        .post(&Post(vec![
            text(Guest::by_phone(ANNA), "first", at),
            item(Guest::by_phone(ANNA), "cards", at + 1, &cards),
            text(Guest::by_phone(ANNA), "third", at + 2),
            text(Guest::by_phone(BOB), "mine too", at + 3),
        ]))
        .await;
    let (conversation, first) = of(&house, "first").await;
    let (_, third) = of(&house, "third").await;
    let (_, other) = of(&house, "mine too").await;
    note(&house.flow, &house.staff, conversation, "called her".to_owned(), None)
        .await
        .unwrap();
    let mut claims = sim.pas().claims();
    let (shared, own) = (claims.remove(0).number, claims.remove(0).number);
    for (message, claim) in [(first, &own), (third, &shared), (other, &shared)] {
        file(&house.flow, &house.staff, message, claim).await.unwrap();
    }
    house
        .in_time("all are filed", async || (house.count("job").await == 0).then_some(()))
        .await;
    let hold = place_hold(&house.flow, &Actor::Operator, Target::Message(third), "case 4711")
        .await
        .unwrap();
    let contact = contact_of(&house, conversation).await;
    let leaves = house.counts(["leaf", "pending_leaf"]).await;
    let items = all(&house, Target::Contact(contact)).await;
    assert_eq!(items.len(), 4);
    let authors: Vec<Author> = items.iter().map(|item| item.author).collect();
    assert_eq!(
        authors,
        [Author::Contact, Author::Contact, Author::Contact, Author::Colleague]
    );
    let concerns: Vec<&[Concerns]> = items.iter().map(|item| item.concerns.as_slice()).collect();
    assert_eq!(
        concerns,
        [
            &[] as &[Concerns],
            &[Concerns::ThirdPersons],
            &[Concerns::SharedReference],
            &[Concerns::Colleague]
        ]
    );
    let held: Vec<bool> = items.iter().map(|item| item.held == [hold]).collect();
    assert_eq!(held, [false, false, true, false]);
    assert_eq!(items[0].filed[0].step, FilingStep::Filed);
    assert!(items[1].filed.is_empty());
    let after = house.counts(["leaf", "pending_leaf"]).await;
    assert_eq!(
        leaves.iter().sum::<i64>(),
        after.iter().sum::<i64>(),
        "nothing was opened"
    );
    // One alone, and what there is not.
    assert_eq!(all(&house, Target::Message(third)).await[0].held, [hold]);
    let nobody = Target::Contact(ContactId::from_bytes([9; 16]));
    assert!(matches!(
        preview(&house.flow, &Actor::Operator, nobody, None).await,
        Err(CertificateError::Unknown)
    ));
    let staff = Actor::Staff(house.staff.clone());
    assert!(matches!(
        preview(&house.flow, &staff, Target::Contact(contact), None).await,
        Err(CertificateError::Refused)
    ));
}

async fn a_long_conversation_is_shown_page_by_page(place: Place) {
    let house = House::open(place).await;
    let at = house.seconds() - 3_600;
    let posts = (0..250).map(|n| text(Guest::by_phone(ANNA), &format!("word {n}"), at + n));
    house.post(&Post(posts.collect())).await;
    let conversation = house.conversation().await;
    let hold = place_hold(
        &house.flow,
        &Actor::Operator,
        Target::Conversation(conversation),
        "case 4711",
    );
    let hold = hold.await.unwrap();
    let items = all(&house, Target::Conversation(conversation)).await;
    assert_eq!(items.len(), 250);
    assert!(items.is_sorted_by_key(|item| item.occurred_at));
    assert!(items.iter().all(|item| item.held == [hold]));
}

on_both! {
    each_item_is_shown_with_what_would_become_of_it
    a_long_conversation_is_shown_page_by_page
}
