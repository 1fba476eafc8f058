//! Changing the key of the log: by whichever node leads, broken off anywhere, and what a stranger can make of it.

use super::verifying::everything;
use crate::harness::{BackDoor, Cell, Place, World};
use counterfoil_flow::Flow;
use counterfoil_flow::custody::forward::{ForwardError, forward};
use counterfoil_flow::custody::keys::{KeyView, Standing, keys};
use counterfoil_flow::custody::put_back::put_back;
use counterfoil_flow::custody::rotate::{RotateError, Rotated, rotate};
use counterfoil_flow::custody::sequence::drain;
use counterfoil_flow::custody::slip::slip;
use counterfoil_flow::custody::start::{Memory, StartRefusal, agree};
use counterfoil_flow::custody::verify::What;
use counterfoil_ledger::checkpoint::Checkpoint;
use counterfoil_ledger::key_change::{KeyChange, LogKeys};
use counterfoil_ledger::leaf::{Actor as LeafActor, Fact, Leaf};
use counterfoil_ledger::note::{LogKey, Note, VerifierKey};
use counterfoil_ledger::registry::{FactKey, LeafKind};
use counterfoil_policy::Actor;
use counterfoil_store::faults::Fault::{AfterCommit, BeforeCommit};
use counterfoil_store::{Store, Unit};
use std::path::PathBuf;
use std::time::Duration;

async fn rotated(flow: &Flow) -> Rotated {
    rotate(flow, &Actor::Operator).await.unwrap()
}

fn mirrored(place: &Place) -> Note {
    Note::parse(&std::fs::read(place.objects().join("ledger/checkpoint")).unwrap()).unwrap()
}

/// The proofs that lie beside the mirror, with their files.
fn proofs(place: &Place) -> Vec<(PathBuf, KeyChange)> {
    let Ok(files) = std::fs::read_dir(place.objects().join("ledger/key-change")) else {
        return Vec::new();
    };
    let read = |path: PathBuf| {
        let change = KeyChange::read(&std::fs::read(&path).unwrap()).unwrap();
        (path, change)
    };
    let mut proofs: Vec<_> = files.map(|file| read(file.unwrap().path())).collect();
    proofs.sort_by_key(|(_, change)| change.leaf);
    proofs
}

fn chain(place: &Place, given: &VerifierKey) -> LogKeys {
    LogKeys::follow(given.clone(), proofs(place).into_iter().map(|(_, change)| change)).unwrap()
}

fn signed_by(note: &Note, key: &VerifierKey) -> bool {
    Checkpoint::verify(note, key, &[]).is_ok()
}

async fn listed(flow: &Flow) -> Vec<(VerifierKey, Standing)> {
    let listed = keys(flow).await.unwrap().into_iter();
    listed.map(|KeyView { key, standing, .. }| (key, standing)).collect()
}

async fn seeds(place: &Place) -> Vec<String> {
    let mut door = BackDoor::vault(place).await;
    let rows = door
        .rows("SELECT name FROM secret WHERE name LIKE 'log-%' ORDER BY name", &[])
        .await;
    let name = |row: &Vec<Cell>| match &row[0] {
        Cell::Text(name) => name.clone(),
        other => panic!("a name is a text, not {other:?}"),
    };
    rows.iter().map(name).collect()
}

async fn sound(flow: &Flow) {
    drain(flow).await.unwrap();
    let report = everything(flow).await;
    assert!(report.sound, "{report}");
    agree(flow).await.unwrap();
}

