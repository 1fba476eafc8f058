//! Running the program: to its end, or as a server that is stopped.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use counterfoil_testkit::port::free_port;

/// The program with these arguments, in `folder`, without our own environment's settings.
pub(crate) fn program(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_counterfoil"));
    command.current_dir(folder).args(arguments).stdin(Stdio::null());
    command
}

/// Runs it to its end.
pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Output {
    program(folder, arguments).output().unwrap()
}

/// What it wrote to standard output.
pub(crate) fn said(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// What it wrote to standard error.
pub(crate) fn complained(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// What it wrote to standard output, as JSON.
pub(crate) fn json(output: &Output) -> serde_json::Value {
    let text = said(output);
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text} {}", complained(output)))
}

/// An installation in a fresh folder, with a free port of its own.
pub(crate) struct Installation {
    pub(crate) folder: tempfile::TempDir,
    /// What `init --json` said.
    pub(crate) made: serde_json::Value,
}

impl Installation {
    /// Makes one with its key folder apart.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("127.0.0.1:{}", free_port().unwrap());
        let arguments = [
            "init",
            "--json",
            "--key-folder",
            "keys",
            "--administrator",
            "Ada Moreno",
            "--address",
            &address,
        ];
        let output = run(folder.path(), &arguments);
        assert!(output.status.success(), "{}", complained(&output));
        let made = json(&output);
        let settings = folder.path().join("counterfoil.toml");
        let text = std::fs::read_to_string(&settings).unwrap();
        let admin = format!("127.0.0.1:{}", free_port().unwrap());
        std::fs::write(&settings, text.replace("127.0.0.1:8081", &admin)).unwrap();
        Self { folder, made }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        run(self.path(), arguments)
    }
}

/// A program that runs until it is told to stop.
pub(crate) struct Running {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl Running {
    /// Starts it.
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Self { child, lines }
    }

    /// The next address that it prints.
    pub(crate) fn address(&mut self) -> String {
        let mut line = String::new();
        loop {
            line.clear();
            assert_ne!(
                self.lines.read_line(&mut line).unwrap(),
                0,
                "it ended without an address"
            );
            if let Some(at) = line.find("http://") {
                let address = line[at..].split_whitespace().next().unwrap();
                return address.trim_end_matches('/').to_owned();
            }
        }
    }

    /// How much memory it has resident, KiB.
    pub(crate) fn resident_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// Tells it to stop with this signal and returns whether it ended well.
    pub(crate) fn stop(mut self, signal: &str) -> bool {
        let id = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-s", signal, &id])
                .status()
                .unwrap()
                .success()
        );
        self.child.wait().unwrap().success()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // A test that failed must not leave a server behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A client that follows nothing and keeps nothing.
pub(crate) fn http() -> reqwest::Client {
    // Only the first test installs it; the others find it there.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .unwrap()
}
