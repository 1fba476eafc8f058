//! What stands before each message, in every shape that was seen.

use self::DateOrder::{DayMonthYear, MonthDayYear, YearMonthDay};

/// In which order a device writes day, month and year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrder {
    /// 13/06/2018
    DayMonthYear,
    /// 06/13/2018
    MonthDayYear,
    /// 2018/06/13
    YearMonthDay,
}

/// How a device writes dates and times.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// What tests call it.
    pub name: &'static str,
    /// The order of its dates.
    pub order: DateOrder,
    /// Before the date.
    opening: &'static str,
    /// Between the date's numbers.
    separator: &'static str,
    /// Between date and time.
    join: &'static str,
    /// Between the time's numbers.
    colon: &'static str,
    /// Behind the time and the part of the day.
    closing: &'static str,
    /// Morning and afternoon, when the clock has twelve hours.
    halves: Option<(&'static str, &'static str)>,
    /// Whether the half stands before the time.
    half_first: bool,
    short_year: bool,
    /// Whether it tells seconds.
    pub seconds: bool,
    padded: bool,
    zero: char,
}

const DASH: Style = Style {
    name: "dash",
    order: DayMonthYear,
    opening: "",
    separator: "/",
    join: ", ",
    colon: ":",
    closing: " - ",
    halves: None,
    half_first: false,
    short_year: false,
    seconds: false,
    padded: true,
    zero: '0',
};

const BRACKET: Style = Style {
    name: "bracket",
    opening: "[",
    closing: "] ",
    seconds: true,
    ..DASH
};

/// Every shape that was seen, under every order that it was seen with.
pub static STYLES: [Style; 24] = [
    DASH,
    Style {
        name: "dash, month first",
        order: MonthDayYear,
        ..DASH
    },
    Style {
        name: "dash, us",
        order: MonthDayYear,
        halves: Some((" AM", " PM")),
        short_year: true,
        padded: false,
        ..DASH
    },
    Style {
        name: "dash, es",
        join: " ",
        halves: Some((" a.\u{00A0}m.", " p.\u{00A0}m.")),
        padded: false,
        ..DASH
    },
    Style {
        name: "dash, es, in words",
        join: " ",
        halves: Some((" de la mañana", " de la tarde")),
        padded: false,
        ..DASH
    },
    Style {
        name: "dash, in",
        separator: "-",
        colon: ".",
        halves: Some((" AM", " PM")),
        ..DASH
    },
    Style {
        name: "dash, de",
        separator: ".",
        ..DASH
    },
    Style {
        name: "dash, fr",
        join: " à ",
        ..DASH
    },
    Style {
        name: "dash, nl",
        separator: "-",
        join: " ",
        ..DASH
    },
    Style {
        name: "dash, za",
        order: YearMonthDay,
        separator: "-",
        halves: Some((" vm.", " nm.")),
        padded: false,
        ..DASH
    },
    Style {
        name: "dash, tw",
        order: YearMonthDay,
        join: " ",
        halves: Some(("上午", "下午")),
        half_first: true,
        padded: false,
        ..DASH
    },
    Style {
        name: "dash, hi",
        halves: Some((" पूर्वाह्न", " अपराह्न")),
        zero: '०',
        ..DASH
    },
    Style {
        name: "dash, ca",
        order: YearMonthDay,
        separator: "-",
        join: " ",
        colon: " h ",
        ..DASH
    },
    BRACKET,
    Style {
        name: "bracket, short",
        short_year: true,
        ..BRACKET
    },
    Style {
        name: "bracket, us",
        order: MonthDayYear,
        halves: Some(("\u{202F}AM", "\u{202F}PM")),
        short_year: true,
        padded: false,
        ..BRACKET
    },
    Style {
        name: "bracket, de",
        separator: ".",
        ..BRACKET
    },
    Style {
        name: "bracket, ja",
        order: YearMonthDay,
        ..BRACKET
    },
    Style {
        name: "bracket, old zh",
        order: YearMonthDay,
        short_year: true,
        padded: false,
        ..BRACKET
    },
    Style {
        name: "bracket, fi",
        separator: ".",
        join: " klo ",
        colon: ".",
        padded: false,
        ..BRACKET
    },
    Style {
        name: "bracket, ko",
        order: YearMonthDay,
        separator: ". ",
        join: ". ",
        halves: Some(("오전 ", "오후 ")),
        half_first: true,
        padded: false,
        ..BRACKET
    },
    Style {
        name: "bracket, ar",
        separator: "\u{200F}/",
        join: "، ",
        halves: Some((" ص", " م")),
        padded: false,
        zero: '٠',
        ..BRACKET
    },
    Style {
        name: "bare",
        separator: ".",
        join: " ",
        colon: ".",
        closing: ": ",
        seconds: true,
        ..DASH
    },
    Style {
        name: "bare, hr",
        separator: ". ",
        join: ". ",
        closing: " ",
        seconds: true,
        padded: false,
        ..DASH
    },
];

