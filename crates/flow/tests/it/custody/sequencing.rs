//! Numbering and signing: what a pass leaves, and that a pass that broke off anywhere is finished by a later one.

use super::verifying::everything;
use crate::harness::{BackDoor, Place, World};
use counterfoil_flow::Flow;
use counterfoil_flow::custody::sequence::drain;
use counterfoil_flow::custody::start::{Agreement, agree};
use counterfoil_flow::custody::verify::{VerifyScope, verify};
use counterfoil_ledger::checkpoint::Checkpoint;
use counterfoil_ledger::note::{Note, VerifierKey};
use counterfoil_ledger::tile::{check_entries, check_tiles};
use std::time::Duration;

fn object(place: &Place, name: &str) -> Option<Vec<u8>> {
    std::fs::read(place.objects().join(name)).ok()
}

async fn a_pass_leaves_what_an_auditor_can_check(place: Place) {
    let mut world = World::begin(&place).await;
    let flow = world.flow().await;
    for messages in [40, 3, 60] {
        world.conversation(messages).await;
        drain(&flow).await.unwrap();
    }
    let report = everything(&flow).await;
    assert!(report.sound, "{report}");

    // Nothing but the objects and the key that was handed out.
    let note = Note::parse(&object(&place, "ledger/checkpoint").unwrap()).unwrap();
    let key: VerifierKey = report.log.key.parse().unwrap();
    let signed = Checkpoint::verify(&note, &key, &[]).unwrap().checkpoint;
    let tile = |tile: &_| object(&place, &format!("ledger/{tile}"));
    assert_eq!(check_tiles(signed.size, tile).unwrap(), signed.root);
    check_entries(signed.size, tile).unwrap();
    assert!(signed.size > 256, "{}", signed.size);
    // The first tile filled up, and the partial ones before it went.
    for row in ["0", "entries"] {
        assert!(object(&place, &format!("ledger/tile/{row}/000")).is_some());
        let partial = place.objects().join(format!("ledger/tile/{row}/000.p"));
        assert!(std::fs::read_dir(partial).map_or(true, |mut left| left.next().is_none()));
    }
}

async fn a_pass_with_nothing_to_do_changes_nothing(place: Place) {
    let mut world = World::begin(&place).await;
    world.conversation(3).await;
    drain(&world.flow().await).await.unwrap();
    let before = (
        object(&place, "ledger/checkpoint"),
        agree(&world.flow().await).await.unwrap(),
    );
    drain(&world.flow().await).await.unwrap();
    let after = (
        object(&place, "ledger/checkpoint"),
        agree(&world.flow().await).await.unwrap(),
    );
    assert_eq!(before, after);
}

/// Where a pass breaks off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    Tiles,
    Checkpoint,
    Mirror,
    Head,
}

/// The numbers are given by the group that brings the leaves, or the group is not kept.
const EVERYWHERE: [At; 4] = [At::Tiles, At::Checkpoint, At::Mirror, At::Head];

impl At {
    /// From now on this step fails and keeps nothing; all before it is kept.
    async fn breaks(self, place: &Place) {
        let objects = place.objects();
        match self {
            Self::Checkpoint => BackDoor::data(place).await.refuse("INSERT ON checkpoint").await,
            Self::Head => BackDoor::vault(place).await.refuse("INSERT ON head").await,
            Self::Tiles => {
                std::fs::create_dir_all(objects.join("ledger/tile")).unwrap();
                std::fs::rename(objects.join("ledger/tile"), objects.join("aside")).unwrap();
                std::fs::write(objects.join("ledger/tile"), b"in the way").unwrap();
            }
            Self::Mirror => {
                let mirror = objects.join("ledger/checkpoint");
                std::fs::create_dir_all(objects.join("ledger")).unwrap();
                if mirror.exists() {
                    std::fs::rename(&mirror, objects.join("aside")).unwrap();
                }
                std::fs::create_dir_all(mirror.join("in the way")).unwrap();
            }
        }
    }

    /// It works again.
    async fn heals(self, place: &Place) {
        let objects = place.objects();
        match self {
            Self::Checkpoint => BackDoor::data(place).await.allow("checkpoint").await,
            Self::Head => BackDoor::vault(place).await.allow("head").await,
            Self::Tiles => {
                std::fs::remove_file(objects.join("ledger/tile")).unwrap();
                std::fs::rename(objects.join("aside"), objects.join("ledger/tile")).unwrap();
            }
            Self::Mirror => {
                std::fs::remove_dir_all(objects.join("ledger/checkpoint")).unwrap();
                if objects.join("aside").exists() {
                    std::fs::rename(objects.join("aside"), objects.join("ledger/checkpoint")).unwrap();
                }
            }
        }
    }
}

/// What all passes together must lead to.
async fn mended(flow: &Flow, case: &str) {
    drain(flow).await.unwrap_or_else(|error| panic!("{case}: {error:?}"));
    let Agreement { leaves, signed } = agree(flow).await.unwrap_or_else(|error| panic!("{case}: {error}"));
    assert_eq!(leaves, signed, "{case}");
    let report = verify(flow, VerifyScope::Log, |_| {}).await.unwrap();
    assert!(report.sound, "{case}: {report}");
}

/// The step before the one that breaks is then kept while its pass failed, so pairs of these are all pairs of kept and not kept.
async fn broken_off_anywhere_twice_it_is_mended(place: Place) {
    let mut world = World::begin(&place).await;
    world.conversation(2).await;
    let mut flow = world.flow().await;
    drain(&flow).await.unwrap();
    for first in EVERYWHERE {
        for second in EVERYWHERE {
            let begins_anew = (first as u8 + second as u8) % 2 == 1;
            let case = format!("{first:?}, then {second:?}, begun anew: {begins_anew}");
            for at in [first, second] {
                world.conversation(1).await;
                at.breaks(&place).await;
                drain(&flow).await.expect_err(&case);
                at.heals(&place).await;
                if begins_anew {
                    flow = world.flow().await;
                    // The lease of the one that died runs out.
                    place.clock.forward(Duration::from_secs(11));
                }
            }
            mended(&flow, &case).await;
        }
    }
}

/// At the very first pass nothing is there yet.
async fn the_first_pass_may_break_off_too(place: Place) {
    for at in EVERYWHERE {
        let place = place.beside().await;
        let world = World::begin(&place).await;
        at.breaks(&place).await;
        drain(&world.flow().await).await.expect_err("it breaks off");
        at.heals(&place).await;
        place.clock.forward(Duration::from_secs(11));
        mended(&world.flow().await, &format!("{at:?}")).await;
    }
}

async fn a_node_that_lost_its_lease_leaves_the_log_alone(place: Place) {
    let mut world = World::begin(&place).await;
    let (one, other) = (world.flow().await, world.flow().await);
    world.conversation(2).await;
    At::Checkpoint.breaks(&place).await;
    drain(&one).await.expect_err("it breaks off and keeps the lease");
    At::Checkpoint.heals(&place).await;

    world.conversation(2).await;
    drain(&other).await.unwrap();
    assert!(
        agree(&other).await.unwrap().unsigned() > 0,
        "the other one waits for the lease"
    );
    place.clock.forward(Duration::from_secs(11));
    mended(&other, "the lease ran out").await;
    world.conversation(2).await;
    mended(&one, "the first one comes back").await;
}

on_both! {
    a_pass_leaves_what_an_auditor_can_check
    a_pass_with_nothing_to_do_changes_nothing
    broken_off_anywhere_twice_it_is_mended
    the_first_pass_may_break_off_too
    a_node_that_lost_its_lease_leaves_the_log_alone
}
