//! Coming in and going out: throttled, limited in time, and over at once when access ends.

use super::house::{House, PASSWORD};
use crate::harness::{Place, leaves_are_as_the_page_says};
use counterfoil_flow::people::colleagues::end_access;
use counterfoil_flow::people::invite::invite;
use counterfoil_flow::people::join::{JoinError, invited, join};
use counterfoil_flow::people::session::{session, sign_out};
use counterfoil_flow::people::sign_in::{SignInError, SignedIn, sign_in};
use counterfoil_flow::people::token::{token_create, token_owner};
use counterfoil_model::person::Role;
use counterfoil_model::{Clock, Secret};
use counterfoil_policy::Actor;
use std::net::IpAddr;
use std::time::Duration;

const LOGIN: &str = "ada@example.org";
const MINUTE: Duration = Duration::from_secs(60);

fn address(last: u8) -> IpAddr {
    IpAddr::from([192, 0, 2, last])
}

async fn tries(house: &House, login: &str, password: &str, from: IpAddr) -> Result<SignedIn, SignInError> {
    sign_in(&house.flow, login, &Secret::new(password.to_owned()), from).await
}

/// How long it is closed, in begun seconds; `None` when the try was let through and was wrong.
async fn closed(house: &House, login: &str, from: IpAddr) -> Option<u128> {
    match tries(house, login, "wrong wrong wrong", from).await {
        Err(SignInError::Wrong) => None,
        Err(SignInError::Blocked { until }) => Some(until.since(house.place.clock.wall()).as_millis().div_ceil(1_000)),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("a wrong password"),
    }
}

async fn guessing_is_slowed_down_by_name(place: Place) {
    let house = House::open(place).await;
    let (one, other) = (address(1), address(2));
    for _ in 0..6 {
        assert_eq!(closed(&house, LOGIN, one).await, None);
    }
    // Each further wrong try doubles the wait, wherever it comes from and however the name is spelled.
    for wait in [15_u64, 30, 60, 120] {
        assert_eq!(closed(&house, " ADA@example.org ", other).await, Some(u128::from(wait)));
        let right = tries(&house, LOGIN, PASSWORD, other).await;
        assert!(matches!(right, Err(SignInError::Blocked { .. })));
        house.pass(Duration::from_secs(wait));
        assert_eq!(closed(&house, LOGIN, one).await, None);
    }
    // Another name is not held up; and the right password clears the name.
    assert_eq!(closed(&house, "bo@example.org", one).await, None);
    house.pass(MINUTE * 15);
    tries(&house, LOGIN, PASSWORD, one).await.unwrap();
    for _ in 0..6 {
        assert_eq!(closed(&house, LOGIN, other).await, None);
    }
    assert_eq!(closed(&house, LOGIN, other).await, Some(15));
}

async fn guessing_is_slowed_down_by_address(place: Place) {
    let house = House::open(place).await;
    for n in 0..51 {
        assert_eq!(
            closed(&house, &format!("nobody{n}@example.org"), address(1)).await,
            None
        );
    }
    assert_eq!(closed(&house, "somebody@example.org", address(1)).await, Some(15));
    assert!(matches!(
        tries(&house, LOGIN, PASSWORD, address(1)).await,
        Err(SignInError::Blocked { .. })
    ));
    tries(&house, LOGIN, PASSWORD, address(2)).await.unwrap();
}