async fn each_key_vouches_for_the_next_and_is_destroyed(place: Place) {
    let mut world = World::begin(&place).await;
    let conversation = world.conversation(2).await;
    let flow = world.flow().await;
    drain(&flow).await.unwrap();
    let old = slip(&flow, *conversation.bytes()).await.unwrap();
    assert_eq!(listed(&flow).await, [(old.key.clone(), Standing::Signs)]);

    let first = rotated(&flow).await;
    assert_eq!(first.before, old.key);
    assert!(
        !signed_by(&mirrored(&place), &first.after),
        "nothing is signed with it yet"
    );
    let again = rotate(&flow, &Actor::Operator).await;
    assert!(matches!(again, Err(RotateError::Going)), "{again:?}");
    drain(&flow).await.unwrap();
    let both = mirrored(&place);
    assert!(signed_by(&both, &first.before) && signed_by(&both, &first.after));
    assert_eq!(seeds(&place).await, ["log-public/1", "log-seed/2"]);

    world.conversation(2).await;
    drain(&flow).await.unwrap();
    let after = mirrored(&place);
    assert!(!signed_by(&after, &first.before) && signed_by(&after, &first.after));
    let second = rotated(&flow).await;
    drain(&flow).await.unwrap();
    world.conversation(300).await;
    sound(&flow).await;
    assert_eq!(
        listed(&flow).await,
        [
            (first.before.clone(), Standing::Destroyed),
            (first.after.clone(), Standing::Destroyed),
            (second.after.clone(), Standing::Signs)
        ]
    );

    // Whoever has any of the keys and the folder has the others, and what was handed out before is as good as ever.
    for given in [&first.before, &second.before, &second.after] {
        let keys = chain(&place, given);
        assert_eq!(
            keys.all().collect::<Vec<_>>(),
            [&first.before, &first.after, &second.after]
        );
        let newest = mirrored(&place);
        Checkpoint::verify(&newest, keys.of(&newest), &[]).unwrap();
        old.slip.verify(keys.of(&old.slip.checkpoint), &[]).unwrap();
    }
    old.slip.verify(&old.key, &[]).unwrap();
    let new = slip(&flow, *conversation.bytes()).await.unwrap();
    assert_eq!(new.key, second.after);
    // A server that begins now knows all that.
    let flow = world.node().await.flow().await;
    world.conversation(1).await;
    sound(&flow).await;
}

/// A node that was there before, with the old seed in its memory, signs with the new one once the log says so.
async fn another_node_signs_on_with_the_new_key(place: Place) {
    let mut world = World::begin(&place).await;
    world.conversation(2).await;
    let (one, other) = (world.flow().await, world.node().await.flow().await);
    drain(&one).await.unwrap();
    world.conversation(1).await;
    drain(&other).await.unwrap();
    let Rotated { before, after } = rotated(&one).await;
    drain(&other).await.unwrap();
    let both = mirrored(&place);
    assert!(signed_by(&both, &before) && signed_by(&both, &after));
    for node in [&one, &other, &one] {
        world.conversation(1).await;
        drain(node).await.unwrap();
        assert!(!signed_by(&mirrored(&place), &before));
        assert_eq!(listed(node).await.len(), 2);
    }
    let second = rotated(&other).await;
    sound(&one).await;
    sound(&other).await;
    assert_eq!(chain(&place, &before).all().last(), Some(&second.after));
}

/// Where a change breaks off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    Seed,
    LeafNotKept,
    LeafKept,
    Checkpoint,
    Head,
    Proof,
    PublicKey,
    Destroying,
}

const EVERYWHERE: [At; 8] = [
    At::Seed,
    At::LeafNotKept,
    At::LeafKept,
    At::Checkpoint,
    At::Head,
    At::Proof,
    At::PublicKey,
    At::Destroying,
];

impl At {
    async fn breaks(self, place: &Place, store: &Store) {
        match self {
            Self::Seed | Self::PublicKey => BackDoor::vault(place).await.refuse("INSERT ON secret").await,
            Self::LeafNotKept => store.order_fault_in("log.rotate", BeforeCommit),
            Self::LeafKept => store.order_fault_in("log.rotate", AfterCommit),
            Self::Checkpoint => BackDoor::data(place).await.refuse("INSERT ON checkpoint").await,
            Self::Head => BackDoor::vault(place).await.refuse("INSERT ON head").await,
            Self::Proof => {
                let proofs = place.objects().join("ledger/key-change");
                if proofs.exists() {
                    std::fs::rename(&proofs, place.objects().join("aside")).unwrap();
                }
                std::fs::write(proofs, b"in the way").unwrap();
            }
            Self::Destroying => BackDoor::vault(place).await.refuse("DELETE ON secret").await,
        }
    }

