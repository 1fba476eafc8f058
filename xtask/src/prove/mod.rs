//! `cargo xtask prove <chapter>[.<n>]`: shows what the product claims, at full size, with its figures.
//!
//! Each piece of work states what it must show; every such point is a row of a table here. `cargo xtask test` runs the same tests
//! at small size. They see `COUNTERFOIL_PROOF=full` here and print what they measured.

mod channel;
mod fire;
mod fresh_clone;
mod spine;
mod vault;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::str::FromStr;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::place::root;
use crate::run::{say, step};
use crate::surroundings::Surroundings;
use crate::test::has_nextest;

/// What shall be shown.
#[derive(Debug, PartialEq, Args)]
pub(crate) struct Wanted {
    /// A chapter (`spine`) or one of its points (`spine.3`)
    pub(crate) point: Point,
    /// Install what is missing through sudo when not root
    #[arg(long)]
    pub(crate) install: bool,
}

/// A chapter, or one point of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Point {
    chapter: &'static Chapter,
    number: Option<u8>,
}

/// The points of one piece of work.
#[derive(Debug, PartialEq)]
struct Chapter {
    name: &'static str,
    proofs: &'static [Proof],
}

/// One point: what it claims and how that is shown.
#[derive(Debug, PartialEq)]
struct Proof {
    number: u8,
    claim: &'static str,
    how: How,
}

