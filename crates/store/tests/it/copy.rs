//! Copies: all rows of one moment, from either engine to either, and nothing of a copy that is not whole.

use crate::fresh::Fresh;
use crate::made::*;
use counterfoil_model::{InstallationId, TreeId};
use counterfoil_policy::{Machine, machine_permit};
use counterfoil_store::rows::{InstallationPurpose, InstallationRow};
use counterfoil_store::{CopyError, CopyKind, Store, Unit, copy};
use counterfoil_vault::memory::MemoryRootKey;
use counterfoil_vault::{Kind, Label, OpenError, Place, RootKey, TreeKind, Vault};
use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A copy, read by the format's page and by nothing of the store: the rows of each table, each as its bytes, sorted.
type Tables = BTreeMap<String, Vec<Vec<u8>>>;

fn tables(path: &Path) -> Tables {
    let bytes = std::fs::read(path).unwrap();
    let (mut tables, mut at) = (Tables::new(), 25);
    let (mut table, mut columns) = (String::new(), 0);
    let name = |at: &mut usize| {
        let length = usize::from(bytes[*at]);
        *at += 1 + length;
        String::from_utf8(bytes[*at - length..*at].to_vec()).unwrap()
    };
    loop {
        at += 1;
        match bytes[at - 1] {
            0 => break,
            1 => {
                table = name(&mut at);
                columns = bytes[at];
                at += 1;
                (0..columns).for_each(|_| drop(name(&mut at)));
                assert!(tables.insert(table.clone(), Vec::new()).is_none(), "{table} twice");
            }
            _ => {
                let from = at;
                for _ in 0..columns {
                    at += match bytes[at] {
                        0 => 1,
                        1 => 9,
                        _ => {
                            5 + usize::try_from(u32::from_be_bytes(bytes[at + 1..at + 5].try_into().unwrap())).unwrap()
                        }
                    };
                }
                tables.get_mut(&table).unwrap().push(bytes[from..at].to_vec());
            }
        }
    }
    assert_eq!(bytes.len(), at + 8 + 32);
    tables.values_mut().for_each(|rows| rows.sort_unstable());
    tables
}

/// A folder of its own for copies.
struct Copies(tempfile::TempDir);