    async fn heals(self, place: &Place) {
        match self {
            Self::Seed | Self::PublicKey | Self::Destroying => BackDoor::vault(place).await.allow("secret").await,
            Self::LeafNotKept | Self::LeafKept => {}
            Self::Checkpoint => BackDoor::data(place).await.allow("checkpoint").await,
            Self::Head => BackDoor::vault(place).await.allow("head").await,
            Self::Proof => {
                let (proofs, aside) = (place.objects().join("ledger/key-change"), place.objects().join("aside"));
                std::fs::remove_file(&proofs).unwrap();
                if aside.exists() {
                    std::fs::rename(aside, proofs).unwrap();
                }
            }
        }
    }

    /// Whether it is the operator's part that breaks off.
    fn is_asked_for(self) -> bool {
        matches!(self, Self::Seed | Self::LeafNotKept | Self::LeafKept)
    }
}

/// Asks for a change until one is going on. A fault may still be ordered from an attempt that did not come as far.
async fn asked(flow: &Flow, case: &str) {
    for _ in EVERYWHERE {
        if matches!(rotate(flow, &Actor::Operator).await, Ok(_) | Err(RotateError::Going)) {
            return;
        }
    }
    panic!("{case}: it cannot be asked for");
}

/// Each step before the one that breaks is kept while the attempt failed, so pairs of these are all pairs of kept and not kept.
async fn broken_off_anywhere_twice_the_key_is_changed_once(place: Place) {
    let mut world = World::begin(&place).await;
    world.conversation(1).await;
    let mut node = world.node().await;
    let mut flow = node.clone().flow().await;
    drain(&flow).await.unwrap();
    let given = listed(&flow).await[0].0.clone();
    let mut changes = 0;
    for first in EVERYWHERE {
        for second in EVERYWHERE {
            let case = format!("{first:?}, then {second:?}");
            // The public key is there since the first attempt, so that the second goes through, and what is asked for after it is another change.
            let through = (first, second) == (At::Destroying, At::PublicKey);
            // What both keys signed ends before the next checkpoint, which breaks: what is asked for after it is another change too.
            let ended = matches!(first, At::Proof | At::PublicKey | At::Destroying) && second == At::Checkpoint;
            for at in [first, second] {
                if !at.is_asked_for() {
                    // What it does is asked for; that it goes on already is as good.
                    asked(&flow, &case).await;
                }
                world.conversation(1).await;
                at.breaks(&place, node.store()).await;
                let broken = match at.is_asked_for() {
                    true => rotate(&flow, &Actor::Operator).await.map(drop).map_err(|_| ()),
                    false => drain(&flow).await.map_err(|_| ()),
                };
                // Where the seed is there already, nothing has to be made.
                assert!(
                    broken.is_err() || at == At::Seed || (through && at == second),
                    "{case}: {at:?}"
                );
                at.heals(&place).await;
                // Whoever goes on is another, and the lease of the one that died runs out.
                node = world.node().await;
                flow = node.clone().flow().await;
                place.clock.forward(Duration::from_secs(11));
            }
            asked(&flow, &case).await;
            drain(&flow).await.unwrap_or_else(|error| panic!("{case}: {error:?}"));
            world.conversation(1).await;
            drain(&flow).await.unwrap_or_else(|error| panic!("{case}: {error:?}"));
            changes += 1 + usize::from(through || ended);
            let keys = chain(&place, &given);
            assert_eq!(keys.changes().len(), changes, "{case}");
            let there = seeds(&place).await;
            assert_eq!(
                there.iter().filter(|name| name.starts_with("log-seed")).count(),
                1,
                "{case}: {there:?}"
            );
            let newest = mirrored(&place);
            let (before, after) = (keys.at(newest_size(&newest) - 1), keys.at(u64::MAX));
            assert!(signed_by(&newest, after), "{case}");
            assert!(before == after || !signed_by(&newest, before), "{case}");
        }
    }
    sound(&flow).await;
}

fn newest_size(note: &Note) -> u64 {
    Checkpoint::parse(note.text()).unwrap().size
}

