//! The intake seal and its daily keys.

use crate::world::*;
use counterfoil_model::{ConnectionId, DeliveryId};
use counterfoil_vault::memory::Fault;
use counterfoil_vault::{Day, OpenError, Vault};
use proptest::prelude::*;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);

fn connection() -> ConnectionId {
    ConnectionId::from_bytes([4; 16])
}

fn delivery() -> DeliveryId {
    DeliveryId::from_bytes([5; 16])
}

async fn sealed(world: &World, vault: &Vault) -> Vec<u8> {
    let public = vault.intake_public().await.unwrap();
    public
        .run(world.random.as_ref())
        .seal(connection(), delivery(), b"a post", world.random.as_ref())
}

#[tokio::test]
async fn a_post_opens_for_its_connection_and_delivery_in_every_process() {
    let (world, vault) = World::begun().await;
    let post = sealed(&world, &vault).await;
    for vault in [&vault, &world.start().await.unwrap()] {
        let opened = vault.intake_open(connection(), delivery(), &post).await.unwrap();
        assert_eq!(opened.expose(), b"a post");
        let other = vault
            .intake_open(ConnectionId::from_bytes([6; 16]), delivery(), &post)
            .await;
        assert!(matches!(other, Err(OpenError::Altered)));
        let other = vault
            .intake_open(connection(), DeliveryId::from_bytes([6; 16]), &post)
            .await;
        assert!(matches!(other, Err(OpenError::Altered)));
        assert_eq!(
            vault.intake_public().await.unwrap().day().number(),
            u32::try_from(TODAY).unwrap()
        );
    }
    assert_ne!(sealed(&world, &vault).await, post, "each post has a key of its own");
}

#[tokio::test]
async fn the_key_of_a_day_is_made_once_whatever_fails() {
    for fault in [Fault::NotKept, Fault::Kept] {
        let (world, vault) = World::begun().await;
        let secrets = world.keys.rows().secrets.len();
        world.keys.fail_next(fault);
        assert!(vault.intake_public().await.is_err());
        let post = sealed(&world, &vault).await;
        let other = world.start().await.unwrap();
        assert_eq!(
            other.intake_public().await.unwrap(),
            vault.intake_public().await.unwrap()
        );
        assert!(other.intake_open(connection(), delivery(), &post).await.is_ok());
        // The key, and the run of days that have one.
        assert_eq!(world.keys.rows().secrets.len(), secrets + 2);
    }
}

#[tokio::test]
async fn a_day_goes_when_it_is_over_and_takes_its_posts_along() {
    let (world, vault) = World::begun().await;
    let today = vault.intake_public().await.unwrap().day();
    let (first, forever) = (sealed(&world, &vault).await, Day::from_number(u32::MAX));
    assert_eq!(vault.intake_retire(forever).await.unwrap(), [], "today stays");
    world.clock.on(Duration::from_secs(15 * 3_600 + 1_800));
    let second = sealed(&world, &vault).await;
    assert_ne!(vault.intake_public().await.unwrap().day(), today);
    assert_eq!(vault.intake_retire(forever).await.unwrap(), [], "an hour of grace");
    assert!(
        vault.intake_open(connection(), delivery(), &first).await.is_ok(),
        "yesterday's post"
    );
    world.clock.on(Duration::from_secs(1_800));
    assert_eq!(
        vault.intake_retire(today).await.unwrap(),
        [],
        "only days before the one named"
    );
    let other = world.start().await.unwrap();
    assert!(other.intake_open(connection(), delivery(), &first).await.is_ok());
    assert_eq!(vault.intake_retire(forever).await.unwrap(), [today]);
    assert!(matches!(
        vault.intake_open(connection(), delivery(), &first).await,
        Err(OpenError::Erased)
    ));
    assert!(vault.intake_open(connection(), delivery(), &second).await.is_ok());
    world.clock.on(Duration::from_secs(60));
    let gone = other.intake_open(connection(), delivery(), &first).await;
    assert!(
        matches!(gone, Err(OpenError::Erased)),
        "other processes follow within a minute"
    );
    assert_eq!(vault.intake_retire(forever).await.unwrap(), []);
}

#[tokio::test]
async fn a_retirement_that_failed_can_be_repeated() {
    // The run of days is written first, then the day goes.
    for (at, fault, gone) in [
        (0, Fault::NotKept, 1),
        (0, Fault::Kept, 1),
        (1, Fault::NotKept, 1),
        (1, Fault::Kept, 0),
    ] {
        let (world, vault) = World::begun().await;
        let post = sealed(&world, &vault).await;
        world.clock.on(2 * DAY);
        let later = Day::of(counterfoil_model::Clock::wall(world.clock.as_ref()));
        world.keys.fail_after(at, fault);
        assert!(vault.intake_retire(later).await.is_err());
        assert_eq!(vault.intake_retire(later).await.unwrap().len(), gone);
        // Whatever comes next has keys for all days of its run.
        vault.intake_public().await.unwrap();
        assert_eq!(vault.check().await.unwrap().broken, None);
        assert!(matches!(
            vault.intake_open(connection(), delivery(), &post).await,
            Err(OpenError::Erased)
        ));
    }
}

#[tokio::test]
async fn a_day_that_never_had_a_key_is_an_alteration_not_an_erasure() {
    let (world, vault) = World::begun().await;
    let mut post = sealed(&world, &vault).await;
    post[1..5].copy_from_slice(&u32::try_from(TODAY + 1).unwrap().to_be_bytes());
    assert!(matches!(
        vault.intake_open(connection(), delivery(), &post).await,
        Err(OpenError::Altered)
    ));
    post[5..37].fill(0);
    post[1..5].copy_from_slice(&u32::try_from(TODAY).unwrap().to_be_bytes());
    let small = vault.intake_open(connection(), delivery(), &post).await;
    assert!(matches!(small, Err(OpenError::Altered)), "a point of small order");
    assert!(matches!(
        vault.intake_open(connection(), delivery(), b"").await,
        Err(OpenError::Altered)
    ));
}

proptest! {
    #[test]
    fn a_post_with_any_bit_flipped_does_not_open(at in any::<prop::sample::Index>(), bit in 0..8u8) {
        run(async {
            let (world, vault) = World::begun().await;
            let mut post = sealed(&world, &vault).await;
            let at = at.index(post.len());
            post[at] ^= 1 << bit;
            prop_assert!(vault.intake_open(connection(), delivery(), &post).await.is_err());
            post.truncate(at);
            prop_assert!(vault.intake_open(connection(), delivery(), &post).await.is_err());
            Ok(())
        })?;
    }
}
