//! Verifying an installation that nobody touched, and what its report says.

use crate::harness::{BackDoor, Cell, Place, World};
use counterfoil_flow::Flow;
use counterfoil_flow::custody::sequence::drain;
use counterfoil_flow::custody::verify::{Progress, Stage, VerifyReport, VerifyScope, verify};
use counterfoil_vault::Sealed;

pub(super) async fn everything(flow: &Flow) -> VerifyReport {
    verify(flow, VerifyScope::Everything, |_| {}).await.unwrap()
}

async fn what_nobody_touched_is_sound(place: Place) {
    let mut world = World::begin(&place).await;
    world.conversation(6).await;
    let flow = world.flow().await;
    drain(&flow).await.unwrap();
    let mut seen = Vec::new();
    let report = verify(&flow, VerifyScope::Everything, |progress| seen.push(progress))
        .await
        .unwrap();
    assert!(report.sound, "{report}");
    assert_eq!(report.differences, []);
    let rows: u64 = report.tables.iter().map(|count| count.rows).sum();
    assert_eq!(rows, report.log.leaves);
    assert_eq!(report.log.signed, Some(report.log.leaves));
    assert_eq!((report.blobs.blobs, report.blobs.orphans), (2, 0));
    let message = report.tables.iter().find(|count| count.table == "message").unwrap();
    assert_eq!((message.rows, message.opened, message.erased), (6, 6 + 4 + 4, 0));
    assert!(
        seen.contains(&Progress {
            stage: Stage::Records("message"),
            done: 6,
            of: Some(6)
        }),
        "{seen:?}"
    );

    // The run left its own leaf, which is part of the next one.
    drain(&flow).await.unwrap();
    let again = everything(&flow).await;
    assert!(again.sound, "{again}");
    assert_eq!(again.log.leaves, report.log.leaves + 1);
}

async fn what_waits_for_its_number_or_signature_is_compared_too(place: Place) {
    let mut world = World::begin(&place).await;
    world.conversation(2).await;
    let flow = world.flow().await;
    let report = everything(&flow).await;
    assert!(report.sound, "{report}");
    assert_eq!(report.log.signed, None);
    assert!(report.log.leaves > 0 && report.log.pending == 0, "numbered at once");

    BackDoor::data(&place).await.waits_again().await;
    let report = everything(&flow).await;
    assert!(report.sound, "{report}");
    assert!(report.log.leaves == 0 && report.log.pending > 0);
    drain(&flow).await.unwrap();
    let report = everything(&flow).await;
    assert!(report.sound && report.log.pending == 0, "{report}");
}

async fn what_was_erased_is_told_as_erased_and_not_as_altered(place: Place) {
    let mut world = World::begin(&place).await;
    world.conversation(6).await;
    let flow = world.flow().await;
    drain(&flow).await.unwrap();
    let mut door = BackDoor::data(&place).await;
    let rows = door.rows("SELECT id, sealed_body FROM message ORDER BY id", &[]).await;
    let bodies: Vec<(Cell, Vec<u8>)> = rows
        .into_iter()
        .map(|mut row| match row.pop() {
            Some(Cell::Bytes(body)) => (row.remove(0), body),
            other => panic!("a body is bytes, not {other:?}"),
        })
        .collect();
    let address = Sealed::<Vec<u8>>::from_bytes(bodies[0].1.clone()).address().unwrap();
    world.vault().puncture(vec![address]).await.unwrap();

    let report = everything(&flow).await;
    assert!(report.sound, "{report}");
    let message = report.tables.iter().find(|count| count.table == "message").unwrap();
    // The first message came in: body, payload and provider id go with its key.
    assert_eq!(message.erased, 3);

    // A body that points at the destroyed key is altered all the same.
    let mut moved = bodies[1].1.clone();
    let address = 1..21;
    moved[address.clone()].copy_from_slice(&bodies[0].1[address]);
    let sql = "UPDATE message SET sealed_body = $1 WHERE id = $2";
    door.change(sql, &[Cell::Bytes(moved), bodies[1].0.clone()])
        .await
        .unwrap();
    let report = everything(&flow).await;
    let difference = &report.differences[0];
    assert_eq!(
        (report.differing, difference.column),
        (1, Some("sealed_body")),
        "{report}"
    );
    assert!(
        difference.to_string().starts_with("message 2 of conversation cnv_"),
        "{difference}"
    );
    assert!(
        difference.to_string().ends_with(": sealed_body was altered"),
        "{difference}"
    );
}

async fn a_report_is_for_people_and_for_programs(place: Place) {
    let mut world = World::begin(&place).await;
    world.conversation(1).await;
    let flow = world.flow().await;
    drain(&flow).await.unwrap();
    let sound = everything(&flow).await.to_string();
    assert!(
        sound.contains("Sound: all that is stored is what was recorded."),
        "{sound}"
    );
    assert!(
        sound.contains("Nobody outside this installation has countersigned the log."),
        "{sound}"
    );

    std::fs::write(place.objects().join("ledger/left behind"), b"x").unwrap();
    BackDoor::data(&place).await.script("UPDATE message SET kind = 3").await;
    let report = everything(&flow).await;
    let text = report.to_string();
    assert!(text.contains("DIFFERS  message 1 of conversation cnv_"), "{text}");
    assert!(
        text.contains("Not sound: 2 places differ from what was recorded."),
        "{text}"
    );
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["sound"], false);
    let places: Vec<&str> = json["differences"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|it| it["what"].as_str())
        .collect();
    assert_eq!(places, ["surplus", "altered"]);
}

async fn verifying_opens_nothing_when_only_the_log_is_asked_for(place: Place) {
    let mut world = World::begin(&place).await;
    world.conversation(2).await;
    let flow = world.flow().await;
    drain(&flow).await.unwrap();
    BackDoor::data(&place).await.script("UPDATE message SET kind = 3").await;
    let report = verify(&flow, VerifyScope::Log, |_| {}).await.unwrap();
    assert!(report.sound, "{report}");
    assert!(report.tables.is_empty());
    assert_eq!(report.log.pending, 0, "it leaves no leaf");
}

async fn a_run_beside_work_that_goes_on_is_sound(place: Place) {
    let mut world = World::begin(&place).await;
    world.conversation(40).await;
    let flow = world.flow().await;
    drain(&flow).await.unwrap();
    let runs = std::cell::Cell::new(0);
    let working = async {
        while runs.get() < 3 {
            world.conversation(runs.get() % 5 + 1).await;
            drain(&flow).await.unwrap();
        }
    };
    let looking = async {
        while runs.get() < 3 {
            let report = everything(&flow).await;
            assert!(report.sound, "{report}");
            runs.set(runs.get() + 1);
        }
    };
    tokio::join!(working, looking);
}

on_both! {
    a_run_beside_work_that_goes_on_is_sound
    what_nobody_touched_is_sound
    what_waits_for_its_number_or_signature_is_compared_too
    what_was_erased_is_told_as_erased_and_not_as_altered
    a_report_is_for_people_and_for_programs
    verifying_opens_nothing_when_only_the_log_is_asked_for
}
