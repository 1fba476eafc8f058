//! Posts while the database is away: kept in the spool, brought into the database once, and never taken in with a kit that is no good.
//!
//! The pairs: a commit that failed and was not kept, and one that failed and was kept, where a post is taken in and where it is drained.

use super::posts::{APP_SECRET, Guest, NUMBER, Post, signature, text};
use crate::harness::{BackDoor, Cell, Place};
use counterfoil_flow::Flow;
use counterfoil_flow::connections::connect::{Connected, NewConnection, connect};
use counterfoil_flow::intake::accept::{AcceptError, accept};
use counterfoil_flow::intake::door::{DoorParts, IntakeDoor};
use counterfoil_flow::intake::handshake::handshake;
use counterfoil_flow::intake::shelf::{KitShelf, ShelfError};
use counterfoil_flow::intake::stats::stats;
use counterfoil_flow::organisation::open::{self, For};
use counterfoil_model::{Clock, ConnectionId, Secret};
use counterfoil_policy::Actor;
use counterfoil_store::faults::Fault;
use counterfoil_store::{Spool, Store};
use counterfoil_vault::{KeyFolder, KitKey};
use std::path::PathBuf;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::timeout;

const DEADLINE: Duration = Duration::from_secs(120);
const LOOK: Duration = Duration::from_millis(20);

/// An organisation whose loops do not run yet, so that posts go where they are sent.
pub(super) struct Standing {
    pub(super) place: Place,
    pub(super) store: Store,
    pub(super) flow: Flow,
    pub(super) connected: Connected,
}

/// What connects a number.
fn line(phone_number_id: &str) -> NewConnection {
    NewConnection {
        title: "Claims line".to_owned(),
        app_secret: Secret::new(APP_SECRET.to_owned()),
        previous_app_secret: None,
        verify_token: Secret::new("verify".to_owned()),
        access_token: Secret::new("access".to_owned()),
        graph_url: "http://127.0.0.1:9".to_owned(),
        graph_version: "v25.0".to_owned(),
        phone_number_id: phone_number_id.to_owned(),
        display_number: "+31 20 555 0101".to_owned(),
    }
}

impl Standing {
    pub(super) async fn open(place: Place) -> Self {
        let opened = place.open().await;
        let (clock, random) = (place.clock.as_ref(), place.random.as_ref());
        open::open(opened.store(), opened.vault(), clock, random, For::Work, "Claims")
            .await
            .unwrap();
        let store = opened.store.clone();
        let flow = opened.flow().await;
        let connected = connect(&flow, &Actor::Operator, line(NUMBER)).await.unwrap();
        Self {
            place,
            store,
            flow,
            connected,
        }
    }

    fn door(&self) -> &IntakeDoor {
        self.flow.intake().unwrap()
    }

    pub(super) async fn post(&self, door: &IntakeDoor, id: &str) -> Result<(), AcceptError> {
        let at = self.place.clock.wall().seconds();
        let body = Post(vec![text(Guest::by_phone("31612345678"), id, at)]).bytes();
        let signed = signature(&body);
        accept(door, self.connected.connection, Some(&signed), body.into())
            .await
            .map(drop)
    }

    /// Runs the loops until all is recorded.
    pub(super) async fn runs(&self) {
        let done = async || {
            let stats = stats(&self.flow).await.unwrap();
            stats.spooled == 0 && stats.waiting == 0
        };
        self.runs_until(done).await;
    }

    /// Runs the loops until this is so.
    pub(super) async fn runs_until(&self, mut is_so: impl AsyncFnMut() -> bool) {
        let (stop, stopped) = watch::channel(false);
        let running = tokio::spawn({
            let flow = self.flow.clone();
            async move { flow.run(stopped).await }
        });
        let done = async {
            loop {
                if is_so().await {
                    return;
                }
                // A loop that failed rests, on a clock that stands.
                self.place.clock.forward(Duration::from_secs(1));
                let _ = timeout(LOOK, std::future::pending::<()>()).await;
            }
        };
        timeout(DEADLINE, done).await.expect("what was waited for comes");
        stop.send_replace(true);
        self.place.clock.forward(Duration::from_secs(1));
        running.await.unwrap();
    }

