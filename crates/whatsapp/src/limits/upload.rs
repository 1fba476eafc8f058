//! Limits of files before they are uploaded: their type, their size, and how long the provider keeps them.
//!
//! Source: Meta, Media, Supported media types, 2025-11.

use super::count::between;
use super::{LimitError, Part};

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;

/// For how many minutes the provider can be told to keep an uploaded file: an hour to 30 days.
pub const TTL_MINUTES: std::ops::RangeInclusive<u32> = 60..=43_200;

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

/// Checks for how long the provider is to keep a file.
///
/// # Errors
/// [`LimitError::Range`] outside of [`TTL_MINUTES`].
pub fn check_ttl(minutes: u32) -> Result<(), LimitError> {
    between(Part::Duration, minutes, *TTL_MINUTES.start(), *TTL_MINUTES.end())
}
