//! An installation with something of everything on the record: a connection and its number, a colleague, contacts, conversations,
//! messages with files and ticks, filings, and something kept whole.
//!
//! It is written through units of work as the use cases write them, so that no provider is needed.

mod correspondence;
mod organisation;
mod papers;

use super::{INSTALLATION, Opened, Place};
use counterfoil_flow::Flow;
use counterfoil_ledger::commitment;
use counterfoil_ledger::leaf::{Actor, Leaf};
use counterfoil_ledger::registry::LeafKind;
use counterfoil_model::{ChannelId, Clock, ConnectionId, PersonId, Random, TeamId, Timestamp, TreeId};
use counterfoil_store::rows::{InstallationPurpose, InstallationRow};
use counterfoil_store::{Store, Unit};
use counterfoil_vault::{Content, Item, Kind, Label, Sealed, TreeKind, Vault};
use std::time::Duration;

/// An installation that grows.
pub(crate) struct World<'a> {
    place: &'a Place,
    opened: Opened,
    connection: ConnectionId,
    connection_tree: TreeId,
    organisation: TreeId,
    channel: ChannelId,
    team: TeamId,
    person: PersonId,
    conversations: usize,
}

/// A sealed value with its commitment.
fn seal<T: Content>(
    item: &Item,
    kind: Kind,
    object: &[u8; 16],
    label: Label,
    leaf: Leaf,
    content: &T,
) -> (Sealed<T>, Leaf) {
    let place = counterfoil_vault::Place {
        kind,
        object: *object,
        label,
    };
    let commitment = item.commit(label, &content.encode());
    (
        item.seal(place, content),
        leaf.commitment(commitment::Label::of(label.name()), commitment),
    )
}

impl<'a> World<'a> {
    /// Begins the installation.
    pub(crate) async fn begin(place: &'a Place) -> Self {
        let opened = place.open().await;
        let (at, random): (Timestamp, &dyn Random) = (place.clock.wall(), place.random.as_ref());
        let organisation = opened.vault.tree_create(TreeKind::Organisation).await.unwrap();
        let mut world = Self {
            place,
            connection: ConnectionId::new(at, random),
            connection_tree: opened.vault.tree_create(TreeKind::Connection).await.unwrap(),
            organisation,
            channel: ChannelId::new(at, random),
            team: TeamId::new(at, random),
            person: PersonId::new(at, random),
            conversations: 0,
            opened,
        };
        let installation = InstallationRow {
            number: 1,
            id: INSTALLATION,
            tree: organisation,
            purpose: InstallationPurpose::Serve,
            opened_at: at,
            lookup_epoch: 1,
        };
        let unit = Unit::new("test.begin").insert(installation);
        let unit = world.staff(unit).await;
        let unit = world.connected(unit).await;
        world.opened.store.commit(unit).await.unwrap();
        world
    }

    /// The use cases over this installation.
    pub(crate) async fn flow(&self) -> Flow {
        self.opened.clone().flow().await
    }

    /// The same as another node has it, which remembers nothing.
    pub(crate) async fn node(&self) -> Opened {
        self.opened.beside().await
    }

    pub(crate) fn store(&self) -> &Store {
        self.opened.store()
    }

    pub(crate) fn vault(&self) -> &Vault {
        self.opened.vault()
    }

    fn now(&self) -> Timestamp {
        self.place.clock.forward(Duration::from_millis(3));
        self.place.clock.wall()
    }

    fn random(&self) -> &dyn Random {
        self.place.random.as_ref()
    }

    fn leaf(kind: LeafKind, at: Timestamp, id: &[u8; 16]) -> Leaf {
        Leaf::new(kind, at.micros(), *id).actor(Actor::SYSTEM)
    }

    async fn item(&self, tree: TreeId) -> Item {
        self.opened.vault.item(tree).await.unwrap()
    }
}
