//! Beginning, starting, and the folder of root keys.

use crate::world::*;
use counterfoil_model::{InstallationId, Random};
use counterfoil_vault::memory::Fault;
use counterfoil_vault::{KeyFolder, KeyFolderError, Lookup, RootKey, RootKeyError, StartError, Vault, VaultError};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

fn folder(path: &Path) -> Result<KeyFolder, KeyFolderError> {
    KeyFolder::open(path, Path::new("/nonexistent/data"), false, Arc::new(Seeded::new(3)))
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

async fn start_with(world: &World, root: KeyFolder) -> Result<Vault, StartError> {
    let World {
        keys, clock, random, ..
    } = world;
    Vault::start(
        keys.clone(),
        Arc::new(root),
        world.installation,
        clock.clone(),
        random.clone(),
    )
    .await
}

#[tokio::test]
async fn a_vault_lives_on_with_its_key_folder_and_dies_with_it() {
    let place_of_keys = tempfile::tempdir().unwrap();
    let keys_at = place_of_keys.path().join("keys");
    let world = World::new();
    let root = Arc::new(folder(&keys_at).unwrap());
    let World {
        keys, clock, random, ..
    } = &world;
    let vault = Vault::init(
        keys.clone(),
        root.clone(),
        world.installation,
        clock.clone(),
        random.clone(),
    )
    .await
    .unwrap();
    let file = keys_at.join(format!("{}.epoch-1.key", world.installation));
    assert_eq!(fs::metadata(&keys_at).unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(
        fs::read_dir(&keys_at).unwrap().count(),
        1,
        "nothing but the key is left"
    );
    let (_, sealed) = sealed_in(&vault, conversation(&vault).await).await;
    let again = start_with(&world, folder(&keys_at).unwrap()).await.unwrap();
    assert!(again.open(&permit(), place(), &sealed).await.is_ok());
    assert!(keyed(&again, Lookup::Phone, "27820000001") == keyed(&vault, Lookup::Phone, "27820000001"));
    assert!(keyed(&again, Lookup::Phone, "27820000001") != keyed(&vault, Lookup::UserId, "27820000001"));
    let seed = |vault: &Vault| *vault.log_seeds().seeds()[0].reveal();
    assert_eq!(seed(&again), seed(&vault));

    // A hard link keeps the file's blocks in view after its name is gone.
    let seen = place_of_keys.path().join("seen");
    fs::hard_link(&file, &seen).unwrap();
    assert!(root.holds(world.installation, 1).await.unwrap());
    root.destroy(world.installation, 1).await.unwrap();
    assert!(!root.holds(world.installation, 1).await.unwrap());
    assert_eq!(fs::read(&seen).unwrap(), [0; 40], "overwritten, not only unlinked");
    root.destroy(world.installation, 1).await.unwrap();
    let dead = start_with(&world, folder(&keys_at).unwrap()).await;
    let missing = matches!(
        dead,
        Err(StartError::Vault(VaultError::RootKey {
            epoch: 1,
            source: RootKeyError::Missing
        }))
    );
    assert!(missing);
}

#[tokio::test]
async fn keys_that_others_can_use_are_refused() {
    let home = tempfile::tempdir().unwrap();
    let keys_at = home.path().join("keys");
    let installation = InstallationId::from_bytes([1; 16]);
    let root = folder(&keys_at).unwrap();
    root.make(installation, 1).await.unwrap();
    let file = keys_at.join(format!("{installation}.epoch-1.key"));
    for open in [0o640, 0o604, 0o620, 0o666] {
        mode(&file, open);
        let refused = root.unwrap(installation, 1, b"").await;
        let refused =
            matches!(refused, Err(RootKeyError::Folder(KeyFolderError::OpenToOthers { mode, .. })) if mode == open);
        assert!(refused, "{open:o}");
    }
    mode(&file, 0o400);
    assert!(matches!(
        root.unwrap(installation, 1, b"").await,
        Err(RootKeyError::Altered)
    ));
    mode(&keys_at, 0o750);
    assert!(matches!(
        folder(&keys_at),
        Err(KeyFolderError::OpenToOthers { mode: 0o750, .. })
    ));
}

#[tokio::test]
async fn a_damaged_key_file_says_so() {
    let home = tempfile::tempdir().unwrap();
    let installation = InstallationId::from_bytes([1; 16]);
    let root = folder(&home.path().join("keys")).unwrap();
    root.make(installation, 1).await.unwrap();
    let file = home.path().join("keys").join(format!("{installation}.epoch-1.key"));
    let good = fs::read(&file).unwrap();
    let mut other = good.clone();
    other[6] = 9;
    for bad in [&good[..39], &[good.as_slice(), b"x"].concat(), &other, b""] {
        fs::write(&file, bad).unwrap();
        let refused = root.unwrap(installation, 1, b"").await;
        assert!(matches!(
            refused,
            Err(RootKeyError::Folder(KeyFolderError::Damaged { .. }))
        ));
    }
    fs::write(&file, &good).unwrap();
    root.make(installation, 1).await.unwrap();
    assert_eq!(fs::read(&file).unwrap(), good, "making again changes nothing");
}

#[test]
fn keys_lie_beside_the_data_only_when_that_was_said() {
    let home = tempfile::tempdir().unwrap();
    let random: Arc<dyn Random> = Arc::new(Seeded::new(3));
    let open = |keys: &Path, data: &Path, said| KeyFolder::open(keys, data, said, random.clone());
    let data = home.path().join("data");
    let inside = data.join("keys");
    assert!(matches!(
        open(&inside, &data, false),
        Err(KeyFolderError::InsideData { .. })
    ));
    assert!(!inside.exists());
    let beside = open(&inside, &data, true).unwrap();
    assert!(beside.beside_data() && beside.protects().contains("data folder"));
    let apart = open(&home.path().join("keys"), &data, true).unwrap();
    assert!(!apart.beside_data());
    assert_ne!(apart.protects(), beside.protects());
    let link = home.path().join("link");
    std::os::unix::fs::symlink(&data, &link).unwrap();
    let through = open(&link.join("more"), &data, false);
    assert!(
        matches!(through, Err(KeyFolderError::InsideData { .. })),
        "a link does not hide it"
    );
}

#[tokio::test]
async fn a_beginning_that_broke_off_can_be_repeated() {
    for fault in [Fault::NotKept, Fault::Kept] {
        let world = World::new();
        assert!(matches!(world.start().await, Err(StartError::NotBegun)));
        world.keys.fail_next(fault);
        assert!(world.init().await.is_err());
        let vault = world.init().await.unwrap();
        let begun = world.keys.rows();
        assert_eq!((begun.epochs.len(), begun.secrets.len()), (1, 5));
        world
            .keys
            .change(|rows| rows.secrets.retain(|name, _| name != "digest"));
        assert!(matches!(world.start().await, Err(StartError::SecretMissing(name)) if name == "digest"));
        let (_, sealed) = sealed_in(&vault, conversation(&vault).await).await;
        let again = world.init().await.unwrap();
        assert!(
            again.open(&permit(), place(), &sealed).await.is_ok(),
            "beginning again keeps what is there"
        );
    }
}

#[tokio::test]
async fn keyed_hashes_keep_their_uses_apart() {
    let (_, vault) = World::begun().await;
    let all = [
        keyed(&vault, Lookup::Login, "a"),
        keyed(&vault, Lookup::Username, "a"),
        vault.dedupe(b"a"),
        vault.digest("session", b"a"),
        vault.digest("sessio", b"na"),
        vault.digest("invite", b"a"),
    ];
    for (at, one) in all.iter().enumerate() {
        assert!(all[at + 1..].iter().all(|other| other != one));
        assert_eq!(format!("{one:?}"), "Keyed");
    }
}
