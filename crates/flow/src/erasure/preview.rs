//! What an erasure would do, item by item, before anybody decides it: what goes, what is held, what concerns others too, and where copies lie.
//!
//! It reads ids, times, kinds and holds, a page at a time, and opens nothing; so it needs no leaf. Between it and the decision things may change: what
//! happened, the certificate says.

use super::certificate::CertificateError;
use super::decide::Target;
use super::find::{Batch, ids_belonging};
use crate::Flow;
use crate::context::{Unavailable, everything};
use counterfoil_model::filing::FilingStep;
use counterfoil_model::message::{Direction, MessageKind};
use counterfoil_model::{
    AttachmentId, ContactId, ConversationId, FilingId, HoldId, MessageId, ReferenceId, Timestamp, TreeId,
};
use counterfoil_policy::{Action, Actor, may};
use counterfoil_store::read::{MessagePlace, OLDER_IN, Page};
use counterfoil_store::rows::{ConversationRow, FilingRow, FilingStepRow, MessageRow};
use counterfoil_store::traces::Of;
use counterfoil_vault::Run;
use std::collections::BTreeSet;

/// How many items one page has at the most.
pub const PAGE: usize = 100;

/// Who wrote something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Author {
    /// The contact.
    Contact,
    /// A colleague.
    Colleague,
    /// A machine: ours, or the provider's.
    Machine,
}

impl Author {
    /// Its stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::Colleague => "colleague",
            Self::Machine => "machine",
        }
    }
}

/// Why something concerns others than the contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Concerns {
    /// A colleague wrote it.
    Colleague,
    /// It may hold cards of third persons.
    ThirdPersons,
    /// It lies on a claim or policy on which messages of others lie too.
    SharedReference,
}

impl Concerns {
    /// Its stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Colleague => "colleague",
            Self::ThirdPersons => "third_persons",
            Self::SharedReference => "shared_reference",
        }
    }
}

/// A copy that another system was given, or is to be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filed {
    /// Which filing.
    pub filing: FilingId,
    /// On which reference.
    pub reference: ReferenceId,
    /// How far it is.
    pub step: FilingStep,
}

/// One item.
#[derive(Debug, Clone)]
pub struct PreviewItem {
    /// The message.
    pub message: MessageId,
    /// Where it is.
    pub conversation: ConversationId,
    /// With which contact, if with one.
    pub contact: Option<ContactId>,
    /// What sort of content it has.
    pub kind: MessageKind,
    /// Which way it went.
    pub direction: Direction,
    /// Who wrote it.
    pub author: Author,
    /// When it occurred.
    pub occurred_at: Timestamp,
    /// How many files it has.
    pub files: u64,
    /// The holds that keep it; it goes when there are none.
    pub held: Vec<HoldId>,
    /// Why it concerns others too.
    pub concerns: Vec<Concerns>,
    /// Its copies elsewhere.
    pub filed: Vec<Filed>,
}

/// Some of it.
pub struct PreviewPage {
    /// The items, a conversation after the other, each from its oldest on.
    pub items: Vec<PreviewItem>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<MessageId>,
}

/// What would become of the items of `target` that come after this one, at most [`PAGE`].
///
/// # Errors
/// See [`CertificateError`]; [`CertificateError::Unknown`] also when the item to go on after was erased meanwhile.
pub async fn preview(
    flow: &Flow,
    actor: &Actor,
    target: Target,
    after: Option<MessageId>,
) -> Result<PreviewPage, CertificateError> {
    may(actor, Action::Erase).map_err(|_| CertificateError::Refused)?;
    match target {
        Target::Message(id) => single(flow, id, None).await,
        Target::Attachment(id) => {
            let found = Batch::of("attachment", flow, &[*id.bytes()]).await?;
            let message = found
                .in_table("attachment")
                .find_map(|row| super::find::id(row, "message_id"));
            let message = message.ok_or(CertificateError::Unknown)?;
            single(flow, MessageId::from_bytes(message), Some(id)).await
        }
        Target::Older(before) => older(flow, before, after).await,
        Target::Conversation(id) => through(flow, vec![id], after).await,
        Target::Contact(id) => {
            let contact = flow.store().contact_get(id).await.map_err(Unavailable::from)?;
            contact.ok_or(CertificateError::Unknown)?;
            let mut all: Vec<ConversationId> = ids_belonging(flow, Of::Contact, "conversation", &[*id.bytes()])
                .await?
                .into_iter()
                .map(ConversationId::from_bytes)
                .collect();
            all.sort_unstable();
            through(flow, all, after).await
        }
    }
}

