//! Retiring a key epoch while the organisation works: erasures become final, everything else opens and verifies, and no step is taken twice.

use super::house::House;
use super::posts::{Guest, Post, text};
use crate::harness::{BackDoor, Cell, Place, leaves_are_as_the_page_says};
use counterfoil_flow::backup::Backup;
use counterfoil_flow::backup::drilled::drilled;
use counterfoil_flow::backup::enter::enter;
use counterfoil_flow::custody::sequence::drain;
use counterfoil_flow::custody::verify::{VerifyScope, verify};
use counterfoil_flow::erasure::certificate::{BeyondReach, Certificate, Standing, certificate};
use counterfoil_flow::erasure::decide::{Target, decide};
use counterfoil_flow::holds::place::place as place_hold;
use counterfoil_flow::retirement::RetirementError;
use counterfoil_flow::retirement::intend::intend;
use counterfoil_flow::retirement::list::{EpochView, Waits, epochs};
use counterfoil_model::erasure::ErasureReason;
use counterfoil_model::retirement::RetirementStep;
use counterfoil_model::{BackupId, ErasureId, MessageId, Timestamp};
use counterfoil_policy::Actor;
use counterfoil_store::faults::Fault::{AfterCommit, BeforeCommit};
use counterfoil_vault::{Day, EpochStage};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);
pub(super) const ANNA: &str = "31612345678";
pub(super) const BOB: &str = "31687654321";

pub(super) async fn house(place: Place) -> House {
    let house = House::open(place).await;
    let at = house.seconds() - 3_600;
    let post = [
        text(Guest::by_phone(ANNA), "it rises", at),
        text(Guest::by_phone(BOB), "is my claim paid", at + 1),
    ];
    house.post(&Post(post.into())).await;
    house
}

pub(super) async fn message(house: &House, words: &str) -> MessageId {
    for row in house.inbox().await {
        for message in house.thread(row.conversation).await.messages {
            if super::house::words(&message) == words {
                return message.id;
            }
        }
    }
    panic!("nobody said that")
}

async fn erased(house: &House, words: &str) -> ErasureId {
    let target = Target::Message(message(house, words).await);
    let decided = decide(&house.flow, &Actor::Operator, target, ErasureReason::Request, "17").await;
    let erasure = decided.unwrap();
    let live = async || (shown(house, erasure).await.standing == Standing::Live).then_some(());
    house.in_time("the erasure is live", live).await;
    erasure
}

async fn shown(house: &House, erasure: ErasureId) -> Certificate {
    certificate(&house.flow, &Actor::Operator, erasure).await.unwrap()
}

/// Lets the days pass until the intake key of today is gone.
pub(super) async fn intake_keys_go(house: &House) {
    let today = Day::of(Timestamp::from_seconds(house.seconds()));
    let gone = async || {
        let oldest = house.opened.vault().intake_oldest().await.unwrap();
        oldest.is_some_and(|oldest| oldest > today).then_some(())
    };
    house
        .as_time_passes("the intake key of the day is gone", HOUR, gone)
        .await;
}

async fn listed(house: &House) -> Vec<EpochView> {
    epochs(&house.flow, &Actor::Operator).await.unwrap()
}

async fn waits(house: &House, epoch: usize) -> Option<Waits> {
    listed(house).await[epoch].retirement.as_ref().unwrap().waits.clone()
}

pub(super) async fn waits_for_a_backup(house: &House, epoch: usize) {
    let waits = async || (waits(house, epoch).await == Some(Waits::Backup)).then_some(());
    house.in_time("it waits for a backup", waits).await;
}

/// A backup of now in the catalogue, and what its trial showed.
pub(super) async fn backed_up(house: &House, id: u8, sound: Option<bool>) {
    let pending = async || (house.counts(["pending_leaf"]).await == [0]).then_some(());
    house.until("nothing waits for its number", pending).await;
    let head = house.opened.store().log_head().await.unwrap();
    let backup = Backup {
        id: BackupId::from_bytes([id; 16]),
        taken_at: Timestamp::from_seconds(house.seconds()),
        log: (u64::try_from(head.size).unwrap(), head.root),
        epoch: 2,
        data: [id; 32],
        vault: [id; 32],
        files: 0,
    };
    enter(&house.flow, &Actor::Operator, &backup, "/backups").await.unwrap();
    if let Some(sound) = sound {
        drilled(&house.flow, &Actor::Operator, backup.id, sound, 3)
            .await
            .unwrap();
    }
}

