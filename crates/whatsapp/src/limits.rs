//! Limits of the provider, looked at before anything leaves.
//!
//! Lengths are counted in characters (Unicode scalar values). Where the provider's pages disagree the smaller value stands.
//!
//! Source: Meta, Cloud API, Messages and Media, v25.0, 2025-10 to 2026-05.

use std::collections::HashSet;

use crate::message::{Header, Interactive, InteractiveAction, OutboundContent, OutboundMessage, Template};

/// Characters of a text.
pub const TEXT: usize = 4096;
/// Characters under a file.
pub const CAPTION: usize = 1024;
/// Characters of the callback data.
pub const CALLBACK_DATA: usize = 512;
/// Contact cards in one message.
pub const CARDS: usize = 257;

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;

/// Which limit a message breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LimitError {
    /// A text is empty where the provider wants one.
    #[error("the {0} is empty")]
    Empty(Part),
    /// A text has too many characters.
    #[error("the {part} is longer than {limit} characters")]
    TooLong {
        /// Which text.
        part: Part,
        /// How many characters it may have.
        limit: usize,
    },
    /// There are too few or too many of something.
    #[error("there may be {least} to {most} of the {part}")]
    Count {
        /// Of what.
        part: Part,
        /// How many there must be.
        least: usize,
        /// How many there may be.
        most: usize,
    },
    /// Two buttons have the same id or label, or two rows the same id.
    #[error("two of the {0} are the same")]
    Repeated(Part),
    /// A list takes words as header only.
    #[error("a list takes words above it only")]
    ListHeader,
    /// Degrees are beyond what there is on earth.
    #[error("there is no such place")]
    NoSuchPlace,
    /// An address is not http or https.
    #[error("the address of a link button is not http or https")]
    Address,
    /// The provider does not take files of this type.
    #[error("files of this type are not taken")]
    MediaType,
    /// The file has too many bytes.
    #[error("the file is longer than {limit_bytes} bytes")]
    MediaSize {
        /// How many bytes it may have.
        limit_bytes: u64,
    },
}

/// A part of a message with a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The words.
    Body,
    /// The words under a file.
    Caption,
    /// The words above.
    Header,
    /// The small words below.
    Footer,
    /// The buttons, or the label of one.
    Button,
    /// The parts of a list, or the title of one.
    Section,
    /// The rows of a list, or the label of one.
    Row,
    /// The second line of a row.
    RowDescription,
    /// What a button or row sends back.
    ReplyId,
    /// The contact cards, or a name on one.
    Card,
    /// The callback data.
    CallbackData,
    /// An id of a message or file.
    Id,
    /// The name of a template.
    TemplateName,
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Body => "text",
            Self::Caption => "caption",
            Self::Header => "header",
            Self::Footer => "footer",
            Self::Button => "buttons",
            Self::Section => "sections",
            Self::Row => "rows",
            Self::RowDescription => "row description",
            Self::ReplyId => "reply id",
            Self::Card => "contact cards",
            Self::CallbackData => "callback data",
            Self::Id => "id",
            Self::TemplateName => "template name",
        })
    }
}

/// Checks a message.
///
/// # Errors
/// The first limit that it breaks.
pub fn check(message: &OutboundMessage) -> Result<(), LimitError> {
    if let Some(data) = &message.callback_data {
        at_most(Part::CallbackData, data, CALLBACK_DATA)?;
    }
    match &message.content {
        OutboundContent::Text { body, .. } => text(Part::Body, body, TEXT),
        OutboundContent::Image(file) | OutboundContent::Video(file) | OutboundContent::Document { file, .. } => {
            text(Part::Id, &file.id, usize::MAX)?;
            at_most(Part::Caption, file.caption.as_deref().unwrap_or_default(), CAPTION)
        }
        OutboundContent::Audio { id, .. } | OutboundContent::Sticker { id } => text(Part::Id, id, usize::MAX),
        OutboundContent::Location {
            latitude, longitude, ..
        } => {
            let on_earth = (-90.0..=90.0).contains(latitude) && (-180.0..=180.0).contains(longitude);
            if on_earth { Ok(()) } else { Err(LimitError::NoSuchPlace) }
        }
        OutboundContent::Contacts(cards) => {
            count(Part::Card, cards.len(), 1, CARDS)?;
            cards.iter().try_for_each(|card| {
                text(Part::Card, &card.formatted_name, usize::MAX)?;
                text(Part::Card, &card.first_name, usize::MAX)
            })
        }
        OutboundContent::Reaction { message_id, .. } => text(Part::Id, message_id, usize::MAX),
        OutboundContent::Interactive(interactive) => check_interactive(interactive),
        OutboundContent::Template(template) => check_template(template),
    }
}

