//! Making the texts: constants joined at compile time, and the few parts that repeat spelt out and kept.
//!
//! A text may hold `{list}` (a list of arguments), `{reach}` (which conversations may be seen) or `{rows}` (rows to insert). They
//! are spelt out in a few fixed sizes only, so that a handful of texts stay prepared. No value ever becomes text.

use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};
use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write;
use std::sync::{Arc, LazyLock, RwLock};

/// The sizes in which rows and lists are cut, largest first: close enough together that no more than a few texts are asked for any number, since
/// each is a way to the engine and back.
pub(crate) const CUTS: [usize; 14] = [128, 96, 64, 48, 32, 24, 16, 12, 8, 6, 4, 3, 2, 1];

/// The sizes above those in which lists are cut: what goes through a great many things asks for as many as it can at once. Rows have so many
/// arguments each that more of them in one text would be no quicker.
pub(crate) const LONG_LISTS: [usize; 3] = [1_024, 512, 256];

/// A text that is ready to be asked.
#[derive(Clone)]
pub(crate) enum Sql {
    /// Written in the source.
    Fixed(&'static str),
    /// Spelt out from a text in the source.
    Made(Arc<str>),
    /// The same with its arguments by place, which only SQLite takes.
    InOrder(Arc<str>),
}

impl From<&'static str> for Sql {
    fn from(text: &'static str) -> Self {
        Self::Fixed(text)
    }
}

impl Sql {
    /// The text for SQLite itself, to which `$1` is a name like any other, numbered by where it first stands, and `?1` a number.
    pub(super) fn for_sqlite(&self) -> Cow<'_, str> {
        let text = match self {
            Self::Fixed(text) => text,
            Self::Made(text) => &**text,
            Self::InOrder(text) => return (&**text).into(),
        };
        match text.contains('$') {
            true => text.replace('$', "?").into(),
            false => text.into(),
        }
    }

    /// The text in the driver's form, for one that wants made text vouched for: the only place that does.
    pub(super) fn into_driver(self) -> SqlStr {
        match self {
            Self::Fixed(text) => text.into_sql_str(),
            Self::Made(text) | Self::InOrder(text) => AssertSqlSafe(text).into_sql_str(),
        }
    }
}

/// How much of the repeating parts is spelt out.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Sizes {
    /// Arguments in `{list}`, or rows in `{rows}`.
    pub(crate) list: usize,
    /// Columns of each row in `{rows}`.
    pub(crate) columns: usize,
    /// Teams in `{reach}`; `None`: every conversation.
    pub(crate) reach: Option<usize>,
    /// How arguments are marked.
    pub(crate) marks: Marks,
}

/// How the arguments of a text are marked.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) enum Marks {
    /// By number: `$1`.
    #[default]
    Numbered,
    /// By place: `?`. The driver of SQLite looks up the name of each argument among all, which takes longer than the rest when there are
    /// a thousand; one without a name it takes as it comes.
    InOrder,
}

impl Marks {
    /// The quickest for SQLite and whoever writes no number in the text; PostgreSQL has only numbers.
    pub(crate) fn of(sqlite: bool, template: &str) -> Self {
        match sqlite && !template.contains('$') {
            true => Self::InOrder,
            false => Self::Numbered,
        }
    }
}

