//! `counterfoil verify`: computes again what the log claims, and compares every row, file and leaf with it. It changes nothing.

use super::{Ending, write_json};
use crate::compose::House;
use crate::config::Settings;
use crate::system::System;
use anyhow::Context;
use std::io::Write;
use std::path::Path;

/// Compute again what the log claims, and compare every row, file and leaf with it.
///
/// Ends with 0 when everything agrees, 1 when something differs.
#[derive(Debug, clap::Args)]
pub(crate) struct Verify {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Verify {
    pub(super) async fn run(self, path: &Path, out: &mut dyn Write) -> anyhow::Result<Ending> {
        let settings = Settings::load(path)?;
        let house = House::look(&settings, &System::new()).await?;
        let verdict = counterfoil_flow::custody::verify(&house.flow).await;
        house.close().await;
        let verdict = verdict.context("not everything could be read; nothing is said about the rest")?;
        if self.json {
            write_json(out, &verdict)?;
        } else {
            for difference in &verdict.differences {
                writeln!(out, "DIFFERS  {difference}")?;
            }
            writeln!(out, "checked  {verdict}")?;
        }
        Ok(if verdict.differences.is_empty() {
            Ending::Well
        } else {
            Ending::Broken
        })
    }
}
