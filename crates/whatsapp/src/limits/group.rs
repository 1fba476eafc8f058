//! What a group takes: text, files, templates of text and files, and pins. Nothing to tap that answers, no commerce, no codes.
//!
//! Source: Meta, Group messaging, 2025-11.

use super::LimitError;
use crate::message::{ButtonValue, OutboundContent, Template, TemplateHeader};

pub(super) fn check(content: &OutboundContent) -> Result<(), LimitError> {
    let taken = match content {
        OutboundContent::Text { .. }
        | OutboundContent::Image(_)
        | OutboundContent::Video(_)
        | OutboundContent::Audio { .. }
        | OutboundContent::Document { .. }
        | OutboundContent::Sticker { .. }
        | OutboundContent::Pin(_) => true,
        OutboundContent::Template(template) => plain(template),
        OutboundContent::Location(_)
        | OutboundContent::Contacts(_)
        | OutboundContent::Reaction { .. }
        | OutboundContent::Interactive(_)
        | OutboundContent::OneTimeCode(_) => false,
    };
    if taken { Ok(()) } else { Err(LimitError::NotForGroups) }
}

/// Whether a template is one of text and files.
fn plain(template: &Template) -> bool {
    let header = !matches!(
        template.header,
        Some(TemplateHeader::Location(_) | TemplateHeader::Product(_))
    );
    let buttons = template.buttons.iter().all(|button| match button.value {
        ButtonValue::Url(_) | ButtonValue::QuickReply(_) | ButtonValue::CopyCode(_) => true,
        ButtonValue::Flow { .. }
        | ButtonValue::Catalogue(_)
        | ButtonValue::Products { .. }
        | ButtonValue::Call { .. } => false,
    });
    header && buttons && template.cards.is_empty() && template.offer_ends_millis.is_none()
}
