//! The systemd unit that is shipped: it lets the program do all that it does, seen in its system calls.

use anyhow::{Result, ensure};
use counterfoil_testkit::customer::Agreed;
use counterfoil_testkit::installation::{Choices, Engine, Installation};
use std::collections::BTreeSet;
use std::process::Command;

const UNIT: &str = include_str!("../../../../packaging/counterfoil.service");

/// SQLite hands its files to the owner of the folder when it runs as root, as tests may; under the unit it does not.
const AS_ROOT_ONLY: &str = "fchown";

/// The calls in a set of systemd's, those in its inner sets too.
fn calls_in(set: &str) -> Result<BTreeSet<String>> {
    let told = Command::new("systemd-analyze")
        .args(["syscall-filter", "--no-pager", set])
        .output()?;
    ensure!(told.status.success(), "{set} is no set of system calls");
    let mut calls = BTreeSet::new();
    for word in String::from_utf8(told.stdout)?.lines().skip(1).map(str::trim) {
        match word {
            inner if inner.starts_with('@') => calls.extend(calls_in(inner)?),
            "" => {}
            comment if comment.starts_with('#') => {}
            call => drop(calls.insert(call.to_owned())),
        }
    }
    Ok(calls)
}

/// What the unit's filters leave, one after the other.
fn allowed() -> Result<BTreeSet<String>> {
    let mut allowed = BTreeSet::new();
    for filter in UNIT.lines().filter_map(|line| line.strip_prefix("SystemCallFilter=")) {
        let (takes_away, names) = match filter.strip_prefix('~') {
            Some(names) => (true, names),
            None => (false, filter),
        };
        for name in names.split_whitespace() {
            let calls = if name.starts_with('@') {
                calls_in(name)?
            } else {
                BTreeSet::from([name.to_owned()])
            };
            if takes_away {
                allowed.retain(|call| !calls.contains(call));
            } else {
                allowed.extend(calls);
            }
        }
    }
    Ok(allowed)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_unit_allows_every_system_call_that_the_program_makes() -> Result<()> {
    let mut installation =
        Installation::make(Choices::plain(env!("CARGO_BIN_EXE_counterfoil"), Engine::Sqlite)).await?;
    let trace = installation.folder().join("trace");
    installation.serve_traced("all", &trace).await?;
    Agreed::plain().connect(&installation, "http://127.0.0.1:9").await?;
    let page = reqwest::get(format!("{}/sign-in", installation.address)).await?;
    ensure!(page.status() == 200);
    installation.stop().await?;

    let (allowed, trace) = (allowed()?, std::fs::read_to_string(&trace)?);
    let mut made = BTreeSet::new();
    for line in trace.lines() {
        let call = line.split_whitespace().nth(1).and_then(|rest| rest.split_once('('));
        made.extend(call.map(|(name, _)| name));
        let turns_data_into_code = line.contains("PROT_WRITE|PROT_EXEC");
        ensure!(!turns_data_into_code, "MemoryDenyWriteExecute=yes forbids {line}");
    }
    ensure!(
        made.contains("accept4") && made.contains("fsync"),
        "it was seen at work: {made:?}"
    );
    let refused: Vec<_> = made
        .iter()
        .filter(|call| !allowed.contains(**call) && **call != AS_ROOT_ONLY)
        .collect();
    ensure!(refused.is_empty(), "the unit forbids {refused:?}");
    Ok(())
}
