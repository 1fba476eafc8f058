//! The spool: on disk before it answers, whole entries or none, bounded, and gone only when told.

use counterfoil_model::{ConnectionId, DeliveryId, Timestamp};
use counterfoil_store::spool::{SpoolFault, SpooledFile};
use counterfoil_store::{OpenError, Spool, SpoolError, SpooledPost};
use std::path::{Path, PathBuf};

const MUCH: u64 = 1 << 30;

fn post(number: u8, bytes: usize) -> SpooledPost {
    SpooledPost {
        connection: ConnectionId::from_bytes([1; 16]),
        delivery: DeliveryId::from_bytes([number; 16]),
        received_at: Timestamp::from_seconds(1_795_000_000 + i64::from(number)),
        sealed: vec![number; bytes],
    }
}

fn posts(numbers: std::ops::Range<u8>) -> Vec<SpooledPost> {
    numbers.map(|number| post(number, 300)).collect()
}

fn segments(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "segment"))
        .collect();
    paths.sort();
    paths
}

/// All that lies in it, oldest first; it is empty afterwards.
async fn drained(spool: &Spool) -> Vec<SpooledPost> {
    let mut all = Vec::new();
    while let Some(oldest) = spool.oldest().await.unwrap() {
        all.extend(oldest.posts.clone());
        spool.done(oldest, Vec::new()).await.unwrap();
    }
    all
}

#[tokio::test]
async fn what_was_kept_is_there_again_in_order_after_a_start() {
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::open(folder.path(), MUCH).unwrap();
    assert!(spool.oldest().await.unwrap().is_none());
    let kept = posts(1..40);
    for post in &kept {
        spool.append(post.clone()).await.unwrap();
    }
    let depth = spool.depth();
    assert_eq!((depth.posts, depth.oldest), (39, Some(kept[0].received_at)));
    assert!(matches!(Spool::open(folder.path(), MUCH), Err(OpenError::Busy { .. })));
    assert_eq!(Spool::look(folder.path()).unwrap(), depth);
    spool.close().await;
    assert!(matches!(spool.append(post(1, 1)).await, Err(SpoolError::Closed)));

    let again = Spool::open(folder.path(), MUCH).unwrap();
    assert_eq!(again.depth(), depth);
    again.append(post(40, 300)).await.unwrap();
    assert_eq!(segments(folder.path()).len(), 2, "nobody appends to what another began");
    assert_eq!(drained(&again).await, posts(1..41));
    assert_eq!((again.depth().posts, again.depth().bytes), (0, 0));
    assert!(segments(folder.path()).is_empty());
}

