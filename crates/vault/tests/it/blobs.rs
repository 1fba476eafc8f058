//! Files in chunks.

use crate::world::*;
use counterfoil_vault::{BLOB_CHUNK, BLOB_HEADER, BlobOpener, BlobShape, Item, Kind, Label, OpenError, Place, Vault};
use proptest::prelude::*;

const SEALED: usize = BLOB_CHUNK + 16;

fn file() -> Place {
    Place {
        kind: Kind::Blob,
        object: OBJECT,
        label: Label::Blob,
    }
}

fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at * 31 % 256) as u8).collect()
}

fn sealed_by(item: &Item, pieces: &[&[u8]]) -> Vec<u8> {
    let mut sealer = item.blob_sealer(file());
    let mut sealed = sealer.header();
    for piece in pieces {
        sealed.extend(sealer.push(piece));
    }
    sealed.extend(sealer.finish());
    sealed
}

async fn item(vault: &Vault) -> Item {
    vault.item(conversation(vault).await).await.unwrap()
}

async fn opener(vault: &Vault, sealed: &[u8]) -> BlobOpener {
    vault
        .blob_open(&permit(), file(), &sealed[..BLOB_HEADER])
        .await
        .unwrap()
}

#[tokio::test]
async fn files_of_all_lengths_come_back_whole_and_in_ranges() {
    let (_, vault) = World::begun().await;
    let item = item(&vault).await;
    for length in [
        0,
        1,
        BLOB_CHUNK - 1,
        BLOB_CHUNK,
        BLOB_CHUNK + 1,
        2 * BLOB_CHUNK,
        2 * BLOB_CHUNK + 5,
    ] {
        let plain = bytes(length);
        let sealed = sealed_by(&item, &[&plain]);
        let opener = opener(&vault, &sealed).await;
        assert_eq!(opener.whole(&sealed).unwrap().expose(), &plain);
        let shape = BlobShape::of(sealed.len() as u64).unwrap();
        assert_eq!(shape.length(), length as u64);
        for range in [0..1, 5..70_000, 65_535..65_537, 65_536..u64::MAX, 0..u64::MAX] {
            let chunks = shape.chunks_of(range.clone());
            let skip = usize::try_from(chunks.start).unwrap() * BLOB_CHUNK;
            let mut found = Vec::new();
            for number in chunks {
                let at = shape.sealed_range(number).unwrap();
                let at = usize::try_from(at.start).unwrap()..usize::try_from(at.end).unwrap();
                found.extend_from_slice(opener.chunk(shape, number, &sealed[at]).unwrap().expose());
            }
            let from = usize::try_from(range.start).unwrap().min(length);
            let to = usize::try_from(range.end).unwrap().min(length);
            if from < to {
                assert_eq!(&found[from - skip..to - skip], &plain[from..to]);
            } else {
                assert!(found.is_empty());
            }
        }
        assert!(shape.sealed_range(shape.chunks()).is_none());
    }
}

#[tokio::test]
async fn a_cut_or_lengthened_file_is_found_at_every_boundary() {
    let (_, vault) = World::begun().await;
    let sealed = sealed_by(&item(&vault).await, &[&bytes(3 * BLOB_CHUNK)]);
    let opener = opener(&vault, &sealed).await;
    let mut cuts = vec![
        0,
        1,
        BLOB_HEADER - 1,
        BLOB_HEADER,
        BLOB_HEADER + 15,
        BLOB_HEADER + 16,
        BLOB_HEADER + 17,
    ];
    for chunk in 1..=3 {
        let end = BLOB_HEADER + chunk * SEALED;
        cuts.extend([end - 17, end - 16, end - 1, end, end + 1, end + 16, end + 17]);
    }
    for cut in cuts.into_iter().filter(|cut| *cut != sealed.len()) {
        let mut changed = sealed.clone();
        changed.resize(cut, 0);
        assert!(matches!(opener.whole(&changed), Err(OpenError::Altered)), "{cut}");
    }
    let mut longer = sealed.clone();
    longer.extend_from_slice(&sealed[BLOB_HEADER..BLOB_HEADER + SEALED]);
    assert!(opener.whole(&longer).is_err(), "a chunk too many");
}

#[tokio::test]
async fn chunks_do_not_open_in_another_order_or_file() {
    let (_, vault) = World::begun().await;
    let item = item(&vault).await;
    let (one, two) = (
        sealed_by(&item, &[&bytes(3 * BLOB_CHUNK)]),
        sealed_by(&item, &[&bytes(3 * BLOB_CHUNK)]),
    );
    let opener = opener(&vault, &one).await;
    let chunk = |number: usize| BLOB_HEADER + number * SEALED..BLOB_HEADER + (number + 1) * SEALED;
    let mut swapped = one.clone();
    swapped[chunk(0)].copy_from_slice(&one[chunk(1)]);
    swapped[chunk(1)].copy_from_slice(&one[chunk(0)]);
    assert!(opener.whole(&swapped).is_err());
    let mut mixed = one.clone();
    mixed[chunk(1)].copy_from_slice(&two[chunk(1)]);
    assert!(
        opener.whole(&mixed).is_err(),
        "the same chunk of another file under the same item"
    );
    assert!(opener.whole(&two).is_err(), "another file");
    let shape = BlobShape::of(one.len() as u64).unwrap();
    assert!(opener.chunk(shape, 1, &one[chunk(0)]).is_err());
    assert!(
        opener.chunk(shape, 3, &one[chunk(2)]).is_err(),
        "there is no such chunk"
    );
}

#[tokio::test]
async fn a_file_opens_in_its_own_place_only() {
    let (_, vault) = World::begun().await;
    let sealed = sealed_by(&item(&vault).await, &[b"photo"]);
    let elsewhere = Place {
        kind: Kind::Attachment,
        ..file()
    };
    let opener = vault
        .blob_open(&permit(), elsewhere, &sealed[..BLOB_HEADER])
        .await
        .unwrap();
    assert!(opener.whole(&sealed).is_err());
    for header in [&sealed[..BLOB_HEADER - 1], &sealed[..BLOB_HEADER + 1], b"".as_slice()] {
        let refused = vault.blob_open(&permit(), file(), header).await;
        assert!(matches!(refused, Err(OpenError::Altered)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn pieces_of_any_size_give_the_same_file_and_any_flipped_bit_shows(
        pieces in prop::collection::vec(0..100_000usize, 0..5), at in any::<prop::sample::Index>(), bit in 0..8u8,
    ) {
        run(async {
            let (_world, vault) = World::begun().await;
            let plain = bytes(pieces.iter().sum());
            let mut rest = plain.as_slice();
            let mut cut = Vec::new();
            for piece in &pieces {
                let (now, later) = rest.split_at(*piece);
                cut.push(now);
                rest = later;
            }
            let mut sealed = sealed_by(&item(&vault).await, &cut);
            let whole = opener(&vault, &sealed).await.whole(&sealed).unwrap();
            prop_assert_eq!(whole.expose(), &plain);
            let at = at.index(sealed.len());
            sealed[at] ^= 1 << bit;
            let opened = match vault.blob_open(&permit(), file(), &sealed[..BLOB_HEADER]).await {
                Ok(opener) => opener.whole(&sealed),
                Err(error) => Err(error),
            };
            prop_assert!(matches!(opened, Err(OpenError::Altered)));
            Ok(())
        })?;
    }
}
