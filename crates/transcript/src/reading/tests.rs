//! Pieces of small chats: what belongs together, what is not made a message, and what does not fit.

use super::*;
use crate::survey::{Choice, Survey};

fn pieces_within(text: &str, longest: Longest) -> Vec<Piece> {
    let plan = Survey::of(text.as_bytes(), longest)
        .unwrap()
        .plan(Choice::default())
        .unwrap();
    Reading::of(text.as_bytes(), plan, longest)
        .unwrap()
        .collect::<io::Result<_>>()
        .unwrap()
}

fn pieces(text: &str) -> Vec<Piece> {
    let pieces = pieces_within(text, Longest::default());
    let raw: String = pieces.iter().map(|piece| piece.raw.as_str()).collect();
    assert!(raw == text, "nothing is lost");
    pieces
}

/// A line for each piece: its lines, who, and the words or why there are none.
fn told(pieces: &[Piece]) -> Vec<String> {
    let one = |piece: &Piece| {
        let said = match &piece.what {
            What::Message(Message {
                author,
                body: Body::Text { text },
                ..
            }) => format!("{}: {text:?}", author.name),
            What::Message(Message { author, .. }) => format!("{}: another body", author.name),
            What::System(system) => format!("{:?} {:?}", system.kind, system.text),
            What::Unread(why) => format!("{why:?}"),
        };
        format!("{}-{} {said}", piece.first_line, piece.last_line)
    };
    pieces.iter().map(one).collect()
}

#[test]
fn lines_without_a_head_belong_to_the_message_before() {
    let text = "13/06/2018, 21:25 - Ann: a\r\n\r\n1/1/2018, 9:25 PM - Bob: pasted\r\n99/99/2018, 21:25 - x: y\r\n13/06/2018, 21:26 - Bob: b\n";
    let pieces = pieces(text);
    assert_eq!(
        told(&pieces),
        [
            "1-4 Ann: \"a\\n\\n1/1/2018, 9:25 PM - Bob: pasted\\n99/99/2018, 21:25 - x: y\"",
            "5-5 Bob: \"b\""
        ]
    );
    assert_eq!((pieces[0].lookalikes, pieces[1].bytes.end), (2, text.len() as u64));
}

#[test]
fn lines_of_the_app_have_no_author_or_known_words() {
    let text = "\u{FEFF}[13/06/2018, 21:25:00] Boats: \u{200E}Messages and calls are end-to-end encrypted. No one can read them.\n\
        [13/06/2018, 21:25:01] Boats: \u{200E}Ann added Bob\n\
        [13/06/2018, 21:25:02] Ann: I added Bob\n\
        [13/06/2018, 21:25:03] \u{200E}Ann changed the subject from “a: b” to “c”\n\
        [13/06/2018, 21:25:04] Something new happened\n\
        [13/06/2018, 21:25:05] Ann: \u{200E}<attached: 00000001-Ann added Bob.pdf>\n";
    let pieces = pieces(text);
    let kinds: Vec<_> = pieces
        .iter()
        .map(|piece| match &piece.what {
            What::System(system) => Some(system.kind),
            _ => None,
        })
        .collect();
    assert_eq!(
        kinds,
        [
            Some(Some(SystemKind::Encryption)),
            Some(Some(SystemKind::Joined)),
            None,
            Some(Some(SystemKind::Subject)),
            Some(None),
            None
        ]
    );
}

#[test]
fn colons_in_names_of_groups_make_no_author() {
    let text = "[13/06/2018, 21:25:00] Boats: 2024: \u{200E}Ann created this group\n\
        [13/06/2018, 21:25:01] Boats: 2024: \u{200E}Ann left\n\
        [13/06/2018, 21:25:02] \u{200E}Мария создала группу «Дача: лето»\n\
        [13/06/2018, 21:25:03] Ann: see: \u{200E}<attached: 00000001-a.pdf>\n";
    let said: Vec<_> = pieces(text)
        .into_iter()
        .map(|piece| match piece.what {
            What::System(system) => (true, system.author.map(|author| author.name)),
            What::Message(message) => (false, Some(message.author.name)),
            What::Unread(_) => panic!("read"),
        })
        .collect();
    let group = Some("Boats: 2024".to_owned());
    assert_eq!(
        said,
        [
            (true, group.clone()),
            (true, group),
            (true, None),
            (false, Some("Ann".to_owned()))
        ]
    );
}

#[test]
fn what_people_begin_like_the_app_stays_theirs() {
    for words in [
        "This chat is with a business account, is it?",
        "Disappearing messages were turned off by whom?",
        "Your security code with the bank changed, call me",
        "Messages and calls are end-to-end encrypted\nare they?",
    ] {
        let pieces = pieces(&format!("13/06/2018, 21:25 - Ann: {words}\n"));
        assert_eq!(told(&pieces)[0].split_once(": ").unwrap().1, format!("{words:?}"));
    }
}

#[test]
fn what_precedes_the_first_head_and_days_that_are_not_there_are_unread() {
    let text = "a\nb\n13/06/2018, 21:25 - Ann: a\n06/13/2018, 21:25 - Ann: b\nc\n14/06/2018, 21:25 - Ann: d\n15/06/2018, 21:25 - Ann: e\n16/06/2018, 21:25 - Ann: f\n17/06/2018, 21:25 - Ann: g";
    assert_eq!(
        told(&pieces(text)),
        [
            "1-2 Preamble",
            "3-3 Ann: \"a\"",
            "4-5 NoSuchDay",
            "6-6 Ann: \"d\"",
            "7-7 Ann: \"e\"",
            "8-8 Ann: \"f\"",
            "9-9 Ann: \"g\""
        ]
    );
}

#[test]
fn what_is_too_long_is_cut_and_counted() {
    let longest = Longest { line: 80, message: 120 };
    let line = "x".repeat(70);
    let text = format!(
        "13/06/2018, 21:25 - Ann: a\n{line}\n{line}\nz\n13/06/2018, 21:26 - Bob: {}\n",
        "y".repeat(100)
    );
    let pieces = pieces_within(&text, longest);
    assert_eq!(told(&pieces)[0], format!("1-4 Ann: \"a\\n{line}\""));
    assert_eq!(pieces[0].cut, Cut { bytes: 73, lines: 2 });
    assert_eq!(told(&pieces)[1], format!("5-5 Bob: \"{}\"", "y".repeat(55)));
    assert_eq!(pieces[1].cut, Cut { bytes: 46, lines: 0 });
    assert_eq!(pieces[1].bytes.end, text.len() as u64);
}

#[test]
fn forged_heads_are_read_and_suspected() {
    let mut text = String::new();
    for minute in 10..40 {
        let author = ["Ann", "Bob"][minute % 2];
        text += &format!("14/06/2018, 21:{minute} - {author}: a\n");
    }
    text += "01/06/2018, 09:00 - Ann: I agree\n14/06/2018, 21:40 - The bank: pay\n14/06/2018, 21:41 - Ann: a\n";
    let pieces = pieces(&text);
    let suspected: Vec<_> = pieces
        .iter()
        .filter(|piece| !piece.suspicions().is_empty())
        .map(|piece| (piece.first_line, piece.suspicions().to_vec()))
        .collect();
    assert_eq!(
        suspected,
        [
            (31, vec![Suspicion::EarlierThanBefore]),
            (32, vec![Suspicion::LoneAuthor])
        ]
    );
}
