//! `counterfoil intake stats`: what came in, by kind and outcome, so that every item is accounted for. `counterfoil intake kept`: what
//! is kept whole, since it was not understood or has no place here; when and why, never what it says.

use super::{Ending, write_json};
use crate::config::Settings;
use crate::operator::{ANOTHER_VERSION, Answer, Request, ask};
use crate::system::System;
use anyhow::bail;
use counterfoil_model::KeptId;
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
    /// List what is kept whole, oldest first: when it came and why it is kept. What it says stays sealed.
    Kept {
        /// Go on after this item.
        #[arg(long, value_name = "ID")]
        after: Option<KeptId>,
        /// How many at most, up to 500.
        #[arg(long, value_name = "NUMBER", default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=500))]
        limit: u16,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

impl Intake {
    pub(super) async fn run(self, path: &Path, out: &mut dyn Write) -> anyhow::Result<Ending> {
        let settings = Settings::load(path)?;
        match self.what {
            What::Stats { json } => Self::stats(&settings, json, out).await,
            What::Kept { after, limit, json } => {
                let limit = usize::from(limit);
                Self::kept(&settings, Request::IntakeKept { after, limit }, json, out).await
            }
        }
    }

    async fn kept(settings: &Settings, request: Request, json: bool, out: &mut dyn Write) -> anyhow::Result<Ending> {
        let Answer::Kept(kept) = ask(settings, &System::new(), request).await? else {
            bail!(ANOTHER_VERSION);
        };
        if json {
            write_json(out, &kept)?;
            return Ok(Ending::Well);
        }
        for item in &kept.items {
            writeln!(
                out,
                "{}  {}  {:<17}  {:>9} bytes sealed, {}, to be looked at by {}",
                item.recorded_at, item.id, item.reason, item.sealed_bytes, item.connection, item.review_at
            )?;
        }
        let reasons: Vec<String> = kept
            .reasons
            .iter()
            .map(|(reason, count)| format!("{count} {reason}"))
            .collect();
        match reasons[..] {
            [] => writeln!(out, "Nothing is kept whole")?,
            _ => writeln!(out, "\nKept whole: {}", reasons.join(", "))?,
        }
        if let Some(next) = &kept.next {
            writeln!(out, "The list goes on with --after {next}")?;
        }
        Ok(Ending::Well)
    }

    async fn stats(settings: &Settings, json: bool, out: &mut dyn Write) -> anyhow::Result<Ending> {
        let Answer::Intake(intake) = ask(settings, &System::new(), Request::IntakeStats).await? else {
            bail!(ANOTHER_VERSION);
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
        if intake.postponed > 0 {
            writeln!(
                out,
                "{} of these could not be recorded so far and are tried again, at least once a minute: see the server's log for why",
                intake.postponed
            )?;
        }
        Ok(Ending::Well)
    }
}
