//! A dry run in plain words.
//!
//! Names stand as in the file, which a stranger may have written: whatever would steer a terminal is taken out.

use super::attempt::Original;
use super::words;
use counterfoil_transcript::head::{Clock, Frame, Join, Separator, TimeSeparator, Year};
use counterfoil_transcript::{DateOrder, Guesses, LineCounts, MediaCounts, Report, Shape, Survey, Undecided};
use std::io::Write;

/// So many names are shown of each list; JSON has all.
const NAMES: usize = 20;

/// What an example of a message's beginning looks like when no line of the file has one.
const EXAMPLE: Shape = Shape {
    frame: Frame::Dash,
    separator: Separator::Slash,
    spaced: false,
    year: Year::FourLast,
    join: Join::Comma,
    time: TimeSeparator::Colon,
    seconds: false,
    clock: Clock::TwentyFour,
};

/// Words of a stranger without what steers a terminal.
pub(super) fn harmless(text: &str) -> String {
    let steers = |c: char| c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    text.chars()
        .map(|c| if steers(c) { char::REPLACEMENT_CHARACTER } else { c })
        .collect()
}

/// Whether nothing of a report needs looking at.
pub(super) fn is_clear(report: &Report) -> bool {
    let lines = &report.lines;
    let media = &report.media;
    report.doubts.is_empty()
        && report.suspected.is_empty()
        && report.guesses.shapes.len() == 1
        && (report.lookalikes, report.cut_pieces, report.replaced) == (0, 0, 0)
        && (lines.preamble, lines.no_such_day, lines.too_long) == (0, 0, 0)
        && lines.accounted() == lines.read
        && [
            &media.missing,
            &media.referenced_twice,
            &media.present_twice,
            &media.unreferenced,
        ]
        .iter()
        .all(|names| names.is_empty())
}

/// Writes what an import would bring.
pub(super) fn report(original: &Original, report: &Report, out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "{} bytes, SHA-256 {}", original.bytes, original.sha256)?;
    guesses(&report.guesses, out)?;
    if let (Some(earliest), Some(latest)) = (report.earliest, report.latest) {
        writeln!(
            out,
            "From {earliest} to {latest} by the clock of the device that exported; the file does not tell its zone."
        )?;
    }
    lines(&report.lines, out)?;
    writeln!(out, "\nMessages: {}", report.messages)?;
    for (kind, count) in &report.by_kind {
        writeln!(out, "  {count:>9}  {}", words::kind(kind))?;
    }
    if report.edited > 0 {
        writeln!(
            out,
            "  {} of them edited; only the last version is in the file",
            report.edited
        )?;
    }
    let app: u64 = report.system_lines.iter().map(|(_, count)| count).sum();
    writeln!(out, "\nLines of the app: {app}")?;
    for (kind, count) in &report.system_lines {
        writeln!(out, "  {count:>9}  {}", words::system(*kind))?;
    }
    writeln!(
        out,
        "\nAuthors, as the device that exported calls them: {}",
        report.by_author.len()
    )?;
    for (name, count) in &report.by_author {
        writeln!(out, "  {count:>9}  {}", harmless(name))?;
    }
    if report.of_more_authors > 0 {
        writeln!(out, "  {:>9}  of further authors", report.of_more_authors)?;
    }
    media(&report.media, out)?;
    against(report, out)?;
    writeln!(
        out,
        "\nNothing was kept. Anybody can write such a file, and an export need not be the whole chat."
    )?;
    Ok(())
}

fn guesses(guesses: &Guesses, out: &mut dyn Write) -> anyhow::Result<()> {
    let example = guesses.shape.example(guesses.order);
    writeln!(
        out,
        "Read as {}; messages begin like `{example}`; dates are {}: {}.",
        words::encoding(guesses.encoding),
        words::order(guesses.order),
        words::basis(guesses.basis)
    )?;
    if let Some(seen) = guesses.shapes.iter().find(|seen| seen.shape == guesses.shape) {
        for under in &seen.orders {
            writeln!(
                out,
                "  {}: {} of {} dates do not exist, time steps back {} times, {} names of attachments agree and {} do not",
                words::order(under.order),
                under.impossible,
                seen.heads,
                under.steps_back,
                under.names_agree,
                under.names_disagree
            )?;
        }
    }
    others(&guesses.shapes, guesses.shape, guesses.order, out)
}

