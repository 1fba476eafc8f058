//! The second pass: a chat as pieces, in the order of the file.
//!
//! ```text
//! lines ─► head of the plan's shape? ─ yes ─► a new piece ─► author? ─► message │ system line ─► suspect?
//!                                    └ no ──► belongs to the piece before it
//! ```
//!
//! Every line belongs to exactly one piece, also those of which nothing can be made. A line of another shape never begins a piece: it may have
//! been pasted. One that has the shape does; whether it fits its neighbours is said with it ([`Suspicion`]), and nothing is hidden.

mod piece;
mod suspicion;

use std::io::{self, BufRead};

use crate::author::{self, Author};
use crate::body::Body;
use crate::characters::{MARK, plain, trimmed};
use crate::head::Head;
use crate::lines::{Line, Lines, Longest};
use crate::local_time::LocalTime;
use crate::survey::Plan;
use crate::wording::{self, SystemKind};

pub use piece::{Cut, Message, Piece, SystemLine, Unread, What};
pub use suspicion::Suspicion;

use suspicion::Neighbours;

/// Reads a chat by a plan. An iterator that ends after the first error.
pub struct Reading<R> {
    lines: Lines<R>,
    plan: Plan,
    longest: Longest,
    /// The piece that lines are still added to.
    open: Option<Open>,
    /// The piece before it, which waits to be compared with it.
    held: Option<Piece>,
    neighbours: Neighbours,
    ended: bool,
}

impl<R> std::fmt::Debug for Reading<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Reading(..)")
    }
}

/// What a piece begins with.
enum Start {
    /// At this time, with the message behind so many bytes.
    Head(LocalTime, usize),
    Unread(Unread),
}

struct Open {
    start: Start,
    piece: Piece,
}

impl<R: BufRead> Reading<R> {
    /// Begins at the first byte of a chat.
    ///
    /// # Errors
    /// When the source cannot be read.
    pub fn of(source: R, plan: Plan, longest: Longest) -> io::Result<Self> {
        Ok(Self {
            lines: Lines::of(source, longest.line)?,
            plan,
            longest,
            open: None,
            held: None,
            neighbours: Neighbours::default(),
            ended: false,
        })
    }

    /// Lines read so far, each of which is in one of the pieces once the iterator has ended.
    pub fn lines_read(&self) -> u64 {
        self.lines.count()
    }

    /// The next piece that is whole, not yet compared with what follows it.
    fn whole(&mut self) -> io::Result<Option<Piece>> {
        let Self {
            lines,
            plan,
            longest,
            open,
            ..
        } = self;
        while let Some(line) = lines.advance()? {
            let head = Head::scan(line.text);
            let resembles = head.is_some() || Head::has_unknown_word(line.text);
            let begins = head.filter(|head| head.shape == plan.shape && head.can_be());
            let start = match (begins, &*open) {
                (Some(head), _) => Some(match head.at(plan.order) {
                    Some(at) => Start::Head(at, head.length),
                    None => Start::Unread(Unread::NoSuchDay),
                }),
                (None, None) => Some(Start::Unread(Unread::Preamble)),
                // What is before the first head need not end: it is handed out in parts.
                (None, Some(open)) if open.is_full_preamble(longest.message) => Some(Start::Unread(Unread::Preamble)),
                (None, Some(_)) => None,
            };
            let Some(start) = start else {
                if let Some(open) = open {
                    open.add(&line, longest.message, resembles);
                }
                continue;
            };
            let lookalike = begins.is_none() && resembles;
            let before = open.replace(Open::with(start, &line, lookalike));
            if let Some(before) = before {
                return Ok(Some(before.close()));
            }
        }
        Ok(open.take().map(Open::close))
    }
}

impl<R: BufRead> Iterator for Reading<R> {
    type Item = io::Result<Piece>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.ended {
            let piece = match self.whole() {
                Ok(piece) => piece,
                Err(error) => {
                    self.ended = true;
                    return Some(Err(error));
                }
            };
            self.ended = piece.is_none();
            let next = piece.as_ref().and_then(Piece::at);
            let mut ready = std::mem::replace(&mut self.held, piece);
            if let Some(ready) = &mut ready {
                self.neighbours.compare(ready, next, &self.plan.lone_authors);
            }
            if ready.is_some() {
                return ready.map(Ok);
            }
        }
        None
    }
}

