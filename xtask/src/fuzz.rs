//! `cargo xtask fuzz`: looks for input that breaks what reads it, on the stable compiler.
//!
//! The targets are a workspace of their own (`fuzz/`), since everything is built with other flags: the compiler tells libFuzzer which
//! parts of the code an input reached. What is found in one run helps the next: inputs stay under `target/fuzz/corpus`, and what broke
//! something under `target/fuzz/crashes`; it becomes a test of the crate that it broke.
//!
//! `check` and `test` do not build this workspace: that would build everything a second time. This command does.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::Value;

use crate::debian;
use crate::place::root;
use crate::run::{answer, capture, step};

/// What `cargo xtask fuzz` shall do.
#[derive(Debug, PartialEq, Args)]
pub(crate) struct Wanted {
    /// How long to look at each target
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) minutes: u32,
    /// Only this one: hook, envelope, leaf, proof, note or tile
    #[arg(value_parser = clap::builder::PossibleValuesParser::new(TARGETS.map(|target| target.name)))]
    pub(crate) target: Option<String>,
    /// Install what is missing through sudo when not root
    #[arg(long)]
    pub(crate) install: bool,
}

/// Something that reads input from outside.
struct Target {
    name: &'static str,
    /// The longest input, bytes.
    longest: u32,
    /// Whether `fuzz/dictionaries` has words for it.
    has_words: bool,
    /// Folders and files with inputs that are in order: JSON of the formats, or payloads as they are.
    seeds: &'static [&'static str],
}

const TARGETS: [Target; 7] = [
    Target {
        name: "hook",
        longest: 16_384,
        has_words: true,
        seeds: &["crates/whatsapp/samples"],
    },
    Target {
        name: "envelope",
        longest: 1_024,
        has_words: false,
        seeds: &[
            "crates/vault/vectors/sealed-envelope.json",
            "crates/vault/vectors/intake-seal.json",
        ],
    },
    Target {
        name: "leaf",
        longest: 2_048,
        has_words: false,
        seeds: &["crates/ledger/vectors/leaf.json"],
    },
    Target {
        name: "proof",
        longest: 4_096,
        has_words: true,
        seeds: &[
            "crates/ledger/vectors/checkpoint.json",
            "crates/ledger/vectors/tree.json",
        ],
    },
    Target {
        name: "note",
        longest: 4_096,
        has_words: true,
        seeds: &["crates/ledger/vectors/checkpoint.json"],
    },
    Target {
        name: "slip",
        longest: 8_192,
        has_words: true,
        seeds: &["crates/ledger/vectors/slip.json", "crates/ledger/vectors/opening.json"],
    },
    Target {
        name: "tile",
        longest: 16_384,
        has_words: true,
        seeds: &["crates/ledger/vectors/tile.json"],
    },
];

/// What makes the stable compiler tell libFuzzer what was reached. Source: rustc, `-C passes`; LLVM, SanitizerCoverage.
const FLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing";

/// Builds the targets and runs each for as long as is wanted.
///
/// # Errors
/// When something is missing or does not build, and when an input breaks a target.
pub(crate) fn fuzz(wanted: &Wanted) -> Result<()> {
    debian::require_for_fuzzing(wanted.install)?;
    let target_dir = root().join("target/fuzz");
    let host = host()?;
    let picked: Vec<&Target> = TARGETS
        .iter()
        .filter(|target| wanted.target.as_ref().is_none_or(|name| name == target.name))
        .collect();

    let mut build = Command::new("cargo");
    build.args(["build", "--release", "--locked", "--manifest-path"]);
    build.arg(root().join("fuzz/Cargo.toml"));
    // Naming the target keeps the flags away from build scripts.
    build.args(["--target", &host, "--target-dir"]).arg(&target_dir);
    for target in &picked {
        build.args(["--bin", target.name]);
    }
    step(build.env("RUSTFLAGS", FLAGS))?;

    for target in picked {
        let program = target_dir.join(&host).join("release").join(target.name);
        run(target, &program, &target_dir, wanted.minutes)?;
        answer(format_args!("{}: nothing found in {} min", target.name, wanted.minutes))?;
    }
    Ok(())
}

fn host() -> Result<String> {
    let told = capture(Command::new("rustc").arg("-vV"))?;
    let host = told.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("rustc does not say what it is for")
}

fn run(target: &Target, program: &Path, target_dir: &Path, minutes: u32) -> Result<()> {
    let folder = |name: &str| -> Result<PathBuf> {
        let folder = target_dir.join(name).join(target.name);
        fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
        Ok(folder)
    };
    let (corpus, seeds, crashes) = (folder("corpus")?, folder("seeds")?, folder("crashes")?);
    for (number, seed) in seeds_of(target)?.iter().enumerate() {
        fs::write(seeds.join(number.to_string()), seed).context("writing a seed")?;
    }
    let mut command = Command::new(program);
    command.arg(&corpus).arg(&seeds);
    command.arg(format!("-max_total_time={}", u64::from(minutes) * 60));
    command.arg(format!("-max_len={}", target.longest));
    command.arg(format!("-artifact_prefix={}/", crashes.display()));
    command.args(["-timeout=20", "-rss_limit_mb=1024", "-print_final_stats=1"]);
    if target.has_words {
        let words = root().join("fuzz/dictionaries").join(format!("{}.dict", target.name));
        command.arg(format!("-dict={}", words.display()));
    }
    if step(&mut command).is_err() {
        bail!(
            "an input breaks {}: it lies in {}; make it a test of the crate that it breaks",
            target.name,
            crashes.display()
        );
    }
    Ok(())
}

/// Inputs that are in order: payloads as they are; of vectors each text, and the bytes of what is hexadecimal.
fn seeds_of(target: &Target) -> Result<Vec<Vec<u8>>> {
    let mut seeds = Vec::new();
    for place in target.seeds {
        let place = root().join(place);
        if place.is_dir() {
            for entry in fs::read_dir(&place).with_context(|| format!("reading {}", place.display()))? {
                seeds.push(fs::read(entry?.path())?);
            }
        } else {
            let text = fs::read(&place).with_context(|| format!("reading {}", place.display()))?;
            collect(&serde_json::from_slice(&text)?, &mut seeds);
        }
    }
    Ok(seeds)
}

fn collect(value: &Value, seeds: &mut Vec<Vec<u8>>) {
    match value {
        Value::String(text) => {
            seeds.extend(bytes_of(text));
            seeds.push(text.clone().into_bytes());
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, seeds)),
        Value::Object(pairs) => pairs.values().for_each(|value| collect(value, seeds)),
        _ => {}
    }
}

fn bytes_of(hex: &str) -> Option<Vec<u8>> {
    let pairs = hex.as_bytes().chunks(2);
    pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok().filter(|pair| pair.len() == 2)?, 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_target_has_its_source_its_words_and_its_seeds() {
        for target in TARGETS {
            let source = root().join("fuzz/targets").join(format!("{}.rs", target.name));
            assert!(source.is_file(), "{}", source.display());
            let words = root().join("fuzz/dictionaries").join(format!("{}.dict", target.name));
            assert_eq!(words.is_file(), target.has_words, "{}", words.display());
            assert!(!seeds_of(&target).unwrap().is_empty(), "{}", target.name);
        }
    }

    #[test]
    fn vectors_give_their_texts_and_their_bytes() {
        let mut seeds = Vec::new();
        collect(&serde_json::json!({"a": ["0aff", 7], "b": "note\n"}), &mut seeds);
        assert_eq!(seeds, [vec![0x0a, 0xff], b"0aff".to_vec(), b"note\n".to_vec()]);
    }
}