type Made = HashMap<(&'static str, Sizes), Arc<str>>;
static MADE: LazyLock<RwLock<Made>> = LazyLock::new(RwLock::default);

/// Spells out a text; numbers of arguments go on after the highest one written in it.
pub(crate) fn spell(template: &'static str, sizes: Sizes) -> Sql {
    if !template.contains('{') {
        return Sql::Fixed(template);
    }
    let key = (template, sizes);
    let sql = match sizes.marks {
        Marks::Numbered => Sql::Made,
        Marks::InOrder => Sql::InOrder,
    };
    if let Some(made) = MADE.read().ok().and_then(|known| known.get(&key).cloned()) {
        return sql(made);
    }
    let made: Arc<str> = spelt(template, sizes).into();
    if let Ok(mut known) = MADE.write() {
        known.insert(key, Arc::clone(&made));
    }
    sql(made)
}

fn spelt(template: &str, sizes: Sizes) -> String {
    let mut next = Next {
        number: highest(template) + 1,
        marks: sizes.marks,
    };
    let mut text = template.to_owned();
    if text.contains("{list}") {
        text = text.replace("{list}", &numbers(&mut next, sizes.list));
    }
    if text.contains("{rows}") {
        let rows: Vec<String> = (0..sizes.list)
            .map(|_| format!("({})", numbers(&mut next, sizes.columns)))
            .collect();
        text = text.replace("{rows}", &rows.join(","));
    }
    if text.contains("{reach}") {
        let reach = match sizes.reach {
            None => "1 = 1".to_owned(),
            Some(0) => "conversation.team_id IS NULL".to_owned(),
            Some(teams) => {
                let teams = numbers(&mut next, teams);
                format!("(conversation.team_id IS NULL OR conversation.team_id IN ({teams}))")
            }
        };
        text = text.replace("{reach}", &reach);
    }
    text
}

fn highest(template: &str) -> usize {
    template
        .split('$')
        .skip(1)
        .filter_map(|rest| {
            let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
            digits.parse().ok()
        })
        .max()
        .unwrap_or(0)
}

/// The next argument's mark.
struct Next {
    number: usize,
    marks: Marks,
}

/// As short as can be: the driver of SQLite finds a prepared text by reading all of it.
fn numbers(next: &mut Next, count: usize) -> String {
    let mut text = String::new();
    for n in 0..count {
        let comma = if n == 0 { "" } else { "," };
        let _ = match next.marks {
            Marks::Numbered => write!(text, "{comma}${}", next.number),
            Marks::InOrder => write!(text, "{comma}?"),
        };
        next.number += 1;
    }
    text
}

/// Cuts rows into pieces of the fixed sizes.
pub(crate) fn cut<T>(items: &[T]) -> Vec<&[T]> {
    cut_by(items, CUTS)
}

/// Cuts a list into pieces of the fixed sizes.
pub(crate) fn cut_list<T>(items: &[T]) -> Vec<&[T]> {
    cut_by(items, LONG_LISTS.into_iter().chain(CUTS))
}

fn cut_by<T>(mut items: &[T], sizes: impl IntoIterator<Item = usize>) -> Vec<&[T]> {
    let mut pieces = Vec::new();
    for size in sizes {
        while let Some((piece, rest)) = items.split_at_checked(size) {
            pieces.push(piece);
            items = rest;
        }
    }
    pieces
}

/// The length of texts joined.
pub(crate) const fn joined_len(parts: &[&str]) -> usize {
    let (mut len, mut part) = (0, 0);
    while part < parts.len() {
        len += parts[part].len();
        part += 1;
    }
    len
}

/// Texts joined into bytes of their joint length.
pub(crate) const fn joined<const N: usize>(parts: &[&str]) -> [u8; N] {
    let mut bytes = [0; N];
    let (mut at, mut part) = (0, 0);
    while part < parts.len() {
        let from = parts[part].as_bytes();
        let mut byte = 0;
        while byte < from.len() {
            bytes[at] = from[byte];
            at += 1;
            byte += 1;
        }
        part += 1;
    }
    bytes
}

/// Joins constant texts at compile time.
macro_rules! text {
    ($($part:expr),+ $(,)?) => {{
        const PARTS: &[&str] = &[$($part),+];
        const BYTES: [u8; $crate::sql::text::joined_len(PARTS)] = $crate::sql::text::joined(PARTS);
        match std::str::from_utf8(&BYTES) {
            Ok(text) => text,
            Err(_) => panic!("texts joined are text"),
        }
    }};
}
pub(crate) use text;

/// Names the statements of a file and lists them, so that a test can prepare each on both engines.
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $text:expr;)+) => {
        $($(#[$doc])* const $name: &str = $text;)+
        pub(crate) const STATEMENTS: &[(&str, &str)] = &[$((stringify!($name), $name)),+];
    };
}
pub(crate) use statements;

#[cfg(test)]
mod tests {
    use super::*;

    fn check(template: &str, sizes: Sizes, wanted: &str) {
        assert_eq!(spelt(template, sizes), wanted);
    }

    #[test]
    fn parts_are_spelt_out_after_the_written_arguments() {
        let sizes = Sizes {
            list: 3,
            columns: 2,
            reach: Some(2),
            ..Sizes::default()
        };
        check("a = $2 AND b IN ({list})", sizes, "a = $2 AND b IN ($3,$4,$5)");
        check("VALUES {rows}", sizes, "VALUES ($1,$2),($3,$4),($5,$6)");
        check(
            "{reach} AND x IN ({list})",
            sizes,
            "(conversation.team_id IS NULL OR conversation.team_id IN ($4,$5)) AND x IN ($1,$2,$3)",
        );
        check("{reach}", Sizes::default(), "1 = 1");
        let in_order = Sizes {
            marks: Marks::InOrder,
            ..sizes
        };
        check("VALUES {rows}", in_order, "VALUES (?,?),(?,?),(?,?)");
        assert!(Marks::of(true, "VALUES {rows}") == Marks::InOrder);
        for (sqlite, template) in [(true, "a = $1 AND b IN ({list})"), (false, "VALUES {rows}")] {
            assert!(Marks::of(sqlite, template) == Marks::Numbered);
        }
    }

    #[test]
    fn arguments_keep_their_numbers_on_sqlite() {
        assert_eq!(Sql::from("a = $2 AND b = $1").for_sqlite(), "a = ?2 AND b = ?1");
        assert_eq!(Sql::from("VALUES (?, ?)").for_sqlite(), "VALUES (?, ?)");
    }

    #[test]
    fn pieces_are_of_the_fixed_sizes() {
        let sizes: Vec<usize> = cut(&[0; 150]).iter().map(|piece| piece.len()).collect();
        assert_eq!(sizes, [128, 16, 6]);
        assert!(cut::<u8>(&[]).is_empty());
        for count in 1..=256 {
            let items: Vec<i32> = (0..count).collect();
            let pieces = cut(&items);
            assert!(pieces.len() <= 5, "{count} rows");
            assert_eq!(pieces.concat(), items);
        }
    }
}
