//! The time before a message, as the exporting device wrote it: parts of a date and of a day, in a zone that the file does not tell.
//!
//! It is never turned into an instant here: whoever imports asks for the zone, or keeps the words.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A time as stated, to the minute or to the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalTime {
    /// With four digits. A year of two digits is one of this century.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59; `None` when the file tells minutes only.
    pub second: Option<u8>,
}

impl LocalTime {
    /// Minutes since a fixed day, to compare and subtract by.
    pub(crate) fn minutes(&self) -> i64 {
        // Counts days as if each year began in March, so that the leap day comes last.
        let early = self.month <= 2;
        let year = i64::from(self.year) - i64::from(early);
        let month = i64::from(self.month) + if early { 9 } else { -3 };
        let day_of_year = (153 * month + 2) / 5 + i64::from(self.day) - 1;
        let days = 365 * year + year / 4 - year / 100 + year / 400 + day_of_year;
        days * 1440 + i64::from(self.hour) * 60 + i64::from(self.minute)
    }
}

impl fmt::Display for LocalTime {
    /// `2018-06-13T21:25` or `2018-06-13T21:25:15`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            year,
            month,
            day,
            hour,
            minute,
            second,
        } = self;
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}")?;
        second.map_or(Ok(()), |second| write!(f, ":{second:02}"))
    }
}

impl Serialize for LocalTime {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// In which order day, month and year stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// 13/06/2018
    DayMonthYear,
    /// 06/13/2018
    MonthDayYear,
    /// 2018/06/13
    YearMonthDay,
}

impl DateOrder {
    /// All of them; the place of each is its index in tallies.
    pub const ALL: [Self; 3] = [Self::DayMonthYear, Self::MonthDayYear, Self::YearMonthDay];
}

/// Whether there is such a day. Only years that can be of the Gregorian calendar are held against it: some devices state years of
/// another one, which are kept as stated.
pub(crate) fn exists(year: u16, month: u8, day: u8) -> bool {
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return false;
    }
    if !(1970..2200).contains(&year) {
        return true;
    }
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let last = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    day <= last
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(year: u16, month: u8, day: u8) -> LocalTime {
        LocalTime {
            year,
            month,
            day,
            hour: 0,
            minute: 0,
            second: None,
        }
    }

    #[test]
    fn days_follow_each_other() {
        for (before, after) in [
            (at(2019, 12, 31), at(2020, 1, 1)),
            (at(2020, 2, 28), at(2020, 2, 29)),
            (at(2020, 2, 29), at(2020, 3, 1)),
            (at(2021, 2, 28), at(2021, 3, 1)),
            (at(2021, 8, 31), at(2021, 9, 1)),
        ] {
            assert_eq!(after.minutes() - before.minutes(), 1440, "{before} {after}");
        }
    }

    #[test]
    fn there_is_no_such_day() {
        for (day, expected) in [
            ((2020, 2, 29), true),
            ((2021, 2, 29), false),
            ((2020, 13, 1), false),
            ((2020, 4, 31), false),
            ((1399, 2, 31), true),
            ((2020, 1, 0), false),
        ] {
            assert_eq!(exists(day.0, day.1, day.2), expected, "{day:?}");
        }
    }
}