/// Whoever writes to the database can write a leaf that names any key. Nobody signs it.
async fn refused_and_named(place: Place, other_subject: Option<[u8; 16]>) {
    let mut world = World::begin(&place).await;
    world.conversation(1).await;
    let flow = world.flow().await;
    drain(&flow).await.unwrap();
    let before = mirrored(&place);
    let ours = listed(&flow).await[0].0.clone();
    let subject = other_subject.unwrap_or(*world.vault().installation().bytes());
    let leaf = Leaf::new(LeafKind::LogKeyChanged, 7, subject)
        .actor(LeafActor::OPERATOR)
        .fact(FactKey::PublicKey, Fact::Hash([9; 32]))
        .fact(FactKey::PreviousKey, Fact::Hash(*ours.public()));
    world.store().commit(Unit::new("test.forged").leaf(leaf)).await.unwrap();
    for _ in 0..2 {
        let refused = drain(&flow).await.expect_err("it is signed by nobody");
        assert!(format!("{:?}", refused.0).contains("UnknownKey"), "{refused:?}");
    }
    assert_eq!(mirrored(&place), before);
    let report = everything(&flow).await;
    let told = report
        .differences
        .iter()
        .find(|told| told.id.starts_with("ledger/key-change/"));
    assert_eq!(told.map(|told| told.what), Some(What::NotSigned), "{report}");
}

async fn a_key_that_the_vault_did_not_make_is_refused_and_named(place: Place) {
    refused_and_named(place, None).await;
}

/// Auditors take such a leaf for a change whatever it is about.
async fn a_change_that_is_about_something_else_is_refused_and_named(place: Place) {
    refused_and_named(place, Some([8; 16])).await;
}

/// A pass that broke off after both keys signed is brought to its end before the new key signs alone.
async fn nothing_is_signed_by_the_new_key_alone_before_the_proof_is_there(place: Place) {
    let mut world = World::begin(&place).await;
    world.conversation(1).await;
    let node = world.node().await;
    let flow = node.clone().flow().await;
    drain(&flow).await.unwrap();
    let Rotated { before, after } = rotated(&flow).await;
    At::PublicKey.breaks(&place, node.store()).await;
    drain(&flow).await.unwrap_err();
    At::PublicKey.heals(&place).await;
    world.conversation(1).await;
    place.clock.forward(Duration::from_secs(11));
    let node = world.node().await;
    let flow = node.clone().flow().await;
    At::Proof.breaks(&place, node.store()).await;
    drain(&flow).await.unwrap_err();
    let both = mirrored(&place);
    assert!(signed_by(&both, &before) && signed_by(&both, &after));
    At::Proof.heals(&place).await;
    sound(&flow).await;
    assert!(!signed_by(&mirrored(&place), &before));
}

/// Whoever puts the row of the old seed back does not hold up the next change.
async fn a_seed_that_was_put_back_is_destroyed_again(place: Place) {
    let mut world = World::begin(&place).await;
    world.conversation(1).await;
    let flow = world.flow().await;
    drain(&flow).await.unwrap();
    let mut door = BackDoor::vault(&place).await;
    let old = door
        .rows(
            "SELECT epoch, generation, wrapped FROM secret WHERE name = 'log-seed'",
            &[],
        )
        .await
        .remove(0);
    let first = rotated(&flow).await;
    drain(&flow).await.unwrap();
    world.conversation(1).await;
    drain(&flow).await.unwrap();
    door.change(
        "INSERT INTO secret (name, epoch, generation, wrapped) VALUES ('log-seed', $1, $2, $3)",
        &old,
    )
    .await
    .unwrap();
    let second = rotated(&flow).await;
    assert_eq!(second.before, first.after);
    sound(&flow).await;
    assert_eq!(seeds(&place).await, ["log-public/1", "log-public/2", "log-seed/3"]);
}

