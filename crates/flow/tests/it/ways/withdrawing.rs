//! Copies of what was erased are asked back from the system that has them: only its own word makes one withdrawn, and asking holds up no erasure.

use super::erasing::{erase, live, sound};
use super::house::House;
use super::posts::{Guest, Post, text};
use crate::harness::{BackDoor, Cell, Place};
use counterfoil_flow::custody::forward::forward;
use counterfoil_flow::custody::sequence::drain;
use counterfoil_flow::erasure::certificate::{BeyondReach, Certificate, certificate};
use counterfoil_flow::erasure::decide::Target;
use counterfoil_flow::filing::file::file;
use counterfoil_flow::filing::withdraw::WithdrawalRefusal;
use counterfoil_model::erasure::CopyState;
use counterfoil_model::{ErasureId, MessageId};
use counterfoil_policy::Actor;
use counterfoil_simulator::Simulator;
use counterfoil_store::Store;

/// A house with one message, filed on a claim unless the other system is away.
pub(super) async fn filed(place: Place, away: bool) -> (House, Simulator, MessageId) {
    let (house, sim) = House::with_provider(place).await;
    let words = text(Guest::by_phone("31612345678"), "water in the cellar", house.seconds());
    house.post(&Post(vec![words])).await;
    let message = house.thread(house.conversation().await).await.messages[0].id;
    let claim = sim.pas().claims().remove(0).number;
    if away {
        sim.pas().stop().await;
    }
    file(&house.flow, &house.staff, message, &claim).await.unwrap();
    if !away {
        house
            .in_time("it is filed", async || (house.count("job").await == 0).then_some(()))
            .await;
        assert_eq!(sim.pas().documents().len(), 1);
    }
    (house, sim, message)
}

pub(super) async fn state(house: &House, erasure: ErasureId, wanted: CopyState) -> Certificate {
    house
        .in_time("what became of the copy is known", async || {
            let shown = certificate(&house.flow, &Actor::Operator, erasure).await.unwrap();
            (shown.copies.first()?.state == wanted && shown.live_at.is_some()).then_some(shown)
        })
        .await
}

async fn a_copy_is_withdrawn_with_an_acknowledgement(place: Place) {
    let (house, sim, message) = filed(place, false).await;
    let erasure = erase(&house, Target::Message(message)).await;
    let shown = state(&house, erasure, CopyState::Withdrawn).await;
    assert!(sim.pas().documents().is_empty());
    assert!(shown.copies[0].since.is_some() && shown.copies[0].refusal.is_none());
    assert_eq!(shown.copy_counts.get("withdrawn"), Some(&1));
    assert!(!shown.beyond_reach.contains(&BeyondReach::OtherSystems));
    // Asked, withdrawn; and nothing is asked for any more.
    nothing_waits(&house).await;
    assert_eq!(house.count("withdrawal_step").await, 2);
    sound(&house).await;
}

async fn a_copy_that_must_be_kept_is_said_to_stand(place: Place) {
    let (house, sim, message) = filed(place, false).await;
    let document = sim.pas().documents().remove(0).id;
    sim.pas().must_keep(&document);
    let erasure = erase(&house, Target::Message(message)).await;
    let shown = state(&house, erasure, CopyState::Refused).await;
    assert_eq!(shown.copies[0].refusal, Some(WithdrawalRefusal::MustBeKept));
    assert!(shown.beyond_reach.contains(&BeyondReach::OtherSystems));
    assert_eq!(sim.pas().documents().len(), 1);
    sound(&house).await;
}

async fn where_nothing_is_withdrawn_a_copy_stands(place: Place) {
    let (house, sim, message) = filed(place, false).await;
    sim.pas().offer_withdrawal(false);
    let erasure = erase(&house, Target::Message(message)).await;
    let shown = state(&house, erasure, CopyState::Stands).await;
    assert!(shown.copies[0].since.is_some(), "it was asked");
    assert!(shown.beyond_reach.contains(&BeyondReach::OtherSystems));
    sound(&house).await;
}

