//! Staff and connections: the newest version counts; sessions and links hold only as long as they hold.

use crate::fresh::Fresh;
use crate::made::*;
use counterfoil_ledger::registry::LeafKind;
use counterfoil_model::person::PersonState;
use counterfoil_model::{
    ConnectionSettingsId, CredentialId, InviteId, PersonStateId, SessionId, TeamMemberId, TokenId,
};
use counterfoil_store::rows::*;
use counterfoil_store::{Change, CommitError, Unit};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);

async fn a_person_is_as_they_stand_now(fresh: Fresh) {
    let world = World::new(fresh).await;
    let [one, two] = world.teams;
    for (state, roles) in [(PersonState::Invited, 0), (PersonState::Active, 6)] {
        let id = PersonStateId::new(world.tick(), &*world.fresh.random);
        let row = PersonStateRow {
            id,
            person: world.person,
            state,
            roles,
            recorded_at: world.now(),
        };
        let unit = Unit::new("state").record(row, leaf(LeafKind::PersonState, world.now(), id.bytes()));
        world.store.commit(unit).await.unwrap();
    }
    for (team, present) in [(one, true), (two, true), (one, false), (one, true), (two, false)] {
        let id = TeamMemberId::new(world.tick(), &*world.fresh.random);
        let row = TeamMemberRow {
            id,
            team,
            person: world.person,
            present,
            recorded_at: world.now(),
        };
        let unit = Unit::new("member").record(row, leaf(LeafKind::Team, world.now(), id.bytes()));
        world.store.commit(unit).await.unwrap();
    }
    for password in ["old", "new"] {
        let id = CredentialId::new(world.tick(), &*world.fresh.random);
        let row = CredentialRow {
            login: sealed("anna"),
            id,
            person: world.person,
            password: sealed(password),
            recorded_at: world.now(),
        };
        let unit = Unit::new("password").record(row, leaf(LeafKind::Person, world.now(), id.bytes()));
        world.store.commit(unit).await.unwrap();
    }
    let row = world
        .store
        .person_by_lookup(&[keyed("anna"), keyed("nobody")])
        .await
        .unwrap()
        .unwrap();
    let facts = world.store.person_get(row.id).await.unwrap().unwrap();
    let state = facts.state.unwrap();
    assert_eq!((state.state, state.roles), (PersonState::Active, 6));
    assert_eq!(facts.teams, [one]);
    assert_eq!(facts.credential.unwrap().password.bytes(), sealed::<()>("new").bytes());
    let list = world.store.person_list().await.unwrap();
    assert_eq!(
        (list.len(), list[0].teams.len(), list[0].credential.is_none()),
        (1, 1, true)
    );
    assert!(
        world
            .store
            .person_by_lookup(&[keyed("nobody")])
            .await
            .unwrap()
            .is_none()
    );
}

async fn a_connection_has_its_newest_settings(fresh: Fresh) {
    let world = World::new(fresh).await;
    assert!(world.store.connection_list().await.unwrap()[0].settings.is_none());
    for settings in ["old", "new"] {
        let id = ConnectionSettingsId::new(world.tick(), &*world.fresh.random);
        let row = ConnectionSettingsRow {
            id,
            connection: world.connection,
            settings: sealed(settings),
            recorded_at: world.now(),
        };
        let unit = Unit::new("settings").record(row, leaf(LeafKind::Setting, world.now(), id.bytes()));
        world.store.commit(unit).await.unwrap();
    }
    let connected = world.store.connection_get(world.connection).await.unwrap().unwrap();
    assert_eq!(
        connected.settings.unwrap().settings.bytes(),
        sealed::<()>("new").bytes()
    );
    let channel = world
        .store
        .channel_by_lookup(&[keyed("number 1")])
        .await
        .unwrap()
        .unwrap();
    assert_eq!((channel.id, channel.team), (world.channels[1], Some(world.teams[1])));
    assert_eq!(world.store.team_list().await.unwrap().len(), 2);
}

