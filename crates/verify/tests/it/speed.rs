//! How fast a whole log is checked, beside what its hashing alone takes.

use std::fs;
use std::hint::black_box;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use counterfoil_ledger::tree::{leaf_hash, root};
use counterfoil_testkit::surroundings::{full_size, program};

use crate::log::{Log, entry, vkey};

/// Leaves a second and core that a full check must reach, with the program as it is released.
const WANTED: f64 = 500_000.0;

/// The verifier as it is released, beside the program; else the one that the test was built with.
fn verifier() -> PathBuf {
    let released = program().map(|program| program.with_file_name("counterfoil-verify"));
    released.unwrap_or_else(|| env!("CARGO_BIN_EXE_counterfoil-verify").into())
}

/// How long our ended children have had a core to themselves, in steps of a hundredth of a second (proc(5), `stat`).
fn children() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let behind_name = stat.rsplit_once(") ").unwrap().1;
    // The state is the third field of all; user and system time of children that were waited for are 16 and 17.
    let ticks = |field: usize| behind_name.split(' ').nth(field - 3).unwrap().parse::<u64>().unwrap();
    Duration::from_millis(10 * (ticks(16) + ticks(17)))
}

/// The shortest of a few runs, by the clock and by the time that a core worked, since others use the machine, too.
#[expect(clippy::disallowed_methods, reason = "how long it takes is what is measured")]
fn shortest(mut run: impl FnMut()) -> (Duration, Duration) {
    let times: Vec<(Duration, Duration)> = (0..5)
        .map(|_| {
            let (begun, before) = (Instant::now(), children());
            run();
            (begun.elapsed(), children() - before)
        })
        .collect();
    let least = |of: fn(&(Duration, Duration)) -> Duration| times.iter().map(of).min().unwrap();
    (least(|times| times.0), least(|times| times.1))
}

#[test]
fn vault_9_a_full_check_of_a_folder_of_a_million_leaves() {
    let size: u64 = if full_size() { 1_000_000 } else { 3_000 };
    let mut log = Log::grown([0]);
    for from in (0..size).step_by(25_600) {
        log.append((from..size.min(from + 25_600)).map(entry));
    }
    log.sign();
    let bytes: usize = log.entries.iter().map(Vec::len).sum();

    let key = vkey().to_string();
    let check = || {
        let mut command = Command::new(verifier());
        command.args(["folder", "--json", "--key", &key]).arg(log.path());
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["leaves"], size);
    };
    let (by_clock, by_core) = shortest(check);
    // The same hashes and nothing else, in this process: what the check can never be faster than.
    let (hashed, _) = shortest(|| {
        let hashes: Vec<_> = log.entries.iter().map(|entry| leaf_hash(entry)).collect();
        assert_eq!(root(black_box(&hashes)), log.edge.root());
    });
    let rate = |time: Duration| size as f64 / time.as_secs_f64();
    println!(
        "{size} leaves of {} bytes on average in {} files: checked in {by_clock:.2?}, {:.0} leaves/s by the clock; \
         a core worked {by_core:.2?}, {:.0} leaves/s and core; bare hashing of the same tree by this test: {:.0} leaves/s by the clock",
        bytes as u64 / size,
        log.files().len(),
        rate(by_clock),
        rate(by_core),
        rate(hashed),
    );
    if full_size() && program().is_some() {
        assert!(
            rate(by_core) >= WANTED,
            "{:.0} leaves/s and core are fewer than {WANTED}",
            rate(by_core)
        );
    }
}
