//! `counterfoil bench`: how quick this machine is, measured through the real way in, with real sealing and real disk.
//!
//! Posts are made and signed here and handed to the same use case as the hook hands them to; what HTTP costs is not measured.

mod load;

use super::{Ending, write_json};
use crate::compose::House;
use crate::config::Settings;
use crate::config::catalogue::{Value, file_with};
use crate::folder::Folder;
use crate::founding::found;
use crate::shutdown::Stop;
use crate::system::System;
use anyhow::Context;
use counterfoil_flow::organisation::open::For;
use load::{Load, Measured};
use std::io::Write;
use std::path::PathBuf;

/// Measure how quick this machine is, with made-up messages in an installation of its own.
#[derive(Debug, clap::Args)]
pub(crate) struct Bench {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Accept and record messages as fast as possible; everything is removed afterwards.
    Intake(Box<Intake>),
    /// Fill a new installation with conversations and keep it, for trying large sets.
    Fill(Fill),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Engine {
    /// SQLite, in a fresh folder.
    Sqlite,
    /// PostgreSQL, in two empty databases.
    Postgres,
}

#[derive(Debug, clap::Args)]
struct Intake {
    /// Which database engine.
    #[arg(long, value_enum, default_value_t = Engine::Sqlite)]
    engine: Engine,
    /// An empty PostgreSQL database for the records.
    #[arg(long, value_name = "URL", required_if_eq("engine", "postgres"))]
    database_url: Option<String>,
    /// An empty PostgreSQL database for the vault.
    #[arg(long, value_name = "URL", required_if_eq("engine", "postgres"))]
    vault_url: Option<String>,
    /// How many messages.
    #[arg(long, value_name = "COUNT", default_value_t = 10_000)]
    messages: usize,
    /// How many posts are under way at once.
    #[arg(long, value_name = "COUNT", default_value_t = 256)]
    in_flight: usize,
    /// From how many contacts.
    #[arg(long, value_name = "COUNT", default_value_t = 1_000)]
    contacts: usize,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct Fill {
    /// The new or empty folder for the installation; its settings file is put there too.
    folder: PathBuf,
    /// How many conversations.
    #[arg(long, value_name = "COUNT", default_value_t = 1_000)]
    conversations: usize,
    /// How many messages, over all conversations.
    #[arg(long, value_name = "COUNT", default_value_t = 20_000)]
    messages: usize,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Bench {
    pub(super) async fn run(self, out: &mut dyn Write) -> anyhow::Result<Ending> {
        let system = System::new();
        let (measured, json) = match self.what {
            What::Intake(intake) => (intake.run(&system).await?, intake.json),
            What::Fill(fill) => (fill.run(&system).await?, fill.json),
        };
        if json {
            write_json(out, &measured)?;
        } else {
            write!(out, "{measured}")?;
        }
        Ok(Ending::Well)
    }
}

impl Intake {
    async fn run(&self, system: &System) -> anyhow::Result<Measured> {
        let folder = Folder::fresh(system.random.as_ref()).context("no temporary folder could be made")?;
        let mut values = places(&folder);
        if self.engine == Engine::Postgres {
            for (section, url) in [("database", &self.database_url), ("vault", &self.vault_url)] {
                values.extend(url.clone().map(|url| (section, "url", Value::Text(url))));
            }
        }
        let settings = Settings::from_text(&folder.path().join("counterfoil.toml"), &file_with(&values))?;
        let load = Load {
            messages: self.messages,
            in_flight: self.in_flight,
            contacts: self.contacts,
        };
        run(&settings, system, &load).await
    }
}

impl Fill {
    async fn run(&self, system: &System) -> anyhow::Result<Measured> {
        let folder = Folder::kept(&self.folder).with_context(|| {
            format!(
                "{} cannot be used; name a folder that is new or empty",
                self.folder.display()
            )
        })?;
        let file = file_with(&places(&folder));
        folder.write_private("counterfoil.toml", &file)?;
        let settings = Settings::from_text(&folder.path().join("counterfoil.toml"), &file)?;
        let load = Load {
            messages: self.messages,
            in_flight: 256,
            contacts: self.conversations,
        };
        run(&settings, system, &load).await
    }
}

fn places(folder: &Folder) -> Vec<(&'static str, &'static str, Value)> {
    let text = |path: PathBuf| Value::Text(path.to_string_lossy().into_owned());
    vec![
        ("data", "folder", text(folder.data())),
        ("keys", "folder", text(folder.keys())),
    ]
}

async fn run(settings: &Settings, system: &System, load: &Load) -> anyhow::Result<Measured> {
    let house: House = found(settings, system, For::Work, "Bench").await?;
    let stop = Stop::new();
    stop.on_signals().context("signals cannot be heard")?;
    let (flow, stopping) = (house.flow.clone(), stop.stopping());
    let workers = tokio::spawn(async move { flow.run(stopping).await });
    let measured = load.run(&house, settings.storage.records.engine(), system).await;
    stop.stop();
    workers.await.context("a worker failed")?;
    house.close().await;
    measured
}
