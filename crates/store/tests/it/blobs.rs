//! Blobs: whole and on disk, or not there.

use counterfoil_model::BlobId;
use counterfoil_store::{BlobError, Blobs, blob_name};

#[test]
fn names_are_spread_by_the_random_end_of_the_id() {
    let mut bytes = [0; 16];
    bytes[0] = 0x01;
    bytes[15] = 0xfe;
    let name = blob_name(BlobId::from_bytes(bytes));
    assert_eq!(name, "blobs/fe/010000000000000000000000000000fe");
}

#[tokio::test]
async fn what_was_put_is_there_in_whole_and_in_part() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::in_folder(&folder.path().join("blobs")).unwrap();
    assert!(blobs.get("a/b").await.unwrap().is_none());
    assert!(blobs.size("a/b").await.unwrap().is_none());
    assert!(blobs.get_range("a/b", 0..1).await.unwrap().is_none());
    blobs.put("a/b", &b"sealed bytes"[..]).await.unwrap();
    assert_eq!(blobs.get("a/b").await.unwrap().unwrap(), &b"sealed bytes"[..]);
    assert_eq!(blobs.get_range("a/b", 7..12).await.unwrap().unwrap(), &b"bytes"[..]);
    assert_eq!(blobs.get_range("a/b", 7..99).await.unwrap().unwrap(), &b"bytes"[..]);
    let behind = blobs.get_range("a/b", 50..60).await;
    assert!(matches!(behind, Err(BlobError::Read { .. })));
    assert_eq!(blobs.size("a/b").await.unwrap(), Some(12));
    blobs.put("a/b", &b"other"[..]).await.unwrap();
    blobs.put("a/c/d", &b""[..]).await.unwrap();
    assert_eq!(blobs.get("a/b").await.unwrap().unwrap(), &b"other"[..]);
    assert_eq!(blobs.list("a").await.unwrap(), ["a/b", "a/c/d"]);
    blobs.remove_orphan("a/b").await.unwrap();
    blobs.remove_orphan("a/b").await.unwrap();
    assert_eq!(blobs.list("a").await.unwrap(), ["a/c/d"]);
}

#[tokio::test]
async fn pieces_stand_only_once_finished() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::in_folder(folder.path()).unwrap();
    let piece = vec![7u8; 1 << 20];
    let mut writer = blobs.begin("blobs/00/x").await.unwrap();
    for _ in 0..12 {
        writer.push(piece.clone()).await.unwrap();
    }
    assert!(blobs.get("blobs/00/x").await.unwrap().is_none());
    writer.finish().await.unwrap();
    assert_eq!(blobs.size("blobs/00/x").await.unwrap(), Some(12 << 20));
    let mut given_up = blobs.begin("blobs/00/y").await.unwrap();
    given_up.push(piece.clone()).await.unwrap();
    given_up.abandon().await.unwrap();
    let mut dropped = blobs.begin("blobs/00/z").await.unwrap();
    dropped.push(piece).await.unwrap();
    drop(dropped);
    assert_eq!(blobs.list("blobs").await.unwrap(), ["blobs/00/x"]);
}