pub(super) async fn ended(house: &House, epoch: usize) {
    let ended = async || waits(house, epoch).await.is_none().then_some(());
    house.in_time("the retirement is at its end", ended).await;
    let jobs = async || (house.counts(["job"]).await == [0]).then_some(());
    // The end of a job that was not written is written when its lease has run out.
    house
        .as_time_passes("nothing is left to do", Duration::from_secs(5), jobs)
        .await;
}

pub(super) async fn sound(house: &House) {
    // To its end: between the first checkpoint and its head in the vault the head is missing.
    drain(&house.flow).await.unwrap();
    let report = verify(&house.flow, VerifyScope::Everything, |_| {}).await.unwrap();
    assert!(report.sound, "{report}");
    leaves_are_as_the_page_says(house.opened.store()).await;
}

/// The epochs that wrap anything in the vault store.
async fn wrapping(house: &House) -> Vec<i64> {
    let mut door = BackDoor::vault(&house.place).await;
    let rows = door
        .rows(
            "SELECT epoch FROM tree UNION SELECT epoch FROM secret ORDER BY epoch",
            &[],
        )
        .await;
    let epochs = rows.iter().map(|row| match row[0] {
        Cell::Int(epoch) => epoch,
        ref other => panic!("an epoch is a number, not {other:?}"),
    });
    epochs.collect()
}

async fn what_was_erased_before_is_final_afterwards(place: Place) {
    let house = house(place).await;
    let early = erased(&house, "it rises").await;
    assert!(
        shown(&house, early)
            .await
            .beyond_reach
            .contains(&BeyondReach::VaultBackupsOfThisEpoch)
    );
    intake_keys_go(&house).await;
    house
        .post(&Post(vec![text(Guest::by_phone(BOB), "hello?", house.seconds())]))
        .await;
    let late = erased(&house, "hello?").await;
    let retirement = intend(&house.flow, &Actor::Operator, "the board, 27 November")
        .await
        .unwrap();
    waits_for_a_backup(&house, 0).await;
    assert_eq!(wrapping(&house).await, [2]);
    let view = &listed(&house).await[0];
    assert_eq!(view.epoch.stage, EpochStage::Closed);
    let view = view.retirement.as_ref().unwrap();
    assert_eq!(view.retirement, retirement);
    assert_eq!(view.authority.as_deref(), Some("the board, 27 November"));
    assert_eq!(
        view.steps.iter().map(|(step, _)| *step).collect::<Vec<_>>(),
        [RetirementStep::Turned, RetirementStep::Rekeyed, RetirementStep::Emptied]
    );
    // Work goes on under the new epoch.
    house
        .post(&Post(vec![text(Guest::by_phone(ANNA), "it falls", house.seconds())]))
        .await;
    // One that nobody tried, and one that is not sound, are no backups to rely on.
    backed_up(&house, 1, None).await;
    backed_up(&house, 2, Some(false)).await;
    house.pass(Duration::from_secs(5));
    assert_eq!(waits(&house, 0).await, Some(Waits::Backup));
    backed_up(&house, 3, Some(true)).await;
    ended(&house, 0).await;
    let stages: Vec<EpochStage> = listed(&house).await.iter().map(|view| view.epoch.stage).collect();
    assert_eq!(stages, [EpochStage::Retired, EpochStage::Open]);
    assert!(!house.place.key_file(1).exists(), "the root key is gone");
    assert!(house.place.key_file(2).exists());

    let certificate = shown(&house, early).await;
    assert_eq!(certificate.standing, Standing::Final);
    assert!(certificate.final_at > certificate.live_at);
    assert!(!certificate.beyond_reach.contains(&BeyondReach::VaultBackupsOfThisEpoch));
    let certificate = shown(&house, late).await;
    assert_eq!((certificate.standing, certificate.final_at), (Standing::Live, None));
    assert_eq!(house.texts().await, [vec!["it falls"], vec!["is my claim paid"]]);
    sound(&house).await;
    // The next one takes the rest.
    intake_keys_go(&house).await;
    intend(&house.flow, &Actor::Operator, "the board").await.unwrap();
    waits_for_a_backup(&house, 1).await;
    backed_up(&house, 4, Some(true)).await;
    ended(&house, 1).await;
    assert_eq!(shown(&house, late).await.standing, Standing::Final);
    assert_eq!(house.counts(["erasure_final", "retirement_step"]).await, [2, 8]);
    sound(&house).await;
}

