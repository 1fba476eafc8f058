//! `counterfoil erase preview`: what would be erased, line by line as it is read, and how much of what.

use crate::commands::Ending;
use crate::config::Settings;
use crate::operator::{ANOTHER_VERSION, Answer, PreviewedItem, Request, ask};
use crate::system::System;
use anyhow::bail;
use counterfoil_model::erasure::ErasureTarget;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write;

/// What is looked at.
#[derive(Debug, clap::Args)]
pub(super) struct Preview {
    /// What sort of thing it is.
    #[arg(value_parser = ["message", "attachment", "conversation", "contact", "older"])]
    what: String,
    /// Its id, such as `ctc_…`; of what is older than a moment that moment, such as `2021-01-01T00:00:00Z`.
    id: String,
    /// Print JSON: a line for each item, and one at the end for all of them.
    #[arg(long)]
    json: bool,
}

/// How much of what.
#[derive(Default, Serialize)]
struct Summary {
    items: u64,
    go: u64,
    held: u64,
    concern_others: u64,
    /// Copies elsewhere, by how far they are.
    filed: BTreeMap<String, u64>,
}

impl Summary {
    fn count(&mut self, item: &PreviewedItem) {
        self.items += 1;
        match item.held.is_empty() {
            true => self.go += 1,
            false => self.held += 1,
        }
        self.concern_others += u64::from(!item.concerns.is_empty());
        for copy in &item.filed {
            *self.filed.entry(copy.step.clone()).or_default() += 1;
        }
    }
}

impl Preview {
    pub(super) async fn run(self, settings: &Settings, out: &mut dyn Write) -> anyhow::Result<Ending> {
        let Some(target) = ErasureTarget::from_name(&self.what) else {
            bail!(
                "what is erased is a message, an attachment, a conversation, a contact or what is older than a moment"
            );
        };
        let (mut summary, mut after) = (Summary::default(), None);
        loop {
            let id = self.id.clone();
            let request = Request::ErasePreview { target, id, after };
            let Answer::Previewed(page) = ask(settings, &System::new(), request).await? else {
                bail!(ANOTHER_VERSION);
            };
            for item in &page.previewed {
                summary.count(item);
                match self.json {
                    true => line(out, item)?,
                    false => say(item, out)?,
                }
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        if self.json {
            line(out, &serde_json::json!({ "summary": summary }))?;
            return Ok(Ending::Well);
        }
        let Summary {
            items,
            go,
            held,
            concern_others,
            filed,
        } = summary;
        writeln!(
            out,
            "{items} items: {go} go, {held} are held, {concern_others} concern others too"
        )?;
        for (step, copies) in &filed {
            writeln!(out, "{copies} copies elsewhere: {}", step.replace('_', " "))?;
        }
        if held > 0 && matches!(target, ErasureTarget::Contact | ErasureTarget::Conversation) {
            writeln!(out, "What they belong to stays with those that are held.")?;
        }
        Ok(Ending::Well)
    }
}

fn line(out: &mut dyn Write, value: &impl Serialize) -> anyhow::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    writeln!(out)?;
    Ok(())
}

fn say(item: &PreviewedItem, out: &mut dyn Write) -> anyhow::Result<()> {
    let fate = if item.held.is_empty() { "goes" } else { "held" };
    write!(
        out,
        "{fate}  {}  {}  {} by {}, {}",
        item.occurred_at, item.message, item.kind, item.author, item.direction
    )?;
    if item.files > 0 {
        write!(out, ", files: {}", item.files)?;
    }
    writeln!(out)?;
    for hold in &item.held {
        writeln!(out, "      held by {hold}")?;
    }
    for why in &item.concerns {
        let words = match why.as_str() {
            "colleague" => "concerns a colleague, who wrote it",
            "third_persons" => "concerns others: it may hold cards of third persons",
            _ => "concerns others: messages of others lie on the same reference",
        };
        writeln!(out, "      {words}")?;
    }
    for copy in &item.filed {
        let step = copy.step.replace('_', " ");
        writeln!(out, "      copy {} on {}: {step}", copy.filing, copy.reference)?;
    }
    Ok(())
}
