//! The demo, started as the README says.

use anyhow::{Context, Result};
use counterfoil_testkit::patience::AMPLE;
use counterfoil_testkit::process::{Ended, Program};
use counterfoil_testkit::surroundings::full_size;
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

/// Ready within this time of its start, when that is being proved.
const READY: Duration = Duration::from_secs(10);

/// A running demo with a folder of its own.
pub(crate) struct Demo {
    pub(crate) program: Program,
    pub(crate) address: String,
    pub(crate) folder: TempDir,
}

impl Demo {
    /// Starts one with so many sample conversations behind, and keeps its data below `folder`.
    pub(crate) async fn start(samples: usize) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("counterfoil-story-").tempdir()?;
        let mut command = Command::new(env!("CARGO_BIN_EXE_counterfoil"));
        command
            .current_dir(&folder)
            .args(["demo", "--no-browser", "--keep", "demo"]);
        command.args(["--samples", &samples.to_string()]);
        let mut program = Program::start(&mut command)?;
        let address = program
            .line(if full_size() { READY } else { AMPLE }, first_address)
            .await
            .context("the demo was not ready in time")?;
        Ok(Self {
            program,
            address,
            folder,
        })
    }

    /// Ends it as Ctrl-C does; its data stays until the folder goes.
    pub(crate) async fn stop(self) -> Result<(Ended, TempDir)> {
        Ok((self.program.stop().await?.well()?, self.folder))
    }
}

/// The address in a line that names one.
pub(crate) fn first_address(line: &str) -> Option<String> {
    let at = line.find("http://")?;
    Some(line[at..].split_whitespace().next()?.trim_end_matches('/').to_owned())
}

/// What a page asks the demo for, as JSON.
pub(crate) async fn steps(demo: &Demo) -> Result<Vec<bool>> {
    let client = reqwest::Client::builder().no_proxy().timeout(AMPLE).build()?;
    let text = client
        .get(format!("{}/steps", demo.address))
        .send()
        .await?
        .text()
        .await?;
    let answer: serde_json::Value = serde_json::from_str(&text)?;
    Ok(serde_json::from_value(answer["done"].clone())?)
}
