//! Limits of files before they are uploaded: their type, their size, and how long the provider keeps them.
//!
//! Source: Meta, Media, Supported media types, 2025-11.

use super::count::between;
use super::{LimitError, Part};

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;
/// Bytes of a sticker that stands still.
const STILL_STICKER: u64 = 100 * KIB;

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

/// How a file is taken, by its type and what is in it: a sticker that stands still may have fewer bytes than one that moves.
pub fn upload_rule_of(mime_type: &str, bytes: &[u8]) -> Option<UploadRule> {
    let mut rule = upload_rule(mime_type)?;
    if rule.sent_as == UploadKind::Sticker && !is_animated_webp(bytes) {
        rule.limit_bytes = STILL_STICKER;
    }
    Some(rule)
}

/// Checks a file before it is uploaded.
///
/// # Errors
/// [`LimitError::MediaType`] if the type is none, [`LimitError::MediaSize`] if it has too many bytes.
pub fn check_upload(mime_type: &str, bytes: &[u8]) -> Result<UploadRule, LimitError> {
    let rule = upload_rule_of(mime_type, bytes).ok_or(LimitError::MediaType)?;
    if bytes.len() as u64 > rule.limit_bytes {
        Err(LimitError::MediaSize {
            limit_bytes: rule.limit_bytes,
        })
    } else {
        Ok(rule)
    }
}

/// Whether a WebP file says that it moves: bit 1 of the flags in its extended header (RFC 9649, section 2.7).
fn is_animated_webp(bytes: &[u8]) -> bool {
    let head = bytes.get(..21).filter(|head| head.starts_with(b"RIFF"));
    head.is_some_and(|head| &head[8..16] == b"WEBPVP8X" && head[20] & 2 != 0)
}

/// Checks for how long the provider is to keep a file.
///
/// # Errors
/// [`LimitError::Range`] outside of [`TTL_MINUTES`].
pub fn check_ttl(minutes: u32) -> Result<(), LimitError> {
    between(Part::Duration, minutes, *TTL_MINUTES.start(), *TTL_MINUTES.end())
}
