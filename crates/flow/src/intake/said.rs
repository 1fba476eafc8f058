//! What of an item belongs into a conversation: with whom, by which way it came, and its content in our own words.
//!
//! Stands between the provider's items and recording: whatever shape something was told in, it is recorded in one way. Pure; it decides neither
//! who somebody is nor where a thing goes.

use super::content::{self, Beside, Content};
use counterfoil_model::Timestamp;
use counterfoil_model::message::Origin;
use counterfoil_whatsapp::webhook::item::{
    CallEvent, HistoryMessage, IdentityChange, InboundContent, Party, Preference, Status, StatusUpdate, System,
};
use counterfoil_whatsapp::webhook::{CallStatusKind, Field, Item, WebhookItem};

/// Something said or done in a conversation, still in the item's own words.
pub(crate) struct Said<'a> {
    /// The person on the other side.
    pub(crate) other_side: &'a Party,
    /// Who they are now, when that is what it tells.
    pub(crate) change: Option<&'a IdentityChange>,
    /// The provider's id of it.
    pub(crate) provider_id: Option<&'a str>,
    /// It was said in a group.
    pub(crate) in_group: bool,
    /// By which way it came.
    pub(crate) origin: Origin,
    /// When, as far as told.
    pub(crate) at: Option<Timestamp>,
    what: What<'a>,
}

enum What<'a> {
    Message {
        content: &'a InboundContent,
        beside: Beside<'a>,
        /// It went from our side to theirs.
        ours: bool,
    },
    Call(&'a CallEvent),
    CallStatus(CallStatusKind),
    Preference(&'a Preference),
    Change,
}

/// For what names nobody but by a change.
static NOBODY: Party = Party {
    phone: None,
    user_id: None,
    parent_user_id: None,
    username: None,
    profile_name: None,
    identity_key_hash: None,
};

impl<'a> Said<'a> {
    /// What of `item` belongs into a conversation, if it does. A message whose content nobody knows yet does: people see that there is one.
    pub(crate) fn of(item: &'a WebhookItem) -> Option<Self> {
        let read = match &item.item {
            Item::NotUnderstood(not) => not.read.as_deref()?,
            read => read,
        };
        let said = |other_side, provider_id, origin, at: Option<i64>, what| Self {
            other_side,
            change: None,
            provider_id,
            in_group: false,
            origin,
            at: at.map(Timestamp::from_micros),
            what,
        };
        Some(match read {
            Item::Message(message) => {
                let content = &message.content;
                let origin = if message.standby {
                    Origin::OtherService
                } else {
                    Origin::Live
                };
                let what = What::Message {
                    content,
                    beside: Beside {
                        context: message.context.as_ref(),
                        referral: message.referral.as_ref(),
                        errors: &message.errors,
                    },
                    ours: false,
                };
                Self {
                    change: match content {
                        InboundContent::System(System { change, .. }) => change.as_ref(),
                        _ => None,
                    },
                    in_group: message.group_id.is_some(),
                    ..said(&message.sender, Some(&message.id), origin, message.timestamp, what)
                }
            }
            Item::Echo(echo) => {
                let what = What::Message {
                    content: &echo.content,
                    beside: Beside {
                        context: echo.context.as_ref(),
                        referral: None,
                        errors: &echo.errors,
                    },
                    ours: true,
                };
                let origin = match item.field {
                    Some(Field::SmbMessageEchoes) => Origin::PhoneApp,
                    _ => Origin::OtherService,
                };
                Self {
                    in_group: echo.group_id.is_some(),
                    ..said(&echo.recipient, Some(&echo.id), origin, echo.timestamp, what)
                }
            }
            Item::History(message) => {
                let HistoryMessage {
                    content,
                    from_business: ours,
                    ..
                } = message.as_ref();
                let what = What::Message {
                    content,
                    beside: Beside {
                        context: message.context.as_ref(),
                        referral: None,
                        errors: &message.errors,
                    },
                    ours: *ours,
                };
                said(
                    &message.other_side,
                    Some(&message.id),
                    Origin::History,
                    message.timestamp,
                    what,
                )
            }
            Item::Call(call) => said(
                &call.other_side,
                Some(&call.id),
                Origin::Live,
                call.timestamp,
                What::Call(call),
            ),
            Item::Status(status) => {
                let StatusUpdate {
                    status: Status::Call(kind),
                    recipient,
                    ..
                } = status.as_ref()
                else {
                    return None;
                };
                let what = What::CallStatus(*kind);
                Self {
                    in_group: status.group_id.is_some(),
                    ..said(
                        recipient,
                        Some(&status.message_id),
                        Origin::Live,
                        status.timestamp,
                        what,
                    )
                }
            }
            Item::Preference(preference) => {
                let what = What::Preference(preference);
                said(&preference.person, None, Origin::Live, preference.timestamp, what)
            }
            Item::IdentityChange(change) => Self {
                change: Some(change),
                ..said(&NOBODY, None, Origin::Live, change.at, What::Change)
            },
            _ => return None,
        })
    }

    /// Its content in our own words.
    pub(crate) fn content(&self) -> Content<'a> {
        match self.what {
            What::Message { content, beside, ours } => content::of_message(content, beside, ours),
            What::Call(call) => content::of_call(call),
            What::CallStatus(kind) => content::of_call_status(kind),
            What::Preference(preference) => content::of_preference(preference),
            What::Change => content::of_change(self.change),
        }
    }
}