async fn a_session_ends_when_it_rests_and_after_half_a_day(place: Place) {
    let house = House::open(place).await;
    let lives = async |signed: &SignedIn| session(&house.flow, &signed.token).await.unwrap().is_some();
    let resting = tries(&house, LOGIN, PASSWORD, address(1)).await.unwrap();
    house.pass(MINUTE * 59);
    assert!(lives(&resting).await);
    house.pass(MINUTE * 60);
    assert!(!lives(&resting).await);

    let busy = tries(&house, LOGIN, PASSWORD, address(1)).await.unwrap();
    for _ in 0..23 {
        house.pass(MINUTE * 30);
        assert!(lives(&busy).await);
    }
    house.pass(MINUTE * 30);
    assert!(!lives(&busy).await);

    let ended = tries(&house, LOGIN, PASSWORD, address(1)).await.unwrap();
    let staff = session(&house.flow, &ended.token).await.unwrap().unwrap();
    sign_out(&house.flow, &staff).await.unwrap();
    assert!(!lives(&ended).await);
}

async fn ended_access_ends_everything_at_once(place: Place) {
    let house = House::open(place).await;
    let signed = tries(&house, LOGIN, PASSWORD, address(1)).await.unwrap();
    let (_, token) = token_create(&house.flow, &house.staff).await.unwrap();
    assert!(token_owner(&house.flow, &token).await.unwrap().is_some());
    let never_used = invite(&house.flow, &Actor::Operator, "Bo Example", &[Role::Agent])
        .await
        .unwrap();

    // Of two states of one moment either may count.
    house.pass(Duration::from_micros(1));
    end_access(&house.flow, &Actor::Operator, house.staff.person)
        .await
        .unwrap();
    end_access(&house.flow, &Actor::Operator, never_used.person)
        .await
        .unwrap();
    assert!(session(&house.flow, &signed.token).await.unwrap().is_none());
    assert!(token_owner(&house.flow, &token).await.unwrap().is_none());
    assert!(matches!(
        tries(&house, LOGIN, PASSWORD, address(1)).await,
        Err(SignInError::Wrong)
    ));
    assert!(invited(&house.flow, &never_used.token).await.unwrap().is_none());
    let password = Secret::new(PASSWORD.to_owned());
    let joined = join(&house.flow, &never_used.token, "bo@example.org", &password).await;
    assert!(matches!(joined, Err(JoinError::LinkDead)));
    leaves_are_as_the_page_says(house.opened.store()).await;
}

async fn an_invitation_works_once_and_for_a_week(place: Place) {
    let house = House::open(place).await;
    let password = Secret::new(PASSWORD.to_owned());
    let new = async || {
        invite(&house.flow, &Actor::Operator, "Bo Example", &[Role::Agent])
            .await
            .unwrap()
    };
    let first = new().await;
    // Looking, and wrong tries, do not use it up.
    for _ in 0..3 {
        assert_eq!(
            invited(&house.flow, &first.token).await.unwrap().unwrap().expose(),
            "Bo Example"
        );
    }
    let weak = Secret::new("too short".to_owned());
    let tried = join(&house.flow, &first.token, "bo@example.org", &weak).await;
    assert!(matches!(tried, Err(JoinError::PasswordWeak)));
    let tried = join(&house.flow, &first.token, " Ada@Example.org", &password).await;
    assert!(matches!(tried, Err(JoinError::LoginTaken)));
    let both = tokio::join!(
        join(&house.flow, &first.token, "bo@example.org", &password),
        join(&house.flow, &first.token, "bo2@example.org", &password)
    );
    assert_eq!(usize::from(both.0.is_ok()) + usize::from(both.1.is_ok()), 1);
    assert!(invited(&house.flow, &first.token).await.unwrap().is_none());
    let again = join(&house.flow, &first.token, "bo3@example.org", &password).await;
    assert!(matches!(again, Err(JoinError::LinkDead)));

    let second = new().await;
    house.pass(MINUTE * 60 * 24 * 7);
    let late = join(&house.flow, &second.token, "late@example.org", &password).await;
    assert!(matches!(late, Err(JoinError::LinkDead)));
}

on_both! {
    guessing_is_slowed_down_by_name
    guessing_is_slowed_down_by_address
    a_session_ends_when_it_rests_and_after_half_a_day
    ended_access_ends_everything_at_once
    an_invitation_works_once_and_for_a_week
}
