//! Deciding to erase something: who, of what, why, and on whose word. What is decided is done, by a job.

use super::keep::leave_out;
use crate::Flow;
use crate::authority::{self, NoAuthority};
use crate::context::{Unavailable, everything};
use crate::holds::covered;
use crate::jobs::JobKind;
use crate::log;
use counterfoil_ledger::leaf::Fact;
use counterfoil_ledger::registry::{FactKey, LeafKind};
use counterfoil_model::erasure::{ErasureReason, ErasureTarget};
use counterfoil_model::{AttachmentId, ContactId, ConversationId, ErasureId, HoldId, MessageId, Timestamp};
use counterfoil_policy::{Action, Actor, may};
use counterfoil_store::Unit;
use counterfoil_store::rows::ErasureRow;
use counterfoil_vault::{Content, Kind, Label, Place};
use std::collections::BTreeSet;
use std::fmt;

/// The longest authority, in characters.
pub const AUTHORITY_LIMIT: usize = authority::LIMIT;

/// How many messages one decision may leave out.
pub const KEEP_MOST: usize = 200;

/// What is to be erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A message with its files.
    Message(MessageId),
    /// A file of a message.
    Attachment(AttachmentId),
    /// Everything in a conversation.
    Conversation(ConversationId),
    /// A contact with all of their conversations.
    Contact(ContactId),
    /// Every message that occurred before this moment, with its files; conversations and contacts stay.
    Older(Timestamp),
}

impl Target {
    /// What sort of thing it is, and its id; of a moment its microseconds, in the last eight bytes.
    pub fn parts(self) -> (ErasureTarget, [u8; 16]) {
        match self {
            Self::Older(before) => {
                let mut object = [0; 16];
                object[8..].copy_from_slice(&before.micros().to_be_bytes());
                (ErasureTarget::Older, object)
            }
            Self::Message(id) => (ErasureTarget::Message, *id.bytes()),
            Self::Attachment(id) => (ErasureTarget::Attachment, *id.bytes()),
            Self::Conversation(id) => (ErasureTarget::Conversation, *id.bytes()),
            Self::Contact(id) => (ErasureTarget::Contact, *id.bytes()),
        }
    }

    /// What [`Self::parts`] took apart.
    pub fn from_parts(target: ErasureTarget, object: [u8; 16]) -> Self {
        match target {
            ErasureTarget::Message => Self::Message(MessageId::from_bytes(object)),
            ErasureTarget::Attachment => Self::Attachment(AttachmentId::from_bytes(object)),
            ErasureTarget::Conversation => Self::Conversation(ConversationId::from_bytes(object)),
            ErasureTarget::Contact => Self::Contact(ContactId::from_bytes(object)),
            ErasureTarget::Older => {
                let micros = object.last_chunk().copied().unwrap_or_default();
                Self::Older(Timestamp::from_micros(i64::from_be_bytes(micros)))
            }
        }
    }
}

impl fmt::Display for Target {
    /// The id as it is written everywhere; of a moment its time, as RFC 3339 has it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Message(id) => id.fmt(f),
            Self::Attachment(id) => id.fmt(f),
            Self::Conversation(id) => id.fmt(f),
            Self::Contact(id) => id.fmt(f),
            Self::Older(before) => f.write_str(&before.rfc3339()),
        }
    }
}

/// Why nothing was decided.
#[derive(Debug, thiserror::Error)]
pub enum DecideError {
    /// The actor may not.
    #[error("this is not for you to decide")]
    Refused,
    /// There is no such thing; it may have been erased before.
    #[error("there is nothing under this id, or it was erased before")]
    Unknown,
    /// It is being erased already.
    #[error("{0} is erasing this already")]
    Going(ErasureId),
    /// The moment is yet to come.
    #[error("that moment is yet to come: only what is past can be over")]
    NotYet,
    /// These holds are on all of it.
    #[error("it is held: {}; release that first", list(.0))]
    Held(BTreeSet<HoldId>),
    /// Only a contact or a conversation has items that can be left out.
    #[error("only of a contact or a conversation can single messages be kept")]
    KeepsNothing,
    /// More is left out than one decision names.
    #[error("at most {KEEP_MOST} messages can be kept by one decision; hold the others instead")]
    KeepsTooMuch,
    /// This message is not in it.
    #[error("{0} is not a part of it, or was erased before")]
    NotAPart(MessageId),
    /// No ground was given.
    #[error("say on what ground these messages are kept")]
    NoGround,
    /// A ground was given for nothing.
    #[error("a ground is given, and no message to keep on it")]
    GroundForNothing,
    /// No authority was given.
    #[error("say on whose word: a name, a decision, a number of a request")]
    NoAuthority,
    /// The authority or the ground is too long.
    #[error("the authority, and the ground, may have {AUTHORITY_LIMIT} characters at the most")]
    TooLong,
    /// A store cannot be reached.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// What a decision leaves out.
#[derive(Debug, Clone, Copy, Default)]
pub struct Keep<'a> {
    /// Messages of the contact or the conversation, at most [`KEEP_MOST`].
    pub messages: &'a [MessageId],
    /// Why they stay.
    pub ground: Option<&'a str>,
}

/// Decides that `target` is erased, and has it done, but for what is held when it would go.
///
/// # Errors
/// See [`DecideError`]. Nothing was decided.
pub async fn decide(
    flow: &Flow,
    actor: &Actor,
    target: Target,
    reason: ErasureReason,
    authority: &str,
) -> Result<ErasureId, DecideError> {
    decide_keeping(flow, actor, target, reason, authority, Keep::default()).await
}

