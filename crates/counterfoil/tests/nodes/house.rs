//! One installation and the nodes that serve it: on SQLite one, on PostgreSQL and a bucket as many as wanted.

use anyhow::{Context, Result, ensure};
use counterfoil_testkit::bucket::{self, Bucket};
use counterfoil_testkit::patience::AMPLE;
use counterfoil_testkit::port::free_port;
use counterfoil_testkit::postgres::Database;
use counterfoil_testkit::process::{Ended, Program, run};
use serde_json::Value;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// What all nodes share beside the key folder.
#[expect(clippy::large_enum_variant, reason = "a test holds one or two of them")]
pub(crate) enum Shared {
    /// Nothing: one node keeps all in its data folder.
    Folder,
    /// Two databases and a bucket.
    Server {
        records: Database,
        vault: Database,
        bucket: Bucket,
    },
}

/// One node: a folder, its addresses, and the program while it runs.
pub(crate) struct Node {
    data: PathBuf,
    listens: String,
    admin: String,
    program: Option<Program>,
    /// What programs that ended wrote to their logs.
    wrote: String,
}

/// An installation with its nodes.
pub(crate) struct House {
    pub(crate) shared: Shared,
    pub(crate) nodes: Vec<Node>,
    /// The first administrator's link, without the address.
    pub(crate) link: String,
    folder: TempDir,
}

/// A line of a log that says who leads.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Led {
    pub(crate) fence: u64,
    pub(crate) node: String,
}

impl House {
    /// One node on SQLite.
    pub(crate) async fn on_sqlite() -> Result<Self> {
        Self::make(Shared::Folder, 1).await
    }

    /// So many nodes on PostgreSQL and a bucket.
    pub(crate) async fn on_postgres(nodes: usize) -> Result<Self> {
        let shared = Shared::Server {
            records: Database::fresh().await?,
            vault: Database::fresh().await?,
            bucket: Bucket::start().await?,
        };
        Self::make(shared, nodes).await
    }

