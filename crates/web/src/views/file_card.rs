//! A file of a message: shown in place, or as a card, or as the reason why it is not here.

use crate::words::{Words, size};
use counterfoil_flow::reading::thread::{AttachmentState, AttachmentView};
use counterfoil_model::message::MessageKind;

/// How a file is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Showing {
    Picture,
    Sticker,
    Film,
    Sound,
    Card,
    Waiting,
    Missing,
}

/// A file of a message.
pub(crate) struct FileCard {
    pub(crate) url: String,
    pub(crate) showing: Showing,
    /// Its name, or its kind where it has none.
    pub(crate) name: String,
    /// Kind and size: `PDF · 2.4 MB`.
    pub(crate) about: String,
    /// What is the matter, when it is not here.
    pub(crate) trouble: Option<String>,
}

impl FileCard {
    pub(crate) fn of(w: Words, file: &AttachmentView) -> Self {
        let kind = w.say(&format!("kind-{}", file.kind.name()));
        let file_name = file.file_name.as_ref().map(|name| name.expose().as_str());
        let showing = match file.state {
            AttachmentState::Fetching => Showing::Waiting,
            AttachmentState::Unfetched { .. } => Showing::Missing,
            AttachmentState::Here => showing(file.kind, &file.media_type),
        };
        let trouble = match file.state {
            AttachmentState::Unfetched { failure, attempts } => {
                let why = w.say(&format!("unfetched-{}", failure.name()));
                let values = [("why", why.into()), ("attempts", u64::from(attempts).into())];
                Some(w.say_with("file-unfetched", &values))
            }
            AttachmentState::Fetching | AttachmentState::Here => None,
        };
        Self {
            url: format!("/attachments/{}/content", file.id),
            showing,
            name: file_name.map_or(kind, str::to_owned),
            about: about(w, &file.media_type, file.length),
            trouble,
        }
    }

    pub(crate) fn is(&self, showing: &str) -> bool {
        let name = match self.showing {
            Showing::Picture => "picture",
            Showing::Sticker => "sticker",
            Showing::Film => "film",
            Showing::Sound => "sound",
            Showing::Card => "card",
            Showing::Waiting => "waiting",
            Showing::Missing => "missing",
        };
        name == showing
    }
}

/// What browsers can show by themselves; all else is a card.
fn showing(kind: MessageKind, media_type: &str) -> Showing {
    match (kind, media_type) {
        (MessageKind::Sticker, "image/webp" | "image/png") => Showing::Sticker,
        (_, "image/jpeg" | "image/png" | "image/webp" | "image/gif") => Showing::Picture,
        (_, "video/mp4" | "video/webm" | "video/3gpp") => Showing::Film,
        (_, kind) if kind.starts_with("audio/") => Showing::Sound,
        _ => Showing::Card,
    }
}

fn about(w: Words, media_type: &str, length: Option<u64>) -> String {
    let subtype = media_type
        .split(';')
        .next()
        .unwrap_or(media_type)
        .rsplit('/')
        .next()
        .unwrap_or_default();
    let kind = match subtype {
        "vnd.openxmlformats-officedocument.wordprocessingml.document" => "DOCX".to_owned(),
        "vnd.openxmlformats-officedocument.spreadsheetml.sheet" => "XLSX".to_owned(),
        "vnd.openxmlformats-officedocument.presentationml.presentation" => "PPTX".to_owned(),
        "octet-stream" => String::new(),
        other => other.to_ascii_uppercase(),
    };
    match length {
        Some(bytes) if kind.is_empty() => size(w, bytes),
        Some(bytes) => format!("{kind} · {}", size(w, bytes)),
        None => kind,
    }
}
