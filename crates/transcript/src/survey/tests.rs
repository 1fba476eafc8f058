//! What a survey tells of small chats, and that it does not tell what the file does not.

use super::*;

fn survey(text: &str) -> Survey {
    Survey::of(text.as_bytes(), Longest::default()).unwrap()
}

/// A chat with one message on each date, in the frame of iOS.
fn chat(dates: &[&str]) -> String {
    dates
        .iter()
        .map(|date| format!("[{date}, 10:00:00] Ann: x\n"))
        .collect()
}

fn told(dates: &[&str]) -> Result<(DateOrder, Basis), u64> {
    match survey(&chat(dates)).plan(Choice::default()) {
        Ok(plan) => Ok((plan.order, plan.basis)),
        Err(Undecided::DateOrder(ambiguity)) => Err(ambiguity.differing),
        Err(Undecided::NoHeads) => panic!("no heads"),
    }
}

#[test]
fn the_order_of_dates_is_told_or_asked() {
    use Basis::{Parts, Same, Sequence};
    use DateOrder::{DayMonthYear, MonthDayYear, YearMonthDay};
    for (dates, expected) in [
        (&["13/06/2018"][..], Ok((DayMonthYear, Parts))),
        (&["06/13/2018"], Ok((MonthDayYear, Parts))),
        (&["2018/06/03"], Ok((YearMonthDay, Parts))),
        (&["18-06-13", "18-07-10"], Ok((YearMonthDay, Sequence))),
        (&["20.06.19"], Ok((DayMonthYear, Parts))),
        // Under the other order the second is in January.
        (&["11/02/2018", "01/03/2018"], Ok((DayMonthYear, Sequence))),
        (&["02/11/2018", "03/01/2018"], Ok((MonthDayYear, Sequence))),
        (&["06/06/2018", "07/07/2018"], Ok((DayMonthYear, Same))),
        (&["05/06/2018", "06/06/2018", "07/06/2018"], Err(2)),
        (&["13/06/18", "14/06/18"], Err(2)),
        // One line that somebody pasted does not decide: it steps forward, and what follows steps back.
        (&["05/06/2018", "12/31/2018", "06/06/2018"], Err(2)),
    ] {
        assert_eq!(told(dates), expected, "{dates:?}");
    }
}

#[test]
fn a_choice_is_taken_though_it_does_not_fit() {
    let survey = survey(&chat(&["13/06/2018", "14/06/2018"]));
    let order = Some(DateOrder::MonthDayYear);
    let plan = survey.plan(Choice { order, shape: None }).unwrap();
    assert_eq!((plan.order, plan.basis), (DateOrder::MonthDayYear, Basis::Chosen));
    assert_eq!(survey.shapes[0].orders[1].impossible, 2);
}

#[test]
fn the_first_line_tells_the_shape_and_others_are_counted() {
    let pasted = "[14/06/2018, 10:00:00] Ann: look:\n1/2/18, 1:55 PM - Bob: x\n1/3/18, 1:55 PM - Bob: y\n31/31/2018, 10:00 - no date\n";
    let survey = survey(pasted);
    let plan = survey.plan(Choice::default()).unwrap();
    assert_eq!(plan.shape, survey.shapes[0].shape);
    assert_eq!((survey.shapes[0].heads, survey.heads_of_others(plan.shape)), (1, 2));
    assert_eq!((survey.lines, survey.preamble, survey.no_dates), (4, 0, 1));
    let other = Some(survey.shapes[1].shape);
    assert!(matches!(
        survey.plan(Choice {
            shape: other,
            order: None
        }),
        Err(Undecided::DateOrder(_))
    ));
}

#[test]
fn a_file_of_something_else_has_no_heads() {
    let survey = survey("Dear Sir,\n\n1. this is no chat\n");
    assert_eq!(survey.preamble, 3);
    assert!(matches!(survey.plan(Choice::default()), Err(Undecided::NoHeads)));
}
