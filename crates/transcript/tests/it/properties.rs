//! What holds for every chat and for every file: nothing is lost, nothing panics, and what was written is what is read.

use std::io::{Cursor, Read};

use counterfoil_simulator::exported::{self, STYLES, Said, Style};
use counterfoil_transcript::{
    Body, Choice, Container, DateOrder, Limits, Longest, Reading, Shape, Survey, Tally, Undecided, What,
};
use proptest::prelude::*;
use proptest::sample::select;

use crate::told::{pieces, survey};
use crate::zips::zip;

/// Lines of messages, some of them near to what the app writes.
const LINES: &[&str] = &[
    "hello",
    "the boat is in",
    "",
    "a: b: c",
    "12/12",
    "[x]",
    "(file attached",
    "<b>",
    "😀👩‍🚀",
    "שלום",
    "مرحبا",
    "1. paint",
    "- nail",
    "10:30 - late",
    "  blank  ",
    "x\u{200E}y",
    "null?",
    "image omitted?",
    "»so«",
    "[13/06/2018",
    "99/99/9999, 99:99 - x: y",
];

/// The order of a style's dates, in the words of the crate.
fn order(style: Style) -> DateOrder {
    match style.order {
        exported::DateOrder::DayMonthYear => DateOrder::DayMonthYear,
        exported::DateOrder::MonthDayYear => DateOrder::MonthDayYear,
        exported::DateOrder::YearMonthDay => DateOrder::YearMonthDay,
    }
}

fn style() -> impl Strategy<Value = Style> {
    select(&STYLES[..])
}

fn author() -> impl Strategy<Value = String> {
    select(vec![
        "Ann",
        "Bob Moor",
        "Zoë",
        "سلمى",
        "森",
        "+49 30 901820",
        "O'Hara 2",
    ])
    .prop_map(str::to_owned)
}

/// Messages in the order of time, from years that the app existed in. `usize::MAX` stands for a head of another device.
fn chat() -> impl Strategy<Value = Vec<(u32, String, Vec<usize>)>> {
    let lines = prop::collection::vec(prop_oneof![9 => 0..LINES.len(), 1 => Just(usize::MAX)], 1..4);
    prop::collection::vec((0u32..4 * 24 * 3600, author(), lines), 1..60)
}

/// Days are counted through a calendar of its own, so that a mistake in the crate's is not repeated.
fn said(style: Style, start: u32, chat: &[(u32, String, Vec<usize>)]) -> Vec<Said> {
    let (mut year, mut month, mut day, mut second) = (2012u16, 1u8, 1u8, u64::from(start) * 3600);
    let mut all = Vec::new();
    for (gap, author, lines) in chat {
        second += u64::from(*gap);
        while second >= 24 * 3600 {
            second -= 24 * 3600;
            let leap = year.is_multiple_of(4);
            let last = [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][usize::from(month) - 1];
            day += 1;
            if day > last {
                (day, month) = (1, month + 1);
            }
            if month > 12 {
                (month, year) = (1, year + 1);
            }
        }
        let words = |line: &usize| LINES.get(*line).copied().unwrap_or_else(|| style.another_head());
        let text: Vec<&str> = lines.iter().map(words).collect();
        all.push(Said {
            year,
            month,
            day,
            hour: u8::try_from(second / 3600).unwrap(),
            minute: u8::try_from(second / 60 % 60).unwrap(),
            second: u8::try_from(second % 60).unwrap(),
            author: author.clone(),
            text: text.join("\n"),
        });
    }
    all
}

/// Anything, but with enough of what heads are made of that some come about.
fn anything() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..40),
        (style(), 1u32..40_000, author()).prop_map(|(style, hours, author)| {
            let one = said(style, hours, &[(0, author, vec![0])]);
            style.chat(&one, "\n").into_bytes()
        }),
        select(vec![
            "\n",
            "\r\n",
            "[",
            "31/02/2018, 10:00 - x: y\n",
            ": ",
            "\u{200E}",
            "\u{FEFF}",
            "13/13/2018, 10:00 - x\n",
            " PM",
            "\u{1F600}"
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ];
    let bom = select(vec![&b""[..], b"\xEF\xBB\xBF", b"\xFF\xFE", b"\xFE\xFF"]);
    (bom, prop::collection::vec(part, 0..40)).prop_map(|(bom, parts)| [bom.to_vec(), parts.concat()].concat())
}

