//! Certificates of erasures whose records a restore lost: made from what the log tells, with what it does not tell said to be lost.

use super::erasing::{erase, live};
use super::forward::{of, since};
use super::house::House;
use super::posts::{Guest, Post, text};
use super::retiring::{backed_up, ended, intake_keys_go, sound, waits_for_a_backup};
use crate::harness::Place;
use counterfoil_flow::Flow;
use counterfoil_flow::erasure::certificate::{
    BeyondReach, Certificate, CertificateError, Standing, certificate, certificates,
};
use counterfoil_flow::erasure::challenge::{Attempt, ToldAttempt, challenged};
use counterfoil_flow::erasure::decide::{Target, decide};
use counterfoil_flow::erasure::sought::{ChallengeError, Sought};
use counterfoil_flow::holds::place::place as place_hold;
use counterfoil_flow::retirement::intend::intend;
use counterfoil_model::erasure::{AttemptOutcome, AttemptPlace, ErasureReason, ErasureTarget, KeptGround};
use counterfoil_model::{BackupId, ErasureId, Timestamp};
use counterfoil_policy::Actor;

const CARL: &str = "31600000003";
const OPERATOR: Actor = Actor::Operator;

const RECORDS: Attempt = Attempt {
    place: AttemptPlace::Records,
    backup: None,
    outcome: AttemptOutcome::NothingOpens,
    looked: 1_000,
    found: 3,
    opened: 0,
};

fn backup() -> Attempt {
    Attempt {
        place: AttemptPlace::Backup,
        backup: Some(BackupId::from_bytes([9; 16])),
        outcome: AttemptOutcome::Opens,
        looked: 2_000,
        found: 4,
        opened: 2,
    }
}

/// What leaves tell of two such attempts.
fn told() -> [ToldAttempt; 2] {
    let told = |attempt: &Attempt| ToldAttempt {
        place: attempt.backup.map(|_| AttemptPlace::Backup),
        found: None,
        ..attempt.into()
    };
    [told(&RECORDS), told(&backup())]
}

async fn shown(flow: &Flow, erasure: ErasureId) -> Certificate {
    certificate(flow, &OPERATOR, erasure).await.unwrap()
}

async fn listed(flow: &Flow, before: Option<ErasureId>, limit: usize) -> Vec<ErasureId> {
    let listed = certificates(flow, &OPERATOR, before, limit).await.unwrap();
    listed.iter().map(|shown| shown.erasure).collect()
}

async fn says_good_morning(house: &House) {
    let words = text(Guest::by_phone(CARL), "good morning", house.seconds());
    house.post(&Post(vec![words])).await;
}

/// What a certificate says of when and how much.
fn facts(shown: &Certificate) -> impl PartialEq + std::fmt::Debug + use<> {
    (
        (shown.erasure, shown.reason, shown.decided_by.clone(), shown.decided_at),
        (shown.standing, shown.live_at, shown.final_at, shown.keys_destroyed_at),
        (shown.records, shown.kept_count, shown.copies.len()),
    )
}

