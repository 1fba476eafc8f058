//! Starting: database, mirror and vault must tell one story, and what differs is told with what to do.

use crate::harness::{BackDoor, Cell, Place, World};
use counterfoil_flow::Flow;
use counterfoil_flow::custody::sequence::drain;
use counterfoil_flow::custody::start::{Agreement, Memory, StartRefusal, agree};
use counterfoil_ledger::tree::{Frontier, leaf_hash};

async fn refused(flow: &Flow) -> StartRefusal {
    agree(flow).await.expect_err("the parts do not agree")
}

async fn a_new_installation_agrees_about_what_is_not_signed_yet(place: Place) {
    let world = World::begin(&place).await;
    let agreed = agree(&world.flow().await).await.unwrap();
    assert_eq!(agreed.signed, 0);
    assert!(agreed.leaves > 0, "they have their numbers at once");
}

async fn a_database_that_was_rolled_back_is_noticed(place: Place) {
    let mut world = World::begin(&place).await;
    world.conversation(2).await;
    drain(&world.flow().await).await.unwrap();
    let mut door = BackDoor::data(&place).await;
    let head = door
        .rows("SELECT size, frontier, root FROM log_head", &[])
        .await
        .remove(0);
    world.conversation(2).await;
    drain(&world.flow().await).await.unwrap();
    let Agreement { leaves, .. } = agree(&world.flow().await).await.unwrap();

    door.change("DELETE FROM leaf WHERE number >= $1", &head[..1])
        .await
        .unwrap();
    door.change("DELETE FROM checkpoint WHERE size > $1", &head[..1])
        .await
        .unwrap();
    door.change("UPDATE log_head SET size = $1, frontier = $2, root = $3", &head)
        .await
        .unwrap();
    let refusal = refused(&world.flow().await).await;
    assert!(
        matches!(refusal, StartRefusal::RolledBack { size, by: Memory::Mirror, .. } if size == leaves),
        "{refusal}"
    );
    // Nor does a sequencer that begins now sign anything on top of it.
    world.conversation(9).await;
    drain(&world.flow().await).await.expect_err("the log was rolled back");
}

async fn a_log_that_was_forked_is_noticed(place: Place) {
    let mut world = World::begin(&place).await;
    world.conversation(2).await;
    drain(&world.flow().await).await.unwrap();
    let mut door = BackDoor::data(&place).await;
    let rows = door.rows("SELECT hash FROM leaf ORDER BY number", &[]).await;
    let mut frontier = Frontier::default();
    for row in &rows[1..] {
        let Cell::Bytes(hash) = &row[0] else {
            panic!("a hash is bytes")
        };
        frontier.append(hash.as_slice().try_into().unwrap());
    }
    let last = i64::try_from(rows.len()).unwrap() - 1;
    let forged = b"something else was last".to_vec();
    let hash = leaf_hash(&forged);
    frontier.append(hash);
    let leaf = [Cell::Bytes(forged), Cell::Bytes(hash.to_vec()), Cell::Int(last)];
    door.change("UPDATE leaf SET bytes = $1, hash = $2 WHERE number = $3", &leaf)
        .await
        .unwrap();
    let head = [Cell::Bytes(frontier.to_bytes()), Cell::Bytes(frontier.root().to_vec())];
    door.change("UPDATE log_head SET frontier = $1, root = $2", &head)
        .await
        .unwrap();
    let refusal = refused(&world.flow().await).await;
    assert!(
        matches!(refusal, StartRefusal::Forked { by: Memory::Vault, .. }),
        "{refusal}"
    );
}

async fn what_remembers_the_log_must_be_there_and_right(place: Place) {
    let mut world = World::begin(&place).await;
    world.conversation(2).await;
    drain(&world.flow().await).await.unwrap();
    let flow = world.flow().await;
    let mirror = place.objects().join("ledger/checkpoint");
    let note = std::fs::read(&mirror).unwrap();

    std::fs::remove_file(&mirror).unwrap();
    assert!(matches!(
        refused(&flow).await,
        StartRefusal::Missing { by: Memory::Mirror, .. }
    ));
    std::fs::write(&mirror, b"something else\n").unwrap();
    assert!(matches!(
        refused(&flow).await,
        StartRefusal::Altered { by: Memory::Mirror }
    ));
    std::fs::write(&mirror, &note).unwrap();
    assert_eq!(agree(&flow).await.unwrap().unsigned(), 0);

    let mut data = BackDoor::data(&place).await;
    data.script("UPDATE checkpoint SET note = 'something else'").await;
    assert!(matches!(
        refused(&flow).await,
        StartRefusal::Altered { by: Memory::Checkpoint }
    ));
    data.script("DELETE FROM checkpoint").await;
    assert!(matches!(
        refused(&flow).await,
        StartRefusal::Missing {
            by: Memory::Checkpoint,
            ..
        }
    ));
    data.script("UPDATE log_head SET size = size + 1").await;
    assert!(matches!(refused(&flow).await, StartRefusal::Damaged));

    BackDoor::vault(&place)
        .await
        .script("UPDATE head SET size = size - 1")
        .await;
    let refusal = refused(&flow).await;
    assert!(matches!(refusal, StartRefusal::Altered { by: Memory::Vault }));
    assert!(refusal.to_string().contains("counterfoil verify"), "{refusal}");
}

/// A pass may break off before the vault or the mirror hears of the newest checkpoint, never of two.
async fn a_mirror_or_a_vault_of_an_older_backup_is_noticed(place: Place) {
    let mut world = World::begin(&place).await;
    let mirror = place.objects().join("ledger/checkpoint");
    let mut copies = Vec::new();
    for _ in 0..3 {
        world.conversation(1).await;
        drain(&world.flow().await).await.unwrap();
        let head = BackDoor::vault(&place)
            .await
            .rows("SELECT size, root, mac FROM head", &[])
            .await
            .remove(0);
        copies.push((std::fs::read(&mirror).unwrap(), head));
    }
    let put = "UPDATE head SET size = $1, root = $2, mac = $3";
    for (by, age) in [
        (Memory::Mirror, 1),
        (Memory::Mirror, 2),
        (Memory::Vault, 1),
        (Memory::Vault, 2),
    ] {
        let (note, head) = &copies[copies.len() - 1 - age];
        match by {
            Memory::Mirror => std::fs::write(&mirror, note).unwrap(),
            _ => assert_eq!(BackDoor::vault(&place).await.change(put, head).await.unwrap(), 1),
        }
        let found = agree(&world.flow().await).await;
        match (age, found) {
            (1, found) => assert_eq!(found.unwrap().unsigned(), 0, "{by}: one may be missing"),
            (_, Ok(_)) => panic!("{by} is older"),
            (_, Err(refusal)) => {
                assert!(
                    matches!(refusal, StartRefusal::Older { by: told, .. } if told == by),
                    "{refusal}"
                );
                assert!(refusal.to_string().contains("copies of the same time"), "{refusal}");
            }
        }
        let (note, head) = copies.last().unwrap();
        std::fs::write(&mirror, note).unwrap();
        BackDoor::vault(&place).await.change(put, head).await.unwrap();
    }
}

on_both! {
    a_new_installation_agrees_about_what_is_not_signed_yet
    a_database_that_was_rolled_back_is_noticed
    a_log_that_was_forked_is_noticed
    what_remembers_the_log_must_be_there_and_right
    a_mirror_or_a_vault_of_an_older_backup_is_noticed
}
