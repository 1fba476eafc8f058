//! Trying an import: the command reads a file as devices of many languages write it, says what would come of it, and keeps nothing.

use crate::program::{complained, json, run, said};
use counterfoil_simulator::exported::{DEVICES, DateOrder, Device, Exported, zip};
use serde_json::{Value, json};
use std::process::Output;

/// What the command says of a file that is written under this name.
fn tried(name: &str, content: &[u8], options: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(name), content).unwrap();
    let arguments = [&["import", "try", name], options].concat();
    let output = run(folder.path(), &arguments);
    let left = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left, 1, "the dry run left something behind");
    output
}

fn tried_json(name: &str, content: &[u8], options: &[&str]) -> (Option<i32>, Value) {
    let output = tried(name, content, &[options, &["--json"]].concat());
    (output.status.code(), json(&output))
}

fn order(order: DateOrder) -> &'static str {
    match order {
        DateOrder::DayMonthYear => "day_month_year",
        DateOrder::MonthDayYear => "month_day_year",
        DateOrder::YearMonthDay => "year_month_day",
    }
}

/// That a report counts exactly what was written.
fn counts(device: Device, exported: &Exported, found: &Value) {
    let name = device.style;
    let report = &found["report"];
    assert_eq!(report["lines"]["read"], exported.lines, "{name}");
    assert_eq!(found["lines_accounted"], exported.lines, "{name}");
    let heads = exported.messages() + exported.system_lines;
    assert_eq!(report["lines"]["heads"], heads, "{name}");
    assert_eq!(report["lines"]["continuations"], exported.lines - heads, "{name}");
    assert_eq!(report["messages"], exported.messages(), "{name}");
    let kinds = json!({
        "text": exported.texts,
        "attachment": exported.attached.len(),
        "omitted": exported.omitted,
        "deleted": exported.deleted,
    });
    assert_eq!(report["by_kind"], kinds, "{name}");
    assert_eq!(report["edited"], exported.edited, "{name}");
    let app: u64 = report["system_lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|of| of[1].as_u64().unwrap())
        .sum();
    assert_eq!(app, exported.system_lines, "{name}");
    let [first, second] = device.people();
    let by = |author: &str| exported.said.iter().filter(|said| said.author == author).count();
    assert_eq!(
        report["by_author"],
        json!({first: by(first), second: by(second)}),
        "{name}"
    );
    assert_eq!(report["suspected"], json!({}), "{name}");
    assert_eq!(report["media"]["referenced"], exported.attached.len(), "{name}");
    assert_eq!(report["media"]["omitted"], exported.omitted, "{name}");
}

#[test]
fn channel_7_every_device_is_counted_line_by_line() {
    for device in DEVICES {
        let name = device.style;
        let exported = device.export(24, 3_600).unwrap();
        // Alone: the attachments are missing, and that is said.
        let (code, found) = tried_json("chat.txt", exported.text.as_bytes(), &[]);
        assert_eq!(code, Some(3), "{name} {found}");
        counts(device, &exported, &found);
        let missing = &found["report"]["media"]["missing"];
        assert_eq!(missing, &json!(exported.attached), "{name}");
        let style = counterfoil_simulator::exported::Style::named(name).unwrap();
        assert_eq!(found["report"]["guesses"]["order"], order(style.order), "{name}");

        // With its media, all is well.
        let file = if style.is_ios() {
            "_chat.txt"
        } else {
            "WhatsApp Chat with Ann.txt"
        };
        let mut entries: Vec<(&str, &[u8])> = vec![(file, exported.text.as_bytes())];
        entries.extend(exported.attached.iter().map(|name| (name.as_str(), &b"a picture"[..])));
        let (code, found) = tried_json("chat.zip", &zip(&entries).unwrap(), &[]);
        assert_eq!(code, Some(0), "{name} {found}");
        counts(device, &exported, &found);
        assert_eq!(found["report"]["media"]["present"], exported.attached.len(), "{name}");
    }
    assert!(DEVICES.len() >= 12);
}

#[test]
fn channel_7_a_wrong_choice_shows() {
    let device = DEVICES[0];
    let exported = device.export(100, 20_000).unwrap();
    let wrong = tried("chat.txt", exported.text.as_bytes(), &["--date-order", "mdy"]);
    assert_eq!(wrong.status.code(), Some(3));
    let text = said(&wrong);
    assert!(text.contains("Some dates do not exist"), "{text}");
    assert!(
        text.contains(&format!("Lines: {0} read, {0} accounted for", exported.lines)),
        "{text}"
    );
    // The evidence is there for the right guess as well.
    let right = said(&tried("chat.txt", exported.text.as_bytes(), &[]));
    assert!(
        right.contains("dates are day, month, year: in any other order days do not exist"),
        "{right}"
    );
    assert!(!right.contains("Some dates do not exist"), "{right}");

    let shape = tried_json(
        "chat.txt",
        exported.text.as_bytes(),
        &["--shape", "[24/12/2023, 21:05:15] "],
    );
    assert_eq!(shape.0, Some(1), "{}", shape.1);
    assert_eq!(shape.1["must_choose"], "shape");
    let unread = tried("chat.txt", exported.text.as_bytes(), &["--shape", "yesterday"]);
    assert!(
        complained(&unread).contains("copy the beginning of a line"),
        "{}",
        complained(&unread)
    );
}

#[test]
fn channel_7_what_the_file_does_not_tell_is_asked() {
    let chat = "03/06/2018, 21:25 - Ann: one\n04/06/2018, 21:25 - Ann: two\n";
    let asked = tried("chat.txt", chat.as_bytes(), &[]);
    assert_eq!(asked.status.code(), Some(1));
    let text = said(&asked);
    assert!(
        text.contains("--date-order dmy  (day, month, year): from 2018-06-03T21:25 to 2018-06-04T21:25"),
        "{text}"
    );
    assert!(
        text.contains("--date-order mdy  (month, day, year): from 2018-03-06T21:25 to 2018-04-06T21:25"),
        "{text}"
    );
    let (code, found) = tried_json("chat.txt", chat.as_bytes(), &[]);
    assert_eq!(
        (code, &found["must_choose"], &found["report"]),
        (Some(1), &json!("date_order"), &Value::Null)
    );
    let (code, found) = tried_json("chat.txt", chat.as_bytes(), &["--date-order", "mdy"]);
    assert_eq!(
        (code, &found["report"]["earliest"]),
        (Some(0), &json!("2018-03-06T21:25"))
    );

    let two = zip(&[
        ("WhatsApp Chat with Ann.txt", chat.as_bytes()),
        ("WhatsApp Chat with Bob.txt", chat.as_bytes()),
    ])
    .unwrap();
    let several = tried("chats.zip", &two, &[]);
    assert!(
        complained(&several).contains("WhatsApp Chat with Bob.txt"),
        "{}",
        complained(&several)
    );
    let chosen = ["--chat", "WhatsApp Chat with Bob.txt", "--date-order", "dmy"];
    let (code, found) = tried_json("chats.zip", &two, &chosen);
    assert_eq!(
        (code, &found["report"]["messages"]),
        (Some(3), &json!(2)),
        "the other chat is named by no message"
    );
}

#[test]
fn channel_7_what_is_not_read_is_said() {
    let chat = "\u{1B}[2J top\n13/06/2018, 21:25 - Ann\u{1B}[31m: one\n[14/06/2018, 10:00:00] Eve: look\n14/06/2018, 20:00 - Bob: two\n13/06/2018, 9:00 - Ann\u{1B}[31m: early\n";
    let output = tried("chat.txt", chat.as_bytes(), &[]);
    assert_eq!(output.status.code(), Some(3));
    let text = said(&output);
    for words in [
        "Lines: 5 read, 5 accounted for",
        "Something stands above the first message",
        "Taken as text: 1 lines that begin like `[24/12/2023, 21:05:15] `, the first in line 3",
        "Messages earlier than what stands before them, by more than two hours: 1",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(!text.contains('\u{1B}'), "a stranger's file steers the terminal");
}
