//! What is counted of the heads of one shape.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use crate::author;
use crate::head::{Head, Shape};
use crate::local_time::{DateOrder, LocalTime};

/// More than a day back is no disorder of arrival: under a wrong order of the date it happens at the ends of months.
const STEP_BACK_MINUTES: i64 = 24 * 60;

/// So many authors are told apart. No group is as large; a file with more is no chat, and memory is not to be had by it.
const MOST_AUTHORS: usize = 8192;

/// Among so few messages it is no surprise that somebody wrote only one.
const FEW_HEADS: u64 = 20;

/// The heads of one shape.
#[derive(Debug, Clone, Serialize)]
pub struct Seen {
    /// Their shape.
    pub shape: Shape,
    /// How many.
    pub heads: u64,
    /// The first line with one.
    pub first_line: u64,
    /// The last line with one.
    pub last_line: u64,
    /// Hours over twelve, which a clock of twelve does not show.
    pub afternoons: u64,
    /// What comes of each order of the date, in the order of [`DateOrder::ALL`].
    pub orders: [UnderOrder; 3],
    /// Heads that mean different days under the first and the second of the orders, the first and the third, the second and the third.
    pub differing: [u64; 3],
}

/// The heads of one shape under one order of the date.
#[derive(Debug, Clone, Serialize)]
pub struct UnderOrder {
    /// Which.
    pub order: DateOrder,
    /// Heads with a day that does not exist.
    pub impossible: u64,
    /// How often a head is more than a day earlier than the one before.
    pub steps_back: u64,
    /// Attachments whose name has a date, which is that of the head, or a day off.
    pub names_agree: u64,
    /// Attachments whose name has another date.
    pub names_disagree: u64,
    /// The first head's time.
    pub first: Option<LocalTime>,
    /// The last head's time.
    pub last: Option<LocalTime>,
}

pub(super) struct Tally {
    pub(super) seen: Seen,
    authors: HashMap<u64, bool>,
    /// Not, or no longer, counted.
    without_authors: bool,
}

impl Tally {
    pub(super) fn of(shape: Shape, line: u64, with_authors: bool) -> Self {
        let under = |order| UnderOrder {
            order,
            impossible: 0,
            steps_back: 0,
            names_agree: 0,
            names_disagree: 0,
            first: None,
            last: None,
        };
        Self {
            seen: Seen {
                shape,
                heads: 0,
                first_line: line,
                last_line: line,
                afternoons: 0,
                orders: DateOrder::ALL.map(under),
                differing: [0; 3],
            },
            authors: HashMap::new(),
            without_authors: !with_authors,
        }
    }

    pub(super) fn take(&mut self, head: &Head, behind: &str, line: u64) {
        let seen = &mut self.seen;
        seen.heads += 1;
        seen.last_line = line;
        seen.afternoons += u64::from(head.is_afternoon());
        let named = date_in_name(behind);
        let times = DateOrder::ALL.map(|order| head.at(order));
        for (under, time) in seen.orders.iter_mut().zip(times) {
            under.take(time, named);
        }
        for (differing, (one, other)) in seen.differing.iter_mut().zip([(0, 1), (0, 2), (1, 2)]) {
            *differing += u64::from(times[one] != times[other]);
        }
        if let Some((name, _)) = author::split(behind) {
            self.count(author::hash(name));
        }
    }

    fn count(&mut self, author: u64) {
        if self.without_authors {
            return;
        }
        self.authors
            .entry(author)
            .and_modify(|once| *once = false)
            .or_insert(true);
        if self.authors.len() > MOST_AUTHORS {
            self.without_authors = true;
            self.authors = HashMap::new();
        }
    }

    /// Those that wrote one message, where that is a surprise.
    pub(super) fn lone_authors(&self) -> HashSet<u64> {
        let surprising = self.seen.heads >= FEW_HEADS;
        let lone = self.authors.iter().filter(|(_, once)| surprising && **once);
        lone.map(|(author, _)| *author).collect()
    }
}

impl UnderOrder {
    fn take(&mut self, time: Option<LocalTime>, named: Option<LocalTime>) {
        let Some(time) = time else {
            self.impossible += 1;
            return;
        };
        if let Some(last) = self.last {
            self.steps_back += u64::from(time.minutes() < last.minutes() - STEP_BACK_MINUTES);
        }
        if let Some(named) = named {
            let midday = LocalTime {
                hour: 12,
                minute: 0,
                ..time
            };
            let near = (midday.minutes() - named.minutes()).abs() <= 24 * 60;
            self.names_agree += u64::from(near);
            self.names_disagree += u64::from(!near);
        }
        self.first.get_or_insert(time);
        self.last = Some(time);
    }
}

/// The day in the name of an attachment that the app named itself: `IMG-20210428-WA0001.jpg`, `00000042-PHOTO-2020-06-07-15-13-20.jpg`.
fn date_in_name(text: &str) -> Option<LocalTime> {
    let digits = |text: &str, from: usize, to: usize| -> Option<u16> {
        let part = text.get(from..to)?;
        part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse().ok())?
    };
    let day = |year, month, day| {
        let (month, day) = (u8::try_from(month).ok()?, u8::try_from(day).ok()?);
        crate::local_time::exists(year, month, day).then_some(LocalTime {
            year,
            month,
            day,
            hour: 12,
            minute: 0,
            second: None,
        })
    };
    // Names of the app have two hyphens at least, and most messages have none.
    if let Some(place) = text.find("-WA") {
        let start = place.checked_sub(8)?;
        return day(
            digits(text, start, start + 4)?,
            digits(text, start + 4, start + 6)?,
            digits(text, start + 6, place)?,
        );
    }
    let kinds = ["-PHOTO-", "-VIDEO-", "-AUDIO-", "-STICKER-", "-GIF-"];
    if !text.contains('-') {
        return None;
    }
    let start = kinds.iter().find_map(|kind| Some(text.find(kind)? + kind.len()))?;
    day(
        digits(text, start, start + 4)?,
        digits(text, start + 5, start + 7)?,
        digits(text, start + 8, start + 10)?,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_in_names_of_attachments() {
        for (text, expected) in [
            ("Ann: IMG-20210428-WA0001.jpg (file attached)", Some("2021-04-28T12:00")),
            (
                "Ann: <attached: 00000042-PHOTO-2020-06-07-15-13-20.jpg>",
                Some("2020-06-07T12:00"),
            ),
            ("Ann: IMG-20211328-WA0001.jpg (file attached)", None),
            ("Ann: x-WA", None),
            ("Ann: ä-WA", None),
            ("Ann: -PHOTO-2020", None),
            ("Ann: a - b", None),
        ] {
            assert_eq!(
                date_in_name(text).map(|day| day.to_string()).as_deref(),
                expected,
                "{text}"
            );
        }
    }
}
