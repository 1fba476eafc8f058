//! A certificate of an erasure, in words: as lines, or as a page of its own to be printed or sent.

use super::challenge;
use super::page::page;
use crate::commands::{Ending, write_json};
use crate::operator::{ErasedCopy, Erasure, Kept};
use anyhow::Context;
use counterfoil_model::erasure::{CopyState, ErasureTarget, KeptGround};
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// What is said where a restore lost the record of the decision.
const LOST: &str = "the record of this decision, in a restore of older records; what is here is what the log tells";

/// Prints one.
pub(super) fn show(erasure: &Erasure, json: bool, out: &mut dyn Write) -> anyhow::Result<Ending> {
    if json {
        write_json(out, erasure)?;
        return Ok(Ending::Well);
    }
    for (name, words) in lines(erasure) {
        writeln!(out, "{name:<15}{words}")?;
    }
    Ok(Ending::Well)
}

/// Writes one as a page into a new file, for its owner only.
pub(super) fn write_page(erasure: &Erasure, path: &Path, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let written = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    written
        .and_then(|mut file| file.write_all(page(erasure).as_bytes()))
        .with_context(|| {
            format!(
                "{} cannot be written; name a file that is not there yet",
                path.display()
            )
        })?;
    writeln!(out, "The certificate is in {}.", path.display())?;
    Ok(Ending::Well)
}

/// What it says, line by line: what of, and the words.
pub(super) fn lines(erasure: &Erasure) -> Vec<(&'static str, String)> {
    let at = |time: &Option<String>, not_yet: &str| time.clone().unwrap_or_else(|| not_yet.to_owned());
    let (word, not_live) = match erasure.lost {
        false => (
            "(erased)",
            "not yet: the running server does it, or the next one that starts",
        ),
        true => (
            "(lost in a restore; the log commits to the words, so whoever kept an opening of them can show them)",
            "no: a restore lost the decision before all was done; decide it anew",
        ),
    };
    let mut lines = vec![
        ("Erasure", erasure.erasure.to_string()),
        ("of", named(erasure.target, &erasure.object)),
        ("reason", erasure.reason.name().to_owned()),
        ("on the word of", at(&erasure.authority, word)),
        ("decided", format!("{} by {}", erasure.decided_at, erasure.decided_by)),
        ("keys destroyed", at(&erasure.keys_destroyed_at, "not yet")),
        ("live", at(&erasure.live_at, not_live)),
        (
            "final",
            at(&erasure.final_at, "not yet: that takes the retirement of the key epoch"),
        ),
        ("records gone", erasure.records.to_string()),
    ];
    if erasure.lost {
        lines.push(("lost", LOST.to_owned()));
    }
    if erasure.kept_count > 0 {
        let stays = format!("{}: not everything that this erasure is of went", erasure.kept_count);
        lines.push(("stays", stays));
    }
    lines.extend(erasure.kept.iter().map(|kept| ("  kept", stays(kept))));
    lines.extend(more(erasure.kept_count, erasure.kept.len()));
    lines.extend(erasure.copies.iter().map(|copy| ("copy", lies(copy))));
    lines.extend(more(erasure.copy_counts.values().sum(), erasure.copies.len()));
    match &erasure.challenge {
        Some(challenge) => {
            lines.push(("challenged", challenge.at.rfc3339()));
            let attempts = challenge.attempts.iter();
            lines.extend(attempts.map(|attempt| ("  attempt", challenge::words(attempt))));
        }
        None => lines.push((
            "challenged",
            format!(
                "never: `counterfoil erase challenge {}` tries to read it",
                erasure.erasure
            ),
        )),
    }
    lines.extend(erasure.beyond_reach.iter().map(|words| ("beyond reach", words.clone())));
    lines
}

/// What something is, with its id, as far as that is known.
pub(super) fn named(target: Option<ErasureTarget>, object: &str) -> String {
    match target {
        Some(target) => format!("{} {object}", target.name()),
        None => format!("{object}, and what sort of thing that was is lost"),
    }
}

/// What is not listed.
fn more(all: u64, listed: usize) -> Option<(&'static str, String)> {
    match all.saturating_sub(listed as u64) {
        0 => None,
        more => Some(("", format!("and {more} more"))),
    }
}

/// Something that stays, with its ground.
fn stays(kept: &Kept) -> String {
    let ground = match (kept.ground, &kept.hold) {
        (KeptGround::Hold, Some(hold)) => format!("held by {hold}"),
        (KeptGround::Hold, None) => "held; by which hold, is lost".to_owned(),
        (KeptGround::Decision, _) => {
            let unknown = if kept.lost { "(lost in a restore)" } else { "(erased)" };
            format!("left out: {}", kept.words.as_deref().unwrap_or(unknown))
        }
        (KeptGround::Part, _) => "something of it stays".to_owned(),
    };
    let taken = kept
        .taken_by
        .map_or_else(String::new, |by| format!("; taken later by {by}"));
    format!(
        "{} since {}, {ground}{taken}",
        named(kept.target, &kept.object),
        kept.since
    )
}

/// A copy elsewhere, with what is known of it.
fn lies(copy: &ErasedCopy) -> String {
    let since = copy.since.as_deref().unwrap_or("it was erased here");
    let state = match copy.state {
        CopyState::Stands => "must be taken to stand there; it cannot be asked for".to_owned(),
        CopyState::NotHandedOver => "was not handed over".to_owned(),
        CopyState::Asked => format!("is asked for since {since}, and not acknowledged"),
        CopyState::Withdrawn => format!("withdrawn there {since}, as that system acknowledges"),
        CopyState::Refused => {
            let why = copy.refusal.as_deref().unwrap_or("other").replace('_', " ");
            format!("stands there: refused {since} ({why})")
        }
        CopyState::NotThere => "is not known there any more".to_owned(),
    };
    format!("{} on {}: {state}", copy.filing, copy.reference)
}
