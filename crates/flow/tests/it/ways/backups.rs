//! The catalogue of backups: entered once whatever breaks, and only what is of this log.

use super::house::House;
use super::posts::{Guest, Post, text};
use crate::harness::{BackDoor, Cell, Place, leaves_are_as_the_page_says};
use counterfoil_flow::backup::drilled::drilled;
use counterfoil_flow::backup::enter::enter;
use counterfoil_flow::backup::list::{backup, backups};
use counterfoil_flow::backup::restored::restored;
use counterfoil_flow::backup::{Backup, BackupError};
use counterfoil_flow::custody::sequence::drain;
use counterfoil_flow::custody::verify::{VerifyScope, verify};
use counterfoil_flow::outbound::reply::{Reply, reply};
use counterfoil_flow::outbound::send_again::check;
use counterfoil_model::tick::TickState;
use counterfoil_model::{BackupId, Timestamp};
use counterfoil_policy::Actor;
use counterfoil_store::faults::Fault::{AfterCommit, BeforeCommit};

const TONIGHT: &str = "/backups/tonight";

/// A house with something on its log, and what a backup of it would say.
async fn house_and_backup(place: Place) -> (House, Backup) {
    let house = House::open(place).await;
    let hello = text(Guest::by_phone("31612345678"), "hello", house.seconds());
    house.post(&Post(vec![hello])).await;
    let head = house.opened.store().log_head().await.unwrap();
    let taken = Backup {
        id: BackupId::from_bytes([7; 16]),
        taken_at: Timestamp::from_seconds(house.seconds()),
        log: (u64::try_from(head.size).unwrap(), head.root),
        epoch: 1,
        data: [1; 32],
        vault: [2; 32],
        files: 3,
    };
    (house, taken)
}

async fn sound(house: &House) {
    // To its end: between the first checkpoint and its head in the vault the head is missing.
    drain(&house.flow).await.unwrap();
    let report = verify(&house.flow, VerifyScope::Everything, |_| {}).await.unwrap();
    assert!(report.sound, "{report}");
    leaves_are_as_the_page_says(house.opened.store()).await;
}

async fn it_is_entered_once_whatever_breaks(place: Place) {
    for faults in [
        [BeforeCommit, BeforeCommit],
        [BeforeCommit, AfterCommit],
        [AfterCommit, BeforeCommit],
        [AfterCommit, AfterCommit],
    ] {
        let (house, taken) = house_and_backup(place.beside().await).await;
        for fault in faults {
            house.opened.store().order_fault_in("backup.enter", fault);
        }
        let mut tries = 1;
        while let Err(error) = enter(&house.flow, &Actor::Operator, &taken, TONIGHT).await {
            assert!(matches!(error, BackupError::Unavailable(_)) && tries < 4, "{error}");
            tries += 1;
        }
        enter(&house.flow, &Actor::Operator, &taken, TONIGHT).await.unwrap();
        assert_eq!(house.counts(["backup"]).await, [1]);
        let listed = backups(&house.flow, &Actor::Operator, None, 10).await.unwrap();
        assert_eq!(listed.len(), 1);
        assert_eq!(
            (listed[0].whereabouts.as_deref(), listed[0].drilled),
            (Some(TONIGHT), None)
        );
        assert_eq!(listed[0].backup, taken);
        sound(&house).await;
    }
}

