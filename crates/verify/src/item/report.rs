//! What is known of one item, for people and for programs. It says ids, kinds, times and verdicts, and nothing of what was disclosed.

use std::error::Error;
use std::fmt;

use counterfoil_ledger::Id;
use counterfoil_ledger::life::{Field, Life, Step, Verdict};
use counterfoil_ledger::opening::Opening;
use serde::Serialize;

use crate::outside::Outside;
use crate::words::{hex, kind, outcome, time};

/// One leaf of the item's life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StepSaid {
    /// Its place in the log.
    pub leaf: u64,
    /// When, in microseconds since 1970 UTC.
    pub at: i64,
    /// The number of its kind.
    pub kind: u16,
    /// What its kind is called.
    pub name: String,
    /// How it ended, where it says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// What it is about, 32 hex digits.
    pub subject: String,
}

/// One field that a leaf commits to, or that an opening claims.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldSaid {
    /// What it is a field of, 32 hex digits.
    pub subject: String,
    /// Its label.
    pub label: String,
    /// The place of the leaf that commits to it, if one does.
    pub leaf: Option<u64>,
    /// What is known of it.
    pub verdict: String,
}

/// What is known of one item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ItemReport {
    /// Whether the log speaks for it and nothing was altered.
    pub sound: bool,
    /// The verdict in its plain words.
    pub verdict: String,
    /// Why, where it is not sound.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The item, 32 hex digits.
    pub item: String,
    /// The log's name and the size that was signed; none when the checkpoint or a proof is not believed.
    pub log: Option<(String, u64)>,
    /// Whether it holds every leaf of the item that the log holds; none when nobody asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub whole: Option<bool>,
    /// When the item was erased, in microseconds, and the place of the leaf that says so.
    pub erased: Option<(i64, u64)>,
    /// Its leaves.
    pub steps: Vec<StepSaid>,
    /// The fields.
    pub fields: Vec<FieldSaid>,
    /// Who outside has seen the checkpoint; none when it is not believed.
    pub outside: Option<Outside>,
}

impl ItemReport {
    pub(super) fn told(life: &Life, shown: &[Opening], outside: Outside) -> Self {
        let fields = life.fields(shown);
        let verdict = life.verdict(&fields);
        let checkpoint = &life.verified.checkpoint;
        Self {
            sound: verdict.is_sound(),
            verdict: verdict.to_string(),
            why: None,
            item: hex(&life.item),
            log: Some((checkpoint.origin.clone(), checkpoint.size)),
            whole: None,
            erased: life.erased(&life.item).map(|step| (step.leaf.at, step.index)),
            steps: life.steps.iter().map(StepSaid::of).collect(),
            fields: fields.iter().map(FieldSaid::of).collect(),
            outside: Some(outside),
        }
    }

    /// So many leaves of the item are in the log and not in the slip.
    pub(super) fn left_out(&mut self, count: usize) {
        self.whole = Some(count == 0);
        if count > 0 {
            self.sound = false;
            self.verdict = Verdict::Altered.to_string();
            self.why = Some(format!("{count} leaves of the item are in the log and were left out"));
        }
    }

    pub(super) fn refused(item: Id, verdict: Verdict, why: &dyn Error) -> Self {
        let mut chain = vec![why.to_string()];
        let mut below = why.source();
        while let Some(error) = below {
            chain.push(error.to_string());
            below = error.source();
        }
        Self {
            sound: false,
            verdict: verdict.to_string(),
            why: Some(chain.join(": ")),
            item: hex(&item),
            log: None,
            whole: None,
            erased: None,
            steps: Vec::new(),
            fields: Vec::new(),
            outside: None,
        }
    }
}

impl StepSaid {
    fn of(step: &Step) -> Self {
        Self {
            leaf: step.index,
            at: step.leaf.at,
            kind: step.leaf.kind.number(),
            name: kind(step.leaf.kind),
            outcome: outcome(&step.leaf),
            subject: hex(&step.leaf.subject),
        }
    }
}

impl FieldSaid {
    fn of(field: &Field) -> Self {
        Self {
            subject: hex(&field.subject),
            label: field.label.to_string(),
            leaf: field.index,
            verdict: field.verdict.to_string(),
        }
    }
}

impl fmt::Display for ItemReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "item     {}", self.item)?;
        if let Some((origin, size)) = &self.log {
            writeln!(f, "log      {origin}, size {size}")?;
        }
        for step in &self.steps {
            write!(f, "leaf     {:>8}  {}  {}", step.leaf, time(step.at), step.name)?;
            match &step.outcome {
                Some(outcome) => writeln!(f, ": {outcome}")?,
                None => writeln!(f)?,
            }
        }
        for field in &self.fields {
            let of = if field.subject == self.item {
                String::new()
            } else {
                format!(" of {}", field.subject)
            };
            writeln!(f, "field    {}{of}: {}", field.label, field.verdict)?;
        }
        if self.whole == Some(true) {
            writeln!(f, "whole    the log holds no other leaf of it up to that size")?;
        }
        if let Some((at, leaf)) = self.erased {
            writeln!(f, "erased   {}, by leaf {leaf}", time(at))?;
        }
        if let Some(why) = &self.why {
            writeln!(f, "why      {why}")?;
        }
        let mut verdict = self.verdict.chars();
        let first = verdict.next().map(|first| first.to_ascii_uppercase());
        writeln!(f, "{}{}.", first.unwrap_or_default(), verdict.as_str())?;
        match &self.outside {
            Some(outside) => outside.fmt(f),
            None => Ok(()),
        }
    }
}
