//! Blobs: whole and kept, or not there; the same in a folder and in a bucket.

use counterfoil_model::{BlobId, Secret};
use counterfoil_store::{BlobError, Blobs, Bucket, blob_name};
use counterfoil_testkit::bucket;

/// Makes a test in a folder and in a bucket out of each function over fresh blobs.
macro_rules! in_both {
    ($($name:ident)+) => {
        mod in_a_folder {
            $(
                #[tokio::test]
                async fn $name() {
                    let folder = tempfile::tempdir().unwrap();
                    super::$name(super::Blobs::in_folder(&folder.path().join("blobs")).unwrap()).await;
                }
            )+
        }
        mod in_a_bucket {
            $(
                #[tokio::test]
                async fn $name() {
                    let service = super::bucket::Bucket::start().await.unwrap();
                    super::$name(super::blobs_in(&service, "")).await;
                }
            )+
        }
    };
}

fn blobs_in(service: &bucket::Bucket, prefix: &str) -> Blobs {
    Blobs::in_bucket(&described(service, prefix)).unwrap()
}

fn described(service: &bucket::Bucket, prefix: &str) -> Bucket {
    Bucket {
        name: bucket::NAME.to_owned(),
        prefix: prefix.to_owned(),
        endpoint: Some(service.endpoint()),
        region: bucket::REGION.to_owned(),
        path_style: true,
        access_key: Secret::new(bucket::ACCESS_KEY.to_owned()),
        secret_key: Secret::new(bucket::SECRET_KEY.to_owned()),
    }
}

#[test]
fn names_are_spread_by_the_random_end_of_the_id() {
    let mut bytes = [0; 16];
    bytes[0] = 0x01;
    bytes[15] = 0xfe;
    let name = blob_name(BlobId::from_bytes(bytes));
    assert_eq!(name, "blobs/fe/010000000000000000000000000000fe");
}

async fn what_was_put_is_there_in_whole_and_in_part(blobs: Blobs) {
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

async fn pieces_stand_only_once_finished(blobs: Blobs) {
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

async fn a_list_of_many_is_whole_and_in_order(blobs: Blobs) {
    let names: Vec<String> = (0..120).map(|number| format!("many/{number:03} & more")).collect();
    for name in names.iter().rev() {
        blobs.put(name, &b"x"[..]).await.unwrap();
    }
    blobs.put("other", &b"x"[..]).await.unwrap();
    assert_eq!(blobs.list("many").await.unwrap(), names);
    assert!(blobs.list("none").await.unwrap().is_empty());
}

async fn an_object_is_replaced_only_by_who_read_it_last(blobs: Blobs) {
    let first = blobs.replace("head", None, &b"one"[..]).await.unwrap().unwrap();
    assert!(blobs.replace("head", None, &b"two"[..]).await.unwrap().is_none());
    let (bytes, read) = blobs.get_version("head").await.unwrap().unwrap();
    assert_eq!(bytes, &b"one"[..]);
    assert_eq!(read, first);
    let second = blobs
        .replace("head", Some(&read), &b"three"[..])
        .await
        .unwrap()
        .unwrap();
    // Who paused in between writes nothing.
    assert!(
        blobs
            .replace("head", Some(&read), &b"two!"[..])
            .await
            .unwrap()
            .is_none()
    );
    assert_eq!(blobs.get("head").await.unwrap().unwrap(), &b"three"[..]);
    assert!(
        blobs
            .replace("head", Some(&second), &b"four!!"[..])
            .await
            .unwrap()
            .is_some()
    );
    blobs.remove_orphan("head").await.unwrap();
    assert!(
        blobs
            .replace("head", Some(&second), &b"five"[..])
            .await
            .unwrap()
            .is_none()
    );
    assert!(blobs.get_version("head").await.unwrap().is_none());
}

async fn a_small_object_may_come_in_pieces_too(blobs: Blobs) {
    let mut writer = blobs.begin("small").await.unwrap();
    writer.push(&b"sea"[..]).await.unwrap();
    writer.push(&b"led"[..]).await.unwrap();
    writer.finish().await.unwrap();
    assert_eq!(blobs.get("small").await.unwrap().unwrap(), &b"sealed"[..]);
    blobs.begin("empty").await.unwrap().finish().await.unwrap();
    assert_eq!(blobs.size("empty").await.unwrap(), Some(0));
}

in_both! {
    what_was_put_is_there_in_whole_and_in_part
    pieces_stand_only_once_finished
    a_list_of_many_is_whole_and_in_order
    an_object_is_replaced_only_by_who_read_it_last
    a_small_object_may_come_in_pieces_too
}

#[tokio::test]
async fn what_is_given_up_leaves_no_parts_in_the_bucket() {
    let service = bucket::Bucket::start().await.unwrap();
    let blobs = blobs_in(&service, "");
    let mut writer = blobs.begin("x").await.unwrap();
    writer.push(vec![7; 6 << 20]).await.unwrap();
    writer.abandon().await.unwrap();
    assert_eq!((service.uploads(), service.names().len()), (0, 0));
}

#[tokio::test]
async fn a_prefix_keeps_two_installations_apart_in_one_bucket() {
    let service = bucket::Bucket::start().await.unwrap();
    let (one, other) = (blobs_in(&service, "one"), blobs_in(&service, "other"));
    one.put("a", &b"1"[..]).await.unwrap();
    other.put("a", &b"2"[..]).await.unwrap();
    assert_eq!(service.names(), ["one/a", "other/a"]);
    assert_eq!(one.get("a").await.unwrap().unwrap(), &b"1"[..]);
    assert_eq!(one.list("").await.unwrap(), ["a"]);
}

#[tokio::test]
async fn a_wrong_key_is_refused_and_reads_nothing() {
    let service = bucket::Bucket::start().await.unwrap();
    blobs_in(&service, "").put("a", &b"1"[..]).await.unwrap();
    let wrong = Bucket {
        access_key: Secret::new("another".to_owned()),
        ..described(&service, "")
    };
    let blobs = Blobs::in_bucket(&wrong).unwrap();
    assert!(matches!(blobs.get("a").await, Err(BlobError::Read { .. })));
    assert!(matches!(blobs.put("b", &b"1"[..]).await, Err(BlobError::Write { .. })));
    assert_eq!(service.names(), ["a"]);
}
