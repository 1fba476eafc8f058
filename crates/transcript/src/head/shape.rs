//! The form of a head, apart from its numbers. One export has one: the app writes all heads of a file at once, under one setting.

use serde::{Deserialize, Serialize};

/// What stands around date and time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Frame {
    /// `[13/06/2018, 21:25:15] `, as iOS writes.
    Bracket,
    /// `13/06/2018, 21:25 - `, as Android writes.
    Dash,
    /// `13.06.18 21:25:15: `
    Colon,
    /// `13. 6. 2018. 21:25:15 `
    Blank,
}

/// What stands between the numbers of the date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Separator {
    /// `/`
    Slash,
    /// `.`
    Dot,
    /// `-`
    Hyphen,
}

/// How the year is written, which tells where it can stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Year {
    /// With two digits, first or last.
    Two,
    /// With four, first.
    FourFirst,
    /// With four, last.
    FourLast,
}

/// What stands between date and time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Join {
    /// `, `
    Comma,
    /// A blank only.
    Blank,
    /// A word, such as `klo`.
    Word,
}

/// What stands between hour and minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeSeparator {
    /// `21:25`
    Colon,
    /// `21.25`
    Dot,
    /// `21 h 25`
    Letter,
}

/// How many hours the clock has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clock {
    /// Every head says which half of the day, or which part.
    Twelve,
    /// None does.
    TwentyFour,
}

/// The form of a head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Shape {
    /// Around it.
    pub frame: Frame,
    /// Within the date.
    pub separator: Separator,
    /// Whether blanks follow the date's separators, as in `13. 6. 2018.`
    pub spaced: bool,
    /// The year.
    pub year: Year,
    /// Between date and time.
    pub join: Join,
    /// Within the time.
    pub time: TimeSeparator,
    /// Whether seconds are told.
    pub seconds: bool,
    /// The clock.
    pub clock: Clock,
}