#[tokio::test]
async fn many_who_wait_share_a_round_and_all_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::open(folder.path(), MUCH).unwrap();
    let waiting: Vec<_> = posts(0..200)
        .into_iter()
        .map(|post| {
            let spool = spool.clone();
            tokio::spawn(async move { spool.append(post).await })
        })
        .collect();
    for kept in waiting {
        kept.await.unwrap().unwrap();
    }
    let mut found: Vec<u8> = drained(&spool).await.iter().map(|post| post.sealed[0]).collect();
    found.sort_unstable();
    assert_eq!(found, (0..200).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_is_taken_and_not_done_is_there_again() {
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::open(folder.path(), MUCH).unwrap();
    spool.append(post(1, 10)).await.unwrap();
    let taken = spool.oldest().await.unwrap().unwrap();
    // What comes meanwhile goes behind it.
    spool.append(post(2, 10)).await.unwrap();
    drop(taken);
    assert_eq!(drained(&spool).await, [post(1, 10), post(2, 10)]);
}

#[tokio::test]
async fn a_full_spool_refuses_and_keeps_what_it_has() {
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::open(folder.path(), 10_000).unwrap();
    let mut kept = 0;
    let refused = loop {
        match spool.append(post(kept, 900)).await {
            Ok(()) => kept += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(refused, SpoolError::Full), "{refused}");
    assert_eq!(kept, 10);
    assert!(spool.depth().bytes <= 10_000);
    assert!(matches!(spool.append(post(1, 5 << 20)).await, Err(SpoolError::Full)));
    assert_eq!(drained(&spool).await.len(), 10);
    spool.append(post(11, 900)).await.unwrap();
}

#[tokio::test]
async fn a_failed_round_is_told_and_the_next_one_is_kept_apart() {
    for (fault, may_be_there) in [
        (SpoolFault::NoRoom, false),
        (SpoolFault::BeforeSync, false),
        (SpoolFault::AfterSync, true),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::open(folder.path(), MUCH).unwrap();
        spool.append(post(1, 400)).await.unwrap();
        spool.order_fault(fault);
        let told = spool.append(post(2, 400)).await;
        assert!(matches!(told, Err(SpoolError::Disk(_))), "{fault:?}");
        spool.append(post(3, 400)).await.unwrap();
        assert_eq!(segments(folder.path()).len(), 2, "{fault:?}");
        spool.close().await;
        let again = Spool::open(folder.path(), MUCH).unwrap();
        let found: Vec<u8> = drained(&again).await.iter().map(|post| post.sealed[0]).collect();
        let wanted: &[u8] = if may_be_there { &[1, 2, 3] } else { &[1, 3] };
        assert_eq!(found, wanted, "{fault:?}");
        assert_eq!(again.depth().aside, 0, "{fault:?}");
    }
}

#[tokio::test]
async fn fire_1_a_spool_cut_at_any_byte_gives_all_whole_entries_before_the_cut() {
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::open(folder.path(), MUCH).unwrap();
    let kept: Vec<SpooledPost> = (1..6).map(|number| post(number, 40 * usize::from(number))).collect();
    for post in &kept {
        spool.append(post.clone()).await.unwrap();
    }
    spool.close().await;
    let segment = segments(folder.path()).remove(0);
    let whole = std::fs::read(&segment).unwrap();
    let mut end = 16;
    let ends: Vec<usize> = kept
        .iter()
        .map(|post| {
            end += 65 + post.sealed.len();
            end
        })
        .collect();
    assert_eq!(end, whole.len());
    for cut in 0..=whole.len() {
        std::fs::write(&segment, &whole[..cut]).unwrap();
        let spool = Spool::open(folder.path(), MUCH).unwrap();
        let before = ends.iter().filter(|end| **end <= cut).count();
        assert_eq!(spool.depth().posts, before as u64, "cut at {cut}");
        // What comes next is kept whatever lies before it.
        spool.append(post(9, 7)).await.unwrap();
        let mut wanted = kept[..before].to_vec();
        wanted.push(post(9, 7));
        assert_eq!(drained(&spool).await, wanted, "cut at {cut}");
        assert_eq!(spool.depth().aside, 0, "a cut is no damage");
        spool.close().await;
        assert!(segments(folder.path()).is_empty());
    }
    println!("spool: cut at each of {} bytes, {} entries", whole.len(), kept.len());
}

#[tokio::test]
async fn damage_in_the_middle_is_set_aside_and_counted_and_the_rest_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::open(folder.path(), MUCH).unwrap();
    for post in posts(1..4) {
        spool.append(post).await.unwrap();
    }
    spool.close().await;
    let segment = segments(folder.path()).remove(0);
    let mut bytes = std::fs::read(&segment).unwrap();
    bytes[16 + 365 + 100] ^= 1;
    std::fs::write(&segment, &bytes).unwrap();
    let spool = Spool::open(folder.path(), MUCH).unwrap();
    assert_eq!(drained(&spool).await, [post(1, 300), post(3, 300)]);
    assert_eq!(spool.depth().aside, 1);
    let aside = folder.path().join("aside/00000000000000000001-381.damaged");
    assert_eq!(std::fs::read(aside).unwrap(), &bytes[16 + 365..16 + 2 * 365]);
    assert_eq!(Spool::look(folder.path()).unwrap().aside, 1);
}

#[tokio::test]
async fn what_the_database_refuses_is_set_aside_as_a_segment_that_can_be_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::open(folder.path(), MUCH).unwrap();
    for post in posts(1..4) {
        spool.append(post).await.unwrap();
    }
    let oldest = spool.oldest().await.unwrap().unwrap();
    spool.done(oldest, vec![post(2, 300)]).await.unwrap();
    assert_eq!((spool.depth().posts, spool.depth().aside), (0, 1));
    spool.close().await;
    let name = "00000000000000000001.segment";
    std::fs::rename(folder.path().join("aside").join(name), folder.path().join(name)).unwrap();
    let spool = Spool::open(folder.path(), MUCH).unwrap();
    assert_eq!(drained(&spool).await, [post(2, 300)]);
    assert_eq!(spool.depth().aside, 0);
}

#[tokio::test]
async fn files_take_half_of_it_at_most_and_stand_only_once_finished() {
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::open(folder.path(), 10_000).unwrap();
    let (one, two) = (SpooledFile([1; 16]), SpooledFile([2; 16]));
    let mut writer = spool.file_begin(one).await.unwrap();
    writer.push(vec![1; 4_000]).await.unwrap();
    assert_eq!(spool.file_size(one).await.unwrap(), None);
    writer.finish().await.unwrap();
    assert_eq!(spool.file_size(one).await.unwrap(), Some(4_000));
    let mut writer = spool.file_begin(two).await.unwrap();
    assert!(matches!(writer.push(vec![1; 4_000]).await, Err(SpoolError::Full)));
    writer.abandon().await.unwrap();
    assert_eq!((spool.depth().files, spool.depth().bytes), (1, 4_000));
    spool.append(post(1, 5_000)).await.unwrap();
    spool.close().await;
    let again = Spool::open(folder.path(), 10_000).unwrap();
    assert_eq!((again.depth().files, again.depth().posts), (1, 1));
    assert_eq!(again.files().await.unwrap(), [one]);
    again.file_done(one).await.unwrap();
    again.file_done(one).await.unwrap();
    assert_eq!(again.depth().files, 0);
}