impl Open {
    fn with(start: Start, line: &Line<'_>, lookalike: bool) -> Self {
        let mut raw = String::with_capacity(line.text.len() + line.end.len());
        raw.push_str(line.text);
        raw.push_str(line.end);
        // The first line of what begins with a head is kept as far as the longest line allows, and counts as a head.
        let cut_lines = u64::from(line.cut > 0 && matches!(start, Start::Unread(Unread::Preamble)));
        Self {
            start,
            piece: Piece {
                first_line: line.number,
                last_line: line.number,
                bytes: line.bytes.clone(),
                raw,
                replaced: line.replaced,
                lookalikes: u64::from(lookalike),
                cut: Cut {
                    bytes: line.cut,
                    lines: cut_lines,
                },
                what: What::Unread(Unread::Preamble),
            },
        }
    }

    fn add(&mut self, line: &Line<'_>, longest: usize, lookalike: bool) {
        let piece = &mut self.piece;
        piece.last_line = line.number;
        piece.bytes.end = line.bytes.end;
        piece.replaced += line.replaced;
        piece.lookalikes += u64::from(lookalike);
        let fits = piece.cut.bytes == 0 && piece.raw.len() + line.text.len() + line.end.len() <= longest;
        if fits {
            piece.raw.push_str(line.text);
            piece.raw.push_str(line.end);
            piece.cut.bytes += line.cut;
        } else {
            piece.cut.bytes += line.bytes.end - line.bytes.start;
        }
        piece.cut.lines += u64::from(!fits || line.cut > 0);
    }

    fn is_full_preamble(&self, longest: usize) -> bool {
        matches!(self.start, Start::Unread(Unread::Preamble))
            && (self.piece.raw.len() >= longest / 2 || self.piece.cut.bytes > 0)
    }

    fn close(self) -> Piece {
        let Self { start, mut piece } = self;
        piece.what = match start {
            Start::Unread(why) => What::Unread(why),
            Start::Head(at, length) => said(at, piece.raw.get(length..).unwrap_or_default()),
        };
        piece
    }
}

/// What is behind a head: a message with its author, or a line of the app.
fn said(at: LocalTime, behind: &str) -> What {
    let behind = behind
        .strip_suffix('\n')
        .map_or(behind, |text| text.strip_suffix('\r').unwrap_or(text));
    let system = |author, text: &str, kind| {
        What::System(SystemLine {
            at,
            author,
            text: unfolded(text),
            kind,
            suspicions: Vec::new(),
        })
    };
    let known = |text: &str| wording::system_kind(bare(&plain(text)));
    let Some((name, text)) = author::split(behind) else {
        return system(None, behind, known(behind));
    };
    let before = plain(name);
    if wording::may_hold_a_colon(&before) || wording::is_within_quotes(&before, text) {
        return system(None, behind, known(behind));
    }
    // iOS has its notices said by the group or by the other side. Without its mark, as older ones are, only the most frequent is believed.
    let marked = text.starts_with(MARK);
    let notice = wording::notice(trimmed(&plain(text)));
    if notice.is_some() && (marked || (notice == Some(SystemKind::Encryption) && !text.contains('\n'))) {
        return system(Some(Author::of(name)), text, notice);
    }
    // The group's own name may have a colon: the mark tells where it ends.
    if !marked && let Some((name, text)) = marked_behind(behind) {
        let kind = known(text);
        if kind.is_some() {
            return system(Some(Author::of(name)), text, kind);
        }
    }
    let (body, edited) = Body::of(unfolded(text));
    // Those with a name in them could be a person's words: the mark tells.
    if matches!(body, Body::Text { .. })
        && marked
        && let kind @ Some(_) = known(text)
    {
        return system(Some(Author::of(name)), text, kind);
    }
    What::Message(Message {
        at,
        author: Author::of(name),
        body,
        edited,
        suspicions: Vec::new(),
    })
}

/// Divides a line at the first `: ` that the app's mark follows.
fn marked_behind(line: &str) -> Option<(&str, &str)> {
    let place = line.find(": \u{200E}")?;
    let (name, text) = (line.get(..place)?, line.get(place + 2..)?);
    (!name.contains('\n') && !text.contains('\n')).then_some((name, text))
}

/// A line of the app as it is compared.
fn bare(shown: &str) -> &str {
    trimmed(shown).trim_end_matches('.')
}

/// Lines divided by `\n` alone.
fn unfolded(text: &str) -> String {
    if text.contains("\r\n") {
        text.replace("\r\n", "\n")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests;
