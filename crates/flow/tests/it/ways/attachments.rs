//! Files of messages: fetched, checked, sealed and deleted at the provider, or said to be missing and why.

use super::house::House;
use super::posts::{Guest, Post, message};
use crate::harness::{Place, leaves_are_as_the_page_says};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use counterfoil_flow::reading::ReadError;
use counterfoil_flow::reading::attachment::attachment;
use counterfoil_flow::reading::thread::{AttachmentState, AttachmentView};
use counterfoil_model::AttachmentId;
use counterfoil_model::attachment::FetchFailure;
use counterfoil_simulator::{ApiCallKind, CustomerId, Faults, MediaFault, MediaId, SimContent, Simulator};
use futures_util::StreamExt;
use serde_json::json;
use std::time::Duration;

const GUEST: &str = "31612345678";

/// A picture of `length` bytes that are not all alike.
pub(super) fn picture(length: usize) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR".to_vec();
    bytes.extend((bytes.len()..length).map(|n| u8::try_from(n % 251).unwrap()));
    bytes
}

pub(super) fn sha256(bytes: &[u8]) -> String {
    STANDARD.encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes))
}

/// The guest sends a picture; the provider announces `digest` for it.
pub(super) async fn pictured(house: &House, sim: &Simulator, bytes: &[u8], digest: &str) -> MediaId {
    let guest = CustomerId::parse(GUEST).unwrap();
    sim.customer_image(&guest, bytes.to_vec().into(), "image/png", None)
        .await;
    let Some(SimContent::Media { id: Some(id), .. }) = sim.thread(&guest).pop().map(|last| last.content) else {
        panic!("the picture is on the phone")
    };
    let rest = json!({"type": "image", "image": {"id": id.as_str(), "mime_type": "image/png", "sha256": digest, "caption": "the cellar"}});
    let at = house.seconds();
    house
        .post(&Post(vec![message(Guest::by_phone(GUEST), "picture", at, &rest)]))
        .await;
    id
}

async fn view(house: &House) -> AttachmentView {
    let mut thread = house.thread(house.conversation().await).await;
    assert_eq!(thread.messages.len(), 1);
    thread.messages.remove(0).attachments.remove(0)
}

/// Waits, job by job, until the file is settled: here and deleted at the provider, or given up.
pub(super) async fn settled(house: &House) -> AttachmentView {
    house
        .in_time("the file is settled", async || {
            let view = view(house).await;
            let settled = view.deleted_at_provider || matches!(view.state, AttachmentState::Unfetched { .. });
            settled.then_some(view)
        })
        .await
}

async fn read(house: &House, id: AttachmentId, range: Option<(u64, Option<u64>)>) -> Result<Vec<u8>, ReadError> {
    let mut content = attachment(&house.flow, &house.staff, id, range).await?;
    let mut bytes = Vec::new();
    while let Some(piece) = content.bytes.next().await {
        bytes.extend_from_slice(&piece?);
    }
    Ok(bytes)
}

async fn a_file_is_fetched_sealed_and_deleted_at_the_provider(place: Place) {
    let (house, sim) = House::with_provider(place).await;
    // Several chunks, the last one not full.
    let bytes = picture(200_001);
    let media = pictured(&house, &sim, &bytes, &sha256(&bytes)).await;
    let file = settled(&house).await;
    assert_eq!((file.state, file.length), (AttachmentState::Here, Some(200_001)));
    assert_eq!(file.media_type, "image/png");
    assert!(!sim.media_is_kept(&media));
    assert_eq!(read(&house, file.id, None).await.unwrap(), bytes);

    for (first, last) in [
        (0, Some(0)),
        (0, Some(65_535)),
        (65_535, Some(65_536)),
        (131_072, None),
        (7, Some(199_999)),
        (200_000, Some(999_999)),
    ] {
        let end = last.map_or(200_001, |last: u64| (last + 1).min(200_001));
        let want = &bytes[usize::try_from(first).unwrap()..usize::try_from(end).unwrap()];
        let got = read(&house, file.id, Some((first, last))).await.unwrap();
        assert!(got == want, "bytes {first} to {last:?}");
    }
    assert!(matches!(
        read(&house, file.id, Some((200_001, None))).await,
        Err(ReadError::NotFound)
    ));

    // What lies on the disk shows nothing of it.
    let mut objects = 0;
    let mut folders = vec![house.place.objects()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let sealed = std::fs::read(path).unwrap();
                assert!(!sealed.windows(32).any(|window| window == &bytes[1_000..1_032]));
                objects += 1;
            }
        }
    }
    assert!(objects > 0);
    leaves_are_as_the_page_says(house.opened.store()).await;
}

