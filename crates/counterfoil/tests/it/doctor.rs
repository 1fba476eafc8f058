//! The doctor: tells what is well, what is doubtful, what is broken, and what it cannot see.

use crate::program::{Installation, Running, complained, json, program};
use counterfoil_testkit::certificate::{Authority, Certified};
use counterfoil_testkit::installation::{Choices, Engine};
use counterfoil_testkit::patience::{AMPLE, until};
use counterfoil_testkit::small_disk::SmallDisk;
use counterfoil_testkit::wire::Wire;
use counterfoil_testkit::{installation, sqlite};
use serde_json::Value;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

/// Everything that was said about one thing: state and words.
fn all<'a>(findings: &'a Value, what: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    let found = findings.as_array().unwrap().iter();
    found
        .filter(move |finding| finding["what"] == what)
        .map(|finding| (finding["state"].as_str().unwrap(), finding["said"].as_str().unwrap()))
}

fn said<'a>(findings: &'a Value, what: &'a str) -> (&'a str, &'a str) {
    all(findings, what)
        .next()
        .unwrap_or_else(|| panic!("nothing about {what}: {findings}"))
}

fn state<'a>(findings: &'a Value, what: &'a str) -> &'a str {
    said(findings, what).0
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
        "jobs",
        "log",
        "log backlog",
        "vault",
        "certificate",
        "blobs",
    ] {
        assert_eq!(state(&findings, what), "well", "{what}: {findings}");
    }
    assert_eq!(state(&findings, "key"), "doubtful", "the key is on the same disk");
    assert_eq!(state(&findings, "server"), "doubtful");
    for what in ["places of backups", "reachability", "clock of provider"] {
        assert_eq!(state(&findings, what), "unseen", "{what}: {findings}");
    }
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
    assert!(said(&findings, "vault").1.starts_with("not looked at"));
    assert!(
        findings.to_string().contains("is the key folder of this installation?")
            || findings.to_string().contains("key folder")
    );
}