async fn decisions_that_are_lost_are_told_by_their_leaves(place: Place) {
    let mut since = since(place).await;
    let anna = since.erasure;
    // Carl came and went since; of all that is older than now, what is held stays.
    let house = House::again(since.closed).await;
    says_good_morning(&house).await;
    let carl = erase(&house, Target::Conversation(of(&house, "good morning").await.0)).await;
    live(&house, carl).await;
    let now = Timestamp::from_seconds(house.seconds());
    let older = erase(&house, Target::Older(now)).await;
    live(&house, older).await;
    challenged(&house.flow, &OPERATOR, anna, &[RECORDS, backup()])
        .await
        .unwrap();
    let all = [older, carl, anna];
    assert_eq!(listed(&house.flow, None, 10).await, all);
    let before = [
        shown(&house.flow, older).await,
        shown(&house.flow, carl).await,
        shown(&house.flow, anna).await,
    ];
    since.closed = house.close().await;
    since.put_back().await;
    since.forwarded().await;
    since.sound().await;

    let after = since.look(async |flow| {
        assert_eq!(listed(flow, None, 10).await, all);
        assert_eq!(listed(flow, None, 2).await, [older, carl]);
        assert_eq!(listed(flow, Some(carl), 2).await, [anna]);
        let unknown = certificate(flow, &OPERATOR, ErasureId::from_bytes([7; 16])).await;
        assert!(matches!(unknown, Err(CertificateError::Unknown)));
        // Which keys it destroyed is lost with the record.
        let sought = Sought::of(flow, &OPERATOR, anna).await;
        assert!(matches!(sought, Err(ChallengeError::Lost)));
        let refused = challenged(flow, &OPERATOR, anna, &[RECORDS]).await;
        assert!(matches!(refused, Err(ChallengeError::Lost)), "{refused:?}");
        [
            shown(flow, older).await,
            shown(flow, carl).await,
            shown(flow, anna).await,
        ]
    });
    let after = after.await;
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(facts(after), facts(before));
        assert_eq!(before.standing, Standing::Live);
        assert!(before.authority.is_some() && !before.lost);
        assert!(after.authority.is_none() && after.lost);
        assert!(after.beyond_reach.contains(&BeyondReach::CopiesUnknown));
    }
    let [was_older, was_carl, was_anna] = &before;
    let [older, carl, anna] = &after;
    // A span of time the leaf tells; she was here when the log was brought forward; he was not.
    assert_eq!(older.target, Some(ErasureTarget::Older));
    assert_eq!(older.object, was_older.object);
    assert_eq!(anna.target, Some(ErasureTarget::Contact));
    assert_eq!(anna.object, was_anna.object);
    assert_eq!(carl.target, None);
    assert_eq!(format!("cnv_{}", carl.object), was_carl.object);
    let numbers = |shown: &Certificate| shown.beyond_reach.contains(&BeyondReach::NumbersInBackups);
    assert!(numbers(carl), "it may have been a contact");
    // What stays, without the hold that it stays by.
    let ([was], [kept]) = (was_older.kept.as_slice(), older.kept.as_slice()) else {
        panic!("one thing stays: {older:?}")
    };
    assert_eq!((kept.target, &kept.object), (was.target, &was.object));
    assert_eq!(kept.object, since.bob.to_string());
    assert_eq!((kept.ground, kept.since), (KeptGround::Hold, was.since));
    assert!(was.hold.is_some() && !was.lost);
    assert!(kept.hold.is_none() && kept.lost);
    let challenge = anna.challenge.as_ref().unwrap();
    assert_eq!(challenge.challenge, None);
    assert_eq!(Some(challenge.at), was_anna.challenge.as_ref().map(|was| was.at));
    assert_eq!(challenge.attempts, told());

    // A retirement makes them final as well, and nobody puts that on the record.
    let house = House::again(since.closed).await;
    intake_keys_go(&house).await;
    intend(&house.flow, &OPERATOR, "the board").await.unwrap();
    waits_for_a_backup(&house, 0).await;
    backed_up(&house, 1, Some(true)).await;
    ended(&house, 0).await;
    for erasure in all {
        let shown = shown(&house.flow, erasure).await;
        assert_eq!(shown.standing, Standing::Final);
        assert!(shown.final_at > shown.live_at && !numbers(&shown));
    }
    sound(&house).await;
}

/// The decision came back with the records; that something stays, and who tried to read what went, did not.
async fn what_stayed_is_told_where_only_that_is_lost(place: Place) {
    let mut since = since(place).await;
    let house = House::again(since.closed).await;
    says_good_morning(&house).await;
    let (carl, message) = of(&house, "good morning").await;
    place_hold(&house.flow, &OPERATOR, Target::Message(message), "case 4712")
        .await
        .unwrap();
    since.closed = house.close().await;
    // Nobody does it yet.
    let copy = since.copies[0].with_extension("later");
    let erasure = since.look(async |flow| {
        let (target, reason) = (Target::Conversation(carl), ErasureReason::Request);
        decide(flow, &OPERATOR, target, reason, "17").await.unwrap()
    });
    let erasure = erasure.await;
    let opened = since.closed.place.open().await;
    opened.store().copy_to(&copy).await.unwrap();
    opened.store().close().await;
    opened.door.close().await;
    drop(opened);
    since.copies[0] = copy;

    let house = House::again(since.closed).await;
    let before = live(&house, erasure).await;
    assert_eq!(before.kept_count, 2);
    challenged(&house.flow, &OPERATOR, erasure, &[RECORDS, backup()])
        .await
        .unwrap();
    since.closed = house.close().await;
    since.put_back().await;
    since.forwarded().await;
    since.sound().await;
    let after = since.look(async |flow| shown(flow, erasure).await).await;
    assert_eq!(facts(&after), facts(&before));
    assert!(!after.lost);
    assert_eq!(after.authority.as_deref(), Some("17"));
    let kept = |shown: &Certificate| -> Vec<_> {
        let kept = shown.kept.iter();
        kept.map(|kept| (kept.target, kept.object.clone(), kept.ground, kept.since))
            .collect()
    };
    assert_eq!(kept(&after), kept(&before));
    assert!(after.kept.iter().all(|kept| kept.lost));
    let challenge = after.challenge.unwrap();
    assert_eq!(
        (challenge.challenge, challenge.attempts.as_slice()),
        (None, &told()[..])
    );
    // The next run is told by its record.
    let again = since.look(async |flow| {
        challenged(flow, &OPERATOR, erasure, &[RECORDS]).await.unwrap();
        shown(flow, erasure).await.challenge.unwrap()
    });
    let again = again.await;
    assert!(again.challenge.is_some());
    assert_eq!(again.attempts, [(&RECORDS).into()]);
}

on_both! {
    decisions_that_are_lost_are_told_by_their_leaves
    what_stayed_is_told_where_only_that_is_lost
}