/// The same, leaving single messages out.
///
/// # Errors
/// See [`DecideError`]. Nothing was decided.
pub async fn decide_keeping(
    flow: &Flow,
    actor: &Actor,
    target: Target,
    reason: ErasureReason,
    authority: &str,
    keep: Keep<'_>,
) -> Result<ErasureId, DecideError> {
    let granted = may(actor, Action::Erase).map_err(|_| DecideError::Refused)?;
    let authority = authority::named(authority).map_err(|none| match none {
        NoAuthority::Missing => DecideError::NoAuthority,
        NoAuthority::TooLong => DecideError::TooLong,
    })?;
    let ground = ground(target, keep)?;
    let (kind, object) = target.parts();
    let at = flow.now();
    let covered = match target {
        Target::Older(before) if before > at => return Err(DecideError::NotYet),
        // What is held of it is found when it would go.
        Target::Older(_) => None,
        target => Some(covered(flow, target).await?.ok_or(DecideError::Unknown)?),
    };
    if let Some(before) = flow.store().erasure_of(object).await.map_err(Unavailable::from)? {
        // One that is done and left something may be followed by another.
        let done = flow
            .store()
            .erasures_live(&[before.id])
            .await
            .map_err(Unavailable::from)?;
        if done.is_empty() {
            return Err(DecideError::Going(before.id));
        }
    }
    if let Some(covered) = covered {
        let holds = covered.held(flow).await?;
        if !holds.is_empty() {
            return Err(DecideError::Held(holds));
        }
    }
    let kept = parts(flow, target, keep.messages).await?;
    let id = ErasureId::new(at, flow.random());
    let key = flow
        .vault()
        .item(flow.organisation_tree())
        .await
        .map_err(Unavailable::from)?;
    let leaf = log::leaf(LeafKind::ErasureIntended, at, id.bytes(), log::actor(granted.actor()))
        .commitment(
            log::label(Label::Authority),
            key.commit(Label::Authority, &authority.encode()),
        )
        .fact(FactKey::Reason, Fact::Int(reason.code()));
    let leaf = match target {
        Target::Older(before) => leaf.fact(FactKey::HappenedAt, Fact::Int(before.micros())),
        _ => leaf.items([object]),
    };
    let row = ErasureRow {
        id,
        target: kind,
        object,
        reason,
        authority: key.seal(place(id), &authority),
        recorded_at: at,
    };
    let mut unit = Unit::new("erasure.decide").record(row, leaf);
    if let Some(ground) = ground {
        let actor = log::actor(granted.actor());
        unit = leave_out(flow, unit, id, &kept, &ground, actor, at).await?;
    }
    let unit = unit.job(JobKind::Erase.due(*id.bytes(), at));
    flow.store().commit(unit).await.map_err(Unavailable::from)?;
    Ok(id)
}

/// Whose conversation it is.
///
/// # Errors
/// [`DecideError::Refused`], [`DecideError::Unknown`] when there is no such conversation with a contact, [`DecideError::Unavailable`].
pub async fn contact_of(flow: &Flow, actor: &Actor, conversation: ConversationId) -> Result<ContactId, DecideError> {
    may(actor, Action::Erase).map_err(|_| DecideError::Refused)?;
    let reach = everything()?;
    let found = flow.store().conversation_get(conversation, &reach).await;
    let found = found.map_err(Unavailable::from)?;
    found.and_then(|row| row.contact).ok_or(DecideError::Unknown)
}

/// The ground on which something is left out, if something is.
fn ground(target: Target, keep: Keep<'_>) -> Result<Option<String>, DecideError> {
    if keep.messages.is_empty() {
        return keep.ground.map_or(Ok(None), |_| Err(DecideError::GroundForNothing));
    }
    if matches!(target, Target::Message(_) | Target::Attachment(_) | Target::Older(_)) {
        return Err(DecideError::KeepsNothing);
    }
    if keep.messages.len() > KEEP_MOST {
        return Err(DecideError::KeepsTooMuch);
    }
    let named = authority::named(keep.ground.unwrap_or_default());
    named.map(Some).map_err(|none| match none {
        NoAuthority::Missing => DecideError::NoGround,
        NoAuthority::TooLong => DecideError::TooLong,
    })
}

/// These messages, each once, when all of them are parts of `target`.
async fn parts(flow: &Flow, target: Target, messages: &[MessageId]) -> Result<Vec<[u8; 16]>, DecideError> {
    let messages: BTreeSet<MessageId> = messages.iter().copied().collect();
    for id in &messages {
        let row = flow.store().message_get(*id).await.map_err(Unavailable::from)?;
        let conversation = row.ok_or(DecideError::NotAPart(*id))?.conversation;
        let within = match target {
            Target::Conversation(whole) => conversation == whole,
            Target::Contact(contact) => flow
                .conversation(conversation)
                .await?
                .is_some_and(|row| row.contact == Some(contact)),
            Target::Message(_) | Target::Attachment(_) | Target::Older(_) => false,
        };
        if !within {
            return Err(DecideError::NotAPart(*id));
        }
    }
    Ok(messages.iter().map(|id| *id.bytes()).collect())
}

/// Where the authority of an erasure is sealed.
pub(super) fn place(id: ErasureId) -> Place {
    Place {
        kind: Kind::Erasure,
        object: *id.bytes(),
        label: Label::Authority,
    }
}

fn list(holds: &BTreeSet<HoldId>) -> String {
    let holds: Vec<String> = holds.iter().map(HoldId::to_string).collect();
    holds.join(", ")
}
