//! Limits of the provider, looked at before anything leaves.
//!
//! Lengths are counted in characters (Unicode scalar values). Where the provider's pages disagree the smaller value stands. What
//! the provider alone can know (whether a template exists, whether a window is open) is not asked here.
//!
//! Source: Meta, Cloud API, Messages, Templates, Groups and Media, v25.0, 2025-10 to 2026-06.

mod account;
mod card;
mod count;
mod draft;
mod group;
mod interactive;
mod template;
mod upload;

use crate::message::{Location, OutboundContent, OutboundMessage, Pin, PinAction, ReadMark, Recipient};
use count::{at_most, between, count, id, text};

pub use account::{check_group, check_participants, check_profile, check_username};
pub use draft::{check_code_draft, check_draft};
pub use upload::{TTL_MINUTES, UploadKind, UploadRule, check_ttl, check_upload, upload_rule, upload_rule_of};

/// Characters of a text.
pub const TEXT: usize = 4096;
/// Characters under a file.
pub const CAPTION: usize = 1024;
/// Characters of the words of most interactive messages, and of a template.
pub const BODY: usize = 1024;
/// Characters of the words above and of the small words below.
pub const HEADER: usize = 60;
/// Characters of the callback data.
pub const CALLBACK_DATA: usize = 512;
/// Contact cards in one message.
pub const CARDS: usize = 257;
/// Characters of a one-time code.
pub const CODE: usize = 15;

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
    /// A number is too small or too large.
    #[error("the {part} must be from {least} to {most}")]
    Range {
        /// Which number.
        part: Part,
        /// The smallest.
        least: u32,
        /// The largest.
        most: u32,
    },
    /// Two of something are the same that must differ, such as the labels of two buttons.
    #[error("two of the {0} are the same")]
    Repeated(Part),
    /// Some of something differ that must be alike, such as the number of buttons on the cards of a carousel.
    #[error("the {0} must be alike")]
    Unlike(Part),
    /// A text has another form than the provider wants, such as capitals in the name of a template.
    #[error("the {0} has another form than the provider takes")]
    Form(Part),
    /// A name on a card has no part beside the whole.
    #[error("a name on a contact card needs a part beside the whole, such as a first name")]
    NamePart,
    /// Degrees are beyond what there is on earth.
    #[error("there is no such place")]
    NoSuchPlace,
    /// An address is not http or https.
    #[error("the address of a link button is not http or https")]
    Address,
    /// A group takes no such message: send it to each person.
    #[error("a group takes no such message")]
    NotForGroups,
    /// Only a group takes such a message.
    #[error("only a group takes such a message")]
    GroupsOnly,
    /// A one-time code goes to a phone number only; the provider would refuse it with 131062.
    #[error("a one-time code goes to a phone number, not to a user id")]
    NeedsPhoneNumber,
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
    /// The birthday on a card.
    Birthday,
    /// The cards of a carousel, or the words on one.
    CarouselCard,
    /// The products.
    Product,
    /// The fields of a postal address.
    Field,
    /// The two letters of a country.
    Country,
    /// The callback data.
    CallbackData,
    /// The fingerprint of an encryption identity.
    IdentityKey,
    /// To whom.
    Recipient,
    /// An id of a message or file.
    Id,
    /// A text that comes back with an answer or a call.
    Payload,
    /// For how long something holds.
    Duration,
    /// The name of a template.
    TemplateName,
    /// The language of a template.
    Language,
    /// The values of a template.
    Variable,
    /// The name of a value.
    VariableName,
    /// The code to copy, or a one-time code.
    Code,
    /// A part of what people see about us.
    Profile,
    /// A user name of ours.
    Username,
    /// What a group is called or is for.
    Group,
    /// The people of a group.
    Participant,
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
            Self::Birthday => "birthday",
            Self::CarouselCard => "cards",
            Self::Product => "products",
            Self::Field => "address fields",
            Self::Country => "country code",
            Self::CallbackData => "callback data",
            Self::IdentityKey => "identity fingerprint",
            Self::Recipient => "recipient",
            Self::Id => "id",
            Self::Payload => "payload",
            Self::Duration => "duration",
            Self::TemplateName => "template name",
            Self::Language => "template language",
            Self::Variable => "template values",
            Self::VariableName => "names of template values",
            Self::Code => "code",
            Self::Profile => "profile",
            Self::Username => "user name",
            Self::Group => "group's name or description",
            Self::Participant => "people of a group",
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
    if let Some(quoted) = &message.reply_to {
        id(quoted)?;
    }
    if let Some(hash) = &message.identity_key_hash {
        text(Part::IdentityKey, hash, usize::MAX)?;
    }
    check_recipient(&message.to, &message.content)?;
    check_content(&message.content)
}

/// Checks a read mark.
///
/// # Errors
/// [`LimitError::Empty`] without the id of a message.
pub fn check_read(mark: &ReadMark) -> Result<(), LimitError> {
    id(&mark.message_id)
}

fn check_recipient(to: &Recipient, content: &OutboundContent) -> Result<(), LimitError> {
    match to {
        Recipient::Phone(_) => {}
        Recipient::UserId(user_id) => {
            text(Part::Recipient, user_id, usize::MAX)?;
            if matches!(content, OutboundContent::OneTimeCode(_)) {
                return Err(LimitError::NeedsPhoneNumber);
            }
        }
        Recipient::Both { user_id, .. } => text(Part::Recipient, user_id, usize::MAX)?,
        Recipient::Group(group) => {
            text(Part::Recipient, group, usize::MAX)?;
            return group::check(content);
        }
    }
    match content {
        OutboundContent::Pin(_) => Err(LimitError::GroupsOnly),
        _ => Ok(()),
    }
}

fn check_content(content: &OutboundContent) -> Result<(), LimitError> {
    match content {
        OutboundContent::Text { body, .. } => text(Part::Body, body, TEXT),
        OutboundContent::Image(file) | OutboundContent::Video(file) | OutboundContent::Document { file, .. } => {
            id(&file.id)?;
            at_most(Part::Caption, file.caption.as_deref().unwrap_or_default(), CAPTION)
        }
        OutboundContent::Audio { id: file, .. } | OutboundContent::Sticker { id: file } => id(file),
        OutboundContent::Location(place) => location(place),
        OutboundContent::Contacts(cards) => {
            count(Part::Card, cards.len(), 1, CARDS)?;
            cards.iter().try_for_each(card::check)
        }
        OutboundContent::Reaction { message_id, .. } => id(message_id),
        OutboundContent::Pin(pin) => check_pin(pin),
        OutboundContent::Interactive(interactive) => interactive::check(interactive),
        OutboundContent::Template(template) => template::check(template),
        OutboundContent::OneTimeCode(code) => template::check_code(code),
    }
}

fn check_pin(pin: &Pin) -> Result<(), LimitError> {
    id(&pin.message_id)?;
    match pin.action {
        PinAction::Hold { days } => between(Part::Duration, days.into(), 1, 30),
        PinAction::Release => Ok(()),
    }
}

fn location(place: &Location) -> Result<(), LimitError> {
    let on_earth = (-90.0..=90.0).contains(&place.latitude) && (-180.0..=180.0).contains(&place.longitude);
    if on_earth { Ok(()) } else { Err(LimitError::NoSuchPlace) }
}
