//! Chats as devices of many languages write them, of our own making: each `tests/formats/*.txt` is read as its `.read` says, line by line.

use std::path::Path;

use counterfoil_transcript::{Choice, Container, Limits, Longest, dry_run};

use crate::told::{guessed, told};

#[test]
fn channel_7_every_format_is_read_as_written_down() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "txt") {
            continue;
        }
        let chat = std::fs::read(&path).unwrap();
        let expected = std::fs::read_to_string(path.with_extension("read")).unwrap();
        let pieces = guessed(&chat);
        assert_eq!(told(&pieces), expected, "{}", path.display());

        let mut container = Container::open(std::io::Cursor::new(chat), Limits::default()).unwrap();
        let report = dry_run(&mut container, Choice::default(), Longest::default()).unwrap();
        assert_eq!(report.lines.accounted(), report.lines.read, "{}", path.display());
        assert_eq!(report.guesses.shapes.len(), 1, "{}", path.display());
        assert_eq!(
            (report.lines.preamble, report.lines.no_such_day, report.lookalikes),
            (0, 0, 0),
            "{}",
            path.display()
        );
        count += 1;
    }
    assert!(count >= 24, "{count} formats");
}
