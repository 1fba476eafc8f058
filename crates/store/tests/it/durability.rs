//! What durability hangs on, read back from real connections; and a server that would lose an answered commit is refused.

use crate::fresh::Fresh;
use counterfoil_model::Secret;
use counterfoil_store::{KeyDatabase, OpenError, Place, Store};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

async fn settings_are_as_they_must_be(fresh: Fresh) {
    let wanted: &[(&str, &str)] = if fresh.is_sqlite() {
        &[
            ("PRAGMA foreign_keys", "1"),
            ("PRAGMA journal_mode", "wal"),
            ("PRAGMA synchronous", "2"),
            ("PRAGMA secure_delete", "1"),
            ("PRAGMA busy_timeout", "10000"),
        ]
    } else {
        &[("SHOW synchronous_commit", "on")]
    };
    let (store, keys) = (fresh.store().await, fresh.keys().await);
    for found in [
        store.engine_settings().await.unwrap(),
        keys.engine_settings().await.unwrap(),
    ] {
        for (question, answer) in wanted {
            let told = found.iter().find(|(asked, _)| asked == question);
            assert_eq!(told.map(|(_, told)| told.as_str()), Some(*answer), "{question}");
        }
    }
}

on_both! {
    settings_are_as_they_must_be
}

/// A role whose commits are answered before they are on disk.
async fn careless(fresh: &Fresh, role: &str) -> Secret {
    let Place::Server { url, .. } = &fresh.place else {
        unreachable!("it lies on a server")
    };
    let mut connection = PgConnection::connect(url.reveal()).await.unwrap();
    let make = format!(
        "DROP ROLE IF EXISTS {role}; CREATE ROLE {role} SUPERUSER LOGIN; ALTER ROLE {role} SET synchronous_commit = off"
    );
    sqlx::raw_sql(AssertSqlSafe(make))
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    let (scheme, rest) = url.reveal().split_once("//").unwrap();
    let (_, rest) = rest.split_once('@').unwrap();
    Secret::new(format!("{scheme}//{role}@{rest}"))
}

fn place(url: &Secret, pooled: bool) -> Place {
    Place::Server {
        url: url.clone(),
        connections: 6,
        pooled,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_careless_role_is_set_right_or_refused() {
    let fresh = Fresh::postgres().await;
    let role = format!("cf_careless_{}", std::process::id());
    let url = careless(&fresh, &role).await;
    let direct = Store::open(&place(&url, false), fresh.clock.clone(), fresh.random.clone()).await;
    let store = direct.unwrap();
    let found = store.engine_settings().await.unwrap();
    assert!(
        found.contains(&("SHOW synchronous_commit", "on".to_owned())),
        "{found:?}"
    );
    store.close().await;

    // A pooler gives the next transaction another connection, so that setting it would not help.
    let refused = KeyDatabase::open(&place(&url, true)).await.err();
    let Some(OpenError::Engine(failure)) = refused else {
        panic!("a careless role behind a pooler must be refused")
    };
    assert!(failure.to_string().contains("ALTER ROLE"), "{failure}");

    let Place::Server { url: own, .. } = &fresh.place else {
        unreachable!("it lies on a server")
    };
    let mut connection = PgConnection::connect(own.reveal()).await.unwrap();
    let gone = format!("REASSIGN OWNED BY {role} TO CURRENT_USER; DROP OWNED BY {role}; DROP ROLE {role}");
    sqlx::raw_sql(AssertSqlSafe(gone))
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
}