    async fn make(shared: Shared, count: usize) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("counterfoil-nodes-").tempdir()?;
        std::fs::create_dir(folder.path().join("tmp"))?;
        std::fs::write(folder.path().join("access-key"), bucket::ACCESS_KEY)?;
        std::fs::write(folder.path().join("secret-key"), bucket::SECRET_KEY)?;
        let mut nodes = Vec::new();
        for number in 0..count {
            nodes.push(Node {
                data: folder.path().join(format!("data-{number}")),
                listens: format!("127.0.0.1:{}", free_port()?),
                admin: format!("127.0.0.1:{}", free_port()?),
                program: None,
                wrote: String::new(),
            });
        }
        let mut made = Self {
            shared,
            nodes,
            link: String::new(),
            folder,
        };
        let mut arguments = vec!["init", "--json", "--data", "data-0", "--key-folder", "keys"];
        arguments.extend(["--administrator", "Ada Moreno", "--team", "Claims desk"]);
        let urls = match &made.shared {
            Shared::Folder => Vec::new(),
            Shared::Server { records, vault, .. } => vec![records.url(), vault.url()],
        };
        if let [records, vault] = urls.as_slice() {
            arguments.extend(["--database-url", records, "--vault-url", vault]);
        }
        let told: Value = serde_json::from_str(&made.run(0, &arguments).await?.said())?;
        let link = told["link"].as_str().context("init names a link")?;
        made.link = link[link.find("/join/").context("it is a link to join")?..].to_owned();
        for node in &made.nodes[1..] {
            // As an operator does it: the settings and the key folder are the same everywhere, the data folder is each node's own.
            std::fs::DirBuilder::new().mode(0o700).create(&node.data)?;
        }
        Ok(made)
    }

    /// The folder of everything.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a secret into a file.
    pub(crate) fn secret(&self, name: &str, secret: &str) -> Result<()> {
        Ok(std::fs::write(self.folder().join(name), secret)?)
    }

    /// A command of the program as the operator of a node types it.
    pub(crate) fn command(&self, node: usize, arguments: &[&str]) -> Command {
        let Node {
            data, listens, admin, ..
        } = &self.nodes[node];
        let mut command = Command::new(env!("CARGO_BIN_EXE_counterfoil"));
        command
            .current_dir(self.folder())
            .args(arguments)
            .env("TMPDIR", self.folder().join("tmp"))
            .env("COUNTERFOIL_DATA__FOLDER", data)
            .env("COUNTERFOIL_SERVER__ADDRESS", listens)
            .env("COUNTERFOIL_ADMIN__ADDRESS", admin);
        if let Shared::Server { records, vault, bucket } = &self.shared {
            command
                .env("COUNTERFOIL_DATABASE__URL", records.url())
                .env("COUNTERFOIL_VAULT__URL", vault.url())
                .env("COUNTERFOIL_BLOBS__BUCKET", bucket::NAME)
                .env("COUNTERFOIL_BLOBS__PREFIX", "claims")
                .env("COUNTERFOIL_BLOBS__ENDPOINT", bucket.endpoint())
                .env("COUNTERFOIL_BLOBS__REGION", bucket::REGION)
                .env("COUNTERFOIL_BLOBS__PATH_STYLE", "true")
                .env("COUNTERFOIL_BLOBS__ACCESS_KEY_FILE", "access-key")
                .env("COUNTERFOIL_BLOBS__SECRET_KEY_FILE", "secret-key");
        }
        command
    }

    /// Runs a command to a good end.
    pub(crate) async fn run(&self, node: usize, arguments: &[&str]) -> Result<Ended> {
        let ended = run(&mut self.command(node, arguments)).await?;
        ended
            .well()
            .with_context(|| format!("counterfoil {}", arguments.join(" ")))
    }

    /// Runs a command that answers in JSON.
    pub(crate) async fn json(&self, node: usize, arguments: &[&str]) -> Result<Value> {
        Ok(serde_json::from_str(&self.run(node, arguments).await?.said())?)
    }

    /// Runs a command that must be refused; what it says about that.
    pub(crate) async fn refused(&self, node: usize, arguments: &[&str]) -> Result<String> {
        let ended = run(&mut self.command(node, arguments)).await?;
        ensure!(ended.status.code() == Some(1), "{}: {}", ended.status, ended.said());
        Ok(ended.complained())
    }

    /// Has a node serve.
    pub(crate) async fn serve(&mut self, node: usize) -> Result<()> {
        let mut program = Program::start(&mut self.command(node, &["serve"]))?;
        let answers = |line: &str| line.starts_with("Counterfoil answers at ").then_some(());
        program.line(AMPLE, answers).await.context("the node did not start")?;
        self.nodes[node].program = Some(program);
        Ok(())
    }

    /// Has all nodes serve.
    pub(crate) async fn serve_all(&mut self) -> Result<()> {
        for node in 0..self.nodes.len() {
            self.serve(node).await?;
        }
        Ok(())
    }

    /// Stops all nodes in order.
    pub(crate) async fn stop(&mut self) -> Result<()> {
        for node in &mut self.nodes {
            if let Some(program) = node.program.take() {
                let ended = program.stop().await?.well()?;
                node.wrote.push_str(&ended.complained());
            }
        }
        Ok(())
    }

    /// Kills a node.
    pub(crate) async fn kill(&mut self, node: usize) -> Result<()> {
        let node = &mut self.nodes[node];
        let program = node.program.take().context("it runs")?;
        node.wrote.push_str(&program.kill().await?.complained());
        Ok(())
    }

    /// The running program of a node.
    pub(crate) fn program(&self, node: usize) -> Result<&Program> {
        self.nodes[node].program.as_ref().context("the node runs")
    }

    /// The address of a node.
    pub(crate) fn address(&self, node: usize) -> String {
        format!("http://{}", self.nodes[node].listens)
    }

    /// What a node wrote to its log, over all its programs.
    pub(crate) fn log(&self, node: usize) -> String {
        let node = &self.nodes[node];
        let now = node.program.as_ref().map(Program::complained).unwrap_or_default();
        format!("{}{now}", node.wrote)
    }

    /// Who took the lead in numbering and signing, by fence.
    pub(crate) fn led(&self) -> Vec<Led> {
        let logs = (0..self.nodes.len()).map(|node| self.log(node)).collect::<String>();
        let mut led: Vec<Led> = logs
            .lines()
            .filter(|line| line.contains("this node leads lead=sequencer "))
            .filter_map(|line| {
                let field = |name: &str| line.split_whitespace().find_map(|word| word.strip_prefix(name));
                Some(Led {
                    fence: field("fence=")?.parse().ok()?,
                    node: field("node=")?.to_owned(),
                })
            })
            .collect();
        led.sort();
        led
    }

    /// The node that took the lead last.
    pub(crate) fn leader(&self) -> Result<usize> {
        let led = self.led();
        let last = led.last().context("somebody leads")?;
        let at = (0..self.nodes.len()).find(|node| self.log(*node).contains(&format!("node={}", last.node)));
        at.context("its log says so")
    }

    /// One at a time led: no fence was given twice.
    pub(crate) fn one_led_at_a_time(&self) -> Result<usize> {
        let led = self.led();
        ensure!(!led.is_empty(), "nobody ever led");
        for pair in led.windows(2) {
            ensure!(pair[0].fence < pair[1].fence, "two led under one fence: {pair:?}");
        }
        Ok(led.len())
    }
}
