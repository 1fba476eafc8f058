//! An installation as an operator makes it: `init`, `serve`, `connection add`, each with the real program.

use crate::patience::AMPLE;
use crate::port::free_port;
use crate::postgres::Database;
use crate::process::{Ended, Program, run};
use crate::wire::Wire;
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// Where the rows are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// In a folder.
    Sqlite,
    /// In two databases of the test server.
    Postgres,
}

/// What is lost of an installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// The database of the records.
    Records,
    /// That of the vault.
    Vault,
}

/// What the operator chooses.
pub struct Choices<'a> {
    /// The program, as the tests were built with it.
    pub program: &'a str,
    /// Where the rows are kept.
    pub engine: Engine,
    /// The address of the PostgreSQL server, when it is not the one for all tests.
    pub server: Option<String>,
    /// What the first team is called.
    pub team: &'a str,
    /// Who administers it.
    pub administrator: &'a str,
    /// The address of the policy administration system and the token for it.
    pub pas: Option<(String, &'a str)>,
}

impl Choices<'_> {
    /// Nothing in particular.
    pub fn plain(program: &'static str, engine: Engine) -> Self {
        Self {
            program,
            engine,
            server: None,
            team: "Claims desk",
            administrator: "Ada Moreno",
            pas: None,
        }
    }
}

/// An installation in a folder of its own, with the databases that it uses.
pub struct Installation {
    server: Option<Program>,
    /// What stopped servers wrote.
    pub wrote: Vec<u8>,
    /// The databases that it has to itself.
    pub databases: Vec<Database>,
    variables: Vec<(&'static str, String)>,
    /// Where it serves.
    pub address: String,
    /// The first administrator's link.
    pub link: String,
    pub(crate) program: PathBuf,
    folder: TempDir,
}

impl Installation {
    /// Makes one.
    ///
    /// # Errors
    /// When the program or a database refuses.
    pub async fn make(choices: Choices<'_>) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("counterfoil-story-").tempdir()?;
        std::fs::create_dir(folder.path().join("tmp"))?;
        let mut made = Self {
            server: None,
            wrote: Vec::new(),
            databases: Vec::new(),
            variables: Vec::new(),
            address: String::new(),
            link: String::new(),
            program: PathBuf::from(choices.program),
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
                let database = match &choices.server {
                    Some(url) => Database::fresh_on(url).await?,
                    None => Database::fresh().await?,
                };
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

    /// Loses everything but its settings, its key folder and what lies beside: the next start finds an empty place on `engine`.
    ///
    /// # Errors
    /// When there is no other place.
    pub async fn lose(&mut self, engine: Engine) -> Result<()> {
        std::fs::remove_dir_all(self.data())?;
        if engine == Engine::Postgres {
            let fresh = [Database::fresh().await?, Database::fresh().await?];
            for (name, database) in ["COUNTERFOIL_DATABASE__URL", "COUNTERFOIL_VAULT__URL"]
                .into_iter()
                .zip(fresh)
            {
                self.variables.push((name, database.url()));
                self.databases.push(database);
            }
        }
        Ok(())
    }

    /// Loses one of its two databases, and has an empty one in its place.
    ///
    /// # Errors
    /// When there is no other place.
    pub async fn lose_database(&mut self, which: Lost) -> Result<()> {
        let (file, name) = match which {
            Lost::Records => ("data.db", "COUNTERFOIL_DATABASE__URL"),
            Lost::Vault => ("vault.db", "COUNTERFOIL_VAULT__URL"),
        };
        if self.databases.is_empty() {
            for end in ["", "-wal", "-shm"] {
                let path = self.data().join(format!("{file}{end}"));
                if path.exists() {
                    std::fs::remove_file(path)?;
                }
            }
            return Ok(());
        }
        let fresh = Database::fresh().await?;
        self.variables.push((name, fresh.url()));
        self.databases.push(fresh);
        Ok(())
    }

    /// One that an earlier version left behind, packed at `archive`: settings, data, keys, and for PostgreSQL a dump of each database.
    ///
    /// # Errors
    /// When it cannot be unpacked or a database refuses its dump.
    pub async fn left_behind(program: &str, engine: Engine, archive: &Path) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("counterfoil-story-").tempdir()?;
        let unpacked = Command::new("tar")
            .arg("-xzf")
            .arg(archive)
            .arg("-C")
            .arg(folder.path())
            .status()?;
        ensure!(unpacked.success(), "{} cannot be unpacked", archive.display());
        std::fs::create_dir(folder.path().join("tmp"))?;
        let mut left = Self {
            server: None,
            wrote: Vec::new(),
            databases: Vec::new(),
            variables: Vec::new(),
            address: String::new(),
            link: String::new(),
            program: PathBuf::from(program),
            folder,
        };
        for name in ["COUNTERFOIL_SERVER__ADDRESS", "COUNTERFOIL_ADMIN__ADDRESS"] {
            left.variables.push((name, format!("127.0.0.1:{}", free_port()?)));
        }
        if engine == Engine::Postgres {
            for (name, dump) in [
                ("COUNTERFOIL_DATABASE__URL", "records.sql"),
                ("COUNTERFOIL_VAULT__URL", "vault.sql"),
            ] {
                let database = Database::fresh().await?;
                let dump = std::fs::read_to_string(left.folder().join(dump))?;
                database.restore(dump).await?;
                left.variables.push((name, database.url()));
                left.databases.push(database);
            }
        }
        Ok(left)
    }

    /// Its own folder: settings, keys and data.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Its data folder.
    pub fn data(&self) -> PathBuf {
        self.folder().join("data")
    }

    /// Where its programs put temporary files.
    pub fn temporary(&self) -> PathBuf {
        self.folder().join("tmp")
    }

    /// Writes a secret into a file beside the data.
    ///
    /// # Errors
    /// When the program or a database refuses.
    pub fn secret(&self, name: &str, secret: &str) -> Result<PathBuf> {
        let path = self.folder().join(name);
        std::fs::write(&path, secret)?;
        Ok(path)
    }

    /// A command of the program in its folder.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .current_dir(&self.folder)
            .args(arguments)
            .env("TMPDIR", self.temporary());
        command.envs(self.variables.iter().map(|(name, value)| (*name, value)));
        command
    }