/// A certificate becomes final for what went, and goes on saying what stayed.
async fn vault_10_an_erasure_becomes_final_and_what_stayed_stays(place: Place) {
    let house = house(place).await;
    let at = house.seconds() - 1_800;
    house
        .post(&Post(vec![text(Guest::by_phone(ANNA), "it falls", at)]))
        .await;
    let (conversation, held) = super::erasing::of(&house, "it falls").await;
    let actor = Actor::Operator;
    let placed = place_hold(&house.flow, &actor, Target::Message(held), "case 4711");
    placed.await.unwrap();
    let erasure = super::erasing::erase(&house, Target::Conversation(conversation)).await;
    super::erasing::live(&house, erasure).await;
    intake_keys_go(&house).await;
    intend(&house.flow, &actor, "the board").await.unwrap();
    waits_for_a_backup(&house, 0).await;
    backed_up(&house, 1, Some(true)).await;
    ended(&house, 0).await;
    let certificate = shown(&house, erasure).await;
    assert_eq!((certificate.standing, certificate.records), (Standing::Final, 1));
    assert_eq!(certificate.kept_count, 2);
    assert_eq!(house.texts().await, [["it falls"], ["is my claim paid"]]);
    sound(&house).await;
}

/// The intake key of a day opens the posts that brought what was erased on it; while it goes over to the next epoch, nothing of that day is final.
async fn what_was_erased_today_is_not_final_tonight(place: Place) {
    let house = house(place).await;
    let erasure = erased(&house, "it rises").await;
    house.pass(HOUR);
    intend(&house.flow, &Actor::Operator, "in haste").await.unwrap();
    waits_for_a_backup(&house, 0).await;
    backed_up(&house, 1, Some(true)).await;
    ended(&house, 0).await;
    assert_eq!(shown(&house, erasure).await.standing, Standing::Live);
    sound(&house).await;
}

async fn one_at_a_time_and_on_somebodys_word(place: Place) {
    let house = house(place).await;
    let decided = async |actor: &Actor, authority: &str| intend(&house.flow, actor, authority).await;
    assert!(matches!(
        decided(&Actor::Operator, " ").await,
        Err(RetirementError::NoAuthority)
    ));
    assert!(matches!(
        decided(&Actor::Operator, &"x".repeat(501)).await,
        Err(RetirementError::TooLong)
    ));
    let staff = Actor::Staff(house.staff.clone());
    assert!(matches!(decided(&staff, "me").await, Err(RetirementError::Refused)));
    assert!(matches!(
        epochs(&house.flow, &staff).await,
        Err(RetirementError::Refused)
    ));
    let both = tokio::join!(decided(&Actor::Operator, "one"), decided(&Actor::Operator, "two"));
    let first = match both {
        (Ok(first), Err(RetirementError::Going(going))) | (Err(RetirementError::Going(going)), Ok(first)) => {
            assert_eq!(going, first);
            first
        }
        other => panic!("one of them is first, and not {other:?}"),
    };
    waits_for_a_backup(&house, 0).await;
    match decided(&Actor::Operator, "three").await {
        Err(RetirementError::Going(going)) => assert_eq!(going, first),
        other => panic!("one goes on, and not {other:?}"),
    }
    assert_eq!(house.counts(["retirement"]).await, [1]);
}

async fn vault_6_whatever_breaks_each_step_is_taken_once(place: Place) {
    for step in ["retirement.step", "erasure.final", "job.done"] {
        for faults in [
            [BeforeCommit, BeforeCommit],
            [BeforeCommit, AfterCommit],
            [AfterCommit, BeforeCommit],
            [AfterCommit, AfterCommit],
        ] {
            let house = house(place.beside().await).await;
            let erasure = erased(&house, "it rises").await;
            intake_keys_go(&house).await;
            for fault in faults {
                house.opened.store().order_fault_in(step, fault);
            }
            intend(&house.flow, &Actor::Operator, "the board").await.unwrap();
            waits_for_a_backup(&house, 0).await;
            backed_up(&house, 1, Some(true)).await;
            ended(&house, 0).await;
            assert_eq!(shown(&house, erasure).await.standing, Standing::Final, "{step}");
            assert_eq!(house.counts(["retirement_step", "erasure_final"]).await, [4, 1]);
            assert_eq!(wrapping(&house).await, [2]);
            assert_eq!(house.texts().await.concat(), ["is my claim paid"]);
            assert_eq!(house.opened.vault().lookup_keys().epochs().collect::<Vec<_>>(), [2]);
            sound(&house).await;
        }
    }
}

on_both! {
    what_was_erased_before_is_final_afterwards
    what_was_erased_today_is_not_final_tonight
    vault_10_an_erasure_becomes_final_and_what_stayed_stays
    one_at_a_time_and_on_somebodys_word
    vault_6_whatever_breaks_each_step_is_taken_once
}
