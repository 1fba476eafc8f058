//! Replacing the lookup key while the organisation works: who was known is known, whatever comes between the steps and whichever node hears of it late;
//! afterwards nobody can test an old copy of the records for a number.

use super::house::{House, PASSWORD};
use super::posts::{APP_SECRET, Guest, NUMBER, Post, text};
use super::retiring::{ANNA, BOB, backed_up, ended, house, message, sound, waits_for_a_backup};
use crate::harness::{BackDoor, Cell, Place};
use counterfoil_flow::Flow;
use counterfoil_flow::connections::connect::{ConnectError, NewConnection, connect};
use counterfoil_flow::erasure::certificate::{BeyondReach, Standing, certificate};
use counterfoil_flow::erasure::decide::{Target, decide};
use counterfoil_flow::filing::file::file;
use counterfoil_flow::lookup::renew::renew;
use counterfoil_flow::people::sign_in::sign_in;
use counterfoil_flow::retirement::intend::intend;
use counterfoil_model::erasure::ErasureReason;
use counterfoil_model::{ContactId, NodeId, Secret};
use counterfoil_policy::Actor;
use counterfoil_store::faults::Fault::{AfterCommit, BeforeCommit};
use counterfoil_store::{Change, Unit};
use counterfoil_vault::{Live, Lookup, Vault};
use std::time::Duration;

const CLAIM: &str = "CLM-2026-004711";
/// The tables whose rows are found by a hash.
const TABLES: [&str; 4] = ["identity", "channel", "person", "reference"];

fn epochs(vault: &Vault) -> Vec<i64> {
    vault.lookup_keys().epochs().collect()
}

async fn signs_in(flow: &Flow) -> bool {
    let from = "203.0.113.7".parse().unwrap();
    let password = Secret::new(PASSWORD.to_owned());
    sign_in(flow, "ada@example.org", &password, from).await.is_ok()
}

/// From now on hashes are written under the lookup key of `epoch`.
async fn turned(house: &House, epoch: i64) {
    let unit = Unit::new("lookup.turn").change(Change::lookup_turn(epoch));
    house.opened.store().commit(unit).await.unwrap();
}

/// Everybody so far writes, somebody new does and writes again, a colleague signs in and files, and the number is set up a second time.
async fn all_goes_on(house: &House, guests: &mut Vec<String>, stage: &str) {
    guests.push(format!("3160000{:04}", guests.len()));
    for time in ["once", "again"] {
        let said = guests.iter().map(|guest| {
            let words = format!("{stage} {time} {guest}");
            text(Guest::by_phone(guest), &words, house.seconds())
        });
        house.post(&Post(said.collect())).await;
        assert_eq!(
            house.counts(["contact", "conversation"]).await,
            [guests.len() as i64; 2],
            "{stage}"
        );
    }
    assert!(signs_in(&house.flow).await, "{stage}");
    let said = message(house, &format!("{stage} once {ANNA}")).await;
    file(&house.flow, &house.staff, said, CLAIM).await.unwrap();
    assert_eq!(house.counts(["reference"]).await, [1], "{stage}");
    let new = NewConnection {
        title: "Claims line".to_owned(),
        app_secret: Secret::new(APP_SECRET.to_owned()),
        previous_app_secret: None,
        verify_token: Secret::new("verify".to_owned()),
        access_token: Secret::new("access".to_owned()),
        graph_url: "http://127.0.0.1:9".to_owned(),
        graph_version: "v25.0".to_owned(),
        phone_number_id: NUMBER.to_owned(),
        display_number: "+31 20 555 0101".to_owned(),
    };
    let taken = connect(&house.flow, &Actor::Operator, new).await;
    assert!(matches!(taken, Err(ConnectError::NumberTaken)), "{stage}");
    sound(house).await;
}

/// The hashes by which rows are found, with their table and row.
async fn hashes(house: &House) -> Vec<(&'static str, Cell, Cell)> {
    let mut door = BackDoor::data(&house.place).await;
    let mut all = Vec::new();
    for table in TABLES {
        let rows = door
            .rows(&format!("SELECT id, lookup FROM {table} ORDER BY id"), &[])
            .await;
        all.extend(rows.into_iter().map(|mut row| {
            let lookup = row.remove(1);
            (table, row.remove(0), lookup)
        }));
    }
    all
}

