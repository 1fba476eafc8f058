//! What stands before each message: date, time and a frame around them, as in `[20.06.19, 15:58:47] ` or `3/6/18, 1:55 PM - `.
//!
//! A head is found by its form alone. Which of its numbers is the day is not decided here: that takes the whole file ([`crate::survey`]).
//! The form is read closely enough that a line of a message which only resembles the heads of its file has another [`Shape`].

mod cursor;
mod day_part;
mod shape;

pub use shape::{Clock, Frame, Join, Separator, Shape, TimeSeparator, Year};

use cursor::{Cursor, Number};
use day_part::{DayPart, Word};

use crate::local_time::{DateOrder, LocalTime, exists};

/// Numbers and form of a head, and where the message begins behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) shape: Shape,
    /// The date's three numbers in the order in which they stand.
    date: [u16; 3],
    hour: u8,
    minute: u8,
    second: Option<u8>,
    day_part: Option<DayPart>,
    /// Bytes of the line before the message.
    pub(crate) length: usize,
}

impl Head {
    /// Reads the head at the beginning of a line; `None` when there is none.
    pub(crate) fn scan(line: &str) -> Option<Self> {
        let mut cursor = Cursor::of(line);
        let bracket = match cursor.peek()? {
            '[' => cursor.bump(),
            c if crate::characters::digit(c).is_some() => false,
            _ => return None,
        };
        let (date, separator, spaced) = date(&mut cursor)?;
        let year = match [date[0].digits, date[1].digits, date[2].digits] {
            [4, 1..=2, 1..=2] => Year::FourFirst,
            [1..=2, 1..=2, 4] => Year::FourLast,
            [1..=2, 1..=2, 2] | [2, 1..=2, 1..=2] => Year::Two,
            _ => return None,
        };
        let comma = cursor.take_one(&[',', '،', '、']);
        let blank = cursor.take_blanks();
        let mut join = if comma { Join::Comma } else { Join::Blank };
        let mut day_part = None;
        if cursor.digit().is_none() {
            match day_part::before_time(&mut cursor)? {
                Word::Join => join = Join::Word,
                Word::DayPart(part) => day_part = Some(part),
            }
        } else if !comma && !blank {
            return None;
        }
        let (hour, minute, second, time_separator) = time(&mut cursor)?;
        if day_part.is_none() {
            day_part = day_part::after_time(&mut cursor);
        }
        let frame = frame(&mut cursor, bracket, second.is_some(), day_part.is_some())?;
        let shape = Shape {
            frame,
            separator,
            spaced,
            year,
            join,
            time: time_separator,
            seconds: second.is_some(),
            clock: if day_part.is_some() {
                Clock::Twelve
            } else {
                Clock::TwentyFour
            },
        };
        let hour = day_part.map_or(hour, |part| part.hour(hour));
        let head = Self {
            shape,
            date: date.map(|number| number.value),
            hour,
            minute,
            second,
            day_part,
            length: cursor.place(),
        };
        Some(head)
    }

    /// Whether a line that has no head would have one if a word beside its time were known.
    pub(crate) fn has_unknown_word(line: &str) -> bool {
        let behind = |mut cursor: Cursor<'_>| {
            let bracket = cursor.take_one(&['[']);
            date(&mut cursor)?;
            cursor.take_one(&[',', '،', '、']);
            cursor.take_blanks();
            day_part::skip_before_time(&mut cursor);
            let (_, _, second, _) = time(&mut cursor)?;
            day_part::skip_after_time(&mut cursor);
            frame(&mut cursor, bracket, second.is_some(), true)
        };
        matches!(behind(Cursor::of(line)), Some(Frame::Bracket | Frame::Dash))
    }

    /// The time under an order of the date's numbers; `None` when there is no such day, or none since the app exists.
    pub(crate) fn at(&self, order: DateOrder) -> Option<LocalTime> {
        let [first, middle, last] = self.date;
        let fits = match self.shape.year {
            Year::Two => true,
            Year::FourFirst => order == DateOrder::YearMonthDay,
            Year::FourLast => order != DateOrder::YearMonthDay,
        };
        let (year, month, day) = match order {
            DateOrder::DayMonthYear => (last, middle, first),
            DateOrder::MonthDayYear => (last, first, middle),
            DateOrder::YearMonthDay => (first, middle, last),
        };
        let year = if self.shape.year == Year::Two {
            2000 + year
        } else {
            year
        };
        let (month, day) = (u8::try_from(month).ok()?, u8::try_from(day).ok()?);
        // The app was first published in 2009. Years under it that have four digits can be of another calendar.
        let since_the_app = self.shape.year != Year::Two || year >= 2009;
        (fits && since_the_app && exists(year, month, day)).then_some(LocalTime {
            year,
            month,
            day,
            hour: self.hour,
            minute: self.minute,
            second: self.second,
        })
    }

    /// Whether it is a date under any order. Where it is not, no device wrote the line as a head.
    pub(crate) fn can_be(&self) -> bool {
        DateOrder::ALL.iter().any(|order| self.at(*order).is_some())
    }

    /// Whether the hour shows that a day has twenty-four.
    pub(crate) fn is_afternoon(&self) -> bool {
        self.day_part.is_none() && self.hour > 12
    }
}

