//! An installation that `bench fill` has filled, served by the program that is measured, looked at from outside.

use crate::counterfoil;
use anyhow::{Context, Result};
use counterfoil_testkit::colleague::{Colleague, http};
use counterfoil_testkit::patience::{AMPLE, until};
use counterfoil_testkit::port::free_port;
use counterfoil_testkit::process::{Ended, Program};
use reqwest::Client;
use reqwest::header::COOKIE;
use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

/// How long the program may take to answer before it is given up; what is promised is far less.
const READY_WITHIN: Duration = Duration::from_secs(60);
/// The same for what waits to be recorded.
const RECORDED_WITHIN: Duration = Duration::from_secs(300);
/// The same for `verify`, which goes through millions of messages.
pub(crate) const VERIFIED_WITHIN: Duration = Duration::from_secs(20 * 60);

/// The installation and its server.
pub(crate) struct Filled {
    folder: TempDir,
    pub(crate) listens: String,
    admin: String,
    server: Option<Program>,
    http: Client,
}

/// What the kernel says of the server.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Held {
    /// Memory that is resident, in MB.
    pub(crate) resident_mb: f64,
    /// Open files, connections among them.
    pub(crate) files: usize,
    /// Connections among them.
    pub(crate) connections: usize,
}

impl Filled {
    /// Makes an installation and fills it.
    pub(crate) async fn with(conversations: usize, messages: usize) -> Result<Self> {
        Self::on(&[], conversations, messages).await
    }

