//! Sealing and opening.

use crate::world::*;
use counterfoil_model::InstallationId;
use counterfoil_model::body::Body;
use counterfoil_vault::{Json, Kind, Label, OpenError, Place, Sealed, Vault};
use proptest::prelude::*;
use std::sync::Arc;

#[tokio::test]
async fn every_kind_of_content_comes_back() {
    let (_, vault) = World::begun().await;
    let item = vault.item(conversation(&vault).await).await.unwrap();
    for words in ["", "ok", &"long ".repeat(5_000)] {
        let sealed = item.seal(place(), &text(words));
        assert_eq!(vault.open(&permit(), place(), &sealed).await.unwrap().expose(), words);
    }
    for length in [0, 1, 1023, 1024, 200_000] {
        let raw = vec![b'x'; length];
        let sealed = item.seal(place(), &raw);
        assert_eq!(vault.open(&permit(), place(), &sealed).await.unwrap().expose(), &raw);
    }
    let body = Body::Text { text: text("hello") };
    let sealed = item.seal(place(), &body);
    assert!(vault.open(&permit(), place(), &sealed).await.unwrap().expose() == &body);
    let record = Json(vec![text("a"), text("b")]);
    let sealed = item.seal(place(), &record);
    assert_eq!(
        vault.open(&permit(), place(), &sealed).await.unwrap().expose().0,
        record.0
    );
}

#[tokio::test]
async fn a_length_tells_little_and_a_payload_is_compressed() {
    let (_, vault) = World::begun().await;
    let item = vault.item(conversation(&vault).await).await.unwrap();
    let length = |words: &str| item.seal(place(), &text(words)).bytes().len();
    assert_eq!(length("no"), length("yes, gladly, and thank you"));
    assert_eq!(length(&"a".repeat(4_096)), length(&"b".repeat(4_200)));
    assert!(
        item.seal(place(), &"{\"a\":1}".repeat(1_000).into_bytes())
            .bytes()
            .len()
            < 500
    );
    assert!(length(&"{\"a\":1}".repeat(1_000)) > 7_000, "words are not compressed");
}

#[tokio::test]
async fn nothing_opens_without_a_permit_that_names_it() {
    let (_, vault) = World::begun().await;
    let (address, sealed) = sealed_in(&vault, conversation(&vault).await).await;
    let other = permit_for([8; 16]);
    let refused = vault.open(&other, place(), &sealed).await;
    assert!(matches!(refused, Err(OpenError::NotPermitted)));
    assert!(matches!(
        vault.commitment(&other, place(), &sealed).await,
        Err(OpenError::NotPermitted)
    ));
    let refused = vault.commitment_of(&other, place(), address, b"x").await;
    assert!(matches!(refused, Err(OpenError::NotPermitted)));
    assert!(matches!(
        vault.blob_open(&other, place(), b"").await,
        Err(OpenError::NotPermitted)
    ));
}

#[tokio::test]
async fn a_commitment_can_be_made_again_from_what_opens() {
    let (_, vault) = World::begun().await;
    let item = vault.item(conversation(&vault).await).await.unwrap();
    let sealed = item.seal(place(), &text("hello"));
    let commitment = item.commit(Label::Body, b"hello");
    assert_eq!(vault.commitment(&permit(), place(), &sealed).await.unwrap(), commitment);
    let again = vault.commitment_of(&permit(), place(), item.address(), b"hello").await;
    assert_eq!(again.unwrap(), commitment);
    assert_ne!(
        item.commit(Label::Raw, b"hello"),
        commitment,
        "labels have openings of their own"
    );
    let other = vault.item(item.address().tree).await.unwrap();
    assert_ne!(
        other.commit(Label::Body, b"hello"),
        commitment,
        "items have openings of their own"
    );
}

#[tokio::test]
async fn another_installation_opens_nothing() {
    let (mut world, vault) = World::begun().await;
    let (_, sealed) = sealed_in(&vault, conversation(&vault).await).await;
    world.installation = InstallationId::from_bytes([2; 16]);
    assert!(world.start().await.is_err());
    let stranger = World {
        keys: Arc::default(),
        ..world
    };
    let stranger = stranger.init().await.unwrap();
    assert!(matches!(
        stranger.open(&permit(), place(), &sealed).await,
        Err(OpenError::Altered)
    ));
}

async fn one_sealed() -> (World, Vault, Sealed<String>) {
    let (world, vault) = World::begun().await;
    let (_, sealed) = sealed_in(&vault, conversation(&vault).await).await;
    (world, vault, sealed)
}

fn places() -> impl Strategy<Value = Place> {
    let object = prop_oneof![
        Just(OBJECT),
        (0..16usize, 0..8u8).prop_map(|(at, bit)| {
            let mut object = OBJECT;
            object[at] ^= 1 << bit;
            object
        })
    ];
    (
        prop::sample::select(Kind::ALL),
        object,
        prop::sample::select(Label::ALL),
    )
        .prop_map(|(kind, object, label)| Place { kind, object, label })
}

proptest! {
    #[test]
    fn an_envelope_with_any_bit_flipped_does_not_open(at in any::<prop::sample::Index>(), bit in 0..8u8) {
        run(async {
            let (_world, vault, sealed) = one_sealed().await;
            let mut bytes = sealed.into_bytes();
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            let opened = vault.open(&permit(), place(), &Sealed::<String>::from_bytes(bytes)).await;
            prop_assert!(matches!(opened, Err(OpenError::Altered)));
            Ok(())
        })?;
    }

    #[test]
    fn a_shorter_or_longer_envelope_does_not_open(keep in any::<prop::sample::Index>(), more in 1..40usize) {
        run(async {
            let (_world, vault, sealed) = one_sealed().await;
            let mut short = sealed.bytes().to_vec();
            short.truncate(keep.index(short.len()));
            let mut long = sealed.into_bytes();
            long.resize(long.len() + more, 0);
            for bytes in [short, long] {
                let opened = vault.open(&permit(), place(), &Sealed::<String>::from_bytes(bytes)).await;
                prop_assert!(matches!(opened, Err(OpenError::Altered)));
            }
            Ok(())
        })?;
    }

    #[test]
    fn an_envelope_opens_in_its_own_place_only(elsewhere in places()) {
        run(async {
            let (_world, vault, sealed) = one_sealed().await;
            let opened = vault.open(&permit_for(elsewhere.object), elsewhere, &sealed).await;
            prop_assert_eq!(opened.is_ok(), elsewhere == place());
            Ok(())
        })?;
    }
}
