//! Heads of every shape that was seen, and lines that are none.

use super::*;

/// What a line's head says under each order that it can have, and the text behind it.
fn read(line: &str) -> Option<(Vec<String>, &str)> {
    let head = Head::scan(line)?;
    let times = DateOrder::ALL.iter().filter_map(|order| head.at(*order));
    Some((times.map(|time| time.to_string()).collect(), &line[head.length..]))
}

fn one(line: &str, time: &str, rest: &str) {
    assert_eq!(read(line), Some((vec![time.to_owned()], rest)), "{line}");
}

#[test]
fn every_shape_that_was_seen_is_read() {
    one("[20.06.2019, 15:58:47] Ann: x", "2019-06-20T15:58:47", "Ann: x");
    one(
        "\u{200E}[20.06.2019, 15:58:47] \u{200E}Ann: x",
        "2019-06-20T15:58:47",
        "\u{200E}Ann: x",
    );
    one("[6/30/18, 1:55:00\u{202F}PM] Ann: x", "2018-06-30T13:55:00", "Ann: x");
    one("[2018/06/13, 21:25:15] Ann: x", "2018-06-13T21:25:15", "Ann: x");
    one("[22.3.2022 klo 14.08.18] Ann: x", "2022-03-22T14:08:18", "Ann: x");
    one("13/06/2018, 21:25 - Ann: x", "2018-06-13T21:25", "Ann: x");
    one("6/30/18, 1:55 PM - Ann: x", "2018-06-30T13:55", "Ann: x");
    one("30/6/2018 1:55 p. m. - Ann: x", "2018-06-30T13:55", "Ann: x");
    one("30/6/2018 1:55 p.\u{00A0}m. - Ann: x", "2018-06-30T13:55", "Ann: x");
    one("23-06-2018, 01.55 PM - Ann: x", "2018-06-23T13:55", "Ann: x");
    one("15.04.2016, 15:04 - Ann: x", "2016-04-15T15:04", "Ann: x");
    one("13.06.2018 21.25.15: Ann: x", "2018-06-13T21:25:15", "Ann: x");
    one("13. 6. 2018. 21:25:15 Ann: x", "2018-06-13T21:25:15", "Ann: x");
    one("2018. 6. 13. 오후 9:25 - 안나: x", "2018-06-13T21:25", "안나: x");
    one("[2018/6/13 下午9:25:15] Ann: x", "2018-06-13T21:25:15", "Ann: x");
    one("2018/6/13 上午12:25 - Ann: x", "2018-06-13T00:25", "Ann: x");
    one("[2018/06/13 午後0:25:15] Ann: x", "2018-06-13T12:25:15", "Ann: x");
    one("13/06/2018 9:25 de la noche - Ana: x", "2018-06-13T21:25", "Ana: x");
    one("13/06/2018 à 21:25 - Ann: x", "2018-06-13T21:25", "Ann: x");
    one("2018-06-13 21 h 25 - Ann: x", "2018-06-13T21:25", "Ann: x");
    one("13/6/2018, 9:25 अपराह्न - Ann: x", "2018-06-13T21:25", "Ann: x");
    one("१३/०६/२०१८, २१:२५ - Ann: x", "2018-06-13T21:25", "Ann: x");
    one(
        "[١٣\u{200F}/٦\u{200F}/٢٠١٨، ٩:٢٥:١٥ م] Ann: x",
        "2018-06-13T21:25:15",
        "Ann: x",
    );
    one("13\u{2011}06\u{2011}2018 21:25 - Ann: x", "2018-06-13T21:25", "Ann: x");
    one("13.06.2018 г., 21:25 - Ann: x", "2018-06-13T21:25", "Ann: x");
    one("[2018-06-13 21 h 25 min 15 s] Ann: x", "2018-06-13T21:25:15", "Ann: x");
    one("[13.06.2018 г., 21:25:15 ч.] Ann: x", "2018-06-13T21:25:15", "Ann: x");
    one("13/6/2018, 9:25 म.उ. - Ann: x", "2018-06-13T21:25", "Ann: x");
    one("13/6/2018, பிற்பகல் 9:25 - Ann: x", "2018-06-13T21:25", "Ann: x");
    one("2018/6/13 傍晚6:25 - Ann: x", "2018-06-13T18:25", "Ann: x");
    one("2018-06-13, 9:25 nm. - Ann: x", "2018-06-13T21:25", "Ann: x");
}

#[test]
fn numbers_that_fit_twice_are_read_twice() {
    let (times, _) = read("[03/06/18, 21:25:15] x").unwrap();
    assert_eq!(times, ["2018-06-03T21:25:15", "2018-03-06T21:25:15"]);
    let (times, _) = read("[13/06/18, 21:25:15] x").unwrap();
    assert_eq!(times, ["2018-06-13T21:25:15", "2013-06-18T21:25:15"]);
    let (times, _) = read("[10/11/12, 21:25:15] x").unwrap();
    assert_eq!(times.len(), 3);
}

#[test]
fn one_blank_belongs_to_the_head_and_no_more() {
    assert_eq!(read("13/06/2018, 21:25 -   x").unwrap().1, "  x");
    assert_eq!(read("13/06/2018, 21:25 -").unwrap().1, "");
    assert_eq!(read("[13/06/2018, 21:25:15]").unwrap().1, "");
}

#[test]
fn other_lines_have_no_head() {
    for line in [
        "",
        "Ann: x",
        "[",
        "[x",
        "13",
        "13/06/2018",
        "13/06/2018, ",
        "13/06/2018, 21:25",
        "13/06/2018, 21:25 Ann: x",
        "13/06/2018, 21:25 -x",
        "13/06/2018, 21:25- x",
        "13/06/2018, 25:25 - x",
        "13/06/2018, 21:65 - x",
        "13/06/2018, 21:5 - x",
        "13/06/201, 21:25 - x",
        "3/6/8, 21:25 - x",
        "13/06-2018, 21:25 - x",
        "13/06/20188, 21:25 - x",
        "13/06/2018 vers 21:25 - x",
        "13/06/2018, 9:25 sometime - x",
        "[13/06/2018, 21:25:15 x",
        "[13/06/2018, 21:25:15]x",
        "+49 30 901820 - x",
        "12/12 is fine - x",
    ] {
        assert_eq!(read(line), None, "{line}");
    }
}

#[test]
fn heads_with_unknown_words_are_told_apart() {
    for (line, expected) in [
        ("13/06/2018, 9:25 sometime - x", true),
        ("[13/06/2018, sometime 9:25:15] x", true),
        ("13/06/2018 vers 21:25 - x", true),
        ("13/06/2018, 21:25 Ann: x", false),
        ("13/06/2018 at the harbour", false),
        ("12/12 is fine - x", false),
    ] {
        assert!(Head::scan(line).is_none());
        assert_eq!(Head::has_unknown_word(line), expected, "{line}");
    }
}

#[test]
fn what_no_calendar_has_is_told_apart() {
    for (line, expected) in [
        ("[31/12/2018, 21:25:15] x", true),
        ("[31/02/2018, 21:25:15] x", false),
        ("[45/67/2018, 21:25:15] x", false),
        ("[1/2/03, 21:25:15] x", false),
    ] {
        assert_eq!(Head::scan(line).unwrap().can_be(), expected, "{line}");
    }
}