    /// From now on its programs reach both databases through `wire`.
    ///
    /// # Errors
    /// When an address is none.
    pub fn reach_through(&mut self, wire: &Wire) -> Result<()> {
        let names = ["COUNTERFOIL_DATABASE__URL", "COUNTERFOIL_VAULT__URL"];
        for (name, database) in names.into_iter().zip(&self.databases) {
            self.variables.push((name, wire.through(&database.url())?));
        }
        Ok(())
    }

    /// From now on its servers take over what gates took in.
    ///
    /// # Errors
    /// When no port is free.
    pub fn takes_over(&mut self) -> Result<String> {
        let address = format!("127.0.0.1:{}", free_port()?);
        self.variables.push(("COUNTERFOIL_GATES__ADDRESS", address.clone()));
        self.variables.push(("COUNTERFOIL_GATES__REACHED_AT", address.clone()));
        Ok(address)
    }

    /// The address of health and metrics.
    pub fn admin(&self) -> String {
        let of = |(name, value): &(&str, String)| (*name == "COUNTERFOIL_ADMIN__ADDRESS").then(|| value.clone());
        format!("http://{}", self.variables.iter().find_map(of).unwrap_or_default())
    }

    /// Runs a command to a good end.
    ///
    /// # Errors
    /// When the program or a database refuses.
    pub async fn run(&self, arguments: &[&str]) -> Result<Ended> {
        let ended = run(&mut self.command(arguments)).await?;
        ended
            .well()
            .with_context(|| format!("counterfoil {}", arguments.join(" ")))
    }

    /// Runs a command to whatever end.
    ///
    /// # Errors
    /// When the program cannot be started.
    pub async fn ended(&self, arguments: &[&str]) -> Result<Ended> {
        run(&mut self.command(arguments)).await
    }

    /// Runs a command that answers in JSON.
    ///
    /// # Errors
    /// When the program or a database refuses.
    pub async fn json(&self, arguments: &[&str]) -> Result<Value> {
        Ok(serde_json::from_str(&self.run(arguments).await?.said())?)
    }

