//! `counterfoil import try`: the dry run. Opens one file, writes none, and speaks to nobody.

use super::super::{Ending, write_json};
use super::{Exported, show};
use crate::digest::Digest;
use anyhow::{Context, bail};
use aws_lc_rs::digest::{Context as Hashing, SHA256};
use counterfoil_transcript::{
    Ambiguity, Container, ContainerError, DryRunError, Limits, Longest, Report, Survey, Undecided, dry_run,
};
use serde::Serialize;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};

/// Bytes hashed at once.
const PART: usize = 1 << 20;

/// Read a file as an import would, and show what would come of it.
#[derive(Debug, clap::Args)]
pub(super) struct Attempt {
    #[command(flatten)]
    exported: Exported,
    /// Print JSON, with all names.
    #[arg(long)]
    json: bool,
}

/// The file, by which an import of it can be told from one of another.
#[derive(Serialize)]
pub(super) struct Original {
    pub(super) bytes: u64,
    pub(super) sha256: Digest,
}

/// What was found, for programs.
#[derive(Serialize)]
struct Said<'a> {
    #[serde(flatten)]
    original: &'a Original,
    /// What would be brought; absent when something must be chosen first.
    report: Option<&'a Report>,
    /// Lines that are in one of the counts: as many as were read.
    lines_accounted: Option<u64>,
    /// What must be chosen: `date_order`, `shape`.
    must_choose: Option<&'static str>,
    /// The orders of dates that the file does not tell apart.
    orders: Option<&'a Ambiguity>,
    /// What was seen, when something must be chosen.
    survey: Option<&'a Survey>,
}

impl Attempt {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<Ending> {
        let mut file = File::open(&self.exported.file).context("the file cannot be opened")?;
        let original = original(&mut file).context("the file cannot be read")?;
        let mut container = Container::open(file, Limits::default())?;
        if let Some(entry) = &self.exported.chat {
            container
                .choose(entry)
                .context("--chat names no entry that can be the chat")?;
        }
        match dry_run(&mut container, self.exported.choice(), Longest::default()) {
            Ok(report) => self.shown(&original, &report, out),
            Err(DryRunError::Undecided(undecided, survey)) => self.undecided(&original, &undecided, &survey, out),
            Err(DryRunError::Open(ContainerError::SeveralChats { count })) => {
                let names: Vec<String> = container.chats().into_iter().map(show::harmless).collect();
                bail!(
                    "{count} entries of the zip file can be the chat; choose one with --chat:\n  {}",
                    names.join("\n  ")
                )
            }
            Err(error) => Err(error.into()),
        }
    }

    fn shown(&self, original: &Original, report: &Report, out: &mut dyn Write) -> anyhow::Result<Ending> {
        if self.json {
            let said = Said {
                original,
                report: Some(report),
                lines_accounted: Some(report.lines.accounted()),
                must_choose: None,
                orders: None,
                survey: None,
            };
            write_json(out, &said)?;
        } else {
            show::report(original, report, out)?;
        }
        Ok(if show::is_clear(report) {
            Ending::Well
        } else {
            Ending::Doubtful
        })
    }

    fn undecided(
        &self,
        original: &Original,
        undecided: &Undecided,
        survey: &Survey,
        out: &mut dyn Write,
    ) -> anyhow::Result<Ending> {
        if self.json {
            let (must_choose, orders) = match undecided {
                Undecided::NoHeads => ("shape", None),
                Undecided::DateOrder(ambiguity) => ("date_order", Some(ambiguity)),
            };
            let said = Said {
                original,
                report: None,
                lines_accounted: None,
                must_choose: Some(must_choose),
                orders,
                survey: Some(survey),
            };
            write_json(out, &said)?;
        } else {
            show::undecided(undecided, survey, out)?;
        }
        Ok(Ending::Broken)
    }
}

/// Hashes a file and goes back to its beginning.
fn original(file: &mut File) -> std::io::Result<Original> {
    let (mut hashing, mut part, mut bytes) = (Hashing::new(&SHA256), vec![0; PART], 0);
    loop {
        match file.read(&mut part)? {
            0 => break,
            count => {
                hashing.update(part.get(..count).unwrap_or_default());
                bytes += count as u64;
            }
        }
    }
    file.seek(SeekFrom::Start(0))?;
    let mut sha256 = [0; 32];
    sha256.copy_from_slice(hashing.finish().as_ref());
    Ok(Original {
        bytes,
        sha256: Digest(sha256),
    })
}
