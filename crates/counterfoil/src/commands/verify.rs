//! `counterfoil verify`: computes again what the log claims, and compares every row, file and leaf with it. It changes nothing.

use super::{Ending, write_json};
use crate::compose::House;
use crate::config::Settings;
use crate::system::System;
use anyhow::Context;
use counterfoil_flow::custody::verify::{Progress, Stage, VerifyReport, VerifyScope, verify};
use counterfoil_store::Spool;
use std::io::{IsTerminal, Write};
use std::path::Path;

/// Compute again what the log claims, and compare every row, file and leaf with it.
///
/// Ends with 0 when everything agrees, 1 when something differs.
#[derive(Debug, clap::Args)]
pub(crate) struct Verify {
    /// Only the log: leaves, tiles, checkpoints, their mirror and the vault's head. Opens nothing sealed.
    #[arg(long)]
    log: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What is said as JSON: the report, and what is not on the record yet.
#[derive(serde::Serialize)]
struct Said<'a> {
    #[serde(flatten)]
    report: &'a VerifyReport,
    spooled: u64,
    spool_aside: u64,
}

impl Verify {
    pub(super) async fn run(self, path: &Path, out: &mut dyn Write) -> anyhow::Result<Ending> {
        let settings = Settings::load(path)?;
        let house = House::look(&settings, &System::new()).await?;
        let scope = if self.log {
            VerifyScope::Log
        } else {
            VerifyScope::Everything
        };
        let report = verify(&house.flow, scope, progress()).await;
        house.close().await;
        let report = report.context("not everything could be read, so nothing is said")?;
        let spooled = Spool::look(&settings.intake.spool).context("the spool cannot be seen")?;
        if self.json {
            let said = Said {
                report: &report,
                spooled: spooled.posts,
                spool_aside: spooled.aside,
            };
            write_json(out, &said)?;
        } else {
            write!(out, "{report}")?;
            if spooled.posts > 0 {
                writeln!(
                    out,
                    "{} acknowledged posts lie in the spool and are not on the record yet; each verifies by itself",
                    spooled.posts
                )?;
            }
            if spooled.aside > 0 {
                writeln!(
                    out,
                    "{} files are set aside beside the spool: somebody should look",
                    spooled.aside
                )?;
            }
        }
        Ok(if report.sound { Ending::Well } else { Ending::Broken })
    }
}

/// Tells somebody who waits at a terminal how far it is.
fn progress() -> impl FnMut(Progress) + Send {
    let watched = std::io::stderr().is_terminal();
    move |progress: Progress| {
        if watched {
            let what = match progress.stage {
                Stage::Log => "leaves",
                Stage::Records(table) => table,
                Stage::Objects => "objects",
                Stage::Keys => "keys",
            };
            // Whoever watches sees the next line; nothing depends on this one.
            drop(write!(std::io::stderr(), "\r\x1b[K{} {what} read\r", progress.done));
        }
    }
}
