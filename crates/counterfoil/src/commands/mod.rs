//! The commands: what an operator types, one file each. They read their arguments, do one thing, and say what happened on the
//! given writer; with `--json` they say it for a program.

pub(crate) mod backup;
pub(crate) mod bench;
pub(crate) mod config;
pub(crate) mod connection;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod epoch;
pub(crate) mod erase;
pub(crate) mod gate;
pub(crate) mod health;
pub(crate) mod hold;
pub(crate) mod import;
pub(crate) mod init;
pub(crate) mod intake;
pub(crate) mod invite;
pub(crate) mod log;
mod reference;
pub(crate) mod replay;
pub(crate) mod serve;
pub(crate) mod slip;
pub(crate) mod verify;

use crate::config::FILE_NAME;
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
    Demo(demo::Demo),
    Init(Box<init::Init>),
    Serve(serve::Serve),
    Invite(invite::Invite),
    Connection(connection::Connection),
    Health(health::Health),
    Gate(gate::Gate),
    Erase(erase::Erase),
    Hold(hold::Hold),
    Import(import::Import),
    Epoch(epoch::EpochCommand),
    Log(log::LogCommand),
    Backup(backup::Backup),
    Doctor(doctor::Doctor),
    #[command(visible_alias = "fsck")]
    Verify(verify::Verify),
    Slip(slip::Slip),
    Intake(intake::Intake),
    Replay(replay::Replay),
    Bench(bench::Bench),
    Config(config::Config),
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
        let path = &self.config;
        match self.command {
            Command::Demo(command) => command.run(out).await,
            Command::Init(command) => command.run(path, out).await,
            Command::Serve(command) => command.run(path, out).await,
            Command::Invite(command) => command.run(path, out).await,
            Command::Connection(command) => command.run(path, out).await,
            Command::Health(command) => command.run(path, out).await,
            Command::Gate(command) => command.run(path, out).await,
            Command::Erase(command) => command.run(path, out).await,
            Command::Hold(command) => command.run(path, out).await,
            Command::Import(command) => command.run(out),
            Command::Epoch(command) => command.run(path, out).await,
            Command::Log(command) => command.run(path, out).await,
            Command::Backup(command) => command.run(path, out).await,
            Command::Doctor(command) => command.run(path, out).await,
            Command::Verify(command) => command.run(path, out).await,
            Command::Slip(command) => command.run(path, out).await,
            Command::Intake(command) => command.run(path, out).await,
            Command::Replay(command) => command.run(out).await,
            Command::Bench(command) => command.run(out).await,
            Command::Config(command) => command.run(path, out),
        }
    }
}

/// Writes `value` as indented JSON and a line end.
fn write_json(out: &mut dyn Write, value: &impl serde::Serialize) -> anyhow::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    writeln!(out)?;
    Ok(())
}
