//! What in a report speaks against the way in which a chat was read, so that nobody has to find it among the counts.

use serde::Serialize;

use crate::head::Clock;
use crate::report::{Guesses, LineCounts};

/// In so many messages somebody wrote in the afternoon.
const MANY: u64 = 50;

/// Years in which a chat can have been exported.
const YEARS: std::ops::Range<u16> = 2009..2050;

/// Something to look at before importing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// Something stands above the first head: the file was altered, or the shape is another.
    Preamble,
    /// Heads of another shape are more than a tenth: the shape is another, or somebody pasted another chat.
    OtherShapes,
    /// Some heads have days that do not exist: the order of dates is another, or lines were altered.
    NoSuchDay,
    /// Time steps back by more than a day: the order of dates is another, or lines were altered.
    StepsBack,
    /// More dates in names of attachments differ from those of their messages than agree: the order of dates is another.
    NamesDisagree,
    /// No hour is over twelve: mornings and afternoons are not told apart.
    NoAfternoon,
    /// A year before the app was published, or far from now: the device counts years by another calendar.
    OtherCalendar,
    /// Lines would begin messages if a word beside their time were known: they are in the message before.
    UnknownWords,
    /// Text is missing because it was too long.
    TooLong,
}

/// All that speaks against a reading.
pub(crate) fn of(guesses: &Guesses, lines: &LineCounts) -> Vec<Doubt> {
    let seen = guesses.shapes.iter().find(|seen| seen.shape == guesses.shape);
    let heads = seen.map_or(0, |seen| seen.heads);
    let under = seen.and_then(|seen| seen.orders.iter().find(|under| under.order == guesses.order));
    let afternoons = seen.map_or(0, |seen| seen.afternoons);
    let all = [
        (Doubt::Preamble, lines.preamble > 0),
        (Doubt::OtherShapes, guesses.heads_of_others * 10 > heads),
        (Doubt::NoSuchDay, lines.no_such_day > 0),
        (Doubt::StepsBack, under.is_some_and(|under| under.steps_back > 0)),
        (
            Doubt::NamesDisagree,
            under.is_some_and(|under| under.names_disagree > under.names_agree),
        ),
        (
            Doubt::NoAfternoon,
            guesses.shape.clock == Clock::TwentyFour && heads >= MANY && afternoons == 0,
        ),
        (
            Doubt::OtherCalendar,
            under.is_some_and(|under| {
                [under.first, under.last]
                    .into_iter()
                    .flatten()
                    .any(|time| !YEARS.contains(&time.year))
            }),
        ),
        (Doubt::UnknownWords, guesses.unknown_words > 0),
        (Doubt::TooLong, lines.too_long > 0),
    ];
    all.into_iter()
        .filter(|(_, speaks)| *speaks)
        .map(|(doubt, _)| doubt)
        .collect()
}