#[test]
fn a_shape_is_named_by_an_example() {
    let said = said(STYLES[0], 0, &[(0, "Ann".to_owned(), vec![0])]);
    for style in STYLES {
        let head = style.head(&said[0]);
        let shape = Shape::of_example(&head).unwrap_or_else(|| panic!("{}", style.name));
        assert_eq!(Shape::of_example(head.trim_end()), Some(shape), "{}", style.name);
        let example = shape.example(order(style));
        assert_eq!(Shape::of_example(&example), Some(shape), "{} {example}", style.name);
    }
    for none in ["", "Ann", "31/31/2018, 10:00 - ", "10:00"] {
        assert_eq!(Shape::of_example(none), None, "{none}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn channel_7_what_was_written_is_read(style in style(), start in 0u32..100_000, chat in chat(), crlf in any::<bool>()) {
        let all = said(style, start, &chat);
        let text = style.chat(&all, if crlf { "\r\n" } else { "\n" });
        let survey = survey(text.as_bytes());
        let plan = match survey.plan(Choice::default()) {
            // A guess is right, or the other orders mean the same days.
            Ok(plan) => plan,
            Err(Undecided::DateOrder(ambiguity)) => {
                prop_assert!(ambiguity.differing > 0);
                prop_assert!(ambiguity.readings.iter().any(|reading| reading.order == order(style)), "the true one is offered");
                survey.plan(Choice { order: Some(order(style)), shape: None }).unwrap()
            }
            Err(error) => panic!("{error}"),
        };
        let pieces = pieces(text.as_bytes(), plan);
        prop_assert_eq!(pieces.len(), all.len());
        for (piece, said) in pieces.iter().zip(&all) {
            let What::Message(message) = &piece.what else { panic!("{}", style.name) };
            prop_assert_eq!(message.at.to_string(), style.stated(said));
            prop_assert_eq!(&message.author.name, &said.author);
            let Body::Text { text } = &message.body else { panic!("{}", said.text) };
            prop_assert_eq!(text, &said.text);
        }
        let raw: String = pieces.iter().map(|piece| piece.raw.as_str()).collect();
        prop_assert_eq!(raw, text);
    }

    #[test]
    fn channel_7_every_line_of_any_file_is_accounted_for(file in anything(), small in any::<bool>()) {
        let longest = if small { Longest { line: 64, message: 100 } } else { Longest::default() };
        let survey = Survey::of(&file[..], longest).unwrap();
        if !file.starts_with(b"\xFF\xFE") && !file.starts_with(b"\xFE\xFF") {
            let ends = file.iter().filter(|byte| **byte == b'\n').count();
            let open = usize::from(file.last().is_some_and(|byte| *byte != b'\n'));
            prop_assert_eq!(survey.lines, (ends + open) as u64);
        }
        for shape in survey.shapes.iter().map(|seen| seen.shape).take(3) {
            for order in DateOrder::ALL {
                let plan = survey.plan(Choice { shape: Some(shape), order: Some(order) }).unwrap();
                let mut tally = Tally::of(&survey, &plan);
                let mut reading = Reading::of(&file[..], plan, longest).unwrap();
                let (mut line, mut byte) = (0, 0);
                for piece in &mut reading {
                    let piece = piece.unwrap();
                    prop_assert_eq!((piece.first_line, piece.bytes.start), (line + 1, byte));
                    (line, byte) = (piece.last_line, piece.bytes.end);
                    tally.take(&piece);
                }
                prop_assert_eq!((line, byte), (survey.lines, file.len() as u64));
                prop_assert_eq!(reading.lines_read(), survey.lines);
                let report = tally.finish(&[]);
                prop_assert_eq!(report.lines.accounted(), survey.lines);
            }
        }
    }

    #[test]
    fn channel_7_a_wrong_order_shows(start in 0u32..100_000, chat in chat()) {
        let style = STYLES[0];
        let all = said(style, start, &chat);
        // A day from 13 on is no month.
        let late = all.iter().filter(|said| said.day > 12).count() as u64;
        let text = style.chat(&all, "\n");
        let survey = survey(text.as_bytes());
        let plan = survey.plan(Choice { order: Some(DateOrder::MonthDayYear), shape: None }).unwrap();
        let mut tally = Tally::of(&survey, &plan);
        for piece in pieces(text.as_bytes(), plan) {
            tally.take(&piece);
        }
        let report = tally.finish(&[]);
        prop_assert_eq!(report.guesses.shapes[0].orders[1].impossible, late);
        prop_assert_eq!(report.messages, all.len() as u64 - late);
        prop_assert!(report.lines.no_such_day >= late);
    }

    #[test]
    fn no_zip_file_panics_or_unpacks_without_end(
        chat in prop::collection::vec(any::<u8>(), 0..300),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        end in any::<prop::sample::Index>(),
        cut in any::<bool>(),
    ) {
        let mut file = zip(&[("WhatsApp Chat with Ann.txt", &chat), ("a/b.jpg", &chat), ("c.txt", b"13/06/2018, 21:25 - Ann: a\n")]);
        for (place, byte) in changes {
            let place = place.index(file.len());
            file[place] = byte;
        }
        if cut {
            file.truncate(end.index(file.len()));
        }
        let limits = Limits { total_bytes: 1 << 20, ..Limits::default() };
        if let Ok(mut container) = Container::open(Cursor::new(file), limits) {
            let mut sum = container.chat().map_or(0, drained);
            for media in container.media() {
                sum += container.read(&media).map_or(0, drained);
            }
            // A reading that ends in an error may have given a buffer more than the directory says.
            prop_assert!(sum <= (1 << 20) + 4 * 64 * 1024);
        }
    }
}

/// How many bytes come out, up to the end or an error.
fn drained(mut from: impl Read) -> u64 {
    let (mut buffer, mut sum) = ([0; 4096], 0);
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        sum += count as u64;
    }
    sum
}
