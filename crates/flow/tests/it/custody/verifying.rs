//! Verifying an installation that nobody touched, and what its report says.

use crate::harness::{Place, World};
use counterfoil_flow::Flow;
use counterfoil_flow::custody::sequence::drain;
use counterfoil_flow::custody::verify::{Progress, Stage, VerifyReport, VerifyScope, verify};

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

async fn what_waits_for_its_number_is_compared_too(place: Place) {
    let mut world = World::begin(&place).await;
    world.conversation(2).await;
    let flow = world.flow().await;
    let report = everything(&flow).await;
    assert!(report.sound, "{report}");
    assert_eq!((report.log.leaves, report.log.signed), (0, None));
    assert!(report.log.pending > 0);
}

on_both! { what_nobody_touched_is_sound what_waits_for_its_number_is_compared_too }