#[test]
fn without_settings_nothing_is_said_to_be_fine() {
    let installation = Installation::new();
    let settings = installation.path().join("counterfoil.toml");
    std::fs::write(&settings, "[server]\nadress = \"127.0.0.1:1\"\n").unwrap();
    let output = installation.run(&["doctor", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let findings = json(&output);
    assert!(said(&findings, "settings").1.contains("did you mean `server.address`?"));
    let states = findings
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["state"].as_str());
    assert!(!states.into_iter().any(|state| state == Some("well")), "{findings}");
}

/// An installation that ends TLS itself, with files that a test replaces.
struct Encrypted {
    installation: Installation,
    url: String,
}

impl Encrypted {
    fn new() -> Self {
        let installation = Installation::new();
        let link = url::Url::parse(installation.made["link"].as_str().unwrap()).unwrap();
        let url = format!("https://localhost:{}", link.port().unwrap());
        Self { installation, url }
    }

    fn presents(&self, certified: &Certified) {
        std::fs::write(self.installation.path().join("chain.pem"), &certified.chain).unwrap();
        std::fs::write(self.installation.path().join("key.pem"), &certified.key).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program(self.installation.path(), arguments);
        command
            .env("COUNTERFOIL_SERVER__URL", &self.url)
            .env("COUNTERFOIL_SERVER__TLS_CERTIFICATE_FILE", "chain.pem")
            .env("COUNTERFOIL_SERVER__TLS_KEY_FILE", "key.pem");
        command
    }

    fn serve(&self) -> Running {
        let mut running = Running::start(self.command(&["serve"]));
        // Its own begins with https; this is the admin address, which comes after it.
        running.address();
        running
    }

    /// What the doctor finds who knows these authorities and no others.
    fn findings(&self, authority: &Authority) -> Value {
        let file = self.installation.path().join("authorities.pem");
        std::fs::write(&file, &authority.certificate).unwrap();
        let mut command = self.command(&["doctor", "--json"]);
        json(
            &command
                .env("SSL_CERT_FILE", &file)
                .env_remove("SSL_CERT_DIR")
                .output()
                .unwrap(),
        )
    }
}

#[test]
fn the_certificate_is_judged_as_it_is_presented() {
    let (ours, others) = (Authority::called("One").unwrap(), Authority::called("Another").unwrap());
    let encrypted = Encrypted::new();
    let good = ours.certify("localhost", -1..90).unwrap();
    for (certified, authority, expected, words) in [
        (&good, &ours, "well", "89 days"),
        (
            &ours.certify("localhost", -80..10).unwrap(),
            &ours,
            "doubtful",
            "why it was not renewed",
        ),
        (
            &ours.certify("localhost", -80..2).unwrap(),
            &ours,
            "broken",
            "renew it now",
        ),
        (
            &ours.certify("localhost", -90..-1).unwrap(),
            &ours,
            "broken",
            "ran out at",
        ),
        (
            &ours.certify("localhost", 2..90).unwrap(),
            &ours,
            "broken",
            "does not hold before",
        ),
        (
            &ours.certify("elsewhere.example", -1..90).unwrap(),
            &ours,
            "broken",
            "elsewhere.example",
        ),
        (&good, &others, "broken", "no authority"),
    ] {
        encrypted.presents(certified);
        let server = encrypted.serve();
        let findings = encrypted.findings(authority);
        assert!(server.stop("TERM"));
        let (state, told) = said(&findings, "certificate");
        assert!(
            state == expected && told.contains(words),
            "{expected}, {words}: {findings}"
        );
        assert!(told.contains(&encrypted.url), "it is what the address presents: {told}");
        assert_eq!(self::state(&findings, "public address"), "well", "{findings}");
        assert_eq!(self::state(&findings, "certificate files"), "well", "{findings}");
    }
}

#[test]
fn a_certificate_that_nobody_presents_is_not_looked_at() {
    let ours = Authority::called("One").unwrap();
    let encrypted = Encrypted::new();
    encrypted.presents(&ours.certify("localhost", -90..-1).unwrap());
    let findings = encrypted.findings(&ours);
    let (state, told) = said(&findings, "certificate");
    assert!(state == "unseen" && told.starts_with("not looked at"), "{findings}");
    let (state, told) = said(&findings, "certificate files");
    assert!(state == "broken" && told.contains("ran out"), "{findings}");

    // What lies in the files is not what is presented before the server was told.
    encrypted.presents(&ours.certify("localhost", -1..90).unwrap());
    let server = encrypted.serve();
    encrypted.presents(&ours.certify("localhost", -1..180).unwrap());
    let findings = encrypted.findings(&ours);
    assert!(said(&findings, "certificate").1.contains("89 days"), "{findings}");
    let (state, told) = said(&findings, "certificate files");
    assert!(state == "doubtful" && told.contains("SIGHUP"), "{findings}");
    assert!(server.stop("TERM"));
}

#[test]
fn a_folder_that_keeps_nothing_is_broken() {
    let installation = Installation::new();
    let spool = |folder: &Path| {
        let mut command = program(installation.path(), &["doctor", "--json"]);
        let output = command
            .env("COUNTERFOIL_INTAKE__SPOOL_FOLDER", folder)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1));
        json(&output)
    };
    // No account may write there, not even root.
    let findings = spool(Path::new("/proc/self"));
    let (state, told) = said(&findings, "disk of spool");
    assert!(state == "broken" && told.contains("nothing can be kept"), "{findings}");

    let folder = installation.path().join("small");
    std::fs::create_dir(&folder).unwrap();
    let _disk = SmallDisk::on(&folder, "32k").unwrap();
    let findings = spool(&folder);
    let (state, told) = said(&findings, "disk of spool");
    assert!(state == "broken" && told.contains("No space left"), "{findings}");
    assert_ne!(self::state(&findings, "disk of data"), "broken", "{findings}");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0, "nothing is left behind");
}