/// One message; of which only this file, where one is named.
async fn single(flow: &Flow, id: MessageId, file: Option<AttachmentId>) -> Result<PreviewPage, CertificateError> {
    let row = flow.store().message_get(id).await.map_err(Unavailable::from)?;
    let row = row.ok_or(CertificateError::Unknown)?;
    let conversation = flow.conversation(row.conversation).await?;
    let conversation = conversation.ok_or(CertificateError::Unknown)?;
    let mut items = items(flow, &conversation, vec![row]).await?;
    if let (Some(file), Some(item)) = (file, items.first_mut()) {
        let batch = Batch::of("attachment", flow, &[*file.bytes()]).await?;
        item.held = holds_on(flow, &batch).await?;
        item.files = 1;
    }
    Ok(PreviewPage { items, next: None })
}

/// Conversations in this order, from after a message on.
async fn through(
    flow: &Flow,
    conversations: Vec<ConversationId>,
    after: Option<MessageId>,
) -> Result<PreviewPage, CertificateError> {
    let store = flow.store();
    let reach = everything()?;
    let mut after = match after {
        None => None,
        Some(id) => {
            let row = store.message_get(id).await.map_err(Unavailable::from)?;
            Some(row.ok_or(CertificateError::Unknown)?)
        }
    };
    let skipped = |id: &ConversationId| after.as_ref().is_none_or(|row| *id >= row.conversation);
    let rest: Vec<ConversationId> = conversations.into_iter().filter(skipped).collect();
    for id in rest {
        let Some(conversation) = flow.conversation(id).await? else {
            continue;
        };
        let first = (Timestamp::from_micros(i64::MIN), MessageId::from_bytes([0; 16]));
        let from = after.take().filter(|row| row.conversation == id);
        let (at, last) = from.map_or(first, |row| (row.occurred_at, row.id));
        let page = Page::After(at, last);
        let rows = store
            .message_page(id, &reach, page, PAGE)
            .await
            .map_err(Unavailable::from)?;
        if let Some(next) = rows.last().map(|row| row.id) {
            let items = items(flow, &conversation, rows).await?;
            return Ok(PreviewPage {
                items,
                next: Some(next),
            });
        }
    }
    Ok(PreviewPage {
        items: Vec::new(),
        next: None,
    })
}

/// What occurred before a moment in one conversation, the first that has any from after a message on.
async fn older(flow: &Flow, before: Timestamp, after: Option<MessageId>) -> Result<PreviewPage, CertificateError> {
    let (store, reach) = (flow.store(), everything()?);
    let unavailable = Unavailable::from;
    let mut after = match after {
        None => None,
        Some(id) => {
            let row = store.message_get(id).await.map_err(unavailable)?;
            row.map(place).ok_or(CertificateError::Unknown).map(Some)?
        }
    };
    // The conversation of that message comes first, again.
    let mut from = after.map(|place| place.conversation);
    let mut group = match from {
        None => store.conversations_from(None, &reach, OLDER_IN).await,
        Some(id) => store.conversations_get(&[id], &reach).await,
    }
    .map_err(unavailable)?;
    while let Some(last) = group.last().map(|row| row.id) {
        let ids: Vec<ConversationId> = group.iter().map(|row| row.id).collect();
        let places = store.messages_older(&ids, before, after.take().as_ref(), PAGE).await;
        let places = places.map_err(unavailable)?;
        let first = places.first().map(|place| place.conversation);
        if let Some(conversation) = group.iter().find(|row| Some(row.id) == first) {
            let of_first = places.iter().filter(|place| place.conversation == conversation.id);
            let ids: Vec<MessageId> = of_first.map(|place| place.message).collect();
            let rows = store.messages_get(&ids, &reach).await.map_err(unavailable)?;
            return Ok(PreviewPage {
                next: rows.last().map(|row| row.id),
                items: items(flow, conversation, rows).await?,
            });
        }
        from = from.max(Some(last));
        group = store
            .conversations_from(from, &reach, OLDER_IN)
            .await
            .map_err(unavailable)?;
    }
    Ok(PreviewPage {
        items: Vec::new(),
        next: None,
    })
}

fn place(row: MessageRow) -> MessagePlace {
    MessagePlace {
        conversation: row.conversation,
        occurred_at: row.occurred_at,
        message: row.id,
    }
}