fn check_interactive(interactive: &Interactive) -> Result<(), LimitError> {
    if let Some(Header::Text(header)) = &interactive.header {
        text(Part::Header, header, 60)?;
    }
    if let Some(footer) = &interactive.footer {
        text(Part::Footer, footer, 60)?;
    }
    match &interactive.action {
        InteractiveAction::Buttons(buttons) => {
            text(Part::Body, &interactive.body, 1024)?;
            count(Part::Button, buttons.len(), 1, 3)?;
            for button in buttons {
                text(Part::ReplyId, &button.id, 256)?;
                text(Part::Button, &button.title, 20)?;
            }
            all_differ(Part::Button, buttons.iter().map(|button| button.title.as_str()))?;
            all_differ(Part::ReplyId, buttons.iter().map(|button| button.id.as_str()))
        }
        InteractiveAction::List { button, sections } => {
            if !matches!(interactive.header, None | Some(Header::Text(_))) {
                return Err(LimitError::ListHeader);
            }
            text(Part::Body, &interactive.body, 4096)?;
            text(Part::Button, button, 20)?;
            count(Part::Section, sections.len(), 1, 10)?;
            for section in sections {
                match &section.title {
                    Some(title) => text(Part::Section, title, 24)?,
                    None if sections.len() > 1 => return Err(LimitError::Empty(Part::Section)),
                    None => {}
                }
                count(Part::Row, section.rows.len(), 1, 10)?;
            }
            let rows = || sections.iter().flat_map(|section| &section.rows);
            count(Part::Row, rows().count(), 1, 10)?;
            for row in rows() {
                text(Part::ReplyId, &row.id, 200)?;
                text(Part::Row, &row.title, 24)?;
                at_most(Part::RowDescription, row.description.as_deref().unwrap_or_default(), 72)?;
            }
            all_differ(Part::ReplyId, rows().map(|row| row.id.as_str()))
        }
        InteractiveAction::Link { label, url } => {
            text(Part::Body, &interactive.body, 1024)?;
            text(Part::Button, label, 20)?;
            if url.starts_with("https://") || url.starts_with("http://") {
                Ok(())
            } else {
                Err(LimitError::Address)
            }
        }
    }
}

fn check_template(template: &Template) -> Result<(), LimitError> {
    text(Part::TemplateName, &template.name, 512)
}

fn text(part: Part, value: &str, limit: usize) -> Result<(), LimitError> {
    if value.trim().is_empty() {
        return Err(LimitError::Empty(part));
    }
    at_most(part, value, limit)
}

fn at_most(part: Part, value: &str, limit: usize) -> Result<(), LimitError> {
    if value.chars().count() > limit {
        Err(LimitError::TooLong { part, limit })
    } else {
        Ok(())
    }
}

fn count(part: Part, count: usize, least: usize, most: usize) -> Result<(), LimitError> {
    if (least..=most).contains(&count) {
        Ok(())
    } else {
        Err(LimitError::Count { part, least, most })
    }
}

fn all_differ<'a>(part: Part, mut values: impl Iterator<Item = &'a str>) -> Result<(), LimitError> {
    let mut seen = HashSet::new();
    if values.all(|value| seen.insert(value)) {
        Ok(())
    } else {
        Err(LimitError::Repeated(part))
    }
}

/// How the provider takes files of one type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UploadRule {
    /// The message type to send it as.
    pub sent_as: UploadKind,
    /// How many bytes it may have.
    pub limit_bytes: u64,
}

/// The message type that a file is sent as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UploadKind {
    /// A picture.
    Image,
    /// A film.
    Video,
    /// Sound.
    Audio,
    /// A sticker.
    Sticker,
    /// A document.
    Document,
}

/// How files of a type are taken; a parameter such as `; codecs=opus` does not matter. A type that is not a picture, film
/// or sound of those taken as such goes as a document. `None` for what is no media type at all.
pub fn upload_rule(mime_type: &str) -> Option<UploadRule> {
    let plain = mime_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let (top, sub) = plain.split_once('/')?;
    let word = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
    };
    if !word(top) || !word(sub) {
        return None;
    }
    let (sent_as, limit_bytes) = match plain.as_str() {
        "image/jpeg" | "image/png" => (UploadKind::Image, 5 * MIB),
        "image/webp" => (UploadKind::Sticker, 500 * KIB),
        "video/mp4" | "video/3gpp" => (UploadKind::Video, 16 * MIB),
        "audio/aac" | "audio/amr" | "audio/mpeg" | "audio/mp4" | "audio/ogg" => (UploadKind::Audio, 16 * MIB),
        _ => (UploadKind::Document, 100 * MIB),
    };
    Some(UploadRule { sent_as, limit_bytes })
}

/// Checks a file before it is uploaded.
///
/// # Errors
/// [`LimitError::MediaType`] if the type is none, [`LimitError::MediaSize`] if it has too many bytes.
pub fn check_upload(mime_type: &str, size_bytes: u64) -> Result<UploadRule, LimitError> {
    let rule = upload_rule(mime_type).ok_or(LimitError::MediaType)?;
    if size_bytes > rule.limit_bytes {
        Err(LimitError::MediaSize {
            limit_bytes: rule.limit_bytes,
        })
    } else {
        Ok(rule)
    }
}
