//! `counterfoil bench`: how quick this machine is, measured through the real way in, with real sealing and real disk.

mod fill;
mod generator;
mod intake;
mod measured;
mod posts;

use super::{Ending, write_json};
use crate::config::catalogue::Value;
use crate::folder::Folder;
use crate::system::System;
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
    Intake(Box<intake::Intake>),
    Fill(fill::Fill),
    #[command(hide = true)]
    Generate(generator::Generator),
}

impl Bench {
    pub(super) async fn run(self, out: &mut dyn Write) -> anyhow::Result<Ending> {
        let system = System::new();
        match self.what {
            What::Intake(intake) => say(out, &intake.run(&system).await?, intake.json),
            What::Fill(fill) => say(out, &fill.run(&system).await?, fill.json),
            What::Generate(generator) => generator.run(out).await,
        }
    }
}

fn say<T: serde::Serialize + std::fmt::Display>(
    out: &mut dyn Write,
    measured: &T,
    json: bool,
) -> anyhow::Result<Ending> {
    if json {
        write_json(out, measured)?;
    } else {
        write!(out, "{measured}")?;
    }
    Ok(Ending::Well)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Engine {
    /// SQLite, in the folder.
    Sqlite,
    /// PostgreSQL, in two empty databases.
    Postgres,
}

/// Where the rows go.
#[derive(Debug, clap::Args)]
struct Databases {
    /// Which database engine.
    #[arg(long, value_enum, default_value_t = Engine::Sqlite)]
    engine: Engine,
    /// An empty PostgreSQL database for the records.
    #[arg(long, value_name = "URL", required_if_eq("engine", "postgres"))]
    database_url: Option<String>,
    /// An empty PostgreSQL database for the vault.
    #[arg(long, value_name = "URL", required_if_eq("engine", "postgres"))]
    vault_url: Option<String>,
}

fn places(folder: &Folder, databases: &Databases) -> Vec<(&'static str, &'static str, Value)> {
    let text = |path: PathBuf| Value::Text(path.to_string_lossy().into_owned());
    let mut places = vec![
        ("data", "folder", text(folder.data())),
        ("keys", "folder", text(folder.keys())),
    ];
    if databases.engine == Engine::Postgres {
        for (section, url) in [("database", &databases.database_url), ("vault", &databases.vault_url)] {
            places.extend(url.clone().map(|url| (section, "url", Value::Text(url))));
        }
    }
    places
}