impl Copies {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

async fn used(fresh: Fresh) -> World {
    let world = World::new(fresh).await;
    for n in 0..7 {
        world.conversation(n % 3).await;
    }
    let installation = InstallationRow {
        number: 1,
        id: InstallationId::from_bytes([1; 16]),
        tree: TreeId::from_bytes([2; 16]),
        purpose: InstallationPurpose::Serve,
        opened_at: world.now(),
        lookup_epoch: 1,
    };
    world
        .store
        .commit(Unit::new("open").insert(installation))
        .await
        .unwrap();
    world
}

async fn brought_elsewhere_it_holds_every_row(fresh: Fresh) {
    let world = used(fresh).await;
    let copies = Copies::new();
    let taken = world.store.copy_to(&copies.at("taken")).await.unwrap();
    let head = world.store.log_head().await.unwrap();
    assert_eq!(taken.log, Some((head.size, head.root)));
    assert_eq!((taken.kind, taken.taken_at), (CopyKind::Data, world.now()));
    assert_eq!(copy::check(&copies.at("taken"), CopyKind::Data).unwrap(), taken);
    assert_eq!(
        std::fs::metadata(copies.at("taken")).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let before = tables(&copies.at("taken"));
    assert_eq!(before.values().map(Vec::len).sum::<usize>() as u64, taken.rows);
    assert!(before["message"].len() == 7 && before["leaf"].len() > 20);
    for elsewhere in [Fresh::sqlite(), Fresh::postgres().await] {
        let store = elsewhere.store().await;
        assert_eq!(store.bring(&copies.at("taken")).await.unwrap(), taken);
        let name = if elsewhere.is_sqlite() {
            "again-sqlite"
        } else {
            "again-postgres"
        };
        let again = store.copy_to(&copies.at(name)).await.unwrap();
        assert_eq!((again.rows, again.log), (taken.rows, taken.log));
        assert!(tables(&copies.at(name)) == before);
        // It works on from there: the log goes on where it stood.
        let world_there = store.log_head().await.unwrap();
        assert_eq!(world_there.size, head.size);
        store.close().await;
    }
}

async fn it_is_of_one_moment_while_others_write(fresh: Fresh) {
    let world = used(fresh).await;
    let copies = Copies::new();
    let mut written = 0;
    for n in 0..5 {
        let path = copies.at(&n.to_string());
        let writing = async {
            for m in 0..12 {
                world.conversation(m % 3).await;
            }
        };
        let (taken, ()) = tokio::join!(world.store.copy_to(&path), writing);
        let (size, _) = taken.unwrap().log.unwrap();
        let found = tables(&path);
        assert_eq!(found["leaf"].len(), usize::try_from(size).unwrap());
        assert!(found["pending_leaf"].is_empty());
        // Each message comes with its contact and its conversation or not at all.
        assert_eq!(found["message"].len(), found["contact"].len());
        assert_eq!(found["message"].len(), found["conversation"].len());
        written = found["message"].len();
    }
    assert!((7 + 48..=7 + 60).contains(&written), "{written}");
}

async fn what_was_altered_or_cut_is_never_brought(fresh: Fresh) {
    let elsewhere = if fresh.is_sqlite() {
        Fresh::sqlite()
    } else {
        Fresh::postgres().await
    };
    let world = used(fresh).await;
    let copies = Copies::new();
    let taken = world.store.copy_to(&copies.at("whole")).await.unwrap();
    let whole = std::fs::read(copies.at("whole")).unwrap();
    let store = elsewhere.store().await;
    let broken = copies.at("broken");
    let tenth = whole.len() / 10;
    for at in (0..10).map(|n| n * tenth).chain([whole.len() - 1]) {
        let mut altered = whole.clone();
        altered[at] ^= 4;
        for bytes in [&altered[..], &whole[..at]] {
            std::fs::write(&broken, bytes).unwrap();
            store.bring(&broken).await.unwrap_err();
        }
    }
    std::fs::write(&broken, [&whole[..], b"more"].concat()).unwrap();
    assert!(matches!(store.bring(&broken).await, Err(CopyError::Damaged { .. })));
    assert!(matches!(
        store.bring(&copies.at("none")).await,
        Err(CopyError::File { .. })
    ));
    assert!(store.installation_get().await.unwrap().is_none());
    assert_eq!(store.log_head().await.unwrap().size, 0);
    assert_eq!(store.bring(&copies.at("whole")).await.unwrap(), taken);
}

async fn rows_that_cannot_stand_together_are_not_brought(fresh: Fresh) {
    let elsewhere = if fresh.is_sqlite() {
        Fresh::sqlite()
    } else {
        Fresh::postgres().await
    };
    let world = used(fresh).await;
    let copies = Copies::new();
    world.store.copy_to(&copies.at("whole")).await.unwrap();
    // One message names another conversation, and the digest is right again.
    let mut bytes = std::fs::read(copies.at("whole")).unwrap();
    let found = tables(&copies.at("whole"));
    let conversation = &found["conversation"][0][5..21];
    let place = |of: &[u8], part: &[u8]| of.windows(part.len()).position(|here| here == part);
    let mut named = found["message"]
        .iter()
        .filter_map(|row| Some((row, place(row, conversation)?)));
    let (row, within) = named.next().unwrap();
    let at = place(&bytes, row).unwrap() + within;
    bytes[at] ^= 1;
    let end = bytes.len() - 32;
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &bytes[..end]);
    bytes[end..].copy_from_slice(digest.as_ref());
    std::fs::write(copies.at("wrong"), bytes).unwrap();
    let store = elsewhere.store().await;
    let outcome = store.bring(&copies.at("wrong")).await;
    assert!(matches!(outcome, Err(CopyError::Refused(_))), "{outcome:?}");
    assert!(store.installation_get().await.unwrap().is_none());
}

async fn it_goes_to_an_empty_store_of_its_kind_and_version(fresh: Fresh) {
    let elsewhere = if fresh.is_sqlite() {
        Fresh::sqlite()
    } else {
        Fresh::postgres().await
    };
    let world = used(fresh).await;
    let copies = Copies::new();
    world.store.copy_to(&copies.at("data")).await.unwrap();
    assert!(matches!(
        world.store.bring(&copies.at("data")).await,
        Err(CopyError::NotEmpty)
    ));
    let keys = elsewhere.keys().await;
    let other = keys.bring(&copies.at("data")).await;
    assert!(matches!(
        other,
        Err(CopyError::Other {
            found: CopyKind::Data,
            wanted: CopyKind::Vault
        })
    ));
    let mut newer = std::fs::read(copies.at("data")).unwrap();
    newer[16] += 1;
    std::fs::write(copies.at("newer"), newer).unwrap();
    let store = elsewhere.store().await;
    let outcome = store.bring(&copies.at("newer")).await;
    assert!(
        matches!(outcome, Err(CopyError::Version { found, known }) if found == known + 1),
        "{outcome:?}"
    );
}

async fn it_is_never_written_over_another(fresh: Fresh) {
    let world = used(fresh).await;
    let copies = Copies::new();
    let path = copies.at("copy");
    std::fs::write(&path, "another").unwrap();
    assert!(matches!(world.store.copy_to(&path).await, Err(CopyError::File { .. })));
    assert_eq!(std::fs::read(&path).unwrap(), b"another");
    assert!(matches!(
        world.store.copy_to(&copies.at("none/copy")).await,
        Err(CopyError::File { .. })
    ));
    let names: Vec<_> = std::fs::read_dir(copies.0.path()).unwrap().collect();
    assert_eq!(names.len(), 1, "nothing is left of those that failed");
    std::fs::remove_file(&path).unwrap();
    world.store.copy_to(&path).await.unwrap();
}

async fn a_vault_opens_from_its_copy_all_that_it_opened(fresh: Fresh) {
    const INSTALLATION: InstallationId = InstallationId::from_bytes([1; 16]);
    let elsewhere = if fresh.is_sqlite() {
        Fresh::sqlite()
    } else {
        Fresh::postgres().await
    };
    let copies = Copies::new();
    let root: Arc<dyn RootKey> = Arc::new(MemoryRootKey::new(fresh.random.clone()));
    let (clock, random) = (fresh.clock.clone(), fresh.random.clone());
    let keys = Arc::new(fresh.keys().await);
    let vault = Vault::init(keys.clone(), root.clone(), INSTALLATION, clock.clone(), random.clone());
    let vault = vault.await.unwrap();
    let tree = vault.tree_create(TreeKind::Conversation).await.unwrap();
    let place = |object: u8| Place {
        kind: Kind::Message,
        object: [object; 16],
        label: Label::ProviderId,
    };
    let mut sealed = Vec::new();
    for object in [1, 2] {
        let item = vault.item(tree).await.unwrap();
        sealed.push(item.seal(place(object), &format!("words {object}")));
    }
    vault.puncture(vec![sealed[1].address().unwrap()]).await.unwrap();
    let taken = keys.copy_to(&copies.at("vault"), fresh.now()).await.unwrap();
    assert_eq!(copy::check(&copies.at("vault"), CopyKind::Vault).unwrap(), taken);
    let there = Arc::new(elsewhere.keys().await);
    assert_eq!(there.bring(&copies.at("vault")).await.unwrap(), taken);
    let vault = Vault::start(there, root, INSTALLATION, clock, random).await.unwrap();
    let permit = machine_permit(Machine::Verify, vec![[1; 16], [2; 16]]);
    let opened = vault.open(&permit, place(1), &sealed[0]).await.unwrap();
    assert_eq!(opened.expose(), "words 1");
    assert!(matches!(
        vault.open(&permit, place(2), &sealed[1]).await,
        Err(OpenError::Erased)
    ));
}

/// Every table that there is stands in a copy, with every column, in the order of the format.
async fn it_holds_every_table_and_column(fresh: Fresh) {
    let copies = Copies::new();
    let (store, keys) = (fresh.store().await, fresh.keys().await);
    store.copy_to(&copies.at("data")).await.unwrap();
    keys.copy_to(&copies.at("vault"), fresh.now()).await.unwrap();
    for (name, live) in [
        ("data", store.live_columns().await.unwrap()),
        ("vault", keys.live_columns().await.unwrap()),
    ] {
        let bytes = std::fs::read(copies.at(name)).unwrap();
        let held = tables(&copies.at(name));
        let mut live_tables: Vec<&String> = live.iter().map(|column| &column.table).collect();
        live_tables.dedup();
        assert_eq!(held.keys().collect::<Vec<_>>(), live_tables);
        for column in &live {
            let named = [&[u8::try_from(column.column.len()).unwrap()], column.column.as_bytes()].concat();
            assert!(
                bytes.windows(named.len()).any(|part| part == named),
                "{}.{}",
                column.table,
                column.column
            );
        }
    }
    drop::<Store>(store);
}

on_both! {
    brought_elsewhere_it_holds_every_row
    it_is_of_one_moment_while_others_write
    what_was_altered_or_cut_is_never_brought
    rows_that_cannot_stand_together_are_not_brought
    it_goes_to_an_empty_store_of_its_kind_and_version
    it_is_never_written_over_another
    a_vault_opens_from_its_copy_all_that_it_opened
    it_holds_every_table_and_column
}
