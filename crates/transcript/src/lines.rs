//! The bytes of a chat as lines: UTF-8 or UTF-16, each line with its number, its place in the file and what was wrong with it.
//!
//! Holds one line at a time and never more of it than it was allowed to. Bytes that are no text become U+FFFD and are counted; what is cut
//! off a line that is too long is counted too. The place of each line leads back to the bytes as they were.

use std::io::{self, BufRead, Cursor, Read};
use std::ops::Range;

use serde::Serialize;

/// How much of a chat is held in memory at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Longest {
    /// Bytes of one line, with its end.
    pub line: usize,
    /// Bytes of one message as UTF-8.
    pub message: usize,
}

impl Default for Longest {
    /// The app allows 65,536 characters per message, which is at most a quarter of a mebibyte.
    fn default() -> Self {
        Self {
            line: 1 << 20,
            message: 4 << 20,
        }
    }
}

/// How characters are written in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// As the app writes it, with or without byte order mark.
    Utf8,
    /// Saved again by a Windows program, low byte first.
    Utf16Le,
    /// The same, high byte first.
    Utf16Be,
}

/// One line, without its end.
pub(crate) struct Line<'a> {
    /// Counted from 1.
    pub(crate) number: u64,
    /// Where it stands in the file, with its end.
    pub(crate) bytes: Range<u64>,
    pub(crate) text: &'a str,
    /// `"\n"`, `"\r\n"`, or nothing for the last line and for one that was cut.
    pub(crate) end: &'static str,
    /// Sequences of bytes that are no text.
    pub(crate) replaced: u64,
    /// Bytes that did not fit.
    pub(crate) cut: u64,
}

/// Reads lines one after the other.
pub(crate) struct Lines<R> {
    source: io::Chain<Cursor<Vec<u8>>, R>,
    encoding: Encoding,
    longest: usize,
    number: u64,
    offset: u64,
    raw: Vec<u8>,
    text: String,
}

/// What was kept of the line that lies in the buffer.
struct Kept {
    length: u64,
    cut: u64,
    replaced: u64,
    end: &'static str,
}

impl<R: BufRead> Lines<R> {
    /// Looks at the first bytes for a byte order mark. A limit under 64 bytes is taken as 64.
    pub(crate) fn of(mut source: R, longest: usize) -> io::Result<Self> {
        let mut first = Vec::with_capacity(2);
        Read::by_ref(&mut source).take(2).read_to_end(&mut first)?;
        let encoding = match first[..] {
            [0xFF, 0xFE] => Encoding::Utf16Le,
            [0xFE, 0xFF] => Encoding::Utf16Be,
            _ => Encoding::Utf8,
        };
        Ok(Self {
            source: Cursor::new(first).chain(source),
            encoding,
            longest: longest.max(64) & !1,
            number: 0,
            offset: 0,
            raw: Vec::new(),
            text: String::new(),
        })
    }

    pub(crate) fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// How many lines came out so far.
    pub(crate) fn count(&self) -> u64 {
        self.number
    }

    /// The next line; `None` behind the last one. A line end at the very end of the file begins no further line.
    pub(crate) fn advance(&mut self) -> io::Result<Option<Line<'_>>> {
        self.raw.clear();
        self.text.clear();
        let kept = match self.encoding {
            Encoding::Utf8 => self.utf8()?,
            Encoding::Utf16Le => self.utf16(u16::from_le_bytes)?,
            Encoding::Utf16Be => self.utf16(u16::from_be_bytes)?,
        };
        let Some(Kept {
            length,
            cut,
            replaced,
            end,
        }) = kept
        else {
            return Ok(None);
        };
        self.number += 1;
        let bytes = self.offset..self.offset + length;
        self.offset = bytes.end;
        // Valid bytes stay where they are; others were written anew as text.
        let text: &str = match self.encoding {
            Encoding::Utf8 if replaced == 0 => std::str::from_utf8(&self.raw).unwrap_or_default(),
            _ => &self.text,
        };
        Ok(Some(Line {
            number: self.number,
            bytes,
            text,
            end,
            replaced,
            cut,
        }))
    }

    fn utf8(&mut self) -> io::Result<Option<Kept>> {
        let limit = self.longest;
        let taken = Read::by_ref(&mut self.source)
            .take(limit as u64)
            .read_until(b'\n', &mut self.raw)?;
        if taken == 0 {
            return Ok(None);
        }
        let mut cut = 0;
        if taken == limit && self.raw.last() != Some(&b'\n') {
            cut = self.source.skip_until(b'\n')? as u64;
        }
        let length = taken as u64 + cut;
        let end = strip_end(&mut self.raw);
        let mut replaced = 0;
        if let Err(error) = std::str::from_utf8(&self.raw) {
            // A cut may go through a character.
            if cut > 0 && error.error_len().is_none() {
                cut += (self.raw.len() - error.valid_up_to()) as u64;
                self.raw.truncate(error.valid_up_to());
            } else {
                for chunk in self.raw.utf8_chunks() {
                    self.text.push_str(chunk.valid());
                    if !chunk.invalid().is_empty() {
                        self.text.push(char::REPLACEMENT_CHARACTER);
                        replaced += 1;
                    }
                }
            }
        }
        Ok(Some(Kept {
            length,
            cut,
            replaced,
            end,
        }))
    }

    /// Takes units up to a line feed into the buffer of bytes, then writes them as text.
    fn utf16(&mut self, unit: fn([u8; 2]) -> u16) -> io::Result<Option<Kept>> {
        let (mut length, mut cut, mut pair, mut half) = (0u64, 0u64, [0u8; 2], false);
        'line: loop {
            let chunk = self.source.fill_buf()?;
            if chunk.is_empty() {
                break;
            }
            let mut used = 0;
            for byte in chunk {
                used += 1;
                pair[usize::from(half)] = *byte;
                half = !half;
                if half {
                    continue;
                }
                length += 2;
                if self.raw.len() < self.longest {
                    self.raw.extend_from_slice(&pair);
                } else {
                    cut += 2;
                }
                if unit(pair) == 0x0A {
                    self.source.consume(used);
                    break 'line;
                }
            }
            self.source.consume(used);
        }
        if length == 0 && !half {
            return Ok(None);
        }
        let (pairs, _) = self.raw.as_chunks::<2>();
        let mut replaced = 0;
        for decoded in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
            self.text.push(decoded.unwrap_or_else(|_| {
                replaced += 1;
                char::REPLACEMENT_CHARACTER
            }));
        }
        if half {
            length += 1;
            replaced += 1;
            self.text.push(char::REPLACEMENT_CHARACTER);
        }
        let mut bytes = std::mem::take(&mut self.text).into_bytes();
        let end = strip_end(&mut bytes);
        self.text = String::from_utf8(bytes).unwrap_or_default();
        Ok(Some(Kept {
            length,
            cut,
            replaced,
            end,
        }))
    }
}