async fn a_session_ends_once(fresh: Fresh) {
    let world = World::new(fresh).await;
    let id = SessionId::from_bytes([5; 16]);
    let row = SessionRow {
        id,
        token: keyed("token"),
        person: world.person,
        opened_at: world.now(),
        seen_at: world.now(),
        expires_at: world.now().plus(HOUR),
        ended_at: None,
    };
    world.store.commit(Unit::new("open").insert(row)).await.unwrap();
    let at = world.tick();
    let seen = || Unit::new("seen").change(Change::session_seen(id, at, at.plus(HOUR)));
    world.store.commit(seen()).await.unwrap();
    let found = world.store.session_by_token(keyed("token")).await.unwrap().unwrap();
    assert_eq!((found.seen_at, found.expires_at), (at, at.plus(HOUR)));
    let end = Unit::new("end").change(Change::sessions_end_of(world.person, at));
    world.store.commit(end).await.unwrap();
    for unit in [seen(), Unit::new("end").change(Change::session_end(id, at))] {
        let outcome = world.store.commit(unit).await;
        assert!(matches!(outcome, Err(CommitError::Conflict { guard: "session" })));
    }
    let found = world.store.session_by_token(keyed("token")).await.unwrap().unwrap();
    assert_eq!(found.ended_at, Some(at));
}

async fn a_link_works_once_and_in_time(fresh: Fresh) {
    let world = World::new(fresh).await;
    let invite = |n: u8, text: &str| InviteRow {
        id: InviteId::from_bytes([n; 16]),
        token: keyed(text),
        person: world.person,
        expires_at: world.now().plus(HOUR),
        used_at: None,
    };
    let unit = Unit::new("invite").insert(invite(1, "one")).insert(invite(2, "two"));
    world.store.commit(unit).await.unwrap();
    let take = |n: u8| Unit::new("join").change(Change::invite_use(InviteId::from_bytes([n; 16]), world.now()));
    world.store.commit(take(1)).await.unwrap();
    let outcome = world.store.commit(take(1)).await;
    assert!(matches!(outcome, Err(CommitError::Conflict { guard: "invite" })));
    world.fresh.clock.forward(HOUR);
    let outcome = world.store.commit(take(2)).await;
    assert!(matches!(outcome, Err(CommitError::Conflict { guard: "invite" })));
    assert!(
        world
            .store
            .invite_by_token(keyed("two"))
            .await
            .unwrap()
            .unwrap()
            .used_at
            .is_none()
    );
}

async fn tokens_and_the_brake_are_kept(fresh: Fresh) {
    let world = World::new(fresh).await;
    let id = TokenId::from_bytes([6; 16]);
    let row = ApiTokenRow {
        id,
        token: keyed("api"),
        person: world.person,
        scopes: 3,
        expires_at: world.now().plus(HOUR),
        seen_at: None,
        ended_at: None,
    };
    world.store.commit(Unit::new("token").insert(row)).await.unwrap();
    let used = Unit::new("token").change(Change::api_token_seen(id, world.now()));
    world.store.commit(used).await.unwrap();
    let found = world.store.api_token_by_hash(keyed("api")).await.unwrap().unwrap();
    assert_eq!((found.scopes, found.seen_at), (3, Some(world.now())));
    assert_eq!(world.store.api_tokens_of(world.person).await.unwrap().len(), 1);
    for failures in 1..=3 {
        let row = ThrottleRow {
            subject: keyed("anna"),
            failures,
            blocked_until: world.now().plus(HOUR),
            at: world.now(),
        };
        world
            .store
            .commit(Unit::new("brake").change(Change::throttle_put(row)))
            .await
            .unwrap();
    }
    assert_eq!(
        world.store.throttle_get(keyed("anna")).await.unwrap().unwrap().failures,
        3
    );
    let clear = Unit::new("brake").change(Change::throttle_clear(keyed("anna")));
    world.store.commit(clear).await.unwrap();
    assert!(world.store.throttle_get(keyed("anna")).await.unwrap().is_none());
}

on_both! {
    a_person_is_as_they_stand_now
    a_connection_has_its_newest_settings
    a_session_ends_once
    a_link_works_once_and_in_time
    tokens_and_the_brake_are_kept
}