    /// Serves until it is stopped.
    ///
    /// # Errors
    /// When the program or a database refuses.
    pub async fn serve(&mut self) -> Result<()> {
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
    ///
    /// # Errors
    /// When this does not run as root, strace is missing or the program refuses.
    pub async fn serve_traced(&mut self, calls: &str, trace: &Path) -> Result<()> {
        ensure!(
            rustix::process::geteuid().is_root(),
            "the program lets nobody but root see what it writes: run this test as root"
        );
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

    /// Starts the server and has it killed at the `nth` system call of this name that one of its threads makes; whether that came before
    /// it was up. If not, it is killed then.
    ///
    /// # Errors
    /// When strace is missing.
    pub async fn killed_at(&self, call: &str, nth: u32) -> Result<bool> {
        let server = self.command(&["serve"]);
        let mut traced = Command::new("strace");
        traced
            .args([
                "-D",
                "-f",
                "-qq",
                "-o",
                "/dev/null",
                "-e",
                &format!("trace={call}"),
                "-e",
            ])
            .arg(format!("inject={call}:signal=SIGKILL:when={nth}"))
            .arg(server.get_program())
            .args(server.get_args())
            .current_dir(&self.folder);
        for (name, value) in server.get_envs() {
            traced.env(name, value.unwrap_or_default());
        }
        let mut server = Program::start(&mut traced).context("strace is missing: `cargo xtask test` installs it")?;
        let up = server.line(AMPLE, first_address).await.is_ok();
        server.kill().await?;
        Ok(!up)
    }

    /// The process id of the running server.
    ///
    /// # Errors
    /// When none runs.
    pub fn server(&self) -> Result<u32> {
        Ok(self.server.as_ref().context("no server runs")?.pid())
    }

    /// What the running server has written so far.
    pub fn writes(&self) -> Vec<u8> {
        self.server.as_ref().map(Program::wrote).unwrap_or_default()
    }

    /// The end of what the running server has written, for a failure to show.
    pub fn last_words(&self) -> String {
        let wrote = String::from_utf8_lossy(&self.writes()).into_owned();
        let lines: Vec<&str> = wrote
            .lines()
            .rev()
            .filter(|line| !line.contains("POST /hooks/"))
            .take(40)
            .collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }

    /// Tells the server to stop (SIGTERM) and does not wait.
    pub fn tell_to_stop(&self) {
        if let Some(server) = &self.server {
            server.tell_to_stop();
        }
    }

    /// Waits until the server has stopped that was told to.
    ///
    /// # Errors
    /// When it does not end well.
    pub async fn stopped(&mut self) -> Result<()> {
        if let Some(server) = self.server.take() {
            let ended = server.end(2 * AMPLE).await?.well()?;
            self.wrote.extend(ended.stdout);
            self.wrote.extend(ended.stderr);
        }
        Ok(())
    }

    /// Stops the server in order.
    ///
    /// # Errors
    /// When the program or a database refuses.
    pub async fn stop(&mut self) -> Result<()> {
        if let Some(server) = self.server.take() {
            let ended = server.stop().await?.well()?;
            self.wrote.extend(ended.stdout);
            self.wrote.extend(ended.stderr);
        }
        Ok(())
    }

    /// Ends the server at once, as a crash or the loss of power of its process does; nothing when it does not run.
    ///
    /// # Errors
    /// When the program or a database refuses.
    pub async fn kill(&mut self) -> Result<()> {
        if let Some(server) = self.server.take() {
            let ended = server.kill().await?;
            self.wrote.extend(ended.stdout);
            self.wrote.extend(ended.stderr);
        }
        Ok(())
    }

    /// Starts the server without waiting for anything.
    ///
    /// # Errors
    /// When the program or a database refuses.
    pub fn begin(&mut self) -> Result<()> {
        self.server = Some(Program::start(&mut self.command(&["serve"]))?);
        Ok(())
    }

    /// Invites somebody to answer customers; the link with which they join.
    ///
    /// # Errors
    /// When the program or a database refuses.
    pub async fn invite(&self, name: &str) -> Result<String> {
        let invited = self.json(&["invite", name, "--role", "agent", "--json"]).await?;
        Ok(invited["link"].as_str().context("invite names a link")?.to_owned())
    }
}

/// The address in a line that names one.
pub fn first_address(line: &str) -> Option<String> {
    let at = line.find("http://")?;
    Some(line[at..].split_whitespace().next()?.trim_end_matches('/').to_owned())
}
