//! A certificate of an erasure, in words.

use super::challenge;
use crate::commands::{Ending, write_json};
use crate::operator::{ErasedCopy, Erasure, Kept};
use counterfoil_model::erasure::{CopyState, KeptGround};
use std::io::Write;

/// Prints one.
pub(super) fn show(erasure: &Erasure, json: bool, out: &mut dyn Write) -> anyhow::Result<Ending> {
    if json {
        write_json(out, erasure)?;
        return Ok(Ending::Well);
    }
    let mut line = |name: &str, value: &str| writeln!(out, "{name:<15}{value}");
    line("Erasure", &erasure.erasure.to_string())?;
    line("of", &format!("{} {}", erasure.target.name(), erasure.object))?;
    line("reason", erasure.reason.name())?;
    line("on the word of", erasure.authority.as_deref().unwrap_or("(erased)"))?;
    line("decided", &format!("{} by {}", erasure.decided_at, erasure.decided_by))?;
    line(
        "keys destroyed",
        erasure.keys_destroyed_at.as_deref().unwrap_or("not yet"),
    )?;
    line(
        "live",
        erasure
            .live_at
            .as_deref()
            .unwrap_or("not yet: the running server does it, or the next one that starts"),
    )?;
    line(
        "final",
        erasure
            .final_at
            .as_deref()
            .unwrap_or("not yet: that takes the retirement of the key epoch"),
    )?;
    line("records gone", &erasure.records.to_string())?;
    if erasure.kept_count > 0 {
        line(
            "stays",
            &format!("{}: not everything that this erasure is of went", erasure.kept_count),
        )?;
    }
    for kept in &erasure.kept {
        line("  kept", &stays(kept))?;
    }
    more(erasure.kept_count, erasure.kept.len(), &mut line)?;
    for copy in &erasure.copies {
        line("copy", &lies(copy))?;
    }
    more(erasure.copy_counts.values().sum(), erasure.copies.len(), &mut line)?;
    match &erasure.challenge {
        Some(challenge) => {
            line("challenged", &challenge.at.rfc3339())?;
            for attempt in &challenge.attempts {
                line("  attempt", &challenge::words(attempt))?;
            }
        }
        None => line(
            "challenged",
            &format!(
                "never: `counterfoil erase challenge {}` tries to read it",
                erasure.erasure
            ),
        )?,
    }
    for words in &erasure.beyond_reach {
        line("beyond reach", words)?;
    }
    Ok(Ending::Well)
}

/// What is not listed.
fn more(all: u64, listed: usize, line: &mut impl FnMut(&str, &str) -> std::io::Result<()>) -> std::io::Result<()> {
    match all.saturating_sub(listed as u64) {
        0 => Ok(()),
        more => line("", &format!("and {more} more")),
    }
}

/// Something that stays, with its ground.
fn stays(kept: &Kept) -> String {
    let ground = match (kept.ground, &kept.hold) {
        (KeptGround::Hold, Some(hold)) => format!("held by {hold}"),
        (KeptGround::Hold, None) => "held".to_owned(),
        (KeptGround::Decision, _) => format!("left out: {}", kept.words.as_deref().unwrap_or("(erased)")),
        (KeptGround::Part, _) => "something of it stays".to_owned(),
    };
    let taken = kept
        .taken_by
        .map_or_else(String::new, |by| format!("; taken later by {by}"));
    format!(
        "{} {} since {}, {ground}{taken}",
        kept.target.name(),
        kept.object,
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