async fn what_goes_wrong_once_is_made_good(place: Place) {
    for fault in [
        MediaFault::NotFound,
        MediaFault::Expired,
        MediaFault::WrongDigest,
        MediaFault::Internal,
    ] {
        let (house, sim) = House::with_provider(place.beside().await).await;
        sim.fail_next_media(fault, 1);
        let bytes = picture(5_000);
        pictured(&house, &sim, &bytes, &sha256(&bytes)).await;
        let file = settled(&house).await;
        assert_eq!(file.state, AttachmentState::Here, "{fault:?}");
        assert_eq!(read(&house, file.id, None).await.unwrap(), bytes, "{fault:?}");
    }
}

async fn a_file_that_stays_away_is_said_to_be_missing(place: Place) {
    for (fault, want) in [
        (MediaFault::NotFound, FetchFailure::Gone),
        (MediaFault::WrongDigest, FetchFailure::DigestDiffers),
    ] {
        let (house, sim) = House::with_provider(place.beside().await).await;
        let standing = Faults {
            media: Some(fault),
            ..Faults::default()
        };
        sim.set_faults(standing);
        let bytes = picture(5_000);
        let media = pictured(&house, &sim, &bytes, &sha256(&bytes)).await;
        let file = settled(&house).await;
        let AttachmentState::Unfetched { failure, attempts } = file.state else {
            panic!("{fault:?} ends")
        };
        assert_eq!((failure, attempts), (want, 15), "{fault:?}");
        assert!(matches!(read(&house, file.id, None).await, Err(ReadError::NotFound)));
        // The message stays, the provider's copy is left alone, and nobody asks again.
        assert_eq!(house.texts().await, [["the cellar"]]);
        assert!(sim.media_is_kept(&media));
        let asked = sim.requests().len();
        house.pass(Duration::from_secs(60 * 60));
        assert_eq!(house.count("job").await, 0);
        assert_eq!(sim.requests().len(), asked);
        assert!(
            !sim.requests()
                .iter()
                .any(|call| matches!(call.kind, ApiCallKind::MediaDelete { .. }))
        );
        assert_eq!(house.count("attachment_step").await, 1);
        leaves_are_as_the_page_says(house.opened.store()).await;
    }
}

async fn a_file_that_is_longer_than_announced_is_not_taken(place: Place) {
    let (house, sim) = House::with_provider(place).await;
    sim.fail_next_media(MediaFault::TooLarge, 1);
    let bytes = picture(5_000);
    pictured(&house, &sim, &bytes, &sha256(&bytes)).await;
    // Its digest differs; the next try brings the right one.
    let file = settled(&house).await;
    assert_eq!((file.state, file.length), (AttachmentState::Here, Some(5_000)));
    assert_eq!(read(&house, file.id, None).await.unwrap(), bytes);
}

async fn a_picture_that_names_no_file_is_kept_whole(place: Place) {
    let (house, _sim) = House::with_provider(place).await;
    let rest = json!({"type": "image", "image": {"mime_type": "image/png", "caption": "the cellar"}});
    let at = house.seconds();
    house
        .post(&Post(vec![message(Guest::by_phone(GUEST), "picture", at, &rest)]))
        .await;
    // People see that something came; what came is kept whole beside the line.
    assert_eq!(house.counts(["message", "kept", "attachment"]).await, [1, 0, 0]);
    assert_eq!(house.count("job").await, 0);
}

on_both! {
    a_file_is_fetched_sealed_and_deleted_at_the_provider
    what_goes_wrong_once_is_made_good
    a_file_that_stays_away_is_said_to_be_missing
    a_file_that_is_longer_than_announced_is_not_taken
    a_picture_that_names_no_file_is_kept_whole
}