    /// The same with its rows where `databases` says, as `bench fill` is told it.
    pub(crate) async fn on(databases: &[&str], conversations: usize, messages: usize) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("counterfoil-filled-").tempdir()?;
        let filled = Self {
            folder,
            listens: format!("127.0.0.1:{}", free_port()?),
            admin: format!("127.0.0.1:{}", free_port()?),
            server: None,
            http: http()?,
        };
        let (conversations, messages) = (conversations.to_string(), messages.to_string());
        let count = ["--conversations", &conversations, "--messages", &messages];
        let mut fill = filled.command(&["bench", "fill", "--json", "house"]);
        let ended = Program::start(fill.args(count).args(databases))?
            .end(AMPLE * 40)
            .await?;
        println!("{}", ended.well()?.said());
        Ok(filled)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(counterfoil());
        command
            .current_dir(self.folder.path())
            .args(arguments)
            .env("COUNTERFOIL_SERVER__ADDRESS", &self.listens)
            .env("COUNTERFOIL_ADMIN__ADDRESS", &self.admin);
        command
    }

    /// A command of its operator, to its good end.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Result<Ended> {
        self.run_within(AMPLE, arguments).await
    }

    pub(crate) async fn run_within(&self, within: Duration, arguments: &[&str]) -> Result<Ended> {
        let program = Program::start(self.command(arguments).current_dir(self.house()))?;
        let ended = program.end(within).await?;
        ended
            .well()
            .with_context(|| format!("counterfoil {}", arguments.join(" ")))
    }

    pub(crate) async fn json(&self, arguments: &[&str]) -> Result<Value> {
        Ok(serde_json::from_str(&self.run(arguments).await?.said())?)
    }

    /// Where `bench fill` put it.
    fn house(&self) -> PathBuf {
        self.folder.path().join("house")
    }

    /// What `verify` says of it; an error when it finds something.
    pub(crate) async fn verify(&self) -> Result<String> {
        Ok(self.run_within(VERIFIED_WITHIN, &["verify"]).await?.said())
    }

    /// Serves; how long it took from the start of the process until it said that it is ready.
    pub(crate) async fn serve(&mut self) -> Result<Duration> {
        let server = Program::start(self.command(&["serve"]).current_dir(self.house()))?;
        let address = format!("http://{}/readyz", self.admin);
        let ask = async || {
            Ok(self
                .http
                .get(&address)
                .send()
                .await?
                .status()
                .is_success()
                .then_some(()))
        };
        let ((), took) = until("the server to be ready", READY_WITHIN, ask).await?;
        self.server = Some(server);
        Ok(took)
    }

    /// Somebody who answers customers, signed in.
    pub(crate) async fn agent(&self) -> Result<Colleague> {
        let invited = self
            .json(&["invite", "Naledi Dlamini", "--role", "agent", "--json"])
            .await?;
        let link = invited["link"].as_str().context("invite names a link")?;
        let path = link.find("/join/").and_then(|at| link.get(at..));
        let link = format!("{}{}", self.address(), path.context("it is a link to join")?);
        Colleague::join(
            &self.address(),
            &link,
            "naledi@example.org",
            "a long enough pass phrase",
        )
        .await
    }

    /// Where it serves.
    pub(crate) fn address(&self) -> String {
        format!("http://{}", self.listens)
    }

    /// The hook of its one connection.
    pub(crate) async fn hook(&self) -> Result<String> {
        let listed = self.json(&["connection", "list", "--json"]).await?;
        let hook = listed[0]["hook"].as_str().context("a connection has a hook")?;
        let path = hook.find("/hooks/").and_then(|at| hook.get(at..));
        Ok(path.context("a hook has a path")?.to_owned())
    }

    /// How many posts wait to be recorded.
    pub(crate) async fn waiting(&self) -> Result<u64> {
        let stats = self.json(&["intake", "stats", "--json"]).await?;
        stats["waiting"].as_u64().context("what waits is a number")
    }

    /// Waits until no post waits any more.
    pub(crate) async fn all_recorded(&self) -> Result<()> {
        let ask = async || Ok((self.waiting().await? == 0).then_some(()));
        until("all to be recorded", RECORDED_WITHIN, ask).await.map(drop)
    }

    /// Keeps a page's live stream open, reading all that comes, until the task is ended.
    pub(crate) async fn open_page(&self, agent: &Colleague) -> Result<tokio::task::JoinHandle<()>> {
        let request = self.http.get(format!("{}/live", self.address()));
        let request = request.header(COOKIE, format!("counterfoil={}", agent.session));
        let hours = Duration::from_secs(4 * 60 * 60);
        let mut stream = request.timeout(hours).send().await?.error_for_status()?;
        Ok(tokio::spawn(
            async move { while let Ok(Some(_)) = stream.chunk().await {} },
        ))
    }

    /// Half of the requests of a route were answered within so many milliseconds, at the server.
    pub(crate) async fn median_ms(&self, route: &str) -> Result<f64> {
        let measures = self.http.get(format!("http://{}/metrics", self.admin)).send().await?;
        let measures = measures.text().await?;
        let wanted = [
            "counterfoil_request_seconds{",
            &format!("route=\"{route}\""),
            "status=\"200\"",
            "quantile=\"0.5\"",
        ];
        let line = measures
            .lines()
            .find(|line| wanted.iter().all(|part| line.contains(part)));
        let value = line.and_then(|line| line.rsplit(' ').next());
        let seconds: f64 = value
            .with_context(|| format!("nothing was measured of {route}"))?
            .parse()?;
        Ok(seconds * 1_000.0)
    }

    /// What the server holds now.
    pub(crate) fn held(&self) -> Result<Held> {
        let pid = self.server.as_ref().context("the server runs")?.pid();
        let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|rest| rest.trim().strip_suffix(" kB")).context("VmRSS")?;
        let (mut files, mut connections) = (0, 0);
        for file in std::fs::read_dir(format!("/proc/{pid}/fd"))? {
            // It may be closed in between.
            if let Ok(names) = std::fs::read_link(file?.path()) {
                files += 1;
                connections += usize::from(names.to_string_lossy().starts_with("socket:"));
            }
        }
        Ok(Held {
            resident_mb: kilobytes.trim().parse::<f64>()? / 1_000.0,
            files,
            connections,
        })
    }

    /// Stops the server in order.
    pub(crate) async fn stop(&mut self) -> Result<()> {
        let server = self.server.take().context("the server runs")?;
        server.stop().await?.well().map(drop)
    }
}
