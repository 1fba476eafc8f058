//! A vault that a second writer made, file by file and row by row, starts and opens what that writer sealed.

use crate::world::*;
use counterfoil_model::{ConnectionId, DeliveryId, InstallationId, Timestamp, TreeId};
use counterfoil_vault::{
    BLOB_HEADER, EpochRow, HeadRow, KeyFolder, Keyed, Kind, Label, Lookup, OpenError, Place, Sealed, SecretRow,
    TreeRow, Vault,
};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

fn vectors(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn hex(value: &Value) -> Vec<u8> {
    let text = value.as_str().unwrap();
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

fn array<const N: usize>(value: &Value) -> [u8; N] {
    hex(value).try_into().unwrap()
}

fn place_of(vector: &Value) -> Place {
    let code = |name: &str| u8::try_from(vector[name].as_u64().unwrap()).unwrap();
    Place {
        kind: Kind::from_code(code("kind")).unwrap(),
        object: array(&vector["object"]),
        label: Label::from_code(code("label")).unwrap(),
    }
}

/// Puts the vectors' key file into `home` and their rows into a store, and starts from them.
async fn from_vectors(home: &Path) -> Vault {
    let keys = vectors(include_str!("../../vectors/key-tree.json"));
    let tree = &vectors(include_str!("../../vectors/frontier.json"))["row"];
    let mut world = World::new();
    world.installation = InstallationId::from_bytes(array(&keys["installation"]));
    let number = |value: &Value| value.as_i64().unwrap();
    world.keys.change(|rows| {
        let epoch = EpochRow {
            number: number(&keys["epoch"]["number"]),
            state: number(&keys["epoch"]["state"]),
            provider: keys["epoch"]["provider"].as_str().unwrap().to_owned(),
            wrapped: hex(&keys["epoch"]["wrapped"]),
            opened_at: Timestamp::from_micros(number(&keys["epoch"]["opened_at"])),
        };
        rows.epochs.insert(1, epoch);
        let tree = TreeRow {
            id: TreeId::from_bytes(array(&tree["id"])),
            kind: number(&tree["kind"]),
            epoch: number(&tree["epoch"]),
            generation: number(&tree["generation"]),
            next_index: number(&tree["next_index"]),
            wrapped: hex(&tree["wrapped"]),
        };
        rows.trees.insert(tree.id, tree);
        for (name, secret) in keys["secrets"].as_object().unwrap() {
            let secret = SecretRow {
                name: name.clone(),
                epoch: number(&secret["epoch"]),
                generation: number(&secret["generation"]),
                wrapped: hex(&secret["wrapped"]),
            };
            rows.secrets.insert(name.clone(), secret);
        }
        rows.head = Some(HeadRow {
            size: number(&keys["head"]["size"]),
            root: hex(&keys["head"]["root"]),
            mac: hex(&keys["head"]["mac"]),
        });
    });
    let folder = home.join("keys");
    let root = KeyFolder::open(&folder, &home.join("data"), false, world.random.clone()).unwrap();
    let file = folder.join(format!("{}.epoch-1.key", world.installation));
    fs::write(&file, hex(&keys["root_file"])).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let World {
        keys, clock, random, ..
    } = world;
    Vault::start(keys, Arc::new(root), world.installation, clock, random)
        .await
        .unwrap()
}

#[tokio::test]
async fn everything_of_the_second_writer_opens() {
    let home = tempfile::tempdir().unwrap();
    let vault = from_vectors(home.path()).await;
    // The second writer keeps no run of days that have an intake key; the first call of a day makes it.
    vault.intake_public().await.unwrap();
    let check = vault.check().await.unwrap();
    assert_eq!((check.epochs, check.secrets, check.trees, check.head), (1, 7, 1, true));
    assert_eq!(check.broken, None);

    for vector in vectors(include_str!("../../vectors/sealed-envelope.json"))
        .as_array()
        .unwrap()
    {
        let (place, sealed) = (place_of(vector), Sealed::<Vec<u8>>::from_bytes(hex(&vector["sealed"])));
        let opened = vault.open(&permit_for(place.object), place, &sealed).await.unwrap();
        assert_eq!(opened.expose(), &hex(&vector["content"]));
        let commitment = vault
            .commitment(&permit_for(place.object), place, &sealed)
            .await
            .unwrap();
        assert_eq!(commitment.as_slice(), hex(&vector["commitment"]));
    }

    let vector = vectors(include_str!("../../vectors/blob.json"));
    for file in vector["files"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|file| !file["sealed"].is_null())
    {
        let (place, sealed) = (place_of(&vector), hex(&file["sealed"]));
        let opener = vault
            .blob_open(&permit_for(place.object), place, &sealed[..BLOB_HEADER])
            .await
            .unwrap();
        assert_eq!(
            opener.whole(&sealed).unwrap().expose().len() as u64,
            file["length"].as_u64().unwrap()
        );
    }

    for text in [
        include_str!("../../vectors/intake-seal.json"),
        include_str!("../../vectors/intake-seal-run.json"),
    ] {
        let vector = vectors(text);
        let connection = ConnectionId::from_bytes(array(&vector["connection"]));
        let delivery = DeliveryId::from_bytes(array(&vector["delivery"]));
        let opened = vault
            .intake_open(connection, delivery, &hex(&vector["sealed"]))
            .await
            .unwrap();
        assert_eq!(opened.expose(), &hex(&vector["body"]));
    }
}

#[tokio::test]
async fn the_forgotten_leaf_of_the_vectors_is_erased() {
    let home = tempfile::tempdir().unwrap();
    let vault = from_vectors(home.path()).await;
    let first = &vectors(include_str!("../../vectors/sealed-envelope.json"))[0];
    let mut sealed = hex(&first["sealed"]);
    sealed[17..21].copy_from_slice(&5u32.to_be_bytes());
    let place = place_of(first);
    let opened = vault
        .open(&permit_for(place.object), place, &Sealed::<String>::from_bytes(sealed))
        .await;
    assert!(matches!(opened, Err(OpenError::Erased)));
}

#[tokio::test]
async fn keyed_hashes_equal_those_of_the_second_writer() {
    let home = tempfile::tempdir().unwrap();
    let vault = from_vectors(home.path()).await;
    for vector in vectors(include_str!("../../vectors/key-tree.json"))["keyed"]
        .as_array()
        .unwrap()
    {
        let text = vector["text"].as_str().unwrap();
        let hash = match (vector["by"].as_str().unwrap(), vector["kind"].as_u64()) {
            ("lookup", Some(1)) => keyed(&vault, Lookup::Phone, text),
            ("lookup", Some(6)) => keyed(&vault, Lookup::Login, text),
            ("dedupe", _) => vault.dedupe(text.as_bytes()),
            ("digest", _) => vault.digest("session", text.as_bytes()),
            other => panic!("{other:?}"),
        };
        assert!(hash == Keyed::from_bytes(array(&vector["hash"])), "{vector}");
    }
}
