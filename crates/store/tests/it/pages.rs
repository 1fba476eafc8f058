//! What the pages remember, and filing.

use crate::fresh::Fresh;
use crate::made::*;
use counterfoil_ledger::registry::LeafKind;
use counterfoil_model::filing::FilingStep;
use counterfoil_model::{DraftId, FilingId, FilingStepId, InstallationId, ReferenceId, SessionId, TreeId};
use counterfoil_store::rows::*;
use counterfoil_store::{Change, CommitError, Unit};
use std::collections::HashSet;

async fn a_reading_is_remembered_for_a_while(fresh: Fresh) {
    let world = World::new(fresh).await;
    let session = SessionId::from_bytes([3; 16]);
    // More than one cut of a list, and one object named twice.
    let mut objects: Vec<[u8; 16]> = (0..70).map(|n| [n; 16]).collect();
    objects.push([5; 16]);
    let read = |purpose| Unit::new("read").change(Change::reading_seen(session, purpose, &objects, world.now()));
    world.store.commit(read(2)).await.unwrap();
    let first = world.now();
    let seen = async |purpose, since| {
        world
            .store
            .reading_seen(session, purpose, &objects, since)
            .await
            .unwrap()
    };
    assert_eq!(seen(2, first).await, objects.iter().copied().collect::<HashSet<_>>());
    assert!(seen(1, first).await.is_empty());
    let later = world.tick();
    assert!(seen(2, later).await.is_empty());
    let again = Change::reading_seen(session, 2, &objects[..2], later);
    world.store.commit(Unit::new("read").change(again)).await.unwrap();
    assert_eq!(seen(2, later).await.len(), 2);
}

async fn a_draft_is_replaced_and_removed(fresh: Fresh) {
    let world = World::new(fresh).await;
    let (_, conversation, _) = world.conversation(0).await;
    for text in ["first", "second"] {
        let draft = DraftRow {
            id: DraftId::new(world.tick(), &*world.fresh.random),
            person: world.person,
            conversation,
            text: sealed(text),
            at: world.now(),
        };
        world
            .store
            .commit(Unit::new("draft").change(Change::draft_put(draft)))
            .await
            .unwrap();
    }
    let kept = world
        .store
        .draft_get(world.person, conversation)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(kept.text.bytes(), sealed::<()>("second").bytes());
    let remove = Change::draft_delete(world.person, conversation);
    world.store.commit(Unit::new("draft").change(remove)).await.unwrap();
    assert!(
        world
            .store
            .draft_get(world.person, conversation)
            .await
            .unwrap()
            .is_none()
    );
}

async fn a_repeated_request_finds_what_it_made(fresh: Fresh) {
    let world = World::new(fresh).await;
    let unit = || {
        Unit::new("send").insert(IdempotencyRow {
            key: keyed("key"),
            body: keyed("body"),
            subject: [4; 16],
            expires_at: world.now(),
        })
    };
    world.store.commit(unit()).await.unwrap();
    let outcome = world.store.commit(unit()).await;
    assert!(matches!(outcome, Err(CommitError::Conflict { guard: "idempotency" })));
    let found = world.store.idempotency_get(keyed("key")).await.unwrap().unwrap();
    assert_eq!((found.body, found.subject), (keyed("body"), [4; 16]));
    world.tick();
    let sweep = Unit::new("sweep").change(Change::idempotency_sweep(world.now()));
    world.store.commit(sweep).await.unwrap();
    assert!(world.store.idempotency_get(keyed("key")).await.unwrap().is_none());
}

async fn a_message_is_filed_once_on_a_reference(fresh: Fresh) {
    let world = World::new(fresh).await;
    let (_, _, message) = world.conversation(0).await;
    let (at, random) = (world.now(), &*world.fresh.random);
    let reference = ReferenceId::new(at, random);
    let filing = |id| FilingRow {
        id,
        message,
        reference,
        person: world.person,
        recorded_at: at,
    };
    let row = ReferenceRow {
        id: reference,
        system: "pas".to_owned(),
        kind: "claim".to_owned(),
        lookup: keyed("CLM-1"),
        value: sealed("CLM-1"),
        recorded_at: at,
    };
    let id = FilingId::new(at, random);
    let mut unit = Unit::new("file")
        .record(row, leaf(LeafKind::Filing, at, reference.bytes()))
        .record(filing(id), leaf(LeafKind::Filing, at, id.bytes()));
    for step in [FilingStep::ToBeFiled, FilingStep::Filed] {
        let step_id = FilingStepId::new(world.tick(), random);
        let row = FilingStepRow {
            id: step_id,
            filing: id,
            step,
            attempts: 1,
            code: None,
            acknowledgement: (step == FilingStep::Filed).then(|| sealed("DOC-1")),
            at: world.now(),
            recorded_at: world.now(),
        };
        unit = unit.record(row, leaf(LeafKind::FilingStep, world.now(), step_id.bytes()));
    }
    world.store.commit(unit).await.unwrap();
    let twice = FilingId::new(world.tick(), random);
    let again = Unit::new("file").record(filing(twice), leaf(LeafKind::Filing, at, twice.bytes()));
    let outcome = world.store.commit(again).await;
    assert!(matches!(outcome, Err(CommitError::Conflict { guard: "filing" })));
    let found = world
        .store
        .reference_by_lookup("pas", "claim", &[keyed("nothing"), keyed("CLM-1")])
        .await
        .unwrap();
    assert_eq!(found.unwrap().id, reference);
    let other = world
        .store
        .reference_by_lookup("pas", "policy", &[keyed("CLM-1")])
        .await
        .unwrap();
    assert!(other.is_none());
    assert_eq!(world.store.references_get(&[reference]).await.unwrap().len(), 1);
    let filings = world.store.filings_of(&[message]).await.unwrap();
    assert_eq!(filings.iter().map(|row| row.id).collect::<Vec<_>>(), [id]);
    assert_eq!(world.store.filing_get(id).await.unwrap().unwrap().reference, reference);
    let steps = world.store.filing_steps_of(&[id]).await.unwrap();
    assert_eq!(steps[1].step, FilingStep::Filed);
    assert!(steps[0].acknowledgement.is_none() && steps[1].acknowledgement.is_some());
}

async fn an_installation_is_set_up_once(fresh: Fresh) {
    let store = fresh.store().await;
    assert!(store.installation_get().await.unwrap().is_none());
    let unit = |purpose| {
        Unit::new("init").insert(InstallationRow {
            number: 1,
            id: InstallationId::from_bytes([1; 16]),
            tree: TreeId::from_bytes([2; 16]),
            purpose,
            opened_at: fresh.now(),
            lookup_epoch: 1,
        })
    };
    store.commit(unit(InstallationPurpose::Serve)).await.unwrap();
    let outcome = store.commit(unit(InstallationPurpose::Demo)).await;
    assert!(matches!(outcome, Err(CommitError::Conflict { guard: "installation" })));
    let row = store.installation_get().await.unwrap().unwrap();
    assert_eq!(row.purpose, InstallationPurpose::Serve);
}

on_both! {
    a_reading_is_remembered_for_a_while
    a_draft_is_replaced_and_removed
    a_repeated_request_finds_what_it_made
    a_message_is_filed_once_on_a_reference
    an_installation_is_set_up_once
}
