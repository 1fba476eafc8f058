//! Opening: one writer per folder, no tables of another version, readers that cannot write.

use crate::fresh::Fresh;
use crate::made::*;
use counterfoil_store::{CommitError, KeyDatabase, MigrateError, OpenError, Place, Store, Unit};

async fn tables_of_a_newer_program_are_refused(fresh: Fresh) {
    fresh.store().await.close().await;
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                 VALUES (999, 'later', true, '', 0)";
    fresh.tamper(newer).await;
    let outcome = Store::open(&fresh.place, fresh.clock.clone(), fresh.random.clone()).await;
    let Err(OpenError::Tables(error)) = outcome else {
        panic!("the store was opened")
    };
    assert!(matches!(error, MigrateError::Newer { found: 999, known: 22 }));
    assert!(error.to_string().contains("start the newer program"));
}

async fn an_altered_step_is_refused(fresh: Fresh) {
    fresh.store().await.close().await;
    fresh
        .tamper("UPDATE _sqlx_migrations SET checksum = '' WHERE version = 1")
        .await;
    let outcome = Store::open(&fresh.place, fresh.clock.clone(), fresh.random.clone()).await;
    assert!(matches!(outcome, Err(OpenError::Tables(MigrateError::Altered(1)))));
}

async fn opening_twice_finds_everything(fresh: Fresh) {
    let world = World::new(fresh).await;
    let (contact, ..) = world.conversation(0).await;
    world.store.close().await;
    drop(world.store);
    let store = world.fresh.store().await;
    assert!(store.contact_get(contact).await.unwrap().is_some());
    assert_eq!(store.channel_list().await.unwrap().len(), 3);
}

async fn a_reader_cannot_write(fresh: Fresh) {
    let world = World::new(fresh).await;
    let contact = world.conversation(0).await.0;
    let fresh = &world.fresh;
    let reader = Store::open_read_only(&fresh.place, fresh.clock.clone(), fresh.random.clone());
    let reader = reader.await.unwrap();
    assert!(reader.contact_get(contact).await.unwrap().is_some());
    let outcome = reader.commit(Unit::new("write")).await;
    assert!(matches!(outcome, Err(CommitError::Unavailable(_))));
    reader.close().await;
}

on_both! {
    a_reader_cannot_write
    tables_of_a_newer_program_are_refused
    an_altered_step_is_refused
    opening_twice_finds_everything
}

#[tokio::test]
async fn a_folder_has_one_writer_and_any_readers() {
    let world = World::new(Fresh::sqlite()).await;
    let (fresh, contact) = (&world.fresh, world.conversation(0).await.0);
    let outcome = Store::open(&fresh.place, fresh.clock.clone(), fresh.random.clone()).await;
    assert!(matches!(outcome, Err(OpenError::Busy { .. })));
    let reader = Store::open_read_only(&fresh.place, fresh.clock.clone(), fresh.random.clone())
        .await
        .unwrap();
    assert!(reader.contact_get(contact).await.unwrap().is_some());
    let outcome = reader.commit(Unit::new("write")).await;
    assert!(matches!(outcome, Err(CommitError::Unavailable(_))));
    let _keys = fresh.keys().await;
    let second = KeyDatabase::open(&fresh.vault_place).await;
    assert!(matches!(second, Err(OpenError::Busy { .. })));
    assert!(KeyDatabase::open_read_only(&fresh.vault_place).await.is_ok());
}

#[tokio::test]
async fn a_reader_makes_nothing() {
    let fresh = Fresh::sqlite();
    let outcome = Store::open_read_only(&fresh.place, fresh.clock.clone(), fresh.random.clone()).await;
    assert!(matches!(outcome, Err(OpenError::Absent { .. })));
    let Place::Folder(folder) = &fresh.place else {
        unreachable!("SQLite lies in a folder")
    };
    assert!(!folder.exists());
}

#[tokio::test]
async fn the_files_are_their_owners_only() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new(Fresh::sqlite()).await;
    let Place::Folder(folder) = &world.fresh.place else {
        unreachable!("SQLite lies in a folder")
    };
    assert_eq!(std::fs::metadata(folder).unwrap().permissions().mode() & 0o777, 0o700);
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", entry.file_name().display());
    }
}
