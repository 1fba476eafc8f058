//! Deciding to erase something: who, of what, why, and on whose word. What is decided is done, by a job.

use crate::Flow;
use crate::authority::{self, NoAuthority};
use crate::context::{Unavailable, everything};
use crate::holds::covered;
use crate::jobs::JobKind;
use crate::log;
use counterfoil_ledger::leaf::Fact;
use counterfoil_ledger::registry::{FactKey, LeafKind};
use counterfoil_model::erasure::{ErasureReason, ErasureTarget};
use counterfoil_model::{AttachmentId, ContactId, ConversationId, ErasureId, HoldId, MessageId};
use counterfoil_policy::{Action, Actor, may};
use counterfoil_store::Unit;
use counterfoil_store::rows::ErasureRow;
use counterfoil_vault::{Content, Kind, Label, Place};
use std::collections::BTreeSet;

/// The longest authority, in characters.
pub const AUTHORITY_LIMIT: usize = authority::LIMIT;

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
}

impl Target {
    /// What sort of thing it is, and its id.
    pub fn parts(self) -> (ErasureTarget, [u8; 16]) {
        match self {
            Self::Message(id) => (ErasureTarget::Message, *id.bytes()),
            Self::Attachment(id) => (ErasureTarget::Attachment, *id.bytes()),
            Self::Conversation(id) => (ErasureTarget::Conversation, *id.bytes()),
            Self::Contact(id) => (ErasureTarget::Contact, *id.bytes()),
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
    /// These holds are on it, or on a part of it.
    #[error("it is held: {}; release that first", list(.0))]
    Held(BTreeSet<HoldId>),
    /// No authority was given.
    #[error("say on whose word: a name, a decision, a number of a request")]
    NoAuthority,
    /// The authority is too long.
    #[error("the authority may have {AUTHORITY_LIMIT} characters at the most")]
    TooLong,
    /// A store cannot be reached.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Decides that `target` is erased, and has it done.
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
    let granted = may(actor, Action::Erase).map_err(|_| DecideError::Refused)?;
    let authority = authority::named(authority).map_err(|none| match none {
        NoAuthority::Missing => DecideError::NoAuthority,
        NoAuthority::TooLong => DecideError::TooLong,
    })?;
    let (kind, object) = target.parts();
    let Some(covered) = covered(flow, target).await? else {
        return Err(DecideError::Unknown);
    };
    if let Some(before) = flow.store().erasure_of(object).await.map_err(Unavailable::from)? {
        return Err(DecideError::Going(before.id));
    }
    let holds = covered.holds(flow).await?;
    if !holds.is_empty() {
        return Err(DecideError::Held(holds));
    }
    let at = flow.now();
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
        .items([object])
        .fact(FactKey::Reason, Fact::Int(reason.code()));
    let row = ErasureRow {
        id,
        target: kind,
        object,
        reason,
        authority: key.seal(place(id), &authority),
        recorded_at: at,
    };
    let unit = Unit::new("erasure.decide")
        .record(row, leaf)
        .job(JobKind::Erase.due(*id.bytes(), at));
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
