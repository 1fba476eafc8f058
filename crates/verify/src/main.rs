#![forbid(unsafe_code)]
//! `counterfoil-verify`: checks a log, a proof, a slip or an opening with nothing but the files and a key.
//!
//! Reads its arguments, hands files to the library, and says what came out. It never asks a server.

use std::fmt::Display;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use counterfoil_ledger::note::VerifierKey;
use counterfoil_ledger::opening::Opening;
use counterfoil_verify::{Keys, Unchecked, folder, item};
use serde::Serialize;

/// Check what a Counterfoil server handed out, without the server.
///
/// Ends with 0 when it is sound, 1 when it is not, and 2 when it could not be checked.
#[derive(Debug, Parser)]
#[command(
    name = "counterfoil-verify",
    version,
    arg_required_else_help = true,
    max_term_width = 100
)]
struct Line {
    #[command(subcommand)]
    what: Check,
}

#[derive(Debug, Subcommand)]
enum Check {
    /// Check a whole log: every file, every leaf, the root and its signature.
    Folder {
        /// The folder that holds `checkpoint` and `tile`.
        folder: PathBuf,
        /// A checkpoint of the same log that you kept; the log must contain its tree. May be given more than once.
        #[arg(long, value_name = "FILE")]
        earlier: Vec<PathBuf>,
        #[command(flatten)]
        given: Given,
    },
    /// Check that one leaf is in the log, by its proof file.
    Proof {
        /// The `.tlog-proof` file.
        file: PathBuf,
        /// The file with the leaf's bytes.
        #[arg(long, value_name = "FILE")]
        entry: PathBuf,
        /// An opening file with disclosed fields; may be given more than once.
        #[arg(long, value_name = "FILE")]
        opening: Vec<PathBuf>,
        #[command(flatten)]
        given: Given,
    },
    /// Check the life of one item.
    Slip {
        /// The slip.
        file: PathBuf,
        /// The log's folder, to see that no leaf was left out of the slip.
        #[arg(long, value_name = "FOLDER")]
        folder: Option<PathBuf>,
        /// An opening file with disclosed fields; may be given more than once.
        #[arg(long, value_name = "FILE")]
        opening: Vec<PathBuf>,
        #[command(flatten)]
        given: Given,
    },
    /// Check that disclosed fields are what was recorded.
    Opening {
        /// The opening files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// The slip of the item that they are of.
        #[arg(long, value_name = "FILE")]
        slip: PathBuf,
        #[command(flatten)]
        given: Given,
    },
}

/// What every check is given.
#[derive(Debug, Args)]
struct Given {
    /// The log's verifier key, as it was published: `name+id+base64`.
    #[arg(long, value_name = "KEY")]
    key: VerifierKey,
    /// The proof that the log changed its key, a file of the folder `key-change` of the log; may be given more than once. With the folder of the log
    /// they are found there.
    #[arg(long, value_name = "FILE")]
    key_change: Vec<PathBuf>,
    /// The verifier key of a witness; may be given more than once.
    #[arg(long, value_name = "KEY")]
    witness: Vec<VerifierKey>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// How a check ended.
enum Ending {
    Sound,
    NotSound,
    Unchecked,
}

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Sound => Self::SUCCESS,
            Ending::NotSound => Self::from(1),
            // What a mistyped command ends with, too.
            Ending::Unchecked => Self::from(2),
        }
    }
}

fn main() -> ExitCode {
    match run(Line::parse().what) {
        Ok(ending) => ending.into(),
        Err(error) => {
            // Whoever cannot read this sees the number.
            drop(writeln!(io::stderr(), "could not be checked: {error:#}"));
            Ending::Unchecked.into()
        }
    }
}

fn run(what: Check) -> anyhow::Result<Ending> {
    match what {
        Check::Folder { folder, earlier, given } => {
            let keys = given.keys(Some(&folder))?;
            let kept = |file: &PathBuf| folder::earlier(&read(file, "the earlier checkpoint")?, &keys);
            let earlier: Vec<_> = earlier.iter().map(kept).collect::<Result<_, _>>()?;
            let report = folder::check(&folder, &keys, &earlier, |_, _| {})?;
            say(&given, &report)?;
            Ok(match (report.sound, report.later) {
                (false, _) => Ending::NotSound,
                (true, 0) => Ending::Sound,
                (true, _) => Ending::Unchecked,
            })
        }
        Check::Proof {
            file,
            entry,
            opening,
            given,
        } => {
            let (proof, entry) = (read(&file, "the proof file")?, read(&entry, "the leaf")?);
            let report = item::proof(&proof, &entry, &openings(&opening)?, &given.keys(None)?)?;
            say_item(&given, &report)
        }
        Check::Slip {
            file,
            folder,
            opening,
            given,
        } => {
            let keys = given.keys(folder.as_deref())?;
            let mut report = item::slip(&read(&file, "the slip")?, &openings(&opening)?, &keys)?;
            if let Some(folder) = folder {
                item::whole(&mut report, &folder, &keys)?;
            }
            say_item(&given, &report)
        }
        Check::Opening { files, slip, given } => {
            let report = item::slip(&read(&slip, "the slip")?, &openings(&files)?, &given.keys(None)?)?;
            say_item(&given, &report)
        }
    }
}

impl Given {
    /// The keys, with those that the folder of the log leads to besides.
    fn keys(&self, folder: Option<&Path>) -> Result<Keys, Unchecked> {
        let keys = Keys::of(self.key.clone(), self.witness.clone());
        let changes = self.key_change.iter();
        let changes: Vec<_> = changes
            .map(|file| read(file, "the proof of a change of the key"))
            .collect::<Result<_, _>>()?;
        match folder {
            Some(folder) if changes.is_empty() => keys.in_folder(folder),
            _ => keys.with(&changes),
        }
    }
}

fn read(file: &Path, what: &'static str) -> Result<Vec<u8>, Unchecked> {
    fs::read(file).map_err(|source| Unchecked::Unreadable { what, source })
}

fn openings(files: &[PathBuf]) -> Result<Vec<Opening>, Unchecked> {
    files
        .iter()
        .map(|file| item::opening(&read(file, "the opening file")?))
        .collect()
}

fn say_item(given: &Given, report: &item::ItemReport) -> anyhow::Result<Ending> {
    say(given, report)?;
    Ok(if report.sound { Ending::Sound } else { Ending::NotSound })
}

fn say(given: &Given, report: &(impl Display + Serialize)) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    if given.json {
        serde_json::to_writer_pretty(&mut out, report)?;
        writeln!(out)?;
    } else {
        write!(out, "{report}")?;
    }
    out.flush()?;
    Ok(())
}
