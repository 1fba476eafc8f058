//! What lies sealed: altered bytes never open, and never break anything that looks at them.
//!
//! The first byte says what is tried: bytes as they come, or a right seal with some of its bytes changed.

#![no_main]

use counterfoil_model::time::Sleep;
use counterfoil_model::{Clock, ConnectionId, DeliveryId, InstallationId, Random, Timestamp};
use counterfoil_policy::{Machine, machine_permit};
use counterfoil_vault::memory::{MemoryKeyStore, MemoryRootKey};
use counterfoil_vault::{Kind, Label, Place, Sealed, TreeKind, Vault};
use futures_executor::block_on;
use libfuzzer_sys::fuzz_target;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

struct Standing;

impl Clock for Standing {
    fn wall(&self) -> Timestamp {
        Timestamp::from_seconds(1_795_338_000)
    }
    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
    fn sleep(&self, _: Duration) -> Sleep {
        Box::pin(std::future::ready(()))
    }
}

struct Counting(AtomicU64);

impl Random for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for piece in bytes.chunks_mut(8) {
            let next = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
            piece.copy_from_slice(&(next ^ (next >> 29)).to_be_bytes()[..piece.len()]);
        }
    }
}

struct World {
    vault: Vault,
    sealed: Vec<u8>,
    post: Vec<u8>,
}

const PLACE: Place = Place {
    kind: Kind::Message,
    object: [9; 16],
    label: Label::Body,
};

static WORLD: LazyLock<World> = LazyLock::new(|| {
    block_on(async {
        let random: Arc<Counting> = Arc::new(Counting(AtomicU64::new(7)));
        let keys = Arc::new(MemoryKeyStore::default());
        let root = Arc::new(MemoryRootKey::new(random.clone()));
        let installation = InstallationId::from_bytes([1; 16]);
        let vault = Vault::init(keys, root, installation, Arc::new(Standing), random.clone())
            .await
            .expect("the vault begins");
        let tree = vault.tree_create(TreeKind::Conversation).await.expect("a tree");
        let item = vault.item(tree).await.expect("an item");
        let sealed = item.seal(PLACE, &"see you at nine ".repeat(80)).into_bytes();
        let public = vault.intake_public().await.expect("a key for today");
        let (connection, delivery) = ids();
        let post = public.run(random.as_ref()).seal(
            connection,
            delivery,
            b"{\"object\":\"whatsapp_business_account\"}",
            random.as_ref(),
        );
        World { vault, sealed, post }
    })
});

fn ids() -> (ConnectionId, DeliveryId) {
    (ConnectionId::from_bytes([2; 16]), DeliveryId::from_bytes([3; 16]))
}

/// The right bytes with some changed: pairs of a place and what is added there.
fn changed(right: &[u8], by: &[u8]) -> Vec<u8> {
    let mut bytes = right.to_vec();
    for change in by.chunks_exact(3) {
        let at = usize::from(u16::from_be_bytes([change[0], change[1]])) % bytes.len();
        bytes[at] ^= change[2];
    }
    bytes
}

fuzz_target!(|bytes: &[u8]| {
    let Some((what, rest)) = bytes.split_first() else {
        return;
    };
    let world = &*WORLD;
    let of = |right: &[u8]| {
        if what & 2 == 0 {
            rest.to_vec()
        } else {
            changed(right, rest)
        }
    };
    if what & 1 == 0 {
        let bytes = of(&world.sealed);
        let right = bytes == world.sealed;
        let sealed: Sealed<String> = Sealed::from_bytes(bytes);
        let _ = sealed.address();
        let permit = machine_permit(Machine::Verify, vec![PLACE.object]);
        assert_eq!(block_on(world.vault.open(&permit, PLACE, &sealed)).is_ok(), right);
    } else {
        let bytes = of(&world.post);
        let (connection, delivery) = ids();
        let opened = block_on(world.vault.intake_open(connection, delivery, &bytes));
        assert_eq!(opened.is_ok(), bytes == world.post);
    }
});
