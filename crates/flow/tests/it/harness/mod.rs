//! A fresh installation on either engine, with a clock that is moved by hand and chance that is the same each time.

mod back_door;
mod kinds;
mod world;

pub(crate) use back_door::{BackDoor, Cell};
pub(crate) use kinds::leaves_are_as_the_page_says;
pub(crate) use world::World;

use counterfoil_flow::Flow;
use counterfoil_flow::context::{FlowParts, FlowSettings, PasSettings};
use counterfoil_flow::intake::door::{DoorParts, IntakeDoor};
use counterfoil_flow::intake::shelf::KitShelf;
use counterfoil_model::time::Sleep;
use counterfoil_model::{Clock, InstallationId, Random, Secret, Timestamp};
use counterfoil_store::{Blobs, KeyDatabase, Spool, Store};
use counterfoil_vault::{KeyFolder, Keyed, Lookup, Vault};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::watch;

/// The installation that every test is.
pub(crate) const INSTALLATION: InstallationId = InstallationId::from_bytes([7; 16]);
/// The name of its log.
pub(crate) const ORIGIN: &str = "records.example.org/log";

/// A clock that stands until it is moved or slept by.
pub(crate) struct Hand {
    /// The hand that only goes forward, in microseconds.
    steady: watch::Sender<i64>,
    /// By how much the other one was set back, in microseconds.
    back: AtomicI64,
}

impl Hand {
    pub(crate) fn forward(&self, by: Duration) {
        let by = i64::try_from(by.as_micros()).unwrap();
        self.steady.send_modify(|now| *now += by);
    }

    /// Somebody sets the clock back; what is measured by the steady hand goes on.
    pub(crate) fn back(&self, by: Duration) {
        let by = i64::try_from(by.as_micros()).unwrap();
        self.back.fetch_add(by, Ordering::SeqCst);
    }
}

impl Clock for Hand {
    fn wall(&self) -> Timestamp {
        Timestamp::from_micros(*self.steady.borrow() - self.back.load(Ordering::SeqCst))
    }

    fn monotonic(&self) -> Duration {
        Duration::from_micros(u64::try_from(*self.steady.borrow()).unwrap())
    }

    /// Short waits pass at once; who waits for long waits for a bell, or until the clock is moved as far.
    fn sleep(&self, wait: Duration) -> Sleep {
        if wait > Duration::from_millis(100) {
            let mut moved = self.steady.subscribe();
            let until = *moved.borrow() + i64::try_from(wait.as_micros()).unwrap_or(i64::MAX / 2);
            return Box::pin(async move { drop(moved.wait_for(|now| *now >= until).await) });
        }
        self.forward(wait);
        Box::pin(tokio::task::yield_now())
    }
}

/// Bytes that look like chance and are the same each time (splitmix64).
pub(crate) struct Seeded(AtomicU64);

impl Seeded {
    pub(crate) fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    /// A number below `end`.
    pub(crate) fn below(&self, end: usize) -> usize {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        usize::try_from(u64::from_be_bytes(bytes) % u64::try_from(end).unwrap()).unwrap()
    }
}

impl Random for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        for piece in bytes.chunks_mut(8) {
            let mut z = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            piece.copy_from_slice(&(z ^ (z >> 31)).to_be_bytes()[..piece.len()]);
        }
    }
}

/// Where the databases lie.
pub(crate) enum Engine {
    Sqlite,
    Postgres { server: String, schemas: [String; 2] },
}

/// A place for an installation: data, vault, objects and keys. Gone when dropped.
pub(crate) struct Place {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) engine: Engine,
    pub(crate) clock: Arc<Hand>,
    pub(crate) random: Arc<Seeded>,
}

static MADE: AtomicU64 = AtomicU64::new(0);

