//! Making an installation: once, for its owner alone, with the one link that is ever printed.

use crate::program::{Installation, complained, run, said};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn an_installation_is_for_its_owner_alone() {
    let installation = Installation::new();
    let root = installation.path();
    assert_eq!(mode(&root.join("data")), 0o700);
    assert_eq!(mode(&root.join("keys")), 0o700);
    assert_eq!(mode(&root.join("counterfoil.toml")), 0o600);
    for folder in [root.join("data"), root.join("keys")] {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            assert_eq!(mode(&path) & 0o077, 0, "{}", path.display());
        }
    }
    let link = installation.made["link"].as_str().unwrap();
    assert!(link.starts_with("http://127.0.0.1:") && link.contains("/join/"));
}

#[test]
fn nothing_is_overwritten() {
    let installation = Installation::new();
    let before = std::fs::read(installation.path().join("counterfoil.toml")).unwrap();
    let again = [
        "init",
        "--key-folder",
        "other",
        "--administrator",
        "Eve",
        "--data",
        "other-data",
    ];
    let output = installation.run(&again);
    assert_eq!(output.status.code(), Some(1));
    assert!(complained(&output).contains("nothing was changed"));
    assert_eq!(
        std::fs::read(installation.path().join("counterfoil.toml")).unwrap(),
        before
    );
    assert!(!installation.path().join("other").exists() && !installation.path().join("other-data").exists());

    let same_data = [
        "--config",
        "second.toml",
        "init",
        "--key-folder",
        "other",
        "--administrator",
        "Eve",
    ];
    let output = installation.run(&same_data);
    assert_eq!(output.status.code(), Some(1));
    assert!(complained(&output).contains("not empty"), "{}", complained(&output));
    assert!(!installation.path().join("second.toml").exists());
}

#[test]
fn the_place_of_the_key_must_be_said() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &["init", "--administrator", "Ada"]);
    assert_eq!(output.status.code(), Some(1));
    let complaint = complained(&output);
    assert!(complaint.contains("--key-folder") && complaint.contains("--key-beside-data"));
    assert!(complaint.contains("Protects when the data folder"), "{complaint}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_key_beside_the_data_is_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &["init", "--key-beside-data", "--administrator", "Ada"]);
    assert!(output.status.success(), "{}", complained(&output));
    assert!(said(&output).contains("Warning: the key lies beside the data"));
    assert_eq!(said(&output).matches("/join/").count(), 1);
}

#[test]
fn a_key_folder_inside_the_data_must_be_meant() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(
        folder.path(),
        &["init", "--key-folder", "data/keys", "--administrator", "Ada"],
    );
    assert_eq!(output.status.code(), Some(1));
    assert!(complained(&output).contains("key folder"), "{}", complained(&output));
}
