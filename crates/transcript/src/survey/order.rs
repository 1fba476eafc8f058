//! Which order the dates of a shape have, when the file tells; and what to show a person when it does not.
//!
//! ```text
//! parts      under every other order many days do not exist
//! sequence   under every other order days do not exist or time steps back
//! same       those left mean the same days
//! else       ambiguous
//! ```
//!
//! Dates in names of attachments are shown and do not decide: senders choose what they attach.

use serde::Serialize;

use super::tally::{Seen, UnderOrder};
use crate::head::{Separator, Year};
use crate::local_time::DateOrder;

/// What an order rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// A year of four digits, or a part over twelve: the other orders have days that do not exist.
    Parts,
    /// Under the other orders time steps back.
    Sequence,
    /// The other orders mean the same days.
    Same,
    /// A person has chosen.
    Chosen,
}

/// Orders that a file does not tell apart.
#[derive(Debug, Clone, Serialize)]
pub struct Ambiguity {
    /// What comes of each, so that a person can see which is true.
    pub readings: Vec<UnderOrder>,
    /// Messages whose day depends on it.
    pub differing: u64,
    /// All messages of the shape.
    pub heads: u64,
}

/// Why no plan could be made.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Undecided {
    /// Nothing in the file looks like the beginning of a message, or nothing has the chosen shape.
    #[error("no line of the file begins a message: give a chat exported by WhatsApp, or choose another shape")]
    NoHeads,
    /// The file does not tell which number is the day.
    #[error("the file does not tell the order of its dates: look at the readings and choose one")]
    DateOrder(Ambiguity),
}

/// How much more must speak against every other order than against the one that is taken.
const FACTOR: u64 = 4;

/// The order of a shape's dates.
///
/// Days that do not exist and steps back are weighed together: a forged line can bring one of either, and then brings the other for the order
/// that it favours.
///
/// # Errors
/// [`Undecided::DateOrder`].
pub(super) fn told(seen: &Seen) -> Result<(DateOrder, Basis), Undecided> {
    let candidates = possible(seen);
    let least = candidates.iter().map(|under| against(under)).min().unwrap_or(0);
    let (left, dropped): (Vec<&UnderOrder>, Vec<&UnderOrder>) = candidates
        .into_iter()
        .partition(|under| against(under) <= FACTOR * least);
    if let [only] = left[..] {
        let by_parts = dropped.iter().all(|under| under.impossible > FACTOR * least);
        return Ok((only.order, if by_parts { Basis::Parts } else { Basis::Sequence }));
    }
    let differing = differing(seen, &left);
    if differing == 0
        && let Some(first) = left.first()
    {
        return Ok((first.order, Basis::Same));
    }
    Err(Undecided::DateOrder(Ambiguity {
        readings: left.into_iter().cloned().collect(),
        differing,
        heads: seen.heads,
    }))
}

/// What speaks against an order.
fn against(under: &UnderOrder) -> u64 {
    under.impossible + under.steps_back
}

/// The orders that read at least one head.
fn possible(seen: &Seen) -> Vec<&UnderOrder> {
    let mut candidates: Vec<&UnderOrder> = seen
        .orders
        .iter()
        .filter(|under| under.impossible < seen.heads)
        .collect();
    // `20.06.19` with the year first has not been seen, and would make most short chats from Europe ambiguous.
    let unseen = seen.shape.separator == Separator::Dot && !seen.shape.spaced && seen.shape.year == Year::Two;
    if unseen
        && candidates
            .iter()
            .any(|under| under.order != DateOrder::YearMonthDay && under.impossible == 0)
    {
        candidates.retain(|under| under.order != DateOrder::YearMonthDay);
    }
    candidates
}

/// Heads that the given orders do not read alike, as far as pairs tell.
fn differing(seen: &Seen, orders: &[&UnderOrder]) -> u64 {
    let has = |order| orders.iter().any(|under| under.order == order);
    let pairs = [
        (DateOrder::DayMonthYear, DateOrder::MonthDayYear),
        (DateOrder::DayMonthYear, DateOrder::YearMonthDay),
        (DateOrder::MonthDayYear, DateOrder::YearMonthDay),
    ];
    let compared = pairs
        .into_iter()
        .zip(seen.differing)
        .filter(|((one, other), _)| has(*one) && has(*other));
    compared.map(|(_, differing)| differing).max().unwrap_or(0)
}
