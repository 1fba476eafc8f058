//! Which entry of a zip file is the chat.
//!
//! ```text
//! _chat.txt              iOS, in every language
//! …WhatsApp….txt         Android: "WhatsApp Chat with …", "Chat de WhatsApp con …", "Чат WhatsApp с …"
//! any other .txt         when it looks like a chat
//! ```
//!
//! The first of these that is there is taken, in the folder nearest to the top. Attachments can be texts, too, even exported chats: more than one
//! is for a person to choose from.

use std::io::{BufReader, Read, Seek};

use super::archive::{Archive, last_part};
use super::limits::ContainerError;
use crate::head::Head;
use crate::lines::{Lines, Longest};

/// The product's name as it is in names of chats.
const PRODUCT: [&str; 3] = ["WhatsApp", "واتساب", "ווטסאפ"];

/// So many texts are looked into, and so many bytes of each.
const MOST_TEXTS: usize = 64;
const LOOK_BYTES: u64 = 16 * 1024;

/// The entries that can be the chat.
///
/// # Errors
/// When one cannot be unpacked.
pub(super) fn candidates<R: Read + Seek>(archive: &Archive<R>) -> Result<Vec<usize>, ContainerError> {
    let texts: Vec<usize> = (0..archive.len())
        .filter(|place| has_ending(archive.name(*place)))
        .collect();
    let named = |fits: fn(&str) -> bool| -> Vec<usize> {
        let fitting = texts
            .iter()
            .copied()
            .filter(|place| fits(last_part(archive.name(*place))));
        nearest(archive, fitting.collect())
    };
    let ios = named(|name| name == "_chat.txt");
    if !ios.is_empty() {
        return Ok(ios);
    }
    let android = named(|name| PRODUCT.iter().any(|product| name.contains(product)));
    if !android.is_empty() {
        return Ok(android);
    }
    let mut found = Vec::new();
    for place in nearest(archive, texts).into_iter().take(MOST_TEXTS) {
        if looks_like_a_chat(archive, place)? {
            found.push(place);
        }
    }
    Ok(found)
}

fn has_ending(name: &str) -> bool {
    let start = name.len().saturating_sub(4);
    name.get(start..)
        .is_some_and(|ending| ending.eq_ignore_ascii_case(".txt"))
}

/// Those in the folder nearest to the top.
fn nearest<R: Read + Seek>(archive: &Archive<R>, places: Vec<usize>) -> Vec<usize> {
    let depth = |place: &usize| archive.name(*place).matches(['/', '\\']).count();
    let least = places.iter().map(depth).min();
    places.into_iter().filter(|place| Some(depth(place)) == least).collect()
}

fn looks_like_a_chat<R: Read + Seek>(archive: &Archive<R>, place: usize) -> Result<bool, ContainerError> {
    let start = BufReader::new(archive.read(place)?.take(LOOK_BYTES));
    let mut lines = Lines::of(start, Longest::default().line).map_err(ContainerError::Read)?;
    while let Some(line) = lines.advance().map_err(ContainerError::Read)? {
        if Head::scan(line.text).is_some_and(|head| head.can_be()) {
            return Ok(true);
        }
    }
    Ok(false)
}