/// Something said at a time.
#[derive(Debug, Clone)]
pub struct Said {
    /// With four digits.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59.
    pub second: u8,
    /// As the device has them; of whom the app itself speaks, empty.
    pub author: String,
    /// Lines divided by `\n`.
    pub text: String,
}

impl Style {
    /// The one that tests call so.
    pub fn named(name: &str) -> Option<Self> {
        STYLES.into_iter().find(|style| style.name == name)
    }

    /// Whether it is written by iOS, which has a frame of its own.
    pub fn is_ios(&self) -> bool {
        self.opening == "["
    }

    /// What stands before a message.
    pub fn head(&self, said: &Said) -> String {
        let two = |number: u8| {
            if self.padded {
                format!("{number:02}")
            } else {
                number.to_string()
            }
        };
        let year = if self.short_year {
            format!("{:02}", said.year % 100)
        } else {
            said.year.to_string()
        };
        let (day, month) = (two(said.day), two(said.month));
        let parts = match self.order {
            DayMonthYear => [day, month, year],
            MonthDayYear => [month, day, year],
            YearMonthDay => [year, month, day],
        };
        let twelve = if said.hour.is_multiple_of(12) {
            12
        } else {
            said.hour % 12
        };
        let hour = if self.halves.is_some() {
            twelve.to_string()
        } else {
            format!("{:02}", said.hour)
        };
        let mut time = format!("{hour}{}{:02}", self.colon, said.minute);
        if self.seconds {
            time += &format!("{}{:02}", self.colon, said.second);
        }
        let half = self.halves.map_or(
            "",
            |(morning, afternoon)| if said.hour < 12 { morning } else { afternoon },
        );
        let time = if self.half_first {
            format!("{half}{time}")
        } else {
            format!("{time}{half}")
        };
        let head = format!(
            "{}{}{}{time}{}",
            self.opening,
            parts.join(self.separator),
            self.join,
            self.closing
        );
        let other = |c: char| {
            c.to_digit(10)
                .and_then(|digit| char::from_u32(u32::from(self.zero) + digit))
                .unwrap_or(c)
        };
        head.chars().map(other).collect()
    }

    /// A whole chat.
    pub fn chat(&self, all: &[Said], line_end: &str) -> String {
        let each = all.iter().map(|said| self.message(said));
        each.collect::<String>().replace('\n', line_end)
    }

    /// One message with its line end.
    pub fn message(&self, said: &Said) -> String {
        let colon = if said.author.is_empty() { "" } else { ": " };
        format!("{}{}{colon}{}\n", self.head(said), said.author, said.text)
    }

    /// The time as it must be read.
    pub fn stated(&self, said: &Said) -> String {
        let Said {
            year,
            month,
            day,
            hour,
            minute,
            second,
            ..
        } = said;
        let seconds = if self.seconds {
            format!(":{second:02}")
        } else {
            String::new()
        };
        format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}{seconds}")
    }

    /// A line that looks like a head of another device.
    pub fn another_head(&self) -> &'static str {
        if self.opening.is_empty() {
            "[01/02/2019, 10:11:12] Eve: look"
        } else {
            "01/02/2019, 10:11 - Eve: look"
        }
    }
}