/// What is known of messages of one conversation.
async fn items(
    flow: &Flow,
    conversation: &ConversationRow,
    rows: Vec<MessageRow>,
) -> Result<Vec<PreviewItem>, Unavailable> {
    let store = flow.store();
    let ids: Vec<MessageId> = rows.iter().map(|row| row.id).collect();
    let files = store.attachments_of(&ids).await?;
    let filings = store.filings_of(&ids).await?;
    let steps = store
        .filing_steps_of(&filings.iter().map(|filing| filing.id).collect::<Vec<_>>())
        .await?;
    let shared = shared(flow, conversation.contact, &filings).await?;
    let holds = Holds::of(flow, conversation.tree, &ids).await?;
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        let own: Vec<&FilingRow> = filings.iter().filter(|filing| filing.message == row.id).collect();
        items.push(PreviewItem {
            message: row.id,
            conversation: row.conversation,
            contact: conversation.contact,
            kind: row.kind,
            direction: row.direction,
            author: author(&row),
            occurred_at: row.occurred_at,
            files: files.iter().filter(|file| file.message == row.id).count() as u64,
            held: holds.on(flow, row.id).await?,
            concerns: concerns(&row, own.iter().any(|filing| shared.contains(&filing.reference))),
            filed: own.into_iter().map(|filing| filed(filing, &steps)).collect(),
        });
    }
    Ok(items)
}

/// The references among these on which messages of others lie too.
async fn shared(
    flow: &Flow,
    contact: Option<ContactId>,
    filings: &[FilingRow],
) -> Result<BTreeSet<ReferenceId>, Unavailable> {
    let references: BTreeSet<ReferenceId> = filings.iter().map(|filing| filing.reference).collect();
    let (Some(contact), false) = (contact, references.is_empty()) else {
        return Ok(BTreeSet::new());
    };
    let references: Vec<ReferenceId> = references.into_iter().collect();
    let shared = flow.store().references_shared(&references, contact).await?;
    Ok(shared.into_iter().collect())
}

fn author(row: &MessageRow) -> Author {
    match (row.direction, row.author) {
        (Direction::Inbound, _) => Author::Contact,
        (Direction::System, _) | (Direction::Outbound, None) => Author::Machine,
        (Direction::Outbound | Direction::Internal | Direction::Note, _) => Author::Colleague,
    }
}

fn concerns(row: &MessageRow, shared: bool) -> Vec<Concerns> {
    let mut concerns = Vec::new();
    if author(row) == Author::Colleague {
        concerns.push(Concerns::Colleague);
    }
    if row.kind == MessageKind::Contacts {
        concerns.push(Concerns::ThirdPersons);
    }
    if shared {
        concerns.push(Concerns::SharedReference);
    }
    concerns
}

fn filed(filing: &FilingRow, steps: &[FilingStepRow]) -> Filed {
    let last = steps.iter().rfind(|step| step.filing == filing.id);
    Filed {
        filing: filing.id,
        reference: filing.reference,
        step: last.map_or(FilingStep::ToBeFiled, |step| step.step),
    }
}

/// Where holds may be found for some messages.
enum Holds {
    /// There are none.
    None,
    /// All of the conversation is held by these.
    All(Vec<HoldId>),
    /// Some of them are held.
    Some,
}

impl Holds {
    async fn of(flow: &Flow, tree: TreeId, messages: &[MessageId]) -> Result<Self, Unavailable> {
        let living = flow.vault().holds_in(&[tree]).await?;
        let whole = living.iter().filter(|hold| hold.run == Run::ALL);
        let whole: Vec<HoldId> = whole.map(|hold| hold.id).collect();
        if !whole.is_empty() {
            return Ok(Self::All(whole));
        }
        if living.is_empty() {
            return Ok(Self::None);
        }
        let messages: Vec<[u8; 16]> = messages.iter().map(|id| *id.bytes()).collect();
        let batch = Batch::of("message", flow, &messages).await?;
        let none = holds_on(flow, &batch).await?.is_empty();
        Ok(if none { Self::None } else { Self::Some })
    }

    async fn on(&self, flow: &Flow, message: MessageId) -> Result<Vec<HoldId>, Unavailable> {
        match self {
            Self::None => Ok(Vec::new()),
            Self::All(holds) => Ok(holds.clone()),
            Self::Some => holds_on(flow, &Batch::of("message", flow, &[*message.bytes()]).await?).await,
        }
    }
}

async fn holds_on(flow: &Flow, batch: &Batch) -> Result<Vec<HoldId>, Unavailable> {
    let holds = flow.vault().holds_on(&batch.keys()).await?;
    let holds: BTreeSet<HoldId> = holds.into_iter().map(|hold| hold.id).collect();
    Ok(holds.into_iter().collect())
}
