//! Every form that can be sent, built by the public API: a name, and a message of it. The goldens are made of these, and the
//! limits are tested by bending them.

mod interactive;
mod plain;
mod template;

use counterfoil_whatsapp::message::{OutboundContent, OutboundMessage, Recipient};
use counterfoil_whatsapp::phone::PhoneNumber;

pub(crate) use interactive::interactive;
pub(crate) use plain::card;
pub(crate) use template::{full_template, template};

/// A message and the name of its golden.
pub(crate) type Form = (&'static str, OutboundMessage);

pub(crate) fn phone() -> PhoneNumber {
    PhoneNumber::parse("15550100201").unwrap()
}

/// A content to a person by phone number.
pub(crate) fn to_person(content: OutboundContent) -> OutboundMessage {
    OutboundMessage::new(Recipient::Phone(phone()), content)
}

/// All forms.
pub(crate) fn all() -> Vec<Form> {
    let mut forms = plain::forms();
    forms.extend(interactive::forms());
    forms.extend(template::forms());
    forms
}