fn date(cursor: &mut Cursor<'_>) -> Option<([Number; 3], Separator, bool)> {
    let first = cursor.number(4)?;
    let separator = separator(cursor)?;
    let spaced = cursor.take_blanks();
    let middle = cursor.number(2)?;
    if self::separator(cursor)? != separator || cursor.take_blanks() != spaced {
        return None;
    }
    let last = cursor.number(4)?;
    if separator == Separator::Dot {
        cursor.take_one(&['.']);
    }
    Some(([first, middle, last], separator, spaced))
}

fn separator(cursor: &mut Cursor<'_>) -> Option<Separator> {
    let found = match cursor.peek()? {
        '/' => Separator::Slash,
        '.' => Separator::Dot,
        '-' | '\u{2010}' | '\u{2011}' => Separator::Hyphen,
        _ => return None,
    };
    cursor.bump();
    Some(found)
}

/// Hour, minute, second, and what stands between them. Numbers that no clock shows make it no time.
fn time(cursor: &mut Cursor<'_>) -> Option<(u8, u8, Option<u8>, TimeSeparator)> {
    let hour = cursor.number(2)?;
    let separator = time_separator(cursor)?;
    let minute = cursor.number(2)?;
    let mut second = None;
    let mut ahead = cursor.clone();
    if separator != TimeSeparator::Letter && time_separator(&mut ahead) == Some(separator) && ahead.digit().is_some() {
        second = Some(ahead.number(2)?);
        *cursor = ahead;
    }
    if separator == TimeSeparator::Letter {
        let mut ahead = cursor.clone();
        if let Some(spelled) = spelled_second(&mut ahead) {
            (second, *cursor) = (Some(spelled), ahead);
        }
    }
    // Bulgarian devices write the hour's letter behind all of it.
    let mut ahead = cursor.clone();
    ahead.take_blanks();
    if ahead.take_one(&['ч']) {
        ahead.take_one(&['.']);
        *cursor = ahead;
    }
    let two_digits = minute.digits == 2 && second.is_none_or(|second| second.digits == 2);
    let on_a_clock = hour.value < 24 && minute.value < 60 && second.is_none_or(|second| second.value < 60);
    let small = |number: Number| u8::try_from(number.value).ok();
    if !two_digits || !on_a_clock {
        return None;
    }
    Some((small(hour)?, small(minute)?, second.and_then(small), separator))
}

/// ` min 15 s` behind `21 h 25`, as iOS writes in Canadian French.
fn spelled_second(cursor: &mut Cursor<'_>) -> Option<Number> {
    cursor.take_blanks();
    let letters = ['m', 'i', 'n'].iter().all(|letter| cursor.take_one(&[*letter]));
    cursor.take_blanks();
    let second = letters.then(|| cursor.number(2))??;
    cursor.take_blanks();
    cursor.take_one(&['s']).then_some(second)
}

fn time_separator(cursor: &mut Cursor<'_>) -> Option<TimeSeparator> {
    let found = match cursor.peek()? {
        ':' => TimeSeparator::Colon,
        '.' => TimeSeparator::Dot,
        _ => {
            cursor.take_blanks();
            if !cursor.take_one(&['h']) {
                return None;
            }
            cursor.take_blanks();
            return Some(TimeSeparator::Letter);
        }
    };
    cursor.bump();
    Some(found)
}

/// What closes a head, with the one blank behind it.
fn frame(cursor: &mut Cursor<'_>, bracket: bool, seconds: bool, day_part: bool) -> Option<Frame> {
    let blank = cursor.take_blanks();
    if bracket {
        return (cursor.take_one(&[']']) && cursor.ends_here()).then_some(Frame::Bracket);
    }
    if cursor.take_one(&[':']) {
        return ((day_part || !blank) && cursor.ends_here()).then_some(Frame::Colon);
    }
    if !blank && !day_part {
        return None;
    }
    if cursor.take_one(&['-', '–', '\u{2011}']) {
        return cursor.ends_here().then_some(Frame::Dash);
    }
    // Nothing but blanks closes this one. It was seen with seconds only, and a line of a message is too easily like it without.
    (seconds && !day_part && !cursor.is_at_end()).then_some(Frame::Blank)
}

#[cfg(test)]
mod tests;