async fn who_writes_between_the_steps_is_who_they_were(place: Place) {
    let house = house(place).await;
    let vault = house.opened.vault();
    let mut guests = vec![ANNA.to_owned(), BOB.to_owned()];
    all_goes_on(&house, &mut guests, "before").await;
    let before = hashes(&house).await;
    vault.epoch_make(1).await.unwrap();
    all_goes_on(&house, &mut guests, "made").await;
    vault.epoch_turn(2).await.unwrap();
    all_goes_on(&house, &mut guests, "opened").await;
    turned(&house, 2).await;
    all_goes_on(&house, &mut guests, "turned").await;
    assert!(renew(&house.flow).await.unwrap() >= before.len() as u64);
    all_goes_on(&house, &mut guests, "renewed").await;
    assert_eq!(renew(&house.flow).await.unwrap(), 0, "all that came since has it");
    vault.lookup_destroy(2).await.unwrap();
    all_goes_on(&house, &mut guests, "destroyed").await;

    // A copy of the records from before has nothing that the living vault could compute.
    assert_eq!(epochs(vault), [2]);
    let after = hashes(&house).await;
    assert!(
        before
            .iter()
            .all(|(_, _, old)| after.iter().all(|(_, _, new)| new != old))
    );
    let anna = Cell::Bytes(house.opened.keyed(Lookup::Phone, ANNA).bytes().to_vec());
    assert!(after.iter().any(|(_, _, hash)| *hash == anna));
    assert!(before.iter().all(|(_, _, hash)| *hash != anna));
}

async fn a_node_that_hears_of_it_late_finds_the_same_and_writes_the_same(place: Place) {
    let house = house(place).await;
    let late = house.opened.beside().await;
    let flow = late.clone().flow().await;
    let node = NodeId::from_bytes([7; 16]);
    let follows = async || {
        late.vault().epochs_follow().await.unwrap();
        late.vault().node_renew(node).await.unwrap();
    };
    follows().await;
    let vault = house.opened.vault();
    vault.epoch_make(1).await.unwrap();
    assert!(vault.epoch_unknown_to(2).await.unwrap().contains(&node));
    house
        .as_time_passes("every node knows both keys", Duration::from_secs(1), async || {
            follows().await;
            vault.epoch_unknown_to(2).await.unwrap().is_empty().then_some(())
        })
        .await;
    vault.epoch_turn(2).await.unwrap();
    turned(&house, 2).await;
    renew(&house.flow).await.unwrap();
    assert_eq!(epochs(late.vault()), [2, 1]);
    // It finds what was renewed, and what it writes is found.
    assert!(signs_in(&flow).await);
    let (anna, bob) = (
        message(&house, "it rises").await,
        message(&house, "is my claim paid").await,
    );
    file(&flow, &house.staff, anna, CLAIM).await.unwrap();
    file(&house.flow, &house.staff, bob, CLAIM).await.unwrap();
    assert_eq!(house.counts(["reference"]).await, [1]);
    assert_eq!(renew(&house.flow).await.unwrap(), 0, "it has written under the new key");
    sound(&house).await;

    let destroyed = vault.lookup_destroy(2).await.unwrap();
    match vault.live(&destroyed).await.unwrap() {
        Live::Waits(nodes) => assert!(nodes.contains(&node)),
        Live::Everywhere => panic!("it still knows the old key"),
    }
    assert!(signs_in(&flow).await);
    late.vault().node_catch_up().await.unwrap();
    assert_eq!(epochs(late.vault()), [2]);
    assert!(signs_in(&flow).await);
    file(&flow, &house.staff, anna, CLAIM).await.unwrap();
    assert_eq!(house.counts(["reference"]).await, [1]);
    sound(&house).await;
}

async fn records_from_before_are_found_again_once_their_hashes_are_made_again(place: Place) {
    let house = house(place).await;
    let said = message(&house, "it rises").await;
    file(&house.flow, &house.staff, said, CLAIM).await.unwrap();
    let before = hashes(&house).await;
    let vault = house.opened.vault();
    vault.epoch_make(1).await.unwrap();
    vault.epoch_turn(2).await.unwrap();
    turned(&house, 2).await;
    assert_eq!(renew(&house.flow).await.unwrap(), before.len() as u64);
    vault.lookup_destroy(2).await.unwrap();
    // As the copy of before had it.
    let mut door = BackDoor::data(&house.place).await;
    for (table, id, hash) in &before {
        let sql = format!("UPDATE {table} SET lookup = $2 WHERE id = $1");
        door.rows(&sql, &[id.clone(), hash.clone()]).await;
    }
    door.rows("UPDATE installation SET lookup_epoch = 1", &[]).await;
    let flow = house.opened.beside().await.flow().await;
    assert!(!signs_in(&flow).await);
    assert!(
        file(&flow, &house.staff, said, CLAIM).await.is_err(),
        "nothing is written beside it"
    );
    assert_eq!(renew(&flow).await.unwrap(), before.len() as u64);
    assert!(signs_in(&flow).await);
    file(&flow, &house.staff, said, CLAIM).await.unwrap();
    house
        .post(&Post(vec![text(Guest::by_phone(ANNA), "it falls", house.seconds())]))
        .await;
    assert_eq!(house.counts(["contact", "conversation", "reference"]).await, [2, 2, 1]);
    sound(&house).await;
}

