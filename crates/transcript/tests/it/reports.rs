//! The dry run: what a person sees before importing, and that a wrong guess can be seen in it.

use std::io::Cursor;

use counterfoil_transcript::{
    Basis, Choice, Container, DateOrder, Doubt, DryRunError, Limits, LineCounts, Longest, Report, Suspicion,
    SystemKind, Undecided, dry_run,
};

use crate::zips::zip;

const CHAT: &str = "\
A note that somebody wrote above
13/06/2018, 21:25 - Messages and calls are end-to-end encrypted. No one can read them.
13/06/2018, 21:25 - Ann: IMG-20180613-WA0001.jpg (file attached)
the sail

13/06/2018, 21:26 - Bob: IMG-20180613-WA0002.jpg (file attached)
13/06/2018, 21:27 - Bob: IMG-20180613-WA0002.jpg (file attached)
14/06/2018, 08:00 - Ann: <Media omitted>
14/06/2018, 08:01 - Ann: pasted:
[1/2/18, 9:00:00 PM] Eve: hello
01/06/2018, 08:00 - Eve: I agree
14/06/2018, 08:02 - Ann: ok <This message was edited>
14/06/2018, 08:03 - Something of a later version
";

fn report_of(file: Vec<u8>, choice: Choice) -> Report {
    let mut container = Container::open(Cursor::new(file), Limits::default()).unwrap();
    dry_run(&mut container, choice, Longest::default()).unwrap()
}

#[test]
fn everything_is_counted_once() {
    let file = zip(&[
        ("WhatsApp Chat with Ann.txt", CHAT.as_bytes()),
        ("IMG-20180613-WA0002.jpg", b"x"),
        ("IMG-20180613-WA0002.jpg", b"y"),
        ("IMG-20180613-WA0009.jpg", b"z"),
    ]);
    let report = report_of(file, Choice::default());
    let lines = LineCounts {
        read: 13,
        heads: 9,
        continuations: 3,
        preamble: 1,
        no_such_day: 0,
        too_long: 0,
    };
    assert_eq!((report.lines, report.lines.accounted()), (lines, 13));
    assert_eq!(report.messages, 7);
    assert_eq!(
        report.by_author.into_iter().collect::<Vec<_>>(),
        [("Ann".to_owned(), 4), ("Bob".to_owned(), 2), ("Eve".to_owned(), 1)]
    );
    assert_eq!(
        report.by_kind.into_iter().collect::<Vec<_>>(),
        [("attachment", 3), ("omitted", 1), ("text", 3)]
    );
    assert_eq!(report.system_lines, [(None, 1), (Some(SystemKind::Encryption), 1)]);
    assert_eq!(report.edited, 1);
    assert_eq!(report.earliest.unwrap().to_string(), "2018-06-01T08:00");
    assert_eq!(report.latest.unwrap().to_string(), "2018-06-14T08:03");
    assert_eq!((report.steps_back, report.lookalikes), (1, 1));
    assert_eq!(
        report.suspected.into_iter().collect::<Vec<_>>(),
        [(Suspicion::EarlierThanBefore, 1)]
    );
    let media = report.media;
    assert_eq!((media.referenced, media.present, media.omitted), (3, 1, 1));
    assert_eq!(media.missing, ["IMG-20180613-WA0001.jpg"]);
    assert_eq!(media.referenced_twice, ["IMG-20180613-WA0002.jpg"]);
    assert_eq!(media.present_twice, ["IMG-20180613-WA0002.jpg"]);
    assert_eq!(media.unreferenced, ["IMG-20180613-WA0009.jpg"]);
}

#[test]
fn the_guesses_come_with_their_evidence() {
    let report = report_of(CHAT.as_bytes().to_vec(), Choice::default());
    assert_eq!(
        (
            report.guesses.order,
            report.guesses.basis,
            report.guesses.heads_of_others
        ),
        (DateOrder::DayMonthYear, Basis::Parts, 1)
    );
    let [seen, other] = &report.guesses.shapes[..] else {
        panic!("two shapes")
    };
    assert_eq!(
        (seen.heads, seen.first_line, seen.last_line, other.heads),
        (9, 2, 13, 1)
    );
    let evidence = seen.orders.each_ref().map(|under| {
        (
            under.impossible,
            under.steps_back,
            under.names_agree,
            under.names_disagree,
        )
    });
    assert_eq!(evidence, [(0, 1, 3, 0), (8, 0, 0, 0), (9, 0, 0, 0)]);
}

#[test]
fn a_wrong_choice_shows_in_the_counts() {
    let wrong = Choice {
        order: Some(DateOrder::MonthDayYear),
        shape: None,
    };
    let report = report_of(CHAT.as_bytes().to_vec(), wrong);
    assert_eq!(report.guesses.basis, Basis::Chosen);
    assert!(report.doubts.contains(&Doubt::NoSuchDay));
    // Only the forged line has a day that is a month, too.
    let lines = LineCounts {
        read: 13,
        heads: 1,
        continuations: 0,
        preamble: 1,
        no_such_day: 11,
        too_long: 0,
    };
    assert_eq!((report.lines, report.messages), (lines, 1));

    let shapes = report.guesses.shapes;
    let other = Choice {
        shape: Some(shapes[1].shape),
        order: Some(DateOrder::MonthDayYear),
    };
    let report = report_of(CHAT.as_bytes().to_vec(), other);
    assert_eq!((report.messages, report.guesses.heads_of_others), (1, 9));
    assert_eq!(
        (report.lines.preamble, report.lines.continuations, report.lookalikes),
        (9, 3, 9)
    );
}

