//! `counterfoil slip`: the life of one item, from leaves alone, for strangers to check. It reads ids, kinds, times and digests, opens nothing
//! sealed, and changes nothing.

use super::{Ending, write_json};
use crate::compose::House;
use crate::config::Settings;
use crate::system::System;
use anyhow::{Context, bail};
use counterfoil_flow::custody::slip::{SlipMade, SlipRefusal, slip};
use counterfoil_ledger::leaf::Fact;
use counterfoil_ledger::life::Step;
use counterfoil_ledger::registry::{FactKey, LeafKind, Outcome};
use counterfoil_model::Timestamp;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Show the life of one item as the log has it, and write it into a file that a stranger can check with `counterfoil-verify slip`.
///
/// It holds no content and no name, and stays when the item is erased. Ends with 1 when the log does not know the item.
#[derive(Debug, clap::Args)]
pub(crate) struct Slip {
    /// The id of a message, or of anything else on the record, such as msg_ and 32 hex digits.
    #[arg(value_parser = item)]
    item: Item,
    /// The file to write. It must not be there yet.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// An id of any kind, with its text as it was given.
#[derive(Debug, Clone)]
struct Item {
    text: String,
    id: [u8; 16],
}

/// The prefix is for people; the log knows the digits.
fn item(text: &str) -> Result<Item, String> {
    let digits = text.rsplit_once('_').map_or(text, |(_, digits)| digits);
    let plain = |digit: u8| digit.is_ascii_digit() || (b'a'..=b'f').contains(&digit);
    if digits.len() != 32 || !digits.bytes().all(plain) {
        return Err("an id is a prefix, _ and 32 hex digits".to_owned());
    }
    let id = u128::from_str_radix(digits, 16).map_err(|error| error.to_string())?;
    Ok(Item {
        text: text.to_owned(),
        id: id.to_be_bytes(),
    })
}

impl Slip {
    pub(super) async fn run(self, path: &Path, out: &mut dyn Write) -> anyhow::Result<Ending> {
        let settings = Settings::load(path)?;
        let house = House::look(&settings, &System::new()).await?;
        let made = slip(&house.flow, self.item.id).await;
        house.close().await;
        let made = match made {
            Ok(made) => made,
            Err(refusal @ (SlipRefusal::NotFound | SlipRefusal::NotSigned)) => {
                bail!("there is no slip of {}: {refusal}", self.item.text)
            }
            Err(refusal) => return Err(refusal.into()),
        };
        if let Some(file) = &self.out {
            write(file, &made)?;
        }
        if self.json {
            write_json(out, &told(&self.item.text, &made, self.out.as_deref()))?;
        } else {
            say(&self.item.text, &made, self.out.as_deref(), out)?;
        }
        Ok(Ending::Well)
    }
}

fn write(file: &Path, made: &SlipMade) -> anyhow::Result<()> {
    let cannot = || format!("the slip cannot be written to {}", file.display());
    let mut written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(file)
        .with_context(cannot)?;
    written
        .write_all(made.slip.to_string().as_bytes())
        .and_then(|()| written.sync_all())
        .with_context(cannot)
}

/// What a kind is called.
fn name(kind: LeafKind) -> String {
    kind.name()
        .map_or_else(|| format!("kind {}", kind.number()), str::to_owned)
}

/// How a step ended, where its leaf says so.
fn outcome(step: &Step) -> Option<&'static str> {
    match step.leaf.facts.get(&FactKey::Outcome)? {
        Fact::Int(number) => Outcome::from_number(u16::try_from(*number).ok()?).name(),
        Fact::Id(_) | Fact::Hash(_) => None,
    }
}

/// Which fields a leaf commits to.
fn labels(step: &Step) -> Vec<&str> {
    step.leaf.commitments.iter().map(|(label, _)| label.as_str()).collect()
}

fn told(item: &str, made: &SlipMade, file: Option<&Path>) -> serde_json::Value {
    let step = |step: &Step| {
        serde_json::json!({
            "leaf": step.index, "at": Timestamp::from_micros(step.leaf.at), "kind": step.leaf.kind.number(),
            "name": name(step.leaf.kind), "outcome": outcome(step), "commits_to": labels(step),
        })
    };
    let checkpoint = &made.life.verified.checkpoint;
    serde_json::json!({
        "item": item, "log": checkpoint.origin, "size": checkpoint.size, "key": made.key.to_string(),
        "steps": made.life.steps.iter().map(step).collect::<Vec<_>>(),
        "erased_at": made.life.erased(&made.life.item).map(|step| Timestamp::from_micros(step.leaf.at)),
        "unsigned": made.unsigned, "file": file, "slip": made.slip.to_string(),
    })
}

fn say(item: &str, made: &SlipMade, file: Option<&Path>, out: &mut dyn Write) -> anyhow::Result<()> {
    let checkpoint = &made.life.verified.checkpoint;
    writeln!(out, "slip     {item}")?;
    writeln!(out, "log      {}, size {}", checkpoint.origin, checkpoint.size)?;
    writeln!(out, "key      {}", made.key)?;
    for step in &made.life.steps {
        let at = Timestamp::from_micros(step.leaf.at).rfc3339();
        write!(out, "leaf     {:>8}  {at}  {}", step.index, name(step.leaf.kind))?;
        if let Some(outcome) = outcome(step) {
            write!(out, ": {outcome}")?;
        }
        match labels(step)[..] {
            [] => writeln!(out)?,
            ref labels => writeln!(out, ", commits to {}", labels.join(", "))?,
        }
    }
    if let Some(step) = made.life.erased(&made.life.item) {
        let at = Timestamp::from_micros(step.leaf.at).rfc3339();
        writeln!(out, "erased   {at}, by leaf {}", step.index)?;
    }
    if made.unsigned > 0 {
        writeln!(out, "note     {} more leaves of it are not signed yet", made.unsigned)?;
    }
    match file {
        Some(file) => writeln!(
            out,
            "Written to {}; check it with `counterfoil-verify slip FILE --key KEY`.",
            file.display()
        )?,
        None => writeln!(
            out,
            "Nothing was written; --out FILE writes the slip for somebody to check."
        )?,
    }
    Ok(())
}