/// How a point is shown.
#[derive(Debug, PartialEq)]
enum How {
    /// By the tests that this nextest filter picks, at full size.
    Tests(&'static str),
    /// By tests too, with the program as it is released, since they measure.
    Speed(&'static str),
    /// By doing in a fresh clone what the README says.
    FreshClone,
    /// By people; the file says who tried it, when, and what they saw.
    Note(&'static str),
}

static CHAPTERS: [&Chapter; 4] = [&spine::CHAPTER, &fire::CHAPTER, &vault::CHAPTER, &channel::CHAPTER];

impl FromStr for Point {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, number) = match text.split_once('.') {
            Some((name, number)) => (
                name,
                Some(number.parse().map_err(|_| format!("`{number}` is not a number"))?),
            ),
            None => (text, None),
        };
        let known = || {
            CHAPTERS
                .iter()
                .map(|chapter| chapter.name)
                .collect::<Vec<_>>()
                .join(", ")
        };
        let chapter = *CHAPTERS
            .iter()
            .find(|chapter| chapter.name == name)
            .ok_or_else(|| format!("there is: {}", known()))?;
        if number.is_some_and(|number| !chapter.proofs.iter().any(|proof| proof.number == number)) {
            let points: Vec<String> = chapter.proofs.iter().map(|proof| proof.number.to_string()).collect();
            return Err(format!("{name} has the points {}", points.join(", ")));
        }
        Ok(Self { chapter, number })
    }
}

/// Shows the wanted points one after the other and sums up.
///
/// # Errors
/// When the surroundings cannot be had or a point falls short.
pub(crate) fn prove(wanted: &Wanted) -> Result<()> {
    let chapter = wanted.point.chapter;
    let chosen: Vec<&Proof> = chapter
        .proofs
        .iter()
        .filter(|proof| wanted.point.number.is_none_or(|number| number == proof.number))
        .collect();
    let surroundings = match chosen
        .iter()
        .any(|proof| matches!(proof.how, How::Tests(_) | How::Speed(_)))
    {
        true => Some(Surroundings::ready(wanted.install)?),
        false => None,
    };

    let mut verdicts = Vec::new();
    for proof in chosen {
        say(format_args!("\n{}.{}: {}", chapter.name, proof.number, proof.claim));
        let shown = match proof.how {
            How::Tests(filter) => by_tests(filter, None, surroundings.as_ref()),
            How::Speed(filter) => {
                released().and_then(|program| by_tests(filter, Some(&program), surroundings.as_ref()))
            }
            How::FreshClone => fresh_clone::by_fresh_clone(),
            How::Note(path) => by_note(path),
        };
        if let Err(error) = &shown {
            say(format_args!("{error:#}"));
        }
        verdicts.push((proof.number, shown.is_ok()));
    }
    drop(surroundings);

    say(format_args!(""));
    for (number, shown) in &verdicts {
        say(format_args!(
            "{}.{number}: {}",
            chapter.name,
            if *shown { "shown" } else { "FALLS SHORT" }
        ));
    }
    if verdicts.iter().any(|(_, shown)| !shown) {
        bail!("not everything was shown");
    }
    Ok(())
}

/// Builds the program as it is released, and the verifier beside it; where the program is.
fn released() -> Result<PathBuf> {
    step(
        Command::new("cargo")
            .args(["build", "--release", "--locked"])
            .args(["--package", "counterfoil", "--package", "counterfoil-verify"])
            .current_dir(root()),
    )?;
    let told = Command::new("cargo")
        .args(["metadata", "--format-version", "1", "--no-deps"])
        .current_dir(root())
        .output()
        .context("asking where things are built")?;
    let told: serde_json::Value = serde_json::from_slice(&told.stdout).context("where things are built")?;
    let folder = told["target_directory"].as_str().context("where things are built")?;
    Ok(Path::new(folder).join("release/counterfoil"))
}

fn by_tests(filter: &str, program: Option<&Path>, surroundings: Option<&Surroundings>) -> Result<()> {
    if !has_nextest() {
        bail!("proofs need cargo-nextest: `cargo install cargo-nextest --locked`");
    }
    let mut command = Command::new("cargo");
    command
        .args([
            "nextest",
            "run",
            "--workspace",
            "--profile",
            "proof",
            "--cargo-profile",
            "proof",
            "--no-capture",
            "--no-tests",
            "fail",
            "-E",
            filter,
        ])
        .env("COUNTERFOIL_PROOF", "full")
        .current_dir(root());
    if let Some(program) = program {
        command.env("COUNTERFOIL_PROGRAM", program);
    }
    if let Some(surroundings) = surroundings {
        surroundings.around(&mut command);
    }
    step(&mut command)
}

fn by_note(path: &str) -> Result<()> {
    say(format_args!(
        "This needs eyes and hands. Who tried it, when and what they saw is in {path}."
    ));
    let note = fs::read_to_string(root().join(path)).with_context(|| format!("there is no note at {path}"))?;
    if !has_date(&note) {
        bail!("{path} names no date on which somebody tried it");
    }
    Ok(())
}

/// Whether a text holds a date as in `2026-11-22`.
fn has_date(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit() && c != '-').any(|word| {
        let parts: Vec<&str> = word.split('-').collect();
        let [year, month, day] = parts[..] else { return false };
        let within = |part: &str, from: u32, to: u32| part.parse().is_ok_and(|n: u32| (from..=to).contains(&n));
        year.len() == 4 && within(year, 2026, 9999) && within(month, 1, 12) && within(day, 1, 31)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_found() {
        for (text, expected) in [
            ("Tried on 2026-11-22 by two.", true),
            ("2026-13-01", false),
            ("Tried last week.", false),
            ("", false),
        ] {
            assert_eq!(has_date(text), expected, "{text}");
        }
    }

    #[test]
    fn chapters_and_points_are_found() {
        assert_eq!("spine".parse::<Point>().unwrap().number, None);
        assert_eq!("spine.7".parse::<Point>().unwrap().number, Some(7));
        assert!("spine.8".parse::<Point>().unwrap_err().contains("1, 2, 3, 4, 5, 6, 7"));
        assert!("nothing".parse::<Point>().unwrap_err().contains("spine"));
    }

    #[test]
    fn every_chapter_counts_its_points_upwards_from_one() {
        for chapter in CHAPTERS {
            assert_eq!(chapter.proofs[0].number, 1, "{}", chapter.name);
            let upwards = chapter.proofs.is_sorted_by(|one, next| one.number < next.number);
            assert!(upwards, "{}", chapter.name);
        }
    }
}
