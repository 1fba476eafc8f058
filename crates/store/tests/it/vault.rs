//! The real vault over the vault store: what is sealed lies in the data store, its keys lie in the other, and forgetting is for good.

use crate::fresh::Fresh;
use crate::made::*;
use counterfoil_ledger::registry::LeafKind;
use counterfoil_model::body::Body;
use counterfoil_model::message::Direction;
use counterfoil_model::{InstallationId, MessageId};
use counterfoil_policy::{Machine, machine_permit};
use counterfoil_store::{KeyDatabase, Unit};
use counterfoil_vault::memory::MemoryRootKey;
use counterfoil_vault::{Kind, Label, OpenError, Place, RootKey, TreeKind, Vault};
use std::sync::Arc;

const INSTALLATION: InstallationId = InstallationId::from_bytes([1; 16]);

async fn started(keys: KeyDatabase, root: &Arc<MemoryRootKey>, world: &World) -> Vault {
    let root: Arc<dyn RootKey> = root.clone();
    let (clock, random) = (world.fresh.clock.clone(), world.fresh.random.clone());
    Vault::start(Arc::new(keys), root, INSTALLATION, clock, random)
        .await
        .unwrap()
}

async fn what_is_sealed_opens_until_it_is_forgotten(fresh: Fresh) {
    let world = World::new(fresh).await;
    let (_, conversation, _) = world.conversation(0).await;
    let root = Arc::new(MemoryRootKey::new(world.fresh.random.clone()));
    let as_root: Arc<dyn RootKey> = root.clone();
    let (clock, random) = (world.fresh.clock.clone(), world.fresh.random.clone());
    let keys = Arc::new(world.fresh.keys().await);
    let vault = Vault::init(keys, as_root, INSTALLATION, clock, random).await.unwrap();
    let tree = vault.tree_create(TreeKind::Conversation).await.unwrap();
    let item = vault.item(tree).await.unwrap();
    let mut row = world.message(conversation, Direction::Inbound);
    let id = row.id;
    let place = |object: MessageId| Place {
        kind: Kind::Message,
        object: *object.bytes(),
        label: Label::Body,
    };
    let body = Body::Text {
        text: "The pipe burst at noon".to_owned(),
    };
    row.body = item.seal(place(id), &body);
    let unit = Unit::new("say").record(row, leaf(LeafKind::Message, world.now(), id.bytes()));
    world.store.commit(unit).await.unwrap();
    drop((item, vault));

    let vault = started(world.fresh.keys().await, &root, &world).await;
    let row = world.store.message_get(id).await.unwrap().unwrap();
    let permit = machine_permit(Machine::Verify, vec![*id.bytes()]);
    let opened = vault.open(&permit, place(id), &row.body).await.unwrap();
    assert_eq!(opened.expose().words(), Some("The pipe burst at noon"));
    vault.puncture(vec![row.body.address().unwrap()]).await.unwrap();
    drop((opened, vault));

    let vault = started(world.fresh.keys().await, &root, &world).await;
    let outcome = vault.open(&permit, place(id), &row.body).await;
    assert!(matches!(outcome, Err(OpenError::Erased)));
    vault.check().await.unwrap();
}

on_both! {
    what_is_sealed_opens_until_it_is_forgotten
}