#[tokio::test]
async fn jobs_that_nobody_does_are_told_by_kind() {
    let installation = Installation::new();
    let jobs = "INSERT INTO job (id, kind, subject, run_at, attempts) VALUES \
        (randomblob(16), 'message.dispatch', randomblob(16), (unixepoch() - 1200) * 1000000, 0), \
        (randomblob(16), 'message.dispatch', randomblob(16), (unixepoch() - 300) * 1000000, 0), \
        (randomblob(16), 'attachment.fetch', randomblob(16), (unixepoch() - 300) * 1000000, 0), \
        (randomblob(16), 'message.file', randomblob(16), (unixepoch() + 300) * 1000000, 0)";
    sqlite::change(&installation.data().join("data.db"), jobs)
        .await
        .unwrap();
    let output = installation.run(&["doctor", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let findings = json(&output);
    let told: Vec<(&str, &str)> = all(&findings, "jobs").collect();
    assert_eq!(told.len(), 2, "{findings}");
    assert!(
        told[0].0 == "doubtful" && told[0].1.starts_with("1 of the kind attachment.fetch"),
        "{told:?}"
    );
    assert!(
        told[1].0 == "broken" && told[1].1.starts_with("2 of the kind message.dispatch"),
        "{told:?}"
    );
}

/// A provider whose clock stands still at `date`; answers `times`.
fn provider(date: &'static str, times: usize) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().take(times) {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 1024]).unwrap();
            let answer =
                format!("HTTP/1.1 400 Bad Request\r\nDate: {date}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    format!("http://{address}")
}

#[test]
fn a_clock_that_the_provider_does_not_share_is_broken() {
    let installation = Installation::new();
    for (name, secret) in [("app", "s3cret"), ("verify", "hello-4711"), ("access", "EAAx")] {
        std::fs::write(installation.path().join(name), secret).unwrap();
    }
    let url = provider("Sun, 22 Nov 2020 09:14:00 GMT", 1);
    let line = "connection add --title Claims --phone-number-id 100 --app-secret-file app --verify-token-file verify \
                --access-token-file access --display-number +15550100200 --graph-url";
    let mut arguments: Vec<&str> = line.split_whitespace().collect();
    arguments.push(&url);
    let added = installation.run(&arguments);
    assert!(added.status.success(), "{}", complained(&added));
    let findings = json(&installation.run(&["doctor", "--json"]));
    let (state, told) = said(&findings, "clock of provider");
    assert!(state == "broken" && told.contains("behind this machine"), "{findings}");
    // It answered once; who does not answer is not taken for right.
    let findings = json(&installation.run(&["doctor", "--json"]));
    let (state, told) = said(&findings, "clock of provider");
    assert!(state == "unseen" && told.contains("not looked at"), "{findings}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_away_is_broken_and_what_is_in_it_is_not_looked_at() {
    let choices = Choices::plain(env!("CARGO_BIN_EXE_counterfoil"), Engine::Postgres);
    let mut installation = installation::Installation::make(choices).await.unwrap();
    let wire = Wire::to(&installation.databases[0].server()).await.unwrap();
    installation.reach_through(&wire).unwrap();
    installation.serve().await.unwrap();
    let findings = async |installation: &installation::Installation| {
        let ended = installation.ended(&["doctor", "--json"]).await?;
        anyhow::Ok((serde_json::from_slice::<Value>(&ended.stdout)?, ended.status.code()))
    };
    let (well, code) = findings(&installation).await.unwrap();
    for what in [
        "server",
        "database",
        "clock of database",
        "clock of vault database",
        "jobs",
    ] {
        assert_eq!(state(&well, what), "well", "{what}: {well}");
    }
    assert_eq!(code, Some(3));

    wire.cut().await.unwrap();
    let (away, code) = findings(&installation).await.unwrap();
    assert_eq!(code, Some(1));
    for what in ["installation", "server"] {
        assert_eq!(state(&away, what), "broken", "{what}: {away}");
    }
    for what in [
        "database",
        "vault database",
        "log",
        "vault",
        "clock",
        "intake",
        "jobs",
        "log backlog",
        "nodes",
    ] {
        let (state, told) = said(&away, what);
        assert!(state == "unseen" && told.starts_with("not looked at"), "{what}: {away}");
    }
    assert_eq!(
        state(&away, "spool"),
        "well",
        "what needs no database is looked at: {away}"
    );

    wire.mend().await.unwrap();
    let again = async || {
        let (again, code) = findings(&installation).await?;
        Ok((code == Some(3) && state(&again, "server") == "well").then_some(()))
    };
    until("all to be well again", AMPLE, again).await.unwrap();
    installation.stop().await.unwrap();
}
