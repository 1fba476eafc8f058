//! Settings: mistakes are named with their cure, sources are shown, secrets are not.

use crate::program::{complained, json, program, run, said};

fn folder_with(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("counterfoil.toml"), text).unwrap();
    folder
}

#[test]
fn a_typing_mistake_is_named_with_its_line_and_what_was_meant() {
    let folder = folder_with("[server]\naddress = \"127.0.0.1:9\"\n\n[databse]\nurl = \"\"\n");
    let output = run(folder.path(), &["config"]);
    assert_eq!(output.status.code(), Some(1));
    let complaint = complained(&output);
    assert!(
        complaint.contains("counterfoil.toml:4: there is no setting `databse`; did you mean `database`?"),
        "{complaint}"
    );
}

#[test]
fn every_setting_is_shown_with_where_it_comes_from() {
    let folder = folder_with("[server]\nconnections = 9\n");
    let mut command = program(folder.path(), &["config", "--json"]);
    let output = command.env("COUNTERFOIL_LOG__LEVEL", "debug").output().unwrap();
    let shown = json(&output);
    let of = |name: &str| {
        let line = shown
            .as_array()
            .unwrap()
            .iter()
            .find(|line| line["setting"] == name)
            .unwrap();
        (
            line["value"].as_str().unwrap().to_owned(),
            line["source"].as_str().unwrap().to_owned(),
        )
    };
    assert_eq!(
        of("server.connections"),
        ("9".to_owned(), "counterfoil.toml:2".to_owned())
    );
    assert_eq!(
        of("log.level"),
        ("\"debug\"".to_owned(), "COUNTERFOIL_LOG__LEVEL".to_owned())
    );
    assert_eq!(of("data.folder"), ("\"data\"".to_owned(), "default".to_owned()));
}

#[test]
fn secrets_are_not_shown() {
    let folder = folder_with("[pas]\nurl = \"https://pas.example\"\ntoken_file = \"token\"\n");
    std::fs::write(folder.path().join("token"), "sesame-4711").unwrap();
    let output = run(folder.path(), &["config"]);
    assert!(output.status.success(), "{}", complained(&output));
    assert!(said(&output).contains("pas.token_file") && !said(&output).contains("sesame-4711"));
}

#[test]
fn a_secret_in_the_environment_is_refused_and_not_repeated() {
    let folder = folder_with("");
    let mut command = program(folder.path(), &["config"]);
    let output = command
        .env("COUNTERFOIL_DATABASE__PASSWORD", "sesame-4711")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let complaint = complained(&output);
    assert!(
        complaint.contains("database.password_file") && !complaint.contains("sesame-4711"),
        "{complaint}"
    );
}

#[test]
fn without_a_settings_file_the_way_out_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &["serve"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(complained(&output).contains("counterfoil init"));
}
