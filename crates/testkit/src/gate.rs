//! An intake-only node as an operator makes it: a pass from a full node, a settings file, `serve --intake-only`.

use crate::colleague::http;
use crate::installation::{Installation, first_address};
use crate::patience::AMPLE;
use crate::port::free_port;
use crate::process::Program;
use anyhow::{Context, Result};
use serde_json::Value;
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// Writes a file for its owner alone.
///
/// # Errors
/// What the system says.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)?;
    Ok(file.write_all(bytes)?)
}

/// A gate in a folder of its own.
pub struct Gate {
    server: Option<Program>,
    /// Which it is, as the full node says.
    pub id: String,
    listens: String,
    admin: String,
    program: PathBuf,
    folder: TempDir,
}

impl Gate {
    /// Adds one to `installation` and brings its pass to it.
    ///
    /// # Errors
    /// When the program refuses.
    pub async fn of(installation: &Installation, title: &str) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("counterfoil-gate-").tempdir()?;
        let pass = folder.path().join("gate.pass");
        let out = pass.to_str().context("a path in UTF-8")?;
        let added = installation
            .json(&["gate", "add", "--title", title, "--out", out, "--json"])
            .await?;
        let (listens, admin) = (
            format!("127.0.0.1:{}", free_port()?),
            format!("127.0.0.1:{}", free_port()?),
        );
        let settings = format!(
            "[server]\naddress = \"{listens}\"\n[admin]\naddress = \"{admin}\"\n[gates]\npass_file = \"gate.pass\"\n"
        );
        std::fs::write(folder.path().join("counterfoil.toml"), settings)?;
        Ok(Self {
            server: None,
            id: added["gate"].as_str().context("gate add names the gate")?.to_owned(),
            listens,
            admin,
            program: installation.program.clone(),
            folder,
        })
    }

    /// The file of its pass.
    pub fn pass(&self) -> PathBuf {
        self.folder.path().join("gate.pass")
    }

    /// Its data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The hook at this gate in the place of the same one at a full node.
    ///
    /// # Errors
    /// When `hook` is none.
    pub fn hook(&self, hook: &str) -> Result<String> {
        let path = hook.find("/hooks/").context("the address of a hook")?;
        Ok(format!("http://{}{}", self.listens, &hook[path..]))
    }

    /// Its address without a path.
    pub fn address(&self) -> String {
        format!("http://{}", self.listens)
    }

    /// A command of the program in its folder.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.current_dir(&self.folder).args(arguments);
        command
    }

    /// Serves until it is stopped.
    ///
    /// # Errors
    /// When the program refuses.
    pub async fn serve(&mut self) -> Result<()> {
        let mut server = Program::start(&mut self.command(&["serve", "--intake-only"]))?;
        server
            .line(AMPLE, first_address)
            .await
            .context("the gate did not start")?;
        self.server = Some(server);
        Ok(())
    }

    /// Stops it in order.
    ///
    /// # Errors
    /// When it does not end well.
    pub async fn stop(&mut self) -> Result<()> {
        if let Some(server) = self.server.take() {
            server.stop().await?.well()?;
        }
        Ok(())
    }

    /// Ends it at once.
    ///
    /// # Errors
    /// When it cannot be waited for.
    pub async fn kill(&mut self) -> Result<()> {
        if let Some(server) = self.server.take() {
            server.kill().await?;
        }
        Ok(())
    }

    /// What it has written to its log since it was started.
    pub fn log(&self) -> String {
        self.server.as_ref().map(Program::complained).unwrap_or_default()
    }

    /// What an address of health and metrics says.
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn admin(&self, path: &str) -> Result<(u16, String)> {
        let answer = http()?.get(format!("http://{}{path}", self.admin)).send().await?;
        Ok((answer.status().as_u16(), answer.text().await?))
    }

    /// What health says.
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn health(&self) -> Result<Value> {
        Ok(serde_json::from_str(&self.admin("/health").await?.1)?)
    }
}
