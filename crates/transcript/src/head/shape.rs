//! The form of a head, apart from its numbers. One export has one: the app writes all heads of a file at once, under one setting.

use serde::{Deserialize, Serialize};

use super::Head;
use crate::local_time::DateOrder;

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

impl Shape {
    /// The form of the head at the beginning of these words, which a person wrote or copied as an example. `None` when there is none.
    pub fn of_example(words: &str) -> Option<Self> {
        // A head ends in a blank before a message; whoever copies one may leave both.
        let head = Head::scan(&format!("{} x", words.trim_end()))?;
        head.can_be().then_some(head.shape)
    }

    /// A head of this form, to show to a person: five past nine in the evening of 24 December 2023. What the form leaves open, such as a
    /// device's word for the evening, is written in one of the ways that it may have.
    pub fn example(&self, order: DateOrder) -> String {
        let year = if self.year == Year::Two { "23" } else { "2023" };
        let parts = match (self.year, order) {
            (Year::FourFirst, _) | (Year::Two, DateOrder::YearMonthDay) => [year, "12", "24"],
            (_, DateOrder::MonthDayYear) => ["12", "24", year],
            _ => ["24", "12", year],
        };
        let separator = match self.separator {
            Separator::Slash => "/",
            Separator::Dot => ".",
            Separator::Hyphen => "-",
        };
        let date = parts.join(&format!("{separator}{}", if self.spaced { " " } else { "" }));
        let join = match self.join {
            Join::Comma => ", ",
            Join::Blank => " ",
            Join::Word => " klo ",
        };
        let hour = if self.clock == Clock::Twelve { "9" } else { "21" };
        let time = match (self.time, self.seconds) {
            (TimeSeparator::Colon, false) => format!("{hour}:05"),
            (TimeSeparator::Colon, true) => format!("{hour}:05:15"),
            (TimeSeparator::Dot, false) => format!("{hour}.05"),
            (TimeSeparator::Dot, true) => format!("{hour}.05.15"),
            (TimeSeparator::Letter, false) => format!("{hour} h 05"),
            (TimeSeparator::Letter, true) => format!("{hour} h 05 min 15 s"),
        };
        let half = if self.clock == Clock::Twelve { " PM" } else { "" };
        match self.frame {
            Frame::Bracket => format!("[{date}{join}{time}{half}] "),
            Frame::Dash => format!("{date}{join}{time}{half} - "),
            Frame::Colon => format!("{date}{join}{time}{half}: "),
            Frame::Blank => format!("{date}{join}{time}{half} "),
        }
    }
}