impl Place {
    fn at(engine: Engine) -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            engine,
            clock: Arc::new(Hand {
                steady: watch::Sender::new(1_795_381_200_000_000),
                back: AtomicI64::new(0),
            }),
            random: Arc::new(Seeded::new(7)),
        }
    }

    pub(crate) fn sqlite() -> Self {
        Self::at(Engine::Sqlite)
    }

    pub(crate) async fn postgres() -> Self {
        let server = variable("COUNTERFOIL_TEST_POSTGRES")
            .expect("COUNTERFOIL_TEST_POSTGRES names no PostgreSQL server: run `cargo xtask test`, which starts one");
        let number = MADE.fetch_add(1, Ordering::SeqCst);
        let name = format!("cff_{}_{number}", std::process::id());
        let schemas = [name.clone(), format!("{name}_vault")];
        back_door::schemas_fresh(&server, &schemas).await;
        Self::at(Engine::Postgres { server, schemas })
    }

    /// Another place on the same engine.
    pub(crate) async fn beside(&self) -> Self {
        match self.engine {
            Engine::Sqlite => Self::sqlite(),
            Engine::Postgres { .. } => Self::postgres().await,
        }
    }

    pub(crate) fn data(&self) -> counterfoil_store::Place {
        self.database(0)
    }

    pub(crate) fn vault(&self) -> counterfoil_store::Place {
        self.database(1)
    }

    fn database(&self, which: usize) -> counterfoil_store::Place {
        match &self.engine {
            Engine::Sqlite => counterfoil_store::Place::Folder(self.folder.path().join("data")),
            Engine::Postgres { server, schemas } => counterfoil_store::Place::Server {
                url: Secret::new(format!("{server}?options=-csearch_path%3D{}", schemas[which])),
                connections: 6,
                pooled: false,
            },
        }
    }

    /// Loses the database of the records. Nobody may have it open.
    pub(crate) async fn data_lost(&self) {
        self.lost(0).await;
    }

    /// Loses the database of the vault. Nobody may have it open.
    pub(crate) async fn vault_lost(&self) {
        self.lost(1).await;
    }

    async fn lost(&self, which: usize) {
        match &self.engine {
            Engine::Sqlite => {
                for end in ["db", "db-wal", "db-shm"] {
                    let file = format!("data/{}.{end}", ["data", "vault"][which]);
                    // The engine removes what it needs no more.
                    let _ = std::fs::remove_file(self.folder.path().join(file));
                }
            }
            Engine::Postgres { server, schemas } => {
                back_door::schemas_fresh(server, &schemas[which..=which]).await;
            }
        }
    }

    pub(crate) fn objects(&self) -> PathBuf {
        self.folder.path().join("objects")
    }

    /// Opens everything, or opens it again, as a process that starts would.
    pub(crate) async fn open(&self) -> Opened {
        let (clock, random): (Arc<dyn Clock>, Arc<dyn Random>) = (self.clock.clone(), self.random.clone());
        let store = Store::open(&self.data(), clock.clone(), random.clone()).await.unwrap();
        let keys = Arc::new(KeyDatabase::open(&self.vault()).await.unwrap());
        let data = self.folder.path().join("data");
        std::fs::create_dir_all(&data).unwrap();
        let root = KeyFolder::open(&self.folder.path().join("keys"), &data, false, random.clone()).unwrap();
        let root = Arc::new(root);
        let kit_key = root.kit_key_make(INSTALLATION).unwrap();
        let vault = Vault::init(keys.clone(), root.clone(), INSTALLATION, clock.clone(), random.clone())
            .await
            .unwrap();
        let blobs = Blobs::in_folder(&self.objects()).unwrap();
        // A process holds its spool alone; here several are open at a time, each with one of its own.
        let spool = self.spool(MADE.fetch_add(1, Ordering::SeqCst));
        let door = IntakeDoor::new(DoorParts {
            shelf: KitShelf::new(&data.join("intake.kit"), kit_key, INSTALLATION, random.clone()),
            spool: Spool::open(&spool, 64 << 20).unwrap(),
            clock: clock.clone(),
            random: random.clone(),
        });
        Opened {
            store,
            vault,
            blobs,
            door,
            keys,
            root,
            clock,
            random,
        }
    }

    /// The file of the root key of an epoch.
    pub(crate) fn key_file(&self, epoch: i64) -> PathBuf {
        self.folder
            .path()
            .join(format!("keys/{INSTALLATION}.epoch-{epoch}.key"))
    }

    /// The folder of a spool.
    pub(crate) fn spool(&self, number: u64) -> PathBuf {
        self.folder.path().join(format!("spool-{number}"))
    }
}

/// What an installation is made of, opened.
#[derive(Clone)]
pub(crate) struct Opened {
    pub(crate) store: Store,
    pub(crate) vault: Vault,
    pub(crate) blobs: Blobs,
    pub(crate) door: IntakeDoor,
    keys: Arc<KeyDatabase>,
    root: Arc<KeyFolder>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl Opened {
    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// The same with a vault that remembers nothing, as another node has it.
    pub(crate) async fn beside(&self) -> Self {
        let vault = Vault::start(
            self.keys.clone(),
            self.root.clone(),
            INSTALLATION,
            self.clock.clone(),
            self.random.clone(),
        );
        Self {
            vault: vault.await.unwrap(),
            ..self.clone()
        }
    }

    /// The hash of `text` under the newest lookup key.
    pub(crate) fn keyed(&self, kind: Lookup, text: &str) -> Keyed {
        let keys = self.vault.lookup_keys();
        let (_, newest) = keys.hashes(kind, text).next().expect("there is a lookup key");
        newest
    }

    pub(crate) fn vault(&self) -> &Vault {
        &self.vault
    }

    pub(crate) async fn flow(self) -> Flow {
        // Nobody listens there: what is filed stays to be filed.
        self.flow_filing_at("http://127.0.0.1:9", "token").await
    }

    /// The use cases with a policy administration system at this address, which knows them by this token.
    pub(crate) async fn flow_filing_at(self, url: &str, token: &str) -> Flow {
        Flow::new(FlowParts {
            store: self.store,
            blobs: self.blobs,
            intake: Some(self.door),
            vault: self.vault,
            clock: self.clock,
            random: self.random,
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            settings: FlowSettings {
                log_origin: ORIGIN.to_owned(),
                pas: Some(PasSettings {
                    url: url.to_owned(),
                    token: Secret::new(token.to_owned()),
                }),
                retire_every: None,
            },
        })
        .await
        .unwrap()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Engine::Postgres { server, schemas } = &self.engine {
            back_door::schemas_dropped(server.clone(), schemas.clone());
        }
    }
}

/// A variable that says what surrounds the tests.
#[expect(clippy::disallowed_methods, reason = "the test runner says what surrounds the tests")]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
