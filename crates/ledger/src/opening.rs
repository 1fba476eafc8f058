//! The opening file: fields of one item with what shows that they were recorded.
//!
//! Made by whoever may disclose a field, handed over with the item's slip, checked against the commitments of its leaves. It
//! holds content and is as secret as what it discloses; so it has no Debug, and errors say nothing of what is inside.
//!
//! Format: `docs/formats/opening.md`.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::commitment::Label;
use crate::{Id, hex};

/// The first line, with the version. Never change what follows it; add a version.
const FIRST_LINE: &str = "counterfoil/opening/v1";

/// Fields of one item, disclosed.
#[derive(Clone, PartialEq, Eq)]
pub struct Opening {
    /// What they are fields of: the subject of the leaf that commits to them.
    pub item: Id,
    /// The fields, each label once.
    pub fields: Vec<OpenedField>,
}

/// One disclosed field.
#[derive(Clone, PartialEq, Eq)]
pub struct OpenedField {
    /// Its name.
    pub label: Label,
    /// The secret under which it was committed to.
    pub opening: [u8; 32],
    /// What is in it, as the commitment page says.
    pub content: Vec<u8>,
}

impl Opening {
    /// Reads an opening file.
    ///
    /// # Errors
    /// [`OpeningError::UnknownVersion`], or [`OpeningError::NotAnOpening`] for all else.
    pub fn parse(bytes: &[u8]) -> Result<Self, OpeningError> {
        let text = std::str::from_utf8(bytes).map_err(|_| OpeningError::NotAnOpening)?;
        let (first, rest) = text.split_once('\n').ok_or(OpeningError::NotAnOpening)?;
        if first != FIRST_LINE {
            return Err(match first.strip_prefix("counterfoil/opening/v") {
                Some(_) => OpeningError::UnknownVersion,
                None => OpeningError::NotAnOpening,
            });
        }
        let opening = read(rest).ok_or(OpeningError::NotAnOpening)?;
        let repeats = |(i, field): (usize, &OpenedField)| opening.fields[..i].iter().any(|f| f.label == field.label);
        if opening.fields.is_empty() || opening.fields.iter().enumerate().any(repeats) {
            return Err(OpeningError::NotAnOpening);
        }
        Ok(opening)
    }
}

fn read(text: &str) -> Option<Opening> {
    let mut lines = text.strip_suffix('\n')?.split('\n');
    let item = hex::read(lines.next()?.strip_prefix("item ")?)?;
    let mut fields = Vec::new();
    while let Some(line) = lines.next() {
        let label = Label::read(line.strip_prefix("field ")?)?;
        let opening = STANDARD.decode(lines.next()?.strip_prefix("opening ")?).ok()?;
        let content = match lines.next()?.strip_prefix("content")? {
            "" => Vec::new(),
            rest => STANDARD
                .decode(rest.strip_prefix(' ')?)
                .ok()
                .filter(|content| !content.is_empty())?,
        };
        fields.push(OpenedField {
            label,
            opening: opening.try_into().ok()?,
            content,
        });
    }
    Some(Opening { item, fields })
}

/// The file's text.
impl fmt::Display for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{FIRST_LINE}\nitem {}", hex::Hex(&self.item))?;
        for field in &self.fields {
            writeln!(f, "field {}\nopening {}", field.label, STANDARD.encode(field.opening))?;
            if field.content.is_empty() {
                writeln!(f, "content")?;
            } else {
                writeln!(f, "content {}", STANDARD.encode(&field.content))?;
            }
        }
        Ok(())
    }
}

/// Why an opening file is not read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum OpeningError {
    /// Written by a later version of the format.
    #[error("an opening file of a later version")]
    UnknownVersion,
    /// The bytes are something else.
    #[error("not an opening file")]
    NotAnOpening,
}