async fn only_what_is_of_this_log_is_entered(place: Place) {
    let (house, taken) = house_and_backup(place).await;
    let try_to_enter = async |backup: Backup| enter(&house.flow, &Actor::Operator, &backup, TONIGHT).await;
    let (size, root) = taken.log;
    let mut forked = root;
    forked[31] ^= 1;
    for log in [(size, forked), (size - 1, root), (size + 1_000, root), (u64::MAX, root)] {
        let outcome = try_to_enter(Backup { log, ..taken.clone() }).await;
        assert!(matches!(outcome, Err(BackupError::OtherLog)), "{outcome:?}");
    }
    for whereabouts in [" ", &"x".repeat(4_097)] {
        let outcome = enter(&house.flow, &Actor::Operator, &taken, whereabouts).await;
        assert!(matches!(outcome, Err(BackupError::NoWhereabouts)), "{outcome:?}");
    }
    let staff = Actor::Staff(house.staff.clone());
    assert!(matches!(
        enter(&house.flow, &staff, &taken, TONIGHT).await,
        Err(BackupError::Refused)
    ));
    assert!(matches!(
        backups(&house.flow, &staff, None, 1).await,
        Err(BackupError::Refused)
    ));
    assert_eq!(house.counts(["backup"]).await, [0]);
    try_to_enter(taken.clone()).await.unwrap();
    let another = Backup { data: [9; 32], ..taken };
    assert!(matches!(try_to_enter(another).await, Err(BackupError::Another)));
    sound(&house).await;
}

async fn the_last_trial_of_each_is_shown(place: Place) {
    let (house, taken) = house_and_backup(place).await;
    let tried = async |sound| drilled(&house.flow, &Actor::Operator, taken.id, sound, 12).await;
    assert!(matches!(tried(true).await, Err(BackupError::Unknown)));
    let later = Backup {
        id: BackupId::from_bytes([8; 16]),
        ..taken.clone()
    };
    for backup in [&taken, &later] {
        enter(&house.flow, &Actor::Operator, backup, TONIGHT).await.unwrap();
    }
    for sound in [true, false] {
        tried(sound).await.unwrap();
        house.pass(std::time::Duration::from_millis(5));
        let shown = backup(&house.flow, &Actor::Operator, taken.id).await.unwrap();
        assert_eq!(shown.drilled.map(|(_, sound)| sound), Some(sound));
    }
    let listed = backups(&house.flow, &Actor::Operator, None, 10).await.unwrap();
    let ids: Vec<BackupId> = listed.iter().map(|view| view.backup.id).collect();
    assert_eq!(ids, [later.id, taken.id], "newest first");
    assert_eq!(listed[0].drilled, None);
    let before = backups(&house.flow, &Actor::Operator, Some(later.id), 10)
        .await
        .unwrap();
    assert_eq!(before.len(), 1);
    sound(&house).await;
}

/// Nobody answers at the provider's address, so that a message waits to be sent; whoever restores cannot know that nothing was sent since.
async fn what_waited_when_it_was_taken_is_not_sent_after_it_was_restored(place: Place) {
    let (house, taken) = house_and_backup(place).await;
    let words = Reply {
        conversation: house.conversation().await,
        text: "we look into it".to_owned(),
        file: None,
        quoted: None,
        key: None,
    };
    let written = reply(&house.flow, &house.staff, words).await.unwrap().message;
    let mut door = BackDoor::data(&house.place).await;
    let waits = "SELECT count(*) FROM job WHERE kind = 'message.dispatch' AND node IS NULL AND attempts > 0 AND begun_at IS NULL";
    let mut counted = Cell::Int(0);
    while counted != Cell::Int(1) {
        counted = door.rows(waits, &[]).await.remove(0).remove(0);
        tokio::task::yield_now().await;
    }
    let state = async || check(&house.flow, &house.staff, written).await.unwrap();
    assert_eq!(state().await, TickState::Queued);
    let staff = Actor::Staff(house.staff.clone());
    assert!(matches!(
        restored(&house.flow, &staff, &taken).await,
        Err(BackupError::Refused)
    ));
    restored(&house.flow, &Actor::Operator, &taken).await.unwrap();
    let uncertain = async || (state().await == TickState::Uncertain).then_some(());
    house.in_time("it is uncertain", uncertain).await;
    let signed_in = "SELECT count(*) FROM session WHERE ended_at IS NULL";
    assert!(door.rows(signed_in, &[]).await == [[Cell::Int(0)]]);
    sound(&house).await;
}

on_both! {
    what_waited_when_it_was_taken_is_not_sent_after_it_was_restored
    it_is_entered_once_whatever_breaks
    only_what_is_of_this_log_is_entered
    the_last_trial_of_each_is_shown
}
