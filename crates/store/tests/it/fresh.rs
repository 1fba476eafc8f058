//! A fresh place for a store on either engine, with a clock that is moved by hand and chance that is the same each time.

use counterfoil_model::time::Sleep;
use counterfoil_model::{Clock, Random, Secret, Timestamp};
use counterfoil_store::{KeyDatabase, Place, Store};
use sqlx::{Connection, PgConnection};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

/// A clock that stands until it is moved.
pub(crate) struct Hand(AtomicI64);

impl Hand {
    pub(crate) fn forward(&self, by: Duration) {
        self.0
            .fetch_add(i64::try_from(by.as_micros()).unwrap(), Ordering::SeqCst);
    }
}

impl Clock for Hand {
    fn wall(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }

    fn monotonic(&self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.load(Ordering::SeqCst)).unwrap())
    }

    fn sleep(&self, _: Duration) -> Sleep {
        Box::pin(std::future::pending())
    }
}

/// Bytes that look like chance and are the same each time (splitmix64).
pub(crate) struct Seeded(AtomicU64);

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

/// What cleans up when the test is over, however it ends.
enum Kept {
    Folder(tempfile::TempDir),
    Schemas { server: String, schemas: Vec<String> },
}

/// A fresh place.
pub(crate) struct Fresh {
    pub(crate) place: Place,
    pub(crate) vault_place: Place,
    pub(crate) clock: Arc<Hand>,
    pub(crate) random: Arc<Seeded>,
    kept: Kept,
}

static MADE: AtomicU64 = AtomicU64::new(0);

impl Fresh {
    fn at(place: Place, vault_place: Place, kept: Kept) -> Self {
        Self {
            place,
            vault_place,
            clock: Arc::new(Hand(AtomicI64::new(1_795_381_200_000_000))),
            random: Arc::new(Seeded(AtomicU64::new(7))),
            kept,
        }
    }

    pub(crate) fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::Folder(folder.path().join("data"));
        Self::at(place.clone(), place, Kept::Folder(folder))
    }

    pub(crate) async fn postgres() -> Self {
        let server = server();
        let number = MADE.fetch_add(1, Ordering::SeqCst);
        let name = format!("cf_{}_{number}", std::process::id());
        let schemas = vec![name.clone(), format!("{name}_vault")];
        let mut connection = PgConnection::connect(&server).await.unwrap();
        for schema in &schemas {
            let again = format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}");
            sqlx::raw_sql(sqlx::AssertSqlSafe(again))
                .execute(&mut connection)
                .await
                .unwrap();
        }
        connection.close().await.unwrap();
        let place = |schema: &str| Place::Server {
            url: Secret::new(format!("{server}?options=-csearch_path%3D{schema}")),
            connections: 8,
            pooled: false,
        };
        Self::at(
            place(&schemas[0]),
            place(&schemas[1]),
            Kept::Schemas { server, schemas },
        )
    }

    /// Opens the store, or opens it again.
    pub(crate) async fn store(&self) -> Store {
        Store::open(&self.place, self.clock.clone(), self.random.clone())
            .await
            .unwrap()
    }

    /// Opens the vault store, or opens it again.
    pub(crate) async fn keys(&self) -> KeyDatabase {
        KeyDatabase::open(&self.vault_place).await.unwrap()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.wall()
    }

    /// Changes the data store behind its back.
    pub(crate) async fn tamper(&self, sql: &'static str) {
        match (&self.kept, &self.place) {
            (Kept::Folder(folder), _) => {
                let file = folder.path().join("data").join("data.db");
                let mut connection = sqlx::SqliteConnection::connect(file.to_str().unwrap()).await.unwrap();
                sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
                connection.close().await.unwrap();
            }
            (_, Place::Server { url, .. }) => {
                let mut connection = PgConnection::connect(url.reveal()).await.unwrap();
                sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
                connection.close().await.unwrap();
            }
            _ => unreachable!("a schema lies on a server"),
        }
    }

    pub(crate) fn is_sqlite(&self) -> bool {
        matches!(self.kept, Kept::Folder(_))
    }
}

#[expect(clippy::disallowed_methods, reason = "the test runner says where the server is")]
fn server() -> String {
    std::env::var("COUNTERFOIL_TEST_POSTGRES")
        .expect("COUNTERFOIL_TEST_POSTGRES names no PostgreSQL server: run `cargo xtask test`, which starts one")
}

impl Drop for Fresh {
    fn drop(&mut self) {
        let Kept::Schemas { server, schemas } = &self.kept else {
            return;
        };
        let (server, schemas) = (server.clone(), schemas.clone());
        // A runtime may not be entered from within another, so the clean-up has a thread of its own.
        let cleaned = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let mut connection = PgConnection::connect(&server).await.unwrap();
                for schema in schemas {
                    let drop = format!("DROP SCHEMA IF EXISTS {schema} CASCADE");
                    sqlx::raw_sql(sqlx::AssertSqlSafe(drop))
                        .execute(&mut connection)
                        .await
                        .unwrap();
                }
            });
        });
        let _ = cleaned.join();
    }
}
