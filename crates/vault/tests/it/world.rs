//! A vault with a store in memory, a clock that tests move and randomness that repeats.

use counterfoil_model::time::Sleep;
use counterfoil_model::{Clock, InstallationId, Random, Timestamp, TreeId};
use counterfoil_policy::{Machine, Permit, machine_permit};
use counterfoil_vault::memory::{MemoryKeyStore, MemoryRootKey};
use counterfoil_vault::{Address, Item, Keyed, Kind, Label, Lookup, Place, Sealed, TreeKind, Vault};
use std::future::Future;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

/// 2026-11-22; worlds begin at nine.
pub(crate) const TODAY: i64 = 20779;

pub(crate) struct TestClock(AtomicI64);

impl TestClock {
    pub(crate) fn on(&self, wait: Duration) {
        let micros = i64::try_from(wait.as_micros()).expect("a short wait");
        self.0.fetch_add(micros, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn wall(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
    fn monotonic(&self) -> Duration {
        Duration::from_micros(self.0.load(Ordering::SeqCst).unsigned_abs())
    }
    fn sleep(&self, _: Duration) -> Sleep {
        Box::pin(std::future::ready(()))
    }
}

/// SplitMix64: good enough to keep keys and nonces apart in a test.
pub(crate) struct Seeded(AtomicU64);

impl Seeded {
    pub(crate) fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }
}

impl Random for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let mut z = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst);
            z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(z ^ z >> 31).to_be_bytes()[..chunk.len()]);
        }
    }
}

pub(crate) struct World {
    pub(crate) keys: Arc<MemoryKeyStore>,
    pub(crate) root: Arc<MemoryRootKey>,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) random: Arc<Seeded>,
    pub(crate) installation: InstallationId,
}

impl World {
    pub(crate) fn new() -> Self {
        let random = Arc::new(Seeded::new(7));
        Self {
            keys: Arc::new(MemoryKeyStore::default()),
            root: Arc::new(MemoryRootKey::new(random.clone())),
            clock: Arc::new(TestClock(AtomicI64::new((TODAY * 86_400 + 9 * 3_600) * 1_000_000))),
            random,
            installation: InstallationId::from_bytes([1; 16]),
        }
    }

    /// A world whose vault was begun, and that vault.
    pub(crate) async fn begun() -> (Self, Vault) {
        let world = Self::new();
        let vault = world.init().await.expect("the vault begins");
        (world, vault)
    }

    pub(crate) async fn init(&self) -> Result<Vault, counterfoil_vault::StartError> {
        let World {
            keys,
            root,
            clock,
            random,
            ..
        } = self;
        Vault::init(
            keys.clone(),
            root.clone(),
            self.installation,
            clock.clone(),
            random.clone(),
        )
        .await
    }

    /// Another process over the same store, or the same one after a restart.
    pub(crate) async fn start(&self) -> Result<Vault, counterfoil_vault::StartError> {
        let World {
            keys,
            root,
            clock,
            random,
            ..
        } = self;
        Vault::start(
            keys.clone(),
            root.clone(),
            self.installation,
            clock.clone(),
            random.clone(),
        )
        .await
    }
}

impl World {
    pub(crate) fn clock_now(&self) -> Timestamp {
        self.clock.wall()
    }
}

pub(crate) const OBJECT: [u8; 16] = [9; 16];

pub(crate) fn place() -> Place {
    Place {
        kind: Kind::Message,
        object: OBJECT,
        label: Label::Body,
    }
}

pub(crate) fn permit() -> Permit {
    permit_for(OBJECT)
}

pub(crate) fn permit_for(object: [u8; 16]) -> Permit {
    machine_permit(Machine::Verify, vec![object])
}

pub(crate) fn text(content: &str) -> String {
    content.to_owned()
}

/// Seals a few words under a fresh item of `tree`.
pub(crate) async fn sealed_in(vault: &Vault, tree: TreeId) -> (Address, Sealed<String>) {
    let item: Item = vault.item(tree).await.expect("an address");
    (item.address(), item.seal(place(), &text("see you at nine")))
}

pub(crate) async fn conversation(vault: &Vault) -> TreeId {
    vault.tree_create(TreeKind::Conversation).await.expect("a tree")
}

/// The hash of `text` under the newest lookup key.
pub(crate) fn keyed(vault: &Vault, kind: Lookup, text: &str) -> Keyed {
    let keys = vault.lookup_keys();
    let (_, newest) = keys.hashes(kind, text).next().expect("there is a lookup key");
    newest
}

/// The epochs of the lookup keys that a vault knows, newest first.
pub(crate) fn lookups(vault: &Vault) -> Vec<i64> {
    vault.lookup_keys().epochs().collect()
}

/// Runs a future to its end, for property tests.
pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    static RUNTIME: LazyLock<tokio::runtime::Runtime> =
        LazyLock::new(|| tokio::runtime::Runtime::new().expect("a runtime"));
    RUNTIME.block_on(future)
}
