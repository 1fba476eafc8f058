//! The doctor: tells what is well, what is doubtful, what is broken, and what it cannot see.

use crate::program::{Installation, complained, json};
use std::os::unix::fs::PermissionsExt;

fn state(findings: &serde_json::Value, what: &str) -> String {
    let found = findings
        .as_array()
        .unwrap()
        .iter()
        .find(|finding| finding["what"] == what);
    found.unwrap_or_else(|| panic!("nothing about {what}: {findings}"))["state"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn a_fresh_installation_is_not_broken_and_its_doubts_are_named() {
    let installation = Installation::new();
    let output = installation.run(&["doctor", "--json"]);
    let findings = json(&output);
    for what in [
        "settings",
        "data folder",
        "key rights",
        "database",
        "vault database",
        "clock",
        "intake",
        "log",
        "vault",
    ] {
        assert_eq!(state(&findings, what), "well", "{what}: {findings}");
    }
    assert_eq!(state(&findings, "key"), "doubtful", "the key is on the same disk");
    assert_eq!(state(&findings, "server"), "doubtful");
    assert_eq!(state(&findings, "backups"), "unseen");
    assert_eq!(output.status.code(), Some(3), "{}", complained(&output));
}

#[test]
fn an_open_key_is_broken() {
    let installation = Installation::new();
    let key = std::fs::read_dir(installation.path().join("keys"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    let output = installation.run(&["doctor", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(state(&json(&output), "key rights"), "broken");
}

#[test]
fn a_missing_key_is_said_as_such() {
    let installation = Installation::new();
    for entry in std::fs::read_dir(installation.path().join("keys")).unwrap() {
        std::fs::remove_file(entry.unwrap().path()).unwrap();
    }
    let output = installation.run(&["doctor", "--json"]);
    let findings = json(&output);
    assert_eq!(state(&findings, "installation"), "broken");
    assert!(
        findings.to_string().contains("is the key folder of this installation?")
            || findings.to_string().contains("key folder")
    );
}
