//! The dry run: what an import would bring, counted, with everything that speaks against the guesses.
//!
//! ```text
//! lines read = heads + continuations + preamble + no such day + too long
//! ```
//!
//! Made from the pieces themselves, so that what is counted is what would be imported. It has the names of authors and attachments, and is shown
//! only to whoever may read the chat.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::body::{Body, MediaKind};
use crate::characters::plain;
use crate::container::Media;
use crate::doubt::{self, Doubt};
use crate::head::Shape;
use crate::lines::Encoding;
use crate::local_time::{DateOrder, LocalTime};
use crate::reading::{Cut, Piece, Suspicion, Unread, What};
use crate::redacted::redacted_debug;
use crate::survey::{Basis, Plan, Seen, Survey};
use crate::wording::SystemKind;

/// So many authors are named. No group is as large.
const MOST_AUTHORS: usize = 8192;

/// What an import would bring.
#[derive(Clone, Serialize)]
pub struct Report {
    /// How the file was read.
    pub guesses: Guesses,
    /// What speaks against it.
    pub doubts: Vec<Doubt>,
    /// What became of its lines.
    pub lines: LineCounts,
    /// Messages.
    pub messages: u64,
    /// Messages by author.
    pub by_author: BTreeMap<String, u64>,
    /// Messages of authors beyond the first 8,192.
    pub of_more_authors: u64,
    /// Messages by what they are.
    pub by_kind: BTreeMap<&'static str, u64>,
    /// Messages that were edited before the export.
    pub edited: u64,
    /// Lines of the app by what they are about. Those of unknown words are under `None`.
    pub system_lines: Vec<(Option<SystemKind>, u64)>,
    /// The earliest time.
    pub earliest: Option<LocalTime>,
    /// The latest time.
    pub latest: Option<LocalTime>,
    /// Pieces that are earlier than the one before them, by a minute or more.
    pub steps_back: u64,
    /// Pieces against which something speaks, by what it is. A piece can be in two of them.
    pub suspected: BTreeMap<Suspicion, u64>,
    /// Lines that look like a head and did not make one.
    pub lookalikes: u64,
    /// Pieces of which text is missing because it was too long.
    pub cut_pieces: u64,
    /// How much of it.
    pub cut_bytes: u64,
    /// Sequences of bytes that were no text.
    pub replaced: u64,
    /// Attachments.
    pub media: MediaCounts,
}

redacted_debug!(Report, MediaCounts);

/// How the file was read, and the counts that speak for and against it.
#[derive(Debug, Clone, Serialize)]
pub struct Guesses {
    /// How characters are written.
    pub encoding: Encoding,
    /// Every shape of heads that was seen, the one taken by the survey first.
    pub shapes: Vec<Seen>,
    /// The shape that was read by.
    pub shape: Shape,
    /// Heads of shapes other than the one that was read by.
    pub heads_of_others: u64,
    /// Lines that would have a head if a word beside their time were known.
    pub unknown_words: u64,
    /// The order of dates that was read by.
    pub order: DateOrder,
    /// What it rests on.
    pub basis: Basis,
}

/// Lines, each counted once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct LineCounts {
    /// Lines of the file.
    pub read: u64,
    /// With a head that began a message or a line of the app.
    pub heads: u64,
    /// Behind a head, belonging to it.
    pub continuations: u64,
    /// Before the first head.
    pub preamble: u64,
    /// With a head whose day does not exist, and those behind it.
    pub no_such_day: u64,
    /// Missing or not whole, because the line or its message is too long.
    pub too_long: u64,
}

impl LineCounts {
    /// Lines that are in one of the counts. Equal to `read`, or something was lost.
    pub fn accounted(&self) -> u64 {
        self.heads + self.continuations + self.preamble + self.no_such_day + self.too_long
    }
}

/// Attachments that the chat names, held against the files that came with it.
#[derive(Clone, Default, Serialize)]
pub struct MediaCounts {
    /// Times that the chat names an attachment.
    pub referenced: u64,
    /// Times that it says that one was left out.
    pub omitted: u64,
    /// Names that are there as files.
    pub present: u64,
    /// Names that are not.
    pub missing: Vec<String>,
    /// Names that several messages have.
    pub referenced_twice: Vec<String>,
    /// Files that no message names.
    pub unreferenced: Vec<String>,
    /// Names that several files have: which of them was meant, nothing tells.
    pub present_twice: Vec<String>,
}

/// Counts pieces as they come.
pub struct Tally {
    report: Report,
    names: BTreeMap<String, u64>,
    before: Option<LocalTime>,
}

redacted_debug!(Tally);

