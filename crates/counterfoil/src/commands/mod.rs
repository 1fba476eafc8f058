//! The commands: what an operator types, one file each. They read their arguments, do one thing, and say what happened on the
//! given writer; with `--json` they say it for a program.

pub(crate) mod config;
pub(crate) mod replay;

use crate::config::{FILE_NAME, Settings};
use clap::{Parser, Subcommand};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// Counterfoil: WhatsApp conversations that your organisation keeps, sealed and on the record.
#[derive(Debug, Parser)]
#[command(name = "counterfoil", version, arg_required_else_help = true, max_term_width = 100)]
pub(crate) struct Line {
    /// The settings file.
    #[arg(long, global = true, value_name = "FILE", default_value = FILE_NAME)]
    pub(crate) config: PathBuf,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show the settings in force, each with where it comes from.
    Config(config::Config),
    /// Post recorded webhooks to a hook again, signed, and count what was accepted.
    Replay(replay::Replay),
}

/// How a command ended, for the shell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// All is well.
    Well,
    /// Something is broken, differs or was refused.
    Broken,
    /// Nothing is broken, but something should be looked at.
    Doubtful,
}

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Well => Self::SUCCESS,
            Ending::Broken => Self::from(1),
            // 2 is what a mistyped command ends with.
            Ending::Doubtful => Self::from(3),
        }
    }
}

impl Line {
    /// Does what was asked.
    ///
    /// # Errors
    /// Whatever kept the command from doing it, in words for the operator.
    pub(crate) async fn run(self, out: &mut dyn Write) -> anyhow::Result<Ending> {
        match self.command {
            Command::Config(command) => command.run(&self.config, out),
            Command::Replay(command) => command.run(out).await,
        }
    }
}

/// Reads the settings and sends log lines where they say.
fn settings(path: &std::path::Path) -> anyhow::Result<Settings> {
    Ok(Settings::load(path)?)
}

/// Writes `value` as indented JSON and a line end.
fn write_json(out: &mut dyn Write, value: &impl serde::Serialize) -> anyhow::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    writeln!(out)?;
    Ok(())
}