/// Whoever stole a key that was destroyed since signs what is there as it ever could, and nothing of it is believed.
async fn what_an_old_key_signs_beyond_its_time_is_not_believed(place: Place) {
    let mut world = World::begin(&place).await;
    let item = world.conversation(1).await;
    let flow = world.flow().await;
    drain(&flow).await.unwrap();
    let stolen = {
        let seeds = world.vault().log_seeds();
        LogKey::from_seed(listed(&flow).await[0].0.name(), seeds.seeds()[0].reveal()).unwrap()
    };
    rotated(&flow).await;
    drain(&flow).await.unwrap();
    let mut door = BackDoor::data(&place).await;
    let head = door
        .rows("SELECT size, frontier, root FROM log_head", &[])
        .await
        .remove(0);
    world.conversation(1).await;
    drain(&flow).await.unwrap();
    let newest = mirrored(&place);
    let forged = Checkpoint::parse(newest.text()).unwrap().sign(&stolen).unwrap();
    let path = place.objects().join("ledger/checkpoint");

    std::fs::write(&path, forged.to_string()).unwrap();
    let refusal = agree(&flow).await.expect_err("it is of another time");
    let by_mirror = |refusal: &StartRefusal| matches!(refusal, StartRefusal::OtherKey { by: Memory::Mirror });
    assert!(by_mirror(&refusal), "{refusal}");

    let row = Cell::Int(i64::try_from(newest_size(&newest)).unwrap());
    std::fs::write(&path, newest.to_string()).unwrap();
    let put = "UPDATE checkpoint SET note = $2 WHERE size = $1";
    door.change(put, &[row.clone(), Cell::Text(forged.to_string())])
        .await
        .unwrap();
    let refusal = agree(&flow).await.expect_err("it is of another time");
    assert!(
        matches!(refusal, StartRefusal::OtherKey { by: Memory::Checkpoint }),
        "{refusal}"
    );
    slip(&flow, *item.bytes()).await.expect_err("no slip is made of it");

    // Nor is a mirror followed that it signed, in a database from before.
    door.change("DELETE FROM leaf WHERE number >= $1", &head[..1])
        .await
        .unwrap();
    door.change("DELETE FROM checkpoint WHERE size > $1", &head[..1])
        .await
        .unwrap();
    door.change("UPDATE log_head SET size = $1, frontier = $2, root = $3", &head)
        .await
        .unwrap();
    std::fs::write(&path, forged.to_string()).unwrap();
    let flow = world.node().await.flow().await;
    match forward(&flow, &Actor::Operator, None).await {
        Err(ForwardError::Start(refusal)) => assert!(by_mirror(&refusal), "{refusal}"),
        other => panic!("{other:?}"),
    }
    std::fs::write(&path, newest.to_string()).unwrap();
    forward(&flow, &Actor::Operator, None).await.unwrap().unwrap();
    sound(&flow).await;
}

async fn a_proof_that_was_altered_or_is_missing_is_told(place: Place) {
    let mut world = World::begin(&place).await;
    world.conversation(1).await;
    let flow = world.flow().await;
    drain(&flow).await.unwrap();
    rotated(&flow).await;
    sound(&flow).await;
    let (path, _) = proofs(&place).remove(0);
    let good = std::fs::read(&path).unwrap();
    let mut bent = good.clone();
    bent[60] ^= 1;
    std::fs::write(&path, bent).unwrap();
    let report = everything(&flow).await;
    assert!(
        report
            .differences
            .iter()
            .any(|told| told.what == What::Altered && told.id.contains("key-change")),
        "{report}"
    );
    std::fs::remove_file(&path).unwrap();
    let report = everything(&flow).await;
    assert!(
        report
            .differences
            .iter()
            .any(|told| told.what == What::Missing && told.id.contains("key-change")),
        "{report}"
    );
    std::fs::write(path.with_file_name("4711"), &good).unwrap();
    let report = everything(&flow).await;
    assert!(
        report.differences.iter().any(|told| told.what == What::Surplus),
        "{report}"
    );
    std::fs::remove_file(path.with_file_name("4711")).unwrap();
    // Where the place of sealed files is lost, the proofs are made again from the rows, to the byte, though the log has grown since.
    world.conversation(20).await;
    drain(&flow).await.unwrap();
    std::fs::remove_dir_all(place.objects().join("ledger")).unwrap();
    put_back(&flow).await.unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), good);
    sound(&flow).await;
}