    pub(super) async fn counts(&self) -> (i64, i64) {
        let mut door = BackDoor::data(&self.place).await;
        let mut count = async |table: &str| match door.rows(&format!("SELECT count(*) FROM {table}"), &[]).await[0][0] {
            Cell::Int(count) => count,
            _ => -1,
        };
        (count("delivery").await, count("message").await)
    }

    /// The shelf as another start would have it.
    pub(super) fn shelf(&self) -> KitShelf {
        self.shelf_with(self.kit_key())
    }

    fn shelf_with(&self, key: KitKey) -> KitShelf {
        KitShelf::new(
            &self.kit(),
            key,
            crate::harness::INSTALLATION,
            self.place.random.clone(),
        )
    }

    fn kit(&self) -> PathBuf {
        self.place.folder.path().join("data/intake.kit")
    }

    fn kit_key(&self) -> KitKey {
        let (keys, data) = (
            self.place.folder.path().join("keys"),
            self.place.folder.path().join("data"),
        );
        let folder = KeyFolder::open(&keys, &data, false, self.place.random.clone()).unwrap();
        folder.kit_key(crate::harness::INSTALLATION).unwrap()
    }

    /// A door as a process has it that starts while every database is away.
    pub(super) fn cut_off(&self, shelf: KitShelf, spool: u64) -> IntakeDoor {
        IntakeDoor::new(DoorParts {
            shelf,
            spool: Spool::open(&self.place.spool(1_000 + spool), 64 << 20).unwrap(),
            clock: self.place.clock.clone(),
            random: self.place.random.clone(),
        })
    }
}

async fn a_post_that_the_database_does_not_take_is_spooled_and_there_once(place: Place) {
    let house = Standing::open(place).await;
    house.door().admit(house.store.clone());
    house.post(house.door(), "in-the-database").await.unwrap();
    assert_eq!((house.counts().await, house.door().spool().depth().posts), ((1, 0), 0));

    for (id, fault, kept) in [("not-kept", Fault::BeforeCommit, 0), ("kept", Fault::AfterCommit, 1)] {
        let before = house.counts().await.0;
        house.door().admit(house.store.clone());
        house.store.order_fault(fault);
        house.post(house.door(), id).await.unwrap();
        assert_eq!(house.counts().await.0 - before, kept, "{fault:?}");
        assert!(house.door().is_spooling(), "{fault:?}");
    }
    let depth = house.door().spool().depth();
    assert_eq!(depth.posts, 2);
    let report = house.door().report();
    assert!(report.spooling && report.depth == depth && report.kit.is_some());
    house.runs().await;
    assert_eq!(house.counts().await, (3, 3));
    assert!(!house.door().is_spooling());
}

async fn a_drain_that_fails_is_done_again_and_doubles_nothing(place: Place) {
    let house = Standing::open(place).await;
    for id in ["one", "two", "three"] {
        house.post(house.door(), id).await.unwrap();
    }
    assert_eq!((house.counts().await, house.door().spool().depth().posts), ((0, 0), 3));
    // Whichever commits come first fail; every loop does its own again.
    for fault in [
        Fault::AfterCommit,
        Fault::BeforeCommit,
        Fault::AfterCommit,
        Fault::BeforeCommit,
    ] {
        house.store.order_fault(fault);
    }
    house.runs().await;
    assert_eq!(house.counts().await, (3, 3));

    // As after a crash between the commit and the removal: the same segment lies there once more.
    let (door, spool) = (house.cut_off(house.shelf(), 1), house.place.spool(1_001));
    door.load().unwrap();
    house.post(&door, "four").await.unwrap();
    door.close().await;
    let segment = spool.join("00000000000000000001.segment");
    let bytes = std::fs::read(&segment).unwrap();
    for _ in 0..2 {
        let mine = house.door().spool();
        std::fs::write(&segment, &bytes).unwrap();
        let again = Spool::open(&spool, 64 << 20).unwrap();
        let oldest = again.oldest().await.unwrap().unwrap();
        for post in &oldest.posts {
            mine.append(post.clone()).await.unwrap();
        }
        again.done(oldest, Vec::new()).await.unwrap();
        again.close().await;
        house.runs().await;
        assert_eq!(house.counts().await, (4, 4));
    }
}