impl Tally {
    /// Begins with nothing but the guesses.
    pub fn of(survey: &Survey, plan: &Plan) -> Self {
        let guesses = Guesses {
            encoding: survey.encoding,
            shapes: survey.shapes.clone(),
            shape: plan.shape,
            heads_of_others: survey.heads_of_others(plan.shape),
            unknown_words: survey.unknown_words,
            order: plan.order,
            basis: plan.basis,
        };
        Self {
            report: Report {
                guesses,
                doubts: Vec::new(),
                lines: LineCounts {
                    read: survey.lines,
                    ..LineCounts::default()
                },
                messages: 0,
                by_author: BTreeMap::new(),
                of_more_authors: 0,
                by_kind: BTreeMap::new(),
                edited: 0,
                system_lines: Vec::new(),
                earliest: None,
                latest: None,
                steps_back: 0,
                suspected: BTreeMap::new(),
                lookalikes: 0,
                cut_pieces: 0,
                cut_bytes: 0,
                replaced: 0,
                media: MediaCounts::default(),
            },
            names: BTreeMap::new(),
            before: None,
        }
    }

    /// Counts one piece.
    pub fn take(&mut self, piece: &Piece) {
        self.lines(piece);
        self.times(piece);
        let report = &mut self.report;
        for suspicion in piece.suspicions() {
            *report.suspected.entry(*suspicion).or_default() += 1;
        }
        report.lookalikes += piece.lookalikes;
        report.cut_pieces += u64::from(piece.cut != Cut::default());
        report.cut_bytes += piece.cut.bytes;
        report.replaced += piece.replaced;
        match &piece.what {
            What::Message(message) => {
                report.messages += 1;
                report.edited += u64::from(message.edited);
                *report.by_kind.entry(kind(&message.body)).or_default() += 1;
                count_author(report, &message.author.name);
                match &message.body {
                    Body::Attachment { name, .. } => {
                        report.media.referenced += 1;
                        *self.names.entry(name.clone()).or_default() += 1;
                    }
                    Body::Omitted { .. } => report.media.omitted += 1,
                    _ => {}
                }
            }
            What::System(system) => match report.system_lines.iter_mut().find(|(kind, _)| *kind == system.kind) {
                Some((_, count)) => *count += 1,
                None => report.system_lines.push((system.kind, 1)),
            },
            What::Unread(_) => {}
        }
    }

    fn lines(&mut self, piece: &Piece) {
        let lines = &mut self.report.lines;
        lines.too_long += piece.cut.lines;
        let kept = piece.lines() - piece.cut.lines;
        match piece.what {
            What::Message(_) | What::System(_) => {
                lines.heads += 1;
                lines.continuations += kept - 1;
            }
            What::Unread(Unread::Preamble) => lines.preamble += kept,
            What::Unread(Unread::NoSuchDay) => lines.no_such_day += kept,
        }
    }

    fn times(&mut self, piece: &Piece) {
        let Some(at) = piece.at() else { return };
        let report = &mut self.report;
        report.steps_back += u64::from(self.before.is_some_and(|before| at.minutes() < before.minutes()));
        self.before = Some(at);
        report.earliest = Some(report.earliest.map_or(at, |earliest| earliest.min(at)));
        report.latest = Some(report.latest.map_or(at, |latest| latest.max(at)));
    }

    /// The counts, with the attachments held against the files that came with the chat.
    pub fn finish(self, files: &[Media]) -> Report {
        let Self { mut report, names, .. } = self;
        report.doubts = doubt::of(&report.guesses, &report.lines);
        report.system_lines.sort_unstable();
        let mut there: BTreeMap<String, u64> = BTreeMap::new();
        for file in files {
            *there.entry(plain(file.name()).into_owned()).or_default() += 1;
        }
        let media = &mut report.media;
        for (name, times) in names {
            if times > 1 {
                media.referenced_twice.push(name.clone());
            }
            if there.contains_key(&name) {
                media.present += 1;
            } else {
                media.missing.push(name.clone());
            }
            // What remains was named by nobody.
            if let Some((name, count)) = there.remove_entry(&name)
                && count > 1
            {
                media.present_twice.push(name);
            }
        }
        for (name, count) in there {
            if count > 1 {
                media.present_twice.push(name.clone());
            }
            media.unreferenced.push(name);
        }
        media.present_twice.sort_unstable();
        report
    }
}

fn count_author(report: &mut Report, name: &str) {
    if let Some(count) = report.by_author.get_mut(name) {
        *count += 1;
    } else if report.by_author.len() < MOST_AUTHORS {
        report.by_author.insert(name.to_owned(), 1);
    } else {
        report.of_more_authors += 1;
    }
}

/// The name under which messages of a kind are counted.
fn kind(body: &Body) -> &'static str {
    match body {
        Body::Text { .. } => "text",
        Body::Attachment {
            media: MediaKind::ContactCard,
            ..
        } => "contact_card",
        Body::Attachment { .. } => "attachment",
        Body::Omitted { .. } => "omitted",
        Body::Deleted { .. } => "deleted",
        Body::ViewOnce => "view_once",
        Body::Call { .. } => "call",
        Body::Location { .. } => "location",
        Body::LiveLocation { .. } => "live_location",
        Body::Poll { .. } => "poll",
        Body::Waiting => "waiting",
        Body::Null => "null",
    }
}
