//! `counterfoil intake stats`: what came in, by kind and outcome, so that every item is accounted for.

use super::{Ending, write_json};
use crate::config::Settings;
use crate::operator::{Answer, Request, ask};
use crate::system::System;
use anyhow::bail;
use std::io::Write;
use std::path::Path;

/// Look at what came in.
#[derive(Debug, clap::Args)]
pub(crate) struct Intake {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Count what came in by kind, and what became of it.
    Stats {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

impl Intake {
    pub(super) async fn run(self, path: &Path, out: &mut dyn Write) -> anyhow::Result<Ending> {
        let What::Stats { json } = self.what;
        let settings = Settings::load(path)?;
        let Answer::Intake(intake) = ask(&settings, &System::new(), Request::IntakeStats).await? else {
            bail!("the server answered something else; is it of another version?");
        };
        if json {
            write_json(out, &intake)?;
            return Ok(Ending::Well);
        }
        let width = intake.kinds.keys().map(String::len).max().unwrap_or(0).max(4);
        writeln!(
            out,
            "{:<width$}  {:>9}  {:>9}  {:>9}",
            "kind", "recorded", "repeated", "kept"
        )?;
        for (kind, outcomes) in &intake.kinds {
            let (recorded, repeated, kept) = (outcomes.recorded, outcomes.repeated, outcomes.kept);
            writeln!(out, "{kind:<width$}  {recorded:>9}  {repeated:>9}  {kept:>9}")?;
        }
        writeln!(
            out,
            "\n{} posts acknowledged, {} of them still to be recorded",
            intake.posts, intake.waiting
        )?;
        if intake.spooled > 0 {
            writeln!(
                out,
                "{} more lie in the spool and go into the database when it answers",
                intake.spooled
            )?;
        }
        Ok(Ending::Well)
    }
}
