//! `bench intake` on both engines: the way in beside a handler that only inserts the raw body through the same writer.

use crate::counterfoil;
use anyhow::{Context, Result, ensure};
use counterfoil_testkit::patience::AMPLE;
use counterfoil_testkit::postgres::Database;
use counterfoil_testkit::process::Program;
use counterfoil_testkit::surroundings::full_size;
use serde_json::Value;
use std::process::Command;

/// Acknowledged a second while nothing is being recorded, as a share of the raw insert.
const ACKNOWLEDGED_AT_LEAST: f64 = 0.6;
/// Recorded a second, first post to last leaf in a signed checkpoint, as a share of the raw insert.
const RECORDED_AT_LEAST: f64 = 0.15;
/// 99 of 100 acknowledged within so many milliseconds, at half of the top rate with recording on.
const P99_MS_AT_MOST: f64 = 50.0;
/// The most memory of the server, in MB.
const RESIDENT_MB_AT_MOST: f64 = 200.0;

async fn bench(arguments: &[&str]) -> Result<Value> {
    let size = match full_size() {
        true => ["--messages", "50000", "--in-flight", "256", "--contacts", "5000"],
        false => ["--messages", "200", "--in-flight", "16", "--contacts", "20"],
    };
    let mut command = Command::new(counterfoil());
    command.args(["bench", "intake", "--json"]).args(size).args(arguments);
    let ended = Program::start(&mut command)?.end(AMPLE * 10).await?.well()?;
    let measured: Value = serde_json::from_str(&ended.said())?;
    println!("{}", ended.said());
    Ok(measured)
}

fn figure(measured: &Value, path: &str) -> Result<f64> {
    let found = measured.pointer(path).and_then(Value::as_f64);
    found.with_context(|| format!("the bench measured no {path}"))
}

fn hold(measured: &Value) -> Result<()> {
    for path in [
        "/yardstick/per_second",
        "/quiet/per_second",
        "/busy/per_second",
        "/recorded_per_second",
    ] {
        ensure!(figure(measured, path)? > 0.0, "{path} is nothing");
    }
    let share = figure(measured, "/quiet/per_second")? / figure(measured, "/yardstick/per_second")?;
    ensure!(
        (share - figure(measured, "/acknowledged_of_yardstick")?).abs() < 1e-9,
        "the shares do not add up"
    );
    if full_size() {
        let acknowledged = figure(measured, "/acknowledged_of_yardstick")?;
        let recorded = figure(measured, "/recorded_of_yardstick")?;
        let p99_ms = figure(measured, "/half/p99_ms")?;
        let resident_mb = figure(measured, "/resident_mb")?;
        ensure!(
            acknowledged >= ACKNOWLEDGED_AT_LEAST,
            "acknowledged {acknowledged:.3} of the raw insert"
        );
        ensure!(
            recorded >= RECORDED_AT_LEAST,
            "recorded {recorded:.3} of the raw insert"
        );
        ensure!(p99_ms < P99_MS_AT_MOST, "p99 of {p99_ms:.1} ms at half of the top rate");
        ensure!(resident_mb < RESIDENT_MB_AT_MOST, "{resident_mb:.0} MB of memory");
    }
    Ok(())
}

#[tokio::test]
async fn fire_6_intake_on_sqlite() -> Result<()> {
    hold(&bench(&[]).await?)
}

#[tokio::test]
async fn fire_6_intake_on_postgres() -> Result<()> {
    let (data, vault) = (Database::fresh().await?, Database::fresh().await?);
    let urls = [data.url(), vault.url()];
    let arguments = [
        "--engine",
        "postgres",
        "--database-url",
        &urls[0],
        "--vault-url",
        &urls[1],
    ];
    hold(&bench(&arguments).await?)
}