async fn a_vault_from_before_the_change_is_refused(place: Place) {
    let mut world = World::begin(&place).await;
    world.conversation(1).await;
    let flow = world.flow().await;
    drain(&flow).await.unwrap();
    let mut door = BackDoor::vault(&place).await;
    let old = door
        .rows(
            "SELECT epoch, generation, wrapped FROM secret WHERE name = 'log-seed'",
            &[],
        )
        .await
        .remove(0);
    rotated(&flow).await;
    sound(&flow).await;
    world.conversation(1).await;
    sound(&flow).await;
    door.script("DELETE FROM secret WHERE name LIKE 'log-%'").await;
    door.change(
        "INSERT INTO secret (name, epoch, generation, wrapped) VALUES ('log-seed', $1, $2, $3)",
        &old,
    )
    .await
    .unwrap();
    let refusal = agree(&world.node().await.flow().await)
        .await
        .expect_err("it is an older one");
    assert!(
        matches!(
            refusal,
            StartRefusal::OtherKey {
                by: Memory::Mirror | Memory::Checkpoint
            }
        ),
        "{refusal}"
    );
    assert!(refusal.to_string().contains("before that"), "{refusal}");
}

async fn a_database_from_before_the_change_is_brought_forward_with_its_proof(place: Place) {
    let mut world = World::begin(&place).await;
    world.conversation(1).await;
    let flow = world.flow().await;
    drain(&flow).await.unwrap();
    let mut door = BackDoor::data(&place).await;
    let head = door
        .rows("SELECT size, frontier, root FROM log_head", &[])
        .await
        .remove(0);
    let Rotated { before, .. } = rotated(&flow).await;
    drain(&flow).await.unwrap();
    rotated(&flow).await;
    drain(&flow).await.unwrap();
    sound(&flow).await;
    let handed: Vec<_> = proofs(&place)
        .into_iter()
        .map(|(_, change)| change.checkpoint.size)
        .collect();

    door.change("DELETE FROM leaf WHERE number >= $1", &head[..1])
        .await
        .unwrap();
    door.change("DELETE FROM checkpoint WHERE size > $1", &head[..1])
        .await
        .unwrap();
    door.change("UPDATE log_head SET size = $1, frontier = $2, root = $3", &head)
        .await
        .unwrap();
    let refusal = agree(&flow).await.expect_err("it was rolled back");
    assert!(
        matches!(refusal, StartRefusal::RolledBack { by: Memory::Mirror, .. }),
        "{refusal}"
    );
    let flow = world.node().await.flow().await;
    // A file in the place of no change holds nothing up.
    let (proof, _) = proofs(&place).remove(0);
    let again = proof.with_file_name("4711");
    std::fs::copy(proof, &again).unwrap();
    forward(&flow, &Actor::Operator, None).await.unwrap().unwrap();
    std::fs::remove_file(again).unwrap();
    sound(&flow).await;
    for size in handed {
        let rows = door
            .rows(
                "SELECT note FROM checkpoint WHERE size = $1",
                &[Cell::Int(i64::try_from(size).unwrap())],
            )
            .await;
        assert_eq!(rows.len(), 1, "the checkpoint of {size} vouches for a key");
    }
    assert_eq!(chain(&place, &before).changes().len(), 2);
}

on_both! {
    each_key_vouches_for_the_next_and_is_destroyed
    another_node_signs_on_with_the_new_key
    broken_off_anywhere_twice_the_key_is_changed_once
    a_key_that_the_vault_did_not_make_is_refused_and_named
    a_change_that_is_about_something_else_is_refused_and_named
    nothing_is_signed_by_the_new_key_alone_before_the_proof_is_there
    a_seed_that_was_put_back_is_destroyed_again
    what_an_old_key_signs_beyond_its_time_is_not_believed
    a_proof_that_was_altered_or_is_missing_is_told
    a_vault_from_before_the_change_is_refused
    a_database_from_before_the_change_is_brought_forward_with_its_proof
}
