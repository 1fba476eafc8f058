//! A file that is erased alone, with its message while the conversation stays, takes its own key along: a copy of the sealed file, as a backup
//! has it, opens no more.

use super::attachments::{picture, pictured, settled, sha256};
use super::erasing::{erase, live};
use super::house::House;
use crate::harness::{BackDoor, Place};
use counterfoil_flow::erasure::decide::Target;
use counterfoil_policy::{Machine, machine_permit};
use counterfoil_store::blob_name;
use counterfoil_vault::{BLOB_HEADER, Kind, Label, OpenError};

/// How a file stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sealed {
    /// What is known of it is sealed under its own key.
    Together,
    /// What is known of it is sealed under another key, as it was before.
    Apart,
}

async fn opens_no_more(place: Place, sealed: Sealed, whole_message: bool) {
    let (house, sim) = House::with_provider(place).await;
    let bytes = picture(70_000);
    pictured(&house, &sim, &bytes, &sha256(&bytes)).await;
    let attachment = settled(&house).await.id;
    let message = house.thread(house.conversation().await).await.messages[0].id;
    if sealed == Sealed::Apart {
        let mut door = BackDoor::data(&house.place).await;
        door.change(
            "UPDATE attachment_step SET sealed_about = (SELECT attachment.sealed_about FROM attachment \
            WHERE attachment.id = attachment_step.attachment_id) WHERE blob_id IS NOT NULL",
            &[],
        )
        .await;
    }
    let steps = house.opened.store().attachment_steps_of(&[attachment]).await.unwrap();
    let id = steps.iter().find_map(|step| step.blob).unwrap();
    let copy = house
        .opened
        .blobs
        .get_range(&blob_name(id), 0..BLOB_HEADER as u64)
        .await;
    let copy = copy.unwrap().unwrap();
    let opens = async || {
        let place = counterfoil_vault::Place {
            kind: Kind::Blob,
            object: *id.bytes(),
            label: Label::Blob,
        };
        let permit = machine_permit(Machine::Verify, vec![place.object]);
        house.opened.vault().blob_open(&permit, place, &copy).await.map(drop)
    };
    opens().await.unwrap();
    let target = if whole_message {
        Target::Message(message)
    } else {
        Target::Attachment(attachment)
    };
    let erasure = erase(&house, target).await;
    live(&house, erasure).await;
    let outcome = opens().await;
    assert!(matches!(outcome, Err(OpenError::Erased)), "{sealed:?}: {outcome:?}");
    assert_eq!(house.opened.blobs.size(&blob_name(id)).await.unwrap(), None);
}

async fn vault_10_a_copy_of_a_file_that_was_erased_alone_opens_no_more(place: Place) {
    opens_no_more(place, Sealed::Together, false).await;
}

async fn vault_10_a_copy_of_a_file_that_was_erased_with_its_message_opens_no_more(place: Place) {
    opens_no_more(place, Sealed::Together, true).await;
}

async fn vault_10_so_does_one_whose_key_no_row_names(place: Place) {
    opens_no_more(place, Sealed::Apart, true).await;
}

on_both! {
    vault_10_a_copy_of_a_file_that_was_erased_alone_opens_no_more
    vault_10_a_copy_of_a_file_that_was_erased_with_its_message_opens_no_more
    vault_10_so_does_one_whose_key_no_row_names
}
