//! The first pass over a chat: which shape its heads have, and which of the date's numbers is the day.
//!
//! ```text
//! lines ─► heads, counted by shape ─► per shape, under each order of the date: days that do not exist, steps back in time
//!                                      └► told by the parts │ told by the sequence │ makes no difference │ ambiguous: a person must say
//! ```
//!
//! Everything that speaks for and against a guess is kept as a count, so that a wrong one shows. It never guesses in silence: what the file
//! does not tell is [`Undecided`]. Holds no text of the chat.

mod order;
mod tally;

use std::collections::{HashMap, HashSet};
use std::io::{self, BufRead};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::author;
use crate::head::{Head, Shape};
use crate::lines::{Encoding, Lines, Longest};
use crate::local_time::DateOrder;
use crate::redacted::redacted_debug;

pub use order::{Ambiguity, Basis, Undecided};
pub use tally::{Seen, UnderOrder};

use tally::Tally;

/// Authors are told apart in so many of the shapes, in the order in which they come: a file made of thousands of shapes is no chat.
const MOST_WITH_AUTHORS: usize = 8;

/// What the first pass found.
#[derive(Debug, Clone, Serialize)]
pub struct Survey {
    /// How characters are written.
    pub encoding: Encoding,
    /// Lines of the file.
    pub lines: u64,
    /// Lines before the first one that looks like a head.
    pub preamble: u64,
    /// Lines that have the form of a head and a date that no calendar has: they are text.
    pub no_dates: u64,
    /// Lines that would have a head if a word beside their time were known: they are text, too.
    pub unknown_words: u64,
    /// Every shape in which heads were seen, the one taken first, then by their number.
    pub shapes: Vec<Seen>,
    /// Authors that wrote one message, per shape, as hashes. Told only where there are enough messages to be surprised.
    #[serde(skip)]
    lone_authors: Vec<LoneAuthors>,
}

/// What a person says instead of the guesses. Nothing said: the guess is taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// The shape of heads.
    pub shape: Option<Shape>,
    /// The order of dates.
    pub order: Option<DateOrder>,
}

/// How the second pass shall read.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The shape of heads: no other line begins a message.
    pub shape: Shape,
    /// The order of dates.
    pub order: DateOrder,
    /// What the order rests on.
    pub basis: Basis,
    pub(crate) lone_authors: LoneAuthors,
}

/// Hashes of names, by which only a reading of the same file asks.
#[derive(Clone, Default)]
pub(crate) struct LoneAuthors(Arc<HashSet<u64>>);

redacted_debug!(LoneAuthors);

impl LoneAuthors {
    pub(crate) fn has(&self, name: &str) -> bool {
        !self.0.is_empty() && self.0.contains(&author::hash_name(name))
    }
}

impl Survey {
    /// Reads a chat to its end.
    ///
    /// # Errors
    /// When the source cannot be read.
    pub fn of(source: impl BufRead, longest: Longest) -> io::Result<Self> {
        let mut lines = Lines::of(source, longest.line)?;
        let mut tallies: Vec<Tally> = Vec::new();
        let (mut places, mut latest) = (HashMap::new(), 0);
        let (mut preamble, mut no_dates, mut unknown_words) = (0, 0, 0);
        while let Some(line) = lines.advance()? {
            let Some(head) = Head::scan(line.text) else {
                unknown_words += u64::from(Head::has_unknown_word(line.text));
                preamble += u64::from(tallies.is_empty());
                continue;
            };
            if !head.can_be() {
                no_dates += 1;
                preamble += u64::from(tallies.is_empty());
                continue;
            }
            // Nearly always the shape of the line before.
            if tallies.get(latest).is_none_or(|tally| tally.seen.shape != head.shape) {
                latest = *places.entry(head.shape).or_insert(tallies.len());
                if latest == tallies.len() {
                    tallies.push(Tally::of(head.shape, line.number, latest < MOST_WITH_AUTHORS));
                }
            }
            tallies[latest].take(&head, line.text.get(head.length..).unwrap_or_default(), line.number);
        }
        // The app begins a file with a head. What precedes one makes the first shape as good as any other.
        let begins = preamble == 0;
        tallies.sort_by_key(|tally| {
            (
                !(begins && tally.seen.first_line == 1),
                std::cmp::Reverse(tally.seen.heads),
                tally.seen.first_line,
            )
        });
        Ok(Self {
            encoding: lines.encoding(),
            lines: lines.count(),
            preamble,
            no_dates,
            unknown_words,
            lone_authors: tallies
                .iter()
                .map(|tally| LoneAuthors(Arc::new(tally.lone_authors())))
                .collect(),
            shapes: tallies.into_iter().map(|tally| tally.seen).collect(),
        })
    }

    /// The shape and the order to read by: what was chosen, and the guesses for the rest. A choice that does not fit is taken all the same;
    /// what comes of it shows in the report.
    ///
    /// # Errors
    /// [`Undecided`] when the file does not tell and nobody has chosen.
    pub fn plan(&self, choice: Choice) -> Result<Plan, Undecided> {
        let shape = choice
            .shape
            .or_else(|| self.shapes.first().map(|seen| seen.shape))
            .ok_or(Undecided::NoHeads)?;
        let place = self.shapes.iter().position(|seen| seen.shape == shape);
        let (order, basis) = match (choice.order, place.map(|place| &self.shapes[place])) {
            (Some(order), _) => (order, Basis::Chosen),
            (None, Some(seen)) => order::told(seen)?,
            (None, None) => return Err(Undecided::NoHeads),
        };
        let lone_authors = place
            .and_then(|place| self.lone_authors.get(place))
            .cloned()
            .unwrap_or_default();
        Ok(Plan {
            shape,
            order,
            basis,
            lone_authors,
        })
    }

    /// Heads of any shape but one.
    pub fn heads_of_others(&self, shape: Shape) -> u64 {
        let others = self.shapes.iter().filter(|seen| seen.shape != shape);
        others.map(|seen| seen.heads).sum()
    }
}

#[cfg(test)]
mod tests;