async fn a_post_that_the_database_will_never_take_is_set_aside_and_the_others_go_on(place: Place) {
    let house = Standing::open(place).await;
    house.post(house.door(), "one").await.unwrap();
    let oldest = house.door().spool().oldest().await.unwrap().unwrap();
    let mut stray = oldest.posts[0].clone();
    stray.connection = ConnectionId::from_bytes([9; 16]);
    stray.delivery = counterfoil_model::DeliveryId::from_bytes([8; 16]);
    house.door().spool().append(stray).await.unwrap();
    drop(oldest);
    house.runs().await;
    assert_eq!(house.counts().await, (1, 1));
    assert_eq!(house.door().spool().depth().aside, 1);
}

async fn a_kit_takes_posts_in_without_any_database_until_its_days_are_over(place: Place) {
    let house = Standing::open(place).await;
    let door = house.cut_off(house.shelf(), 1);
    let told = house.post(&door, "no-kit-yet").await;
    assert!(matches!(told, Err(AcceptError::NoKit)), "{told:?}");
    door.load().unwrap();
    let here = house.connected.connection;
    assert_eq!(
        handshake(&door, here, "subscribe", "verify", "77").as_deref(),
        Some("77")
    );
    assert_eq!(handshake(&door, here, "subscribe", "wrong", "77"), None);
    house.post(&door, "today").await.unwrap();
    house.place.clock.forward(Duration::from_secs(14 * 86_400));
    house.post(&door, "in-a-fortnight").await.unwrap();
    house.place.clock.forward(Duration::from_secs(86_400));
    let told = house.post(&door, "later").await;
    assert!(matches!(told, Err(AcceptError::NoKit)), "{told:?}");
    assert_eq!(door.spool().depth().posts, 2);

    // Both open, also the one that was sealed to a key of a day to come.
    let oldest = door.spool().oldest().await.unwrap().unwrap();
    for post in &oldest.posts {
        house.door().spool().append(post.clone()).await.unwrap();
    }
    house.runs().await;
    assert_eq!(house.counts().await, (2, 2));
}

async fn a_kit_that_is_missing_altered_or_another_s_is_refused(place: Place) {
    let house = Standing::open(place).await;
    let whole = std::fs::read(house.kit()).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(house.kit()).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(
        KitShelf::installation_at(&house.kit()),
        Some(crate::harness::INSTALLATION)
    );

    let other = house.shelf_with(KitKey::fresh(house.place.random.as_ref()));
    assert!(matches!(other.load(), Err(ShelfError::Seal { .. })));
    for at in (0..whole.len()).step_by(7) {
        let mut altered = whole.clone();
        altered[at] ^= 1;
        std::fs::write(house.kit(), &altered).unwrap();
        assert!(
            matches!(house.shelf().load(), Err(ShelfError::Seal { .. })),
            "byte {at}"
        );
        std::fs::write(house.kit(), &whole[..at]).unwrap();
        assert!(
            matches!(house.shelf().load(), Err(ShelfError::Seal { .. })),
            "cut at {at}"
        );
    }
    std::fs::remove_file(house.kit()).unwrap();
    assert!(matches!(house.shelf().load(), Err(ShelfError::Disk { .. })));
    assert_eq!(KitShelf::installation_at(&house.kit()), None);
    // The next change of a connection, or the next start with a database, makes it anew.
    connect(&house.flow, &Actor::Operator, line("106540352242923"))
        .await
        .unwrap();
    let shelf = house.shelf();
    shelf.load().unwrap();
    assert_eq!(house.cut_off(shelf, 2).report().kit.unwrap().connections, 2);
}

on_both! {
    a_post_that_the_database_does_not_take_is_spooled_and_there_once
    a_drain_that_fails_is_done_again_and_doubles_nothing
    a_post_that_the_database_will_never_take_is_set_aside_and_the_others_go_on
    a_kit_takes_posts_in_without_any_database_until_its_days_are_over
    a_kit_that_is_missing_altered_or_another_s_is_refused
}
