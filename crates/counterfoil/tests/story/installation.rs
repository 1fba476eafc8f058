//! An installation as an operator makes it: `init`, `serve`, `connection add`, each with the real program.

use crate::demo::first_address;
use anyhow::{Context, Result};
use counterfoil_testkit::patience::AMPLE;
use counterfoil_testkit::postgres::Database;
use counterfoil_testkit::process::{Ended, Program, run};
use counterfoil_testkit::wire::Wire;
use serde_json::Value;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// Where the rows are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

/// What the operator chooses.
pub(crate) struct Choices<'a> {
    pub(crate) engine: Engine,
    pub(crate) team: &'a str,
    pub(crate) administrator: &'a str,
    /// The address of the policy administration system and the token for it.
    pub(crate) pas: Option<(String, &'a str)>,
}

impl Choices<'_> {
    /// Nothing in particular.
    pub(crate) fn plain(engine: Engine) -> Self {
        Self {
            engine,
            team: "Claims desk",
            administrator: "Ada Moreno",
            pas: None,
        }
    }
}

/// An installation in a folder of its own, with the databases that it uses.
pub(crate) struct Installation {
    server: Option<Program>,
    /// What stopped servers wrote.
    pub(crate) wrote: Vec<u8>,
    pub(crate) databases: Vec<Database>,
    variables: Vec<(&'static str, String)>,
    pub(crate) address: String,
    /// The first administrator's link.
    pub(crate) link: String,
    folder: TempDir,
}

impl Installation {
    /// Makes one.
    pub(crate) async fn make(choices: Choices<'_>) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("counterfoil-story-").tempdir()?;
        std::fs::create_dir(folder.path().join("tmp"))?;
        let mut made = Self {
            server: None,
            wrote: Vec::new(),
            databases: Vec::new(),
            variables: Vec::new(),
            address: String::new(),
            link: String::new(),
            folder,
        };
        let address = format!("127.0.0.1:{}", free_port()?);
        let mut arguments = vec![
            "init",
            "--json",
            "--data",
            "data",
            "--key-folder",
            "keys",
            "--address",
            &address,
        ];
        arguments.extend(["--team", choices.team, "--administrator", choices.administrator]);
        let mut urls = Vec::new();
        if choices.engine == Engine::Postgres {
            for _ in 0..2 {
                let database = Database::fresh().await?;
                urls.push(database.url());
                made.databases.push(database);
            }
            arguments.extend(["--database-url", &urls[0], "--vault-url", &urls[1]]);
        }
        let told = made.json(&arguments).await?;
        made.link = told["link"].as_str().context("init names a link")?.to_owned();
        made.variables
            .push(("COUNTERFOIL_ADMIN__ADDRESS", format!("127.0.0.1:{}", free_port()?)));
        if let Some((url, token)) = choices.pas {
            let file = made.secret("pas-token", token)?;
            made.variables.push(("COUNTERFOIL_PAS__URL", url));
            made.variables
                .push(("COUNTERFOIL_PAS__TOKEN_FILE", file.display().to_string()));
        }
        Ok(made)
    }

    /// Its own folder: settings, keys and data.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Its data folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder().join("data")
    }

    /// Where its programs put temporary files.
    pub(crate) fn temporary(&self) -> PathBuf {
        self.folder().join("tmp")
    }

    /// Writes a secret into a file beside the data.
    pub(crate) fn secret(&self, name: &str, secret: &str) -> Result<PathBuf> {
        let path = self.folder().join(name);
        std::fs::write(&path, secret)?;
        Ok(path)
    }

    /// A command of the program in its folder.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_counterfoil"));
        command
            .current_dir(&self.folder)
            .args(arguments)
            .env("TMPDIR", self.temporary());
        command.envs(self.variables.iter().map(|(name, value)| (*name, value)));
        command
    }

    /// From now on its programs reach both databases through `wire`.
    pub(crate) fn reach_through(&mut self, wire: &Wire) -> Result<()> {
        let names = ["COUNTERFOIL_DATABASE__URL", "COUNTERFOIL_VAULT__URL"];
        for (name, database) in names.into_iter().zip(&self.databases) {
            self.variables.push((name, wire.through(&database.url())?));
        }
        Ok(())
    }

    /// The address of health and metrics.
    pub(crate) fn admin(&self) -> String {
        let of = |(name, value): &(&str, String)| (*name == "COUNTERFOIL_ADMIN__ADDRESS").then(|| value.clone());
        format!("http://{}", self.variables.iter().find_map(of).unwrap_or_default())
    }

    /// Runs a command to a good end.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Result<Ended> {
        let ended = run(&mut self.command(arguments)).await?;
        ended
            .well()
            .with_context(|| format!("counterfoil {}", arguments.join(" ")))
    }

    /// Runs a command that answers in JSON.
    pub(crate) async fn json(&self, arguments: &[&str]) -> Result<Value> {
        Ok(serde_json::from_str(&self.run(arguments).await?.said())?)
    }

    /// Serves until it is stopped.
    pub(crate) async fn serve(&mut self) -> Result<()> {
        self.started(Program::start(&mut self.command(&["serve"]))?).await
    }

    async fn started(&mut self, mut server: Program) -> Result<()> {
        self.address = server
            .line(AMPLE, first_address)
            .await
            .context("the server did not start")?;
        self.server = Some(server);
        Ok(())
    }

    /// Serves with its system calls written to `trace`.
    pub(crate) async fn serve_traced(&mut self, calls: &str, trace: &Path) -> Result<()> {
        let server = self.command(&["serve"]);
        let mut traced = Command::new("strace");
        // -D: the server stays our own child, so that it is told to stop and not the tracer.
        traced
            .args(["-D", "-f", "-y", "-s", "48", "-e", calls, "-o"])
            .arg(trace);
        traced
            .arg(server.get_program())
            .args(server.get_args())
            .current_dir(&self.folder);
        for (name, value) in server.get_envs() {
            traced.env(name, value.unwrap_or_default());
        }
        self.started(Program::start(&mut traced).context("strace is missing: `cargo xtask test` installs it")?)
            .await
    }

    /// Kills the server on the spot.
    pub(crate) fn kill(&mut self) {
        if let Some(server) = self.server.take() {
            self.wrote.extend(server.kill());
        }
    }

    /// What the running server has written so far.
    pub(crate) fn writes(&self) -> Vec<u8> {
        self.server.as_ref().map(Program::wrote).unwrap_or_default()
    }

    /// The end of what the running server has written, for a failure to show.
    pub(crate) fn last_words(&self) -> String {
        let wrote = String::from_utf8_lossy(&self.writes()).into_owned();
        let lines: Vec<&str> = wrote
            .lines()
            .rev()
            .filter(|line| !line.contains("POST /hooks/"))
            .take(40)
            .collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }

    /// Stops the server in order.
    pub(crate) async fn stop(&mut self) -> Result<()> {
        if let Some(server) = self.server.take() {
            let ended = server.stop().await?.well()?;
            self.wrote.extend(ended.stdout);
            self.wrote.extend(ended.stderr);
        }
        Ok(())
    }

    /// Invites somebody to answer customers; the link with which they join.
    pub(crate) async fn invite(&self, name: &str) -> Result<String> {
        let invited = self.json(&["invite", name, "--role", "agent", "--json"]).await?;
        Ok(invited["link"].as_str().context("invite names a link")?.to_owned())
    }
}

/// A port that was free a moment ago.
fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