fn strip_end(line: &mut Vec<u8>) -> &'static str {
    if line.last() != Some(&b'\n') {
        return "";
    }
    line.pop();
    if line.last() != Some(&b'\r') {
        return "\n";
    }
    line.pop();
    "\r\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each line as text, end, replaced, cut.
    fn lines(bytes: &[u8], longest: usize) -> Vec<(String, &'static str, u64, u64)> {
        // A tiny buffer, so that characters and ends lie across its borders.
        let mut lines = Lines::of(io::BufReader::with_capacity(3, bytes), longest).unwrap();
        let mut all = Vec::new();
        let mut place = 0;
        while let Some(line) = lines.advance().unwrap() {
            assert_eq!(line.bytes.start, place);
            place = line.bytes.end;
            all.push((line.text.to_owned(), line.end, line.replaced, line.cut));
        }
        assert_eq!(place, bytes.len() as u64);
        assert_eq!(lines.count(), all.len() as u64);
        all
    }

    fn utf16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(unit).collect()
    }

    #[test]
    fn ends_of_lines_are_told_apart() {
        assert!(lines(b"", 99).is_empty());
        assert_eq!(
            lines(b"a\nb\r\n\r\n\nc\rd", 99),
            [
                ("a".into(), "\n", 0, 0),
                ("b".into(), "\r\n", 0, 0),
                (String::new(), "\r\n", 0, 0),
                (String::new(), "\n", 0, 0),
                ("c\rd".into(), "", 0, 0)
            ]
        );
    }

    #[test]
    fn a_byte_order_mark_tells_how_to_read() {
        let expected = [("\u{FEFF}ä𝄞".to_owned(), "\r\n", 0, 0), ("b".to_owned(), "", 0, 0)];
        let text = "\u{FEFF}ä𝄞\r\nb";
        assert_eq!(lines(text.as_bytes(), 99), expected);
        assert_eq!(lines(&utf16(text, u16::to_le_bytes), 99), expected);
        assert_eq!(lines(&utf16(text, u16::to_be_bytes), 99), expected);
    }

    #[test]
    fn what_is_no_text_is_counted() {
        assert_eq!(
            lines(b"a\xFFb\xC3\nc", 99),
            [("a\u{FFFD}b\u{FFFD}".into(), "\n", 2, 0), ("c".into(), "", 0, 0)]
        );
        // A lone surrogate, and half a unit at the end.
        let half = [0xFF, 0xFE, 0x00, 0xD8, 0x0A, 0x00, 0x61];
        assert_eq!(
            lines(&half, 99),
            [("\u{FEFF}\u{FFFD}".into(), "\n", 1, 0), ("\u{FFFD}".into(), "", 1, 0)]
        );
    }

    #[test]
    fn long_lines_are_cut_between_characters() {
        let long = format!("a{}\nb", "ä".repeat(40));
        assert_eq!(
            lines(long.as_bytes(), 64),
            [(format!("a{}", "ä".repeat(31)), "", 0, 19), ("b".into(), "", 0, 0)]
        );
        let wide = format!("\u{FEFF}{}\nb", "a".repeat(40));
        assert_eq!(
            lines(&utf16(&wide, u16::to_le_bytes), 64),
            [
                (format!("\u{FEFF}{}", "a".repeat(31)), "", 0, 20),
                ("b".into(), "", 0, 0)
            ]
        );
    }
}
