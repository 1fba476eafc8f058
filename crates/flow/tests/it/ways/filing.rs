//! A message is put on a claim once, with the other system's own acknowledgement, however often that system was away.

use super::house::House;
use super::posts::{Guest, Post, text};
use crate::harness::{BackDoor, Cell, Place, leaves_are_as_the_page_says};
use counterfoil_flow::filing::FileError;
use counterfoil_flow::filing::file::file;
use counterfoil_flow::filing::refusal::FilingRefusal;
use counterfoil_flow::reading::thread::{FilingView, message};
use counterfoil_model::MessageId;
use counterfoil_model::filing::FilingStep;
use counterfoil_simulator::Simulator;

/// A house with one message to file, and a claim that the other system knows.
async fn to_file(place: Place) -> (House, Simulator, MessageId, String) {
    let (house, sim) = House::with_provider(place).await;
    let words = text(Guest::by_phone("31612345678"), "water in the cellar", house.seconds());
    house.post(&Post(vec![words])).await;
    let message = house.thread(house.conversation().await).await.messages[0].id;
    let claim = sim.pas().claims().remove(0).number;
    (house, sim, message, claim)
}

async fn filings(house: &House, id: MessageId) -> Vec<FilingView> {
    message(&house.flow, &house.staff, id).await.unwrap().1.filings
}

/// Waits, job by job, until the one filing is settled.
async fn settled(house: &House, id: MessageId) -> FilingView {
    house
        .in_time("the filing is settled", async || {
            let mut filings = filings(house, id).await;
            assert_eq!(filings.len(), 1);
            Some(filings.remove(0)).filter(|filing| filing.step != FilingStep::ToBeFiled)
        })
        .await
}

async fn a_message_is_filed_once_with_the_acknowledgement(place: Place) {
    let (house, sim, id, claim) = to_file(place).await;
    let first = file(&house.flow, &house.staff, id, &claim).await.unwrap();
    // The same claim in another spelling is the same filing, also side by side.
    let lower = format!(" {} ", claim.to_lowercase());
    let (second, third) = tokio::join!(
        file(&house.flow, &house.staff, id, &lower),
        file(&house.flow, &house.staff, id, &lower)
    );
    assert_eq!((second.unwrap(), third.unwrap()), (first, first));
    let filed = settled(&house, id).await;
    let documents = sim.pas().documents();
    assert_eq!(documents.len(), 1);
    assert_eq!((filed.id, filed.step), (first, FilingStep::Filed));
    assert_eq!(filed.acknowledgement.unwrap().expose(), &documents[0].id);
    assert_eq!(filed.reference.expose(), &claim);
    assert_eq!(
        (documents[0].claim.as_str(), documents[0].text.as_str()),
        (claim.as_str(), "water in the cellar")
    );
    // Asking once more after that does nothing.
    assert_eq!(file(&house.flow, &house.staff, id, &claim).await.unwrap(), first);
    assert_eq!(
        house.counts(["filing", "filing_step", "reference", "job"]).await,
        [1, 2, 1, 0]
    );
    leaves_are_as_the_page_says(house.opened.store()).await;
}

async fn what_waited_while_the_other_system_was_away_is_filed_once(place: Place) {
    let (house, sim, id, claim) = to_file(place).await;
    sim.pas().stop().await;
    file(&house.flow, &house.staff, id, &claim).await.unwrap();
    // It is tried while the system is away: time passes until the tries have been counted.
    house
        .in_time("it was tried in vain", async || {
            let mut door = BackDoor::data(&house.place).await;
            let rows = door
                .rows("SELECT attempts FROM job WHERE kind = 'message.file'", &[])
                .await;
            rows.iter()
                .any(|row| matches!(row[0], Cell::Int(attempts) if attempts >= 3))
                .then_some(())
        })
        .await;
    assert_eq!(filings(&house, id).await[0].step, FilingStep::ToBeFiled);
    sim.pas().start().await.unwrap();
    assert_eq!(settled(&house, id).await.step, FilingStep::Filed);
    assert_eq!(sim.pas().documents().len(), 1);
}

async fn an_unknown_claim_is_refused_for_good(place: Place) {
    let (house, sim, id, _) = to_file(place).await;
    file(&house.flow, &house.staff, id, "NO-SUCH-1").await.unwrap();
    let refused = settled(&house, id).await;
    assert_eq!(refused.step, FilingStep::Refused);
    assert!(refused.acknowledgement.is_none());
    assert_eq!(refused.refusal, Some(FilingRefusal::NoSuchClaim));
    assert_eq!(sim.pas().documents().len(), 0);
    house
        .in_time("nothing is left to do", async || {
            (house.count("job").await == 0).then_some(())
        })
        .await;
    leaves_are_as_the_page_says(house.opened.store()).await;
}

async fn what_is_no_claim_is_not_asked_for(place: Place) {
    let (house, _sim, id, claim) = to_file(place).await;
    for written in ["", "claim", "CLM 1", "1?x", "1#x", "1%2F", &"9".repeat(65)] {
        let asked = file(&house.flow, &house.staff, id, written).await;
        assert!(matches!(asked, Err(FileError::NotAReference)), "{written}");
    }
    let nowhere = file(&house.flow, &house.staff, MessageId::from_bytes([9; 16]), &claim).await;
    assert!(matches!(nowhere, Err(FileError::NotFound)));
}

on_both! {
    a_message_is_filed_once_with_the_acknowledgement
    what_waited_while_the_other_system_was_away_is_filed_once
    an_unknown_claim_is_refused_for_good
    what_is_no_claim_is_not_asked_for
}
