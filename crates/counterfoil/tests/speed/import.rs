//! Reading exported chats: the dry run of a large one.

use crate::counterfoil;
use anyhow::{Context, Result, ensure};
use counterfoil_simulator::exported::DEVICES;
use counterfoil_testkit::patience;
use counterfoil_testkit::surroundings::full_size;
use serde_json::Value;
use std::process::Command;

/// A chat of a million lines is tried in less than so many seconds.
const SECONDS_AT_MOST: f64 = 20.0;

#[test]
fn channel_7_dry_run_of_a_million_lines() -> Result<()> {
    let (messages, lines_at_least) = if full_size() {
        (666_700, 1_000_000)
    } else {
        (6_670, 10_000)
    };
    let folder = tempfile::tempdir()?;
    // One of each frame: they are read in different ways.
    for device in [DEVICES[0], DEVICES[10]] {
        let exported = device.export(messages, 60).map_err(anyhow::Error::msg)?;
        ensure!(exported.lines >= lines_at_least, "{} lines", exported.lines);
        let file = folder.path().join("chat.txt");
        std::fs::write(&file, &exported.text)?;
        let begun = patience::begin();
        let output = Command::new(counterfoil())
            .args(["import", "try", "--json"])
            .arg(&file)
            .output()?;
        let seconds = patience::since(begun).as_secs_f64();
        let found: Value = serde_json::from_slice(&output.stdout).context("the dry run said no JSON")?;
        ensure!(
            found["lines_accounted"] == exported.lines,
            "{}",
            found["lines_accounted"]
        );
        ensure!(
            found["report"]["messages"] == exported.messages(),
            "{}",
            found["report"]["messages"]
        );
        println!("{}: {} lines tried in {seconds:.2} s", device.style, exported.lines);
        if full_size() {
            ensure!(seconds < SECONDS_AT_MOST, "{seconds:.1} s");
        }
    }
    Ok(())
}