/// Forms of beginnings that were seen and not taken.
fn others(
    shapes: &[counterfoil_transcript::survey::Seen],
    taken: Shape,
    order: DateOrder,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    for seen in shapes.iter().filter(|seen| seen.shape != taken).take(NAMES) {
        writeln!(
            out,
            "  Taken as text: {} lines that begin like `{}`, the first in line {}",
            seen.heads,
            seen.shape.example(order),
            seen.first_line
        )?;
    }
    Ok(())
}

fn lines(lines: &LineCounts, out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "\nLines: {} read, {} accounted for", lines.read, lines.accounted())?;
    for (count, what) in [
        (lines.heads, "begin a message or a line of the app"),
        (lines.continuations, "go on with it"),
        (lines.preamble, "stand above the first"),
        (
            lines.no_such_day,
            "have a day that does not exist, or stand below one that has",
        ),
        (lines.too_long, "are too long, or in a message that is"),
    ] {
        writeln!(out, "  {count:>9}  {what}")?;
    }
    Ok(())
}

fn media(media: &MediaCounts, out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(
        out,
        "\nAttachments: {} named by messages, {} of the names are files here; {} left out by the export",
        media.referenced, media.present, media.omitted
    )?;
    for (names, what) in [
        (&media.missing, "named and not here"),
        (&media.unreferenced, "here and named by no message"),
        (&media.referenced_twice, "named by several messages"),
        (&media.present_twice, "the name of several files"),
    ] {
        if names.is_empty() {
            continue;
        }
        writeln!(out, "  {:>9}  {what}:", names.len())?;
        for name in names.iter().take(NAMES) {
            writeln!(out, "             {}", harmless(name))?;
        }
        if names.len() > NAMES {
            writeln!(out, "             and {} more", names.len() - NAMES)?;
        }
    }
    Ok(())
}

fn against(report: &Report, out: &mut dyn Write) -> anyhow::Result<()> {
    if is_clear(report) {
        return Ok(());
    }
    writeln!(out, "\nTo look at:")?;
    for doubt in &report.doubts {
        writeln!(out, "  {}", words::doubt(*doubt))?;
    }
    for (suspicion, count) in &report.suspected {
        writeln!(out, "  Messages {}: {count}", words::suspicion(*suspicion))?;
    }
    for (count, what) in [
        (
            report.lookalikes,
            "Lines that look like the beginning of a message and were taken as text",
        ),
        (
            report.cut_pieces,
            "Messages of which text is missing because it is too long",
        ),
        (report.replaced, "Sequences of bytes that are no text"),
        (report.steps_back, "Messages that are earlier than the one before"),
    ] {
        if count > 0 {
            writeln!(out, "  {what}: {count}")?;
        }
    }
    Ok(())
}

/// Writes what must be chosen, and what comes of each choice.
pub(super) fn undecided(undecided: &Undecided, survey: &Survey, out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(
        out,
        "{} lines, read as {}.",
        survey.lines,
        words::encoding(survey.encoding)
    )?;
    match undecided {
        Undecided::NoHeads => {
            writeln!(
                out,
                "No line begins a message. Is this a chat that WhatsApp exported? Lines that would begin one if a word beside their time were known: {}.",
                survey.unknown_words
            )?;
            if let Some(first) = survey.shapes.first() {
                writeln!(out, "Such beginnings were seen; choose one of them with --shape:")?;
                writeln!(out, "  `{}`", first.shape.example(DateOrder::DayMonthYear))?;
                others(&survey.shapes, first.shape, DateOrder::DayMonthYear, out)?;
            } else {
                let example = EXAMPLE.example(DateOrder::DayMonthYear);
                writeln!(out, "Messages of an export begin like `{example}`.")?;
            }
        }
        Undecided::DateOrder(ambiguity) => {
            writeln!(
                out,
                "The file does not tell which number of a date is the day; {} of {} messages depend on it. Choose one:",
                ambiguity.differing, ambiguity.heads
            )?;
            for reading in &ambiguity.readings {
                let (given, order) = (words::order_given(reading.order), words::order(reading.order));
                write!(out, "  --date-order {given}  ({order})")?;
                if let (Some(first), Some(last)) = (reading.first, reading.last) {
                    write!(out, ": from {first} to {last}")?;
                }
                writeln!(
                    out,
                    "; {} dates do not exist, time steps back {} times, {} names of attachments agree and {} do not",
                    reading.impossible, reading.steps_back, reading.names_agree, reading.names_disagree
                )?;
            }
        }
    }
    writeln!(out, "Nothing was kept.")?;
    Ok(())
}
