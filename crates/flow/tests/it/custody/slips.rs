//! Slips of items, and the log's folder, as strangers check them: with what was handed out and the public key, and nothing else.

use crate::harness::{BackDoor, Cell, Place, World};
use counterfoil_flow::Flow;
use counterfoil_flow::custody::sequence::drain;
use counterfoil_flow::custody::slip::{SlipMade, SlipRefusal, slip};
use counterfoil_ledger::Id;
use counterfoil_ledger::registry::LeafKind;
use counterfoil_verify::{Keys, folder, item};

/// The ids of the messages, oldest first.
async fn messages(place: &Place) -> Vec<Id> {
    let mut door = BackDoor::data(place).await;
    let rows = door.rows("SELECT id FROM message ORDER BY id", &[]).await;
    let id = |row: Vec<Cell>| match row.into_iter().next() {
        Some(Cell::Bytes(id)) => id.try_into().unwrap(),
        other => panic!("an id is bytes, not {other:?}"),
    };
    rows.into_iter().map(id).collect()
}

/// All that a stranger is given besides the files.
fn keys(made: &SlipMade) -> Keys {
    Keys {
        log: made.key.clone().into(),
        witnesses: Vec::new(),
    }
}

/// What the stranger's verifier says of a slip.
fn told(made: &SlipMade) -> item::ItemReport {
    item::slip(made.slip.to_string().as_bytes(), &[], &keys(made)).unwrap()
}

fn kinds(made: &SlipMade) -> Vec<LeafKind> {
    made.life.steps.iter().map(|step| step.leaf.kind).collect()
}

async fn vault_1_a_slip_tells_the_whole_life_of_a_message_to_a_stranger(place: Place) {
    let mut world = World::begin(&place).await;
    world.conversation(40).await;
    let flow = world.flow().await;
    drain(&flow).await.unwrap();
    world.conversation(30).await;
    drain(&flow).await.unwrap();
    let ids = messages(&place).await;

    // The first came in, brought a file and was filed; the third went out and has its ticks.
    let first = slip(&flow, ids[0]).await.unwrap();
    let (file, step) = (LeafKind::Attachment, LeafKind::AttachmentStep);
    let (filing, filed) = (LeafKind::Filing, LeafKind::FilingStep);
    assert_eq!(kinds(&first), [LeafKind::Message, file, step, filing, filed]);
    let third = slip(&flow, ids[2]).await.unwrap();
    let tick = LeafKind::Tick;
    assert_eq!(kinds(&third), [LeafKind::Message, tick, tick, tick]);

    for (number, id) in ids.into_iter().enumerate() {
        let made = slip(&flow, id).await.unwrap();
        let told = told(&made);
        assert!(told.sound, "{told}");
        assert_eq!((made.unsigned, told.verdict.as_str()), (0, "included but withheld"));
        assert!(!made.slip.to_string().contains("Message"), "message {number}");
    }
}

async fn a_slip_stays_when_the_rows_are_gone(place: Place) {
    let mut world = World::begin(&place).await;
    world.conversation(6).await;
    let flow = world.flow().await;
    drain(&flow).await.unwrap();
    let ids = messages(&place).await;
    let before = slip(&flow, ids[2]).await.unwrap();
    let mut door = BackDoor::data(&place).await;
    for sql in ["DELETE FROM tick", "DELETE FROM message"] {
        door.change(sql, &[]).await.unwrap();
    }
    let after = slip(&flow, ids[2]).await.unwrap();
    assert_eq!(before.slip, after.slip);
}

async fn what_is_not_signed_yet_is_said_to_be_and_nothing_is_made_up(place: Place) {
    let mut world = World::begin(&place).await;
    world.conversation(2).await;
    let flow = world.flow().await;
    let ids = messages(&place).await;
    let refusal = slip(&flow, ids[0]).await.unwrap_err();
    assert!(matches!(refusal, SlipRefusal::NotSigned), "{refusal}");
    let refusal = slip(&flow, [9; 16]).await.unwrap_err();
    assert!(matches!(refusal, SlipRefusal::NotFound), "{refusal}");

    drain(&flow).await.unwrap();
    world.conversation(2).await;
    assert!(told(&slip(&flow, ids[0]).await.unwrap()).sound);
    let later = messages(&place).await[3];
    let refusal = slip(&flow, later).await.unwrap_err();
    assert!(matches!(refusal, SlipRefusal::NotSigned), "{refusal}");
    drain(&flow).await.unwrap();
    assert!(told(&slip(&flow, later).await.unwrap()).sound);
}

async fn a_slip_that_would_not_hold_is_not_handed_out(place: Place) {
    let mut world = World::begin(&place).await;
    world.conversation(6).await;
    let flow = world.flow().await;
    drain(&flow).await.unwrap();
    let ids = messages(&place).await;
    let size = slip(&flow, ids[0]).await.unwrap().life.verified.checkpoint.size;
    let tile = place.objects().join(format!("ledger/tile/0/000.p/{size}"));
    let mut bytes = std::fs::read(&tile).unwrap();
    bytes[0] ^= 1;
    std::fs::write(&tile, &bytes).unwrap();
    let refusal = slip(&flow, ids[0]).await.unwrap_err();
    assert!(matches!(refusal, SlipRefusal::NotProven(_)), "{refusal}");
    std::fs::remove_file(&tile).unwrap();
    let refusal = slip(&flow, ids[0]).await.unwrap_err();
    assert!(matches!(refusal, SlipRefusal::NotProven(_)), "{refusal}");
}

/// What the stranger's verifier says of the log's folder, as it lies in the object store.
fn checked(place: &Place, made: &SlipMade) -> folder::FolderReport {
    folder::check(&place.objects().join("ledger"), &keys(made), &[], |_, _| {}).unwrap()
}

async fn vault_1_the_folder_that_a_server_writes_is_sound_and_one_altered_byte_in_it_is_not(place: Place) {
    let mut world = World::begin(&place).await;
    let flow: Flow = world.flow().await;
    for messages in [7, 70, 20] {
        world.conversation(messages).await;
        drain(&flow).await.unwrap();
    }
    let made = slip(&flow, messages(&place).await[0]).await.unwrap();
    let report = checked(&place, &made);
    assert!(report.sound, "{report}");
    assert_eq!(report.size, Some(report.leaves));
    assert!(report.leaves > 256, "{report}");

    let mut folders = vec![place.objects().join("ledger")];
    let mut altered = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let was = std::fs::read(&path).unwrap();
            for at in [0, was.len() / 2, was.len() - 1] {
                let mut bytes = was.clone();
                bytes[at] ^= 4;
                std::fs::write(&path, bytes).unwrap();
                assert!(!checked(&place, &made).sound, "byte {at} of {}", path.display());
                altered += 1;
            }
            std::fs::write(&path, was).unwrap();
        }
    }
    assert!(checked(&place, &made).sound);
    println!(
        "{} leaves in {} files written by the sequencer: sound; {altered} altered bytes, each found",
        report.leaves, report.files
    );
}

on_both! {
    vault_1_a_slip_tells_the_whole_life_of_a_message_to_a_stranger
    a_slip_stays_when_the_rows_are_gone
    what_is_not_signed_yet_is_said_to_be_and_nothing_is_made_up
    a_slip_that_would_not_hold_is_not_handed_out
    vault_1_the_folder_that_a_server_writes_is_sound_and_one_altered_byte_in_it_is_not
}