#[test]
fn doubts_are_named() {
    use Doubt::{NamesDisagree, NoAfternoon, OtherShapes, Preamble, StepsBack};
    let clean = "[13/06/2018, 10:00:00] Ann: \u{200E}<attached: 00000001-PHOTO-2018-06-13-10-00-00.jpg>\n";
    let swapped = Choice {
        order: Some(DateOrder::MonthDayYear),
        shape: None,
    };
    let named = "[01/06/2018, 10:00:00] Ann: \u{200E}<attached: 00000001-PHOTO-2018-06-01-10-00-00.jpg>\n[02/06/2018, 10:00:00] Ann: x\n";
    let mornings: String = (10..60)
        .map(|minute| format!("13/06/2018, 10:{minute} - Ann: x\n"))
        .collect();
    for (chat, choice, expected) in [
        (clean.to_owned(), Choice::default(), &[][..]),
        (CHAT.to_owned(), Choice::default(), &[Preamble, OtherShapes, StepsBack]),
        (named.to_owned(), swapped, &[NamesDisagree]),
        (
            format!("[13/06/2018, 10:00:00] Ann: x\n{mornings}"),
            Choice::default(),
            &[OtherShapes],
        ),
        (mornings, Choice::default(), &[NoAfternoon]),
    ] {
        assert_eq!(report_of(chat.clone().into_bytes(), choice).doubts, expected, "{chat}");
    }
}

#[test]
fn parts_of_the_day_that_are_not_known_are_named() {
    let chat = "13/6/2018, 9:25 AM - Ann: a\n13/6/2018, 9:25 vesper - Bob: b\n";
    let report = report_of(chat.into(), Choice::default());
    assert_eq!(report.doubts, [Doubt::UnknownWords]);
    assert_eq!((report.guesses.unknown_words, report.lookalikes), (1, 1));
}

#[test]
fn years_of_another_calendar_are_named() {
    for chat in [
        "19/6/2565 14:05 - Ann: a\n",
        "20/6/65 14:05 - Ann: a\n21/6/65 14:05 - Ann: a\n1/7/65 14:05 - Ann: a\n",
        "1402/3/1, 14:05 - Ann: a\n",
    ] {
        let report = report_of(chat.as_bytes().to_vec(), Choice::default());
        assert_eq!(report.doubts, [Doubt::OtherCalendar], "{chat}");
    }
}

#[test]
fn what_the_file_does_not_tell_must_be_chosen() {
    let chat = "[05/06/2018, 10:00:00] Ann: \u{200E}<attached: 00000001-PHOTO-2018-06-05-10-00-00.jpg>\n[06/06/2018, 10:00:00] Bob: b\n";
    let mut container = Container::open(Cursor::new(chat.as_bytes()), Limits::default()).unwrap();
    let error = dry_run(&mut container, Choice::default(), Longest::default()).unwrap_err();
    let DryRunError::Undecided(Undecided::DateOrder(ambiguity), survey) = error else {
        panic!("{error}")
    };
    assert_eq!((ambiguity.differing, ambiguity.heads, survey.lines), (1, 2, 2));
    let readings: Vec<_> = ambiguity
        .readings
        .iter()
        .map(|under| (under.order, under.first.unwrap().to_string(), under.names_agree))
        .collect();
    assert_eq!(
        readings,
        [
            (DateOrder::DayMonthYear, "2018-06-05T10:00:00".to_owned(), 1),
            (DateOrder::MonthDayYear, "2018-05-06T10:00:00".to_owned(), 0)
        ]
    );
    let chosen = Choice {
        order: Some(DateOrder::DayMonthYear),
        shape: None,
    };
    assert_eq!(dry_run(&mut container, chosen, Longest::default()).unwrap().messages, 2);
}

#[test]
fn bytes_that_are_no_text_and_lines_that_are_too_long_are_counted() {
    let mut chat = b"13/06/2018, 21:25 - Ann: a\xFF\xFEb\n".to_vec();
    chat.extend_from_slice(&[b'x'; 300]);
    chat.extend_from_slice(b"\n13/06/2018, 21:26 - Bob: b\n");
    let mut container = Container::open(Cursor::new(chat), Limits::default()).unwrap();
    let report = dry_run(
        &mut container,
        Choice::default(),
        Longest {
            line: 100,
            message: 1000,
        },
    )
    .unwrap();
    assert_eq!((report.replaced, report.cut_pieces, report.cut_bytes), (2, 1, 201));
    assert_eq!(
        report.lines,
        LineCounts {
            read: 3,
            heads: 2,
            too_long: 1,
            ..LineCounts::default()
        }
    );
}

#[test]
fn nothing_of_the_content_shows_in_debug() {
    let report = report_of(CHAT.as_bytes().to_vec(), Choice::default());
    assert!(!format!("{report:?}{:?}", report.media).contains("Ann"));
    assert!(
        serde_json::to_string(&report).unwrap().contains("Ann"),
        "people who may read the chat see it all"
    );
}
