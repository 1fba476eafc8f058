//! Bringing the log of an older database forward from its mirror, in place, and telling what was done again and what is lost.

use super::{Ending, write_json};
use crate::compose::{self, House, Opening};
use crate::config::Settings;
use crate::system::System;
use anyhow::Context;
use counterfoil_flow::custody::forward::{Forwarded, forward};
use counterfoil_policy::Actor;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write;

/// What was brought forward, for programs.
#[derive(Serialize)]
struct Told<'a> {
    /// The first leaf that was brought.
    first: u64,
    /// How many leaves.
    leaves: u64,
    erased_again: u64,
    ended_again: u64,
    to_be_erased_anew: Vec<Named<'a>>,
    holds_without_reason: Vec<Named<'a>>,
    epochs_destroyed: &'a [i64],
    lost: BTreeMap<&'static str, u64>,
}

#[derive(Serialize)]
struct Named<'a> {
    id: String,
    of: Option<&'a str>,
}

/// Brings the log forward.
///
/// # Errors
/// What kept it from being brought forward, and what to do.
pub(super) async fn run(settings: &Settings, json: bool, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let system = System::new();
    let (store, keys) = compose::databases(settings, &system, Opening::Working).await?;
    let done = async {
        let house = House::over(&store, &keys, None, settings, &system, Opening::Looking).await?;
        let done = forward(&house.flow, &Actor::Operator, None).await;
        done.context("the log could not be brought forward")
    };
    let done = done.await;
    store.close().await;
    keys.close().await;
    let done = done?;
    if json {
        write_json(out, &done.as_ref().map(told))?;
        return Ok(Ending::Well);
    }
    match &done {
        Some(done) => {
            tell(done, out)?;
            writeln!(out, "Run `counterfoil verify`, then `counterfoil serve`.")?;
        }
        None => writeln!(
            out,
            "The log in the database is not behind its mirror: there is nothing to do."
        )?,
    }
    Ok(Ending::Well)
}

fn told(done: &Forwarded) -> Told<'_> {
    let replayed = &done.replayed;
    let undone = replayed.undone.iter().map(|(id, of)| Named {
        id: id.to_string(),
        of: of.as_deref(),
    });
    let holds = replayed.holds.iter().map(|(id, of)| Named {
        id: id.to_string(),
        of: of.as_deref(),
    });
    Told {
        first: done.leaves.start,
        leaves: done.leaves.end - done.leaves.start,
        erased_again: replayed.erased,
        ended_again: replayed.ended,
        to_be_erased_anew: undone.collect(),
        holds_without_reason: holds.collect(),
        epochs_destroyed: &replayed.epochs_destroyed,
        lost: done.lost.iter().copied().collect(),
    }
}

/// Tells people what was done again, what is lost, and what is theirs to do.
pub(super) fn tell(done: &Forwarded, out: &mut dyn Write) -> anyhow::Result<()> {
    let replayed = &done.replayed;
    match done.leaves.is_empty() {
        true => writeln!(out, "log      up to leaf {} it was signed already", done.leaves.end)?,
        false => writeln!(
            out,
            "log      leaves {} to {} brought forward from the mirror",
            done.leaves.start,
            done.leaves.end - 1
        )?,
    }
    writeln!(out, "erased   {} records that had come back", replayed.erased)?;
    writeln!(
        out,
        "ended    {} times again: somebody's access, a hold, an erasure, a gate, a step of a retirement",
        replayed.ended
    )?;
    if done.lost.is_empty() {
        writeln!(out, "lost     nothing that the log knows")?;
    }
    for (one, count) in &done.lost {
        writeln!(out, "lost     {count:>8}  {one}")?;
    }
    for (hold, of) in &replayed.holds {
        match of {
            Some(of) => writeln!(
                out,
                "HOLD     {hold} on {of} stands, and on whose word is lost: place another, then `counterfoil hold release {hold}`"
            )?,
            None => writeln!(out, "HOLD     {hold} was on something that is not here any more")?,
        }
    }
    for (erasure, of) in &replayed.undone {
        match of {
            Some(of) => writeln!(
                out,
                "ERASURE  {erasure} of {of} was decided and not ended, and on whose word is lost: decide it anew"
            )?,
            None => writeln!(out, "ERASURE  {erasure} was of something that is not here any more")?,
        }
    }
    for epoch in &replayed.epochs_destroyed {
        writeln!(
            out,
            "epoch    {epoch} was retired since: a backup of the vault from before opens nothing any more"
        )?;
    }
    for line in [
        "Nobody is signed in, and links and access tokens are void. Whoever was let in or given a role since has neither.",
        "What waited to be sent is not sent again: each such message shows as uncertain unless the provider reports on it.",
    ] {
        writeln!(out, "{line}")?;
    }
    Ok(())
}
