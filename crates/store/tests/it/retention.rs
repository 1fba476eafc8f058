//! What retention asks of the vault: a million items in ten thousand conversations forgotten within a minute.

use crate::fresh::Fresh;
use counterfoil_model::InstallationId;
use counterfoil_policy::{Machine, Permit, machine_permit};
use counterfoil_store::KeyDatabase;
use counterfoil_testkit::surroundings::full_size;
use counterfoil_vault::memory::MemoryRootKey;
use counterfoil_vault::{Address, Kind, Label, OpenError, Place, RootKey, Run, TreeKind, Vault};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

const INSTALLATION: InstallationId = InstallationId::from_bytes([1; 16]);
/// Items of each conversation that are forgotten; one more lives on.
const ITEMS: u32 = 100;

pub(crate) fn place() -> Place {
    Place {
        kind: Kind::Message,
        object: [9; 16],
        label: Label::Body,
    }
}

pub(crate) fn permit() -> Permit {
    machine_permit(Machine::Verify, vec![[9; 16]])
}

/// Two nodes over one vault store. A folder is opened once, a server by each.
pub(crate) async fn vaults(fresh: &Fresh) -> [Vault; 2] {
    let first = Arc::new(fresh.keys().await);
    let second = match fresh.is_sqlite() {
        true => first.clone(),
        false => Arc::new(fresh.keys().await),
    };
    let root: Arc<dyn RootKey> = Arc::new(MemoryRootKey::new(fresh.random.clone()));
    let begin = |keys: Arc<KeyDatabase>| {
        Vault::init(
            keys,
            root.clone(),
            INSTALLATION,
            fresh.clock.clone(),
            fresh.random.clone(),
        )
    };
    let first = begin(first).await.unwrap();
    [first, begin(second).await.unwrap()]
}

#[expect(
    clippy::disallowed_methods,
    reason = "a speed is measured by the machine's own clock"
)]
async fn vault_5_a_million_items_of_ten_thousand_conversations(fresh: Fresh) {
    let [one, two] = vaults(&fresh).await;
    let trees = if full_size() { 10_000 } else { 300 };
    let (mut ids, mut making) = (Vec::with_capacity(trees), JoinSet::new());
    for _ in 0..trees {
        if making.len() == 64 {
            ids.push(making.join_next().await.unwrap().unwrap());
        }
        let one = one.clone();
        making.spawn(async move {
            let tree = one.tree_create(TreeKind::Conversation).await.unwrap();
            for _ in 0..ITEMS {
                one.item(tree).await.unwrap();
            }
            tree
        });
    }
    while let Some(made) = making.join_next().await {
        ids.push(made.unwrap());
    }
    // One more in some, to see what becomes of the first that is not due.
    let mut samples = Vec::new();
    for tree in ids.iter().step_by(trees / 50) {
        let last = one.item(*tree).await.unwrap();
        samples.push((last.address(), last.seal(place(), &"not yet due".to_owned())));
    }

    let run = Run::new(0, ITEMS - 1);
    let begun = Instant::now();
    let batch = two.puncture_batch(ids.iter().map(|tree| (*tree, run))).await.unwrap();
    let took = begun.elapsed();

    assert!(batch.left.is_empty());
    assert_eq!(batch.punctured.trees().count(), trees);
    for (address, sealed) in &samples {
        assert_eq!(address.index, ITEMS);
        let before = Address {
            index: ITEMS - 1,
            ..*address
        };
        assert!(batch.punctured.covers(before) && !batch.punctured.covers(*address));
        assert!(two.open(&permit(), place(), sealed).await.is_ok());
        let gone = two.commitment_of(&permit(), place(), before, b"").await;
        assert!(matches!(gone, Err(OpenError::Erased)));
    }
    let items = trees * ITEMS as usize;
    let each_second = items as f64 / took.as_secs_f64();
    let engine = if fresh.is_sqlite() { "SQLite" } else { "PostgreSQL" };
    println!(
        "{engine}: {items} items of {trees} trees punctured in {:.2} s, {each_second:.0} items/s",
        took.as_secs_f64()
    );
    assert!(took < Duration::from_secs(60), "{took:?}");
    let again = Instant::now();
    two.puncture_batch(ids.iter().map(|tree| (*tree, run))).await.unwrap();
    println!(
        "{engine}: the same again, with nothing left to do, in {:.2} s",
        again.elapsed().as_secs_f64()
    );
}

on_both! {
    vault_5_a_million_items_of_ten_thousand_conversations
}