async fn whatever_breaks_the_hashes_are_made_again(place: Place) {
    for step in ["lookup.turn", "lookup.renew"] {
        for faults in [
            [BeforeCommit, BeforeCommit],
            [BeforeCommit, AfterCommit],
            [AfterCommit, BeforeCommit],
            [AfterCommit, AfterCommit],
        ] {
            let house = house(place.beside().await).await;
            let before = hashes(&house).await;
            for fault in faults {
                house.opened.store().order_fault_in(step, fault);
            }
            intend(&house.flow, &Actor::Operator, "the board").await.unwrap();
            waits_for_a_backup(&house, 0).await;
            assert_eq!(epochs(house.opened.vault()), [2], "{step}");
            let after = hashes(&house).await;
            assert!(
                before
                    .iter()
                    .all(|(_, _, old)| after.iter().all(|(_, _, new)| new != old))
            );
            assert_eq!(renew(&house.flow).await.unwrap(), 0, "{step}");
            house
                .post(&Post(vec![text(Guest::by_phone(ANNA), "it falls", house.seconds())]))
                .await;
            assert_eq!(house.counts(["contact", "retirement_step"]).await, [2, 3], "{step}");
            sound(&house).await;
        }
    }
}

async fn a_number_cannot_be_tested_for_once_the_erasure_of_its_contact_is_final(place: Place) {
    let house = house(place).await;
    let before = hashes(&house).await;
    let mut door = BackDoor::data(&house.place).await;
    let contact = door
        .rows("SELECT contact_id FROM identity ORDER BY id LIMIT 1", &[])
        .await;
    let Cell::Bytes(contact) = &contact[0][0] else {
        panic!("an id is bytes")
    };
    let contact = ContactId::from_bytes(contact.as_slice().try_into().unwrap());
    let decided = decide(
        &house.flow,
        &Actor::Operator,
        Target::Contact(contact),
        ErasureReason::Request,
        "17",
    );
    let erasure = decided.await.unwrap();
    let shown = async || certificate(&house.flow, &Actor::Operator, erasure).await.unwrap();
    let live = async || (shown().await.standing == Standing::Live).then_some(());
    house.in_time("the erasure is live", live).await;
    assert!(shown().await.beyond_reach.contains(&BeyondReach::NumbersInBackups));
    // Until the intake key of the day is gone.
    house.pass(Duration::from_secs(3 * 86_400));
    let gone = async || {
        let oldest = house.opened.vault().intake_oldest().await.unwrap();
        let live_on = counterfoil_vault::Day::of(shown().await.live_at.unwrap());
        oldest.is_some_and(|oldest| oldest > live_on).then_some(())
    };
    house
        .as_time_passes("the intake key is gone", Duration::from_secs(3_600), gone)
        .await;
    intend(&house.flow, &Actor::Operator, "the board").await.unwrap();
    waits_for_a_backup(&house, 0).await;
    assert!(shown().await.beyond_reach.contains(&BeyondReach::NumbersInBackups));
    backed_up(&house, 1, Some(true)).await;
    ended(&house, 0).await;
    let end = shown().await;
    assert_eq!(end.standing, Standing::Final);
    assert!(!end.beyond_reach.contains(&BeyondReach::NumbersInBackups));
    assert_eq!(epochs(house.opened.vault()), [2]);
    for number in [ANNA, BOB] {
        let hash = Cell::Bytes(house.opened.keyed(Lookup::Phone, number).bytes().to_vec());
        assert!(before.iter().all(|(_, _, old)| *old != hash));
    }
    // Whoever stayed is who they were, and whoever was erased is somebody new.
    let both = [
        text(Guest::by_phone(ANNA), "one", house.seconds()),
        text(Guest::by_phone(BOB), "two", house.seconds()),
    ];
    house.post(&Post(both.into())).await;
    assert_eq!(house.counts(["contact"]).await, [2]);
    sound(&house).await;
}

on_both! {
    who_writes_between_the_steps_is_who_they_were
    a_node_that_hears_of_it_late_finds_the_same_and_writes_the_same
    records_from_before_are_found_again_once_their_hashes_are_made_again
    whatever_breaks_the_hashes_are_made_again
    a_number_cannot_be_tested_for_once_the_erasure_of_its_contact_is_final
}
