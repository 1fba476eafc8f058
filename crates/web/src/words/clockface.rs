//! Times as people say them: relative, short, and exact with their zone.
//!
//! The first rendering is done here; the page's script keeps relative times true afterwards, with the same texts.

use super::Words;
use counterfoil_model::Timestamp;
use jiff::Zoned;
use jiff::tz::TimeZone;
use std::time::Duration;

/// The time now, where the reader is.
#[derive(Clone)]
pub(crate) struct Clockface {
    pub(crate) now: Timestamp,
    pub(crate) zone: TimeZone,
    pub(crate) words: Words,
}

/// An instant, ready for a page.
pub(crate) struct Moment {
    /// RFC 3339 in UTC, for machines.
    pub(crate) iso: String,
    /// Date, time and zone, for the hover.
    pub(crate) exact: String,
    /// As short as one says it.
    pub(crate) short: String,
}

impl Clockface {
    fn local(&self, at: Timestamp) -> Zoned {
        jiff::Timestamp::from_microsecond(at.micros())
            .unwrap_or_default()
            .to_zoned(self.zone.clone())
    }

    fn days_ago(&self, at: &Zoned) -> i64 {
        let today = self.local(self.now).date();
        at.date().until(today).map_or(0, |span| i64::from(span.get_days()))
    }

    fn moment(&self, at: Timestamp, short: String) -> Moment {
        let local = self.local(at);
        Moment {
            iso: at.rfc3339(),
            exact: format!("{} {}", self.date(&local), local.strftime("%H:%M:%S %Z")),
            short,
        }
    }

    /// A moment said relative to now: `now`, `3 min`, `2 h`, `yesterday`, `14 Nov`.
    pub(crate) fn relative(&self, at: Timestamp) -> Moment {
        let local = self.local(at);
        let ago = self.now.since(at);
        let short = match self.days_ago(&local) {
            0 => self.span(ago),
            1 if ago < Duration::from_secs(12 * 3600) => self.span(ago),
            1 => self.words.say("time-yesterday"),
            days if days < 0 => self.words.say("time-now"),
            _ => self.day_month(&local),
        };
        self.moment(at, short)
    }

    /// A moment said as its time of day: `09:14`.
    pub(crate) fn time_of_day(&self, at: Timestamp) -> Moment {
        let short = self.local(at).strftime("%H:%M").to_string();
        self.moment(at, short)
    }

    /// A moment said with its day where that is not today: `yesterday 09:14`, `14 Nov 09:14`.
    pub(crate) fn day_and_time(&self, at: Timestamp) -> Moment {
        let local = self.local(at);
        let time = local.strftime("%H:%M").to_string();
        let short = match self.days_ago(&local) {
            0 => time,
            1 => self.words.say_with("time-yesterday-at", &[("time", time.into())]),
            _ => format!("{} {time}", self.day_month(&local)),
        };
        self.moment(at, short)
    }

    /// The heading over a day: `Today`, `Yesterday`, `Monday 14 November`.
    pub(crate) fn day_heading(&self, at: Timestamp) -> String {
        let local = self.local(at);
        match self.days_ago(&local) {
            0 => self.words.say("day-today"),
            1 => self.words.say("day-yesterday"),
            _ => {
                let weekday = self
                    .words
                    .say(&format!("weekday-{}", local.weekday().to_monday_one_offset()));
                format!("{weekday} {}", self.date(&local))
            }
        }
    }

    /// The day as `2026-11-22`, to tell days apart.
    pub(crate) fn day_key(&self, at: Timestamp) -> String {
        self.local(at).date().to_string()
    }

    /// A span as one says it: `now`, `3 min`, `2 h`, `4 d`. Under a minute is `now`.
    pub(crate) fn span(&self, span: Duration) -> String {
        let minutes = span.as_secs() / 60;
        let (key, number) = match minutes {
            0 => return self.words.say("time-now"),
            1..=59 => ("time-minutes", minutes),
            60..=1_439 => ("time-hours", minutes / 60),
            _ => ("time-days", minutes / 1_440),
        };
        self.words.say_with(key, &[("number", number.to_string().into())])
    }

    /// A long span with two units: `23 h 12 min`.
    pub(crate) fn countdown(&self, span: Duration) -> String {
        let minutes = span.as_secs() / 60;
        if minutes < 60 {
            return self.span(Duration::from_secs(minutes.max(1) * 60));
        }
        let hours = self
            .words
            .say_with("time-hours", &[("number", (minutes / 60).to_string().into())]);
        match minutes % 60 {
            0 => hours,
            rest => {
                let minutes = self
                    .words
                    .say_with("time-minutes", &[("number", rest.to_string().into())]);
                format!("{hours} {minutes}")
            }
        }
    }

    fn day_month(&self, local: &Zoned) -> String {
        let month = self.words.say(&format!("month-{}", local.month()));
        let day = local.day().to_string();
        if local.year() == self.local(self.now).year() {
            self.words
                .say_with("date-short", &[("day", day.into()), ("month", month.into())])
        } else {
            self.date(local)
        }
    }

    fn date(&self, local: &Zoned) -> String {
        let month = self.words.say(&format!("month-{}", local.month()));
        let values = [
            ("day", local.day().to_string().into()),
            ("month", month.into()),
            ("year", local.year().to_string().into()),
        ];
        self.words.say_with("date-long", &values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;

    fn at(text: &str) -> Timestamp {
        let stamp: jiff::Timestamp = text.parse().unwrap();
        Timestamp::from_micros(stamp.as_microsecond())
    }

    #[test]
    fn times_are_said_as_people_say_them() {
        let face = Clockface {
            now: at("2026-11-22T10:00:00Z"),
            zone: TimeZone::fixed(jiff::tz::offset(2)),
            words: Words::of(Language::English),
        };
        for (when, relative, full) in [
            ("2026-11-22T09:59:30Z", "now", "11:59"),
            ("2026-11-22T09:57:00Z", "3 min", "11:57"),
            ("2026-11-22T07:14:00Z", "2 h", "09:14"),
            ("2026-11-21T21:59:00Z", "yesterday", "yesterday 23:59"),
            ("2026-11-14T08:00:00Z", "14 Nov", "14 Nov 10:00"),
            ("2025-11-14T08:00:00Z", "14 Nov 2025", "14 Nov 2025 10:00"),
            ("2026-11-22T10:00:05Z", "now", "12:00"),
        ] {
            assert_eq!(face.relative(at(when)).short, relative, "{when}");
            assert_eq!(face.day_and_time(at(when)).short, full, "{when}");
        }
        assert_eq!(face.day_heading(at("2026-11-14T08:00:00Z")), "Saturday 14 Nov 2026");
        assert_eq!(face.countdown(Duration::from_secs(23 * 3600 + 12 * 60)), "23 h 12 min");
        assert_eq!(face.countdown(Duration::from_secs(20)), "1 min");
    }
}