async fn it_is_asked_again_until_it_answers_and_the_erasure_does_not_wait(place: Place) {
    let (house, sim, message) = filed(place, false).await;
    sim.pas().stop().await;
    let erasure = erase(&house, Target::Message(message)).await;
    let shown = live(&house, erasure).await;
    assert_eq!(shown.copies[0].state, CopyState::Asked);
    assert!(shown.beyond_reach.contains(&BeyondReach::OtherSystems));
    tried_in_vain(&house, "copy.withdraw").await;
    sim.pas().start().await.unwrap();
    state(&house, erasure, CopyState::Withdrawn).await;
    assert!(sim.pas().documents().is_empty());
    sound(&house).await;
}

async fn what_waited_to_be_filed_is_not_handed_over_any_more(place: Place) {
    let (house, sim, message) = filed(place, true).await;
    tried_in_vain(&house, "message.file").await;
    let erasure = erase(&house, Target::Message(message)).await;
    live(&house, erasure).await;
    sim.pas().start().await.unwrap();
    // That it never arrived, the other system says.
    nothing_waits(&house).await;
    let shown = state(&house, erasure, CopyState::NotHandedOver).await;
    assert!(shown.copies[0].since.is_some(), "it was asked");
    assert!(!shown.beyond_reach.contains(&BeyondReach::OtherSystems));
    assert!(sim.pas().documents().is_empty());
    sound(&house).await;
}

/// Older records come back, with the message and its filing: it is erased again, and its copy is asked for again.
async fn what_a_restore_erases_again_is_asked_for_again(place: Place) {
    let (house, sim, message) = filed(place, false).await;
    drain(&house.flow).await.unwrap();
    let copy = house.place.folder.path().join("data.copy");
    house.opened.store().copy_to(&copy).await.unwrap();
    sim.pas().stop().await;
    let erasure = erase(&house, Target::Message(message)).await;
    live(&house, erasure).await;
    let closed = house.close().await;
    let place = &closed.place;
    place.data_lost().await;
    let store = Store::open(&place.data(), place.clock.clone(), place.random.clone()).await;
    let store = store.unwrap();
    store.bring(&copy).await.unwrap();
    store.close().await;
    drop(store);
    let opened = place.open().await;
    let flow = opened.clone().flow().await;
    forward(&flow, &Actor::Operator, None).await.unwrap();
    flow.intake().unwrap().close().await;
    opened.store().close().await;
    drop((flow, opened));

    sim.pas().start().await.unwrap();
    assert_eq!(sim.pas().documents().len(), 1);
    let house = House::again_filing_at(closed, (&sim.pas().url(), sim.pas().token())).await;
    let shown = state(&house, erasure, CopyState::Withdrawn).await;
    assert!(shown.lost, "the decision did not come back");
    assert!(sim.pas().documents().is_empty());
    nothing_waits(&house).await;
    assert_eq!(house.count("withdrawal_step").await, 2);
    sound(&house).await;
}

/// The end of a job is written after its effect.
async fn nothing_waits(house: &House) {
    house
        .in_time("nothing waits", async || (house.count("job").await == 0).then_some(()))
        .await;
}

async fn tried_in_vain(house: &House, kind: &str) {
    house
        .in_time("it was tried in vain", async || {
            let mut door = BackDoor::data(&house.place).await;
            let kind = Cell::Text(kind.to_owned());
            let rows = door.rows("SELECT attempts FROM job WHERE kind = $1", &[kind]).await;
            rows.iter()
                .any(|row| matches!(row[0], Cell::Int(attempts) if attempts >= 3))
                .then_some(())
        })
        .await;
}

on_both! {
    a_copy_is_withdrawn_with_an_acknowledgement
    a_copy_that_must_be_kept_is_said_to_stand
    where_nothing_is_withdrawn_a_copy_stands
    it_is_asked_again_until_it_answers_and_the_erasure_does_not_wait
    what_waited_to_be_filed_is_not_handed_over_any_more
    what_a_restore_erases_again_is_asked_for_again
}
