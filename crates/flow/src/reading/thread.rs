//! A thread: the messages of one conversation in the order of their own time.

use super::ReadError;
use super::bubble::{self, Bubbles};
use super::leave::leave;
use super::opener::Opener;
use super::who::Who;
use crate::Flow;
use crate::filing::refusal::FilingRefusal;
use crate::outbound::place::window_until;
use counterfoil_model::attachment::FetchFailure;
use counterfoil_model::body::Body;
use counterfoil_model::filing::FilingStep;
use counterfoil_model::message::{Direction, MessageKind, Origin};
use counterfoil_model::tick::TickState;
use counterfoil_model::{AttachmentId, ConversationId, FilingId, MessageId, Opened, Timestamp};
use counterfoil_policy::{Actor, Openable, Purpose, Staff, Stands, may_open, reach};
use counterfoil_store::read::Page;
use counterfoil_vault::{Kind, Label};

/// Where a page of a thread ended; older messages come before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThreadCursor {
    /// The time of the oldest message shown.
    pub occurred_at: Timestamp,
    /// That message.
    pub message: MessageId,
}

/// A conversation as one reads it.
pub struct Thread {
    /// Which.
    pub conversation: ConversationId,
    /// The contact's name, if WhatsApp gave one.
    pub name: Option<Opened<String>>,
    /// The last four digits of the contact's number, if there is one.
    pub last_four: Option<Opened<String>>,
    /// The title of the number they wrote to.
    pub channel_title: Option<Opened<String>>,
    /// Until when free text may be sent; `None` when it may not.
    pub window_until: Option<Timestamp>,
    /// When the contact last wrote, if ever.
    pub last_inbound_at: Option<Timestamp>,
    /// The messages, oldest first.
    pub messages: Vec<MessageView>,
    /// The first message that this person has not seen.
    pub first_unread: Option<MessageId>,
    /// Where older messages start, if there are any.
    pub older: Option<ThreadCursor>,
    /// The text this person had begun.
    pub draft: Option<Opened<String>>,
}

/// One message as one reads it.
pub struct MessageView {
    /// Which.
    pub id: MessageId,
    /// Which way.
    pub direction: Direction,
    /// What sort.
    pub kind: MessageKind,
    /// By which way it came to be here.
    pub origin: Origin,
    /// What it says; `None` when it was erased.
    pub body: Option<Opened<Body>>,
    /// The colleague who wrote it.
    pub author: Option<Opened<String>>,
    /// When it was written, by the provider's clock for the contact's messages.
    pub occurred_at: Timestamp,
    /// When it was recorded here.
    pub recorded_at: Timestamp,
    /// How far an outbound message got.
    pub state: Option<TickState>,
    /// Why it failed, as a name that the pages have words for (such as `window_closed`, `not_on_whatsapp`).
    pub failure: Option<&'static str>,
    /// Its files.
    pub attachments: Vec<AttachmentView>,
    /// What it answers.
    pub quoted: Option<Quoted>,
    /// Reactions to it that stand.
    pub reactions: Vec<ReactionView>,
    /// Its latest content after edits, newest last; the first version stays in `body`.
    pub edits: Vec<(Opened<Body>, Timestamp)>,
    /// When the sender took it back.
    pub withdrawn_at: Option<Timestamp>,
    /// Where it was put.
    pub filings: Vec<FilingView>,
}

/// What a message answers.
pub struct Quoted {
    /// The message, when we have it.
    pub message: Option<MessageId>,
    /// Its words, one line.
    pub line: Option<Opened<String>>,
}

/// A reaction that stands.
pub struct ReactionView {
    /// The emoji.
    pub emoji: Opened<String>,
    /// Whose.
    pub direction: Direction,
}

/// How far a file has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttachmentState {
    /// Being fetched.
    Fetching,
    /// Here.
    Here,
    /// Not to be had.
    Unfetched {
        /// Why.
        failure: FetchFailure,
        /// How often it was tried.
        attempts: u32,
    },
}

/// A file as one reads it.
pub struct AttachmentView {
    /// Which.
    pub id: AttachmentId,
    /// What sort.
    pub kind: MessageKind,
    /// Its name as the sender gave it. Never a path.
    pub file_name: Option<Opened<String>>,
    /// What its bytes are, as far as we know: a media type.
    pub media_type: String,
    /// How many bytes, once here.
    pub length: Option<u64>,
    /// How far it has come.
    pub state: AttachmentState,
    /// Whether the provider's copy was deleted.
    pub deleted_at_provider: bool,
}

/// Where a message was put.
pub struct FilingView {
    /// Which filing.
    pub id: FilingId,
    /// The claim, as written.
    pub reference: Opened<String>,
    /// How far.
    pub step: FilingStep,
    /// The other system's own id, once it has answered.
    pub acknowledgement: Option<Opened<String>>,
    /// Why the other system did not take it, once it has refused.
    pub refusal: Option<FilingRefusal>,
    /// Since when.
    pub at: Timestamp,
}

/// Opens a page of a thread for `staff`: at most `limit` (1 to 100) messages before `before`, or the newest. Leaves a reading
/// leaf before it returns.
///
/// # Errors
/// [`ReadError::NotFound`] when there is no such conversation or it is not theirs to know; [`ReadError::Refused`];
/// [`ReadError::Unavailable`].
pub async fn thread(
    flow: &Flow,
    staff: &Staff,
    conversation: ConversationId,
    before: Option<ThreadCursor>,
    limit: u16,
) -> Result<Thread, ReadError> {
    let reach = reach(&Actor::Staff(staff.clone()))?;
    let row = flow
        .store()
        .conversation_get(conversation, &reach)
        .await?
        .ok_or(ReadError::NotFound)?;
    let limit = usize::from(limit.clamp(1, 100));
    let place = before.map_or(Page::Latest, |cursor| Page::Before(cursor.occurred_at, cursor.message));
    let mut page = flow
        .store()
        .message_page(conversation, &reach, place, limit + 1)
        .await?;
    let more = page.len() > limit;
    // One more than was asked for is only there to tell that there are older ones.
    if more {
        page.remove(0);
    }
    let older = page.first().filter(|_| more).map(|oldest| ThreadCursor {
        occurred_at: oldest.occurred_at,
        message: oldest.id,
    });
    let bubbles = Bubbles::read(flow.store(), page).await?;
    let who = Who::read(flow.store(), row.contact.as_slice()).await?;
    let draft = flow.store().draft_get(staff.person, conversation).await?;
    let seen = flow.store().read_mark_get(staff.person, conversation).await?;

    let stands = Stands::Conversation(row.team);
    let mut things = bubbles.things(stands);
    things.extend(row.contact.into_iter().flat_map(|contact| who.things(contact, stands)));
    things.extend(draft.iter().map(|draft| Openable {
        object: *draft.id.bytes(),
        stands,
    }));
    let permit = may_open(staff, Purpose::Handle, &things)?;
    leave(flow, staff, &permit, permit.objects()).await?;

    let opener = Opener { flow, permit: &permit };
    let (name, last_four) = match row.contact {
        Some(contact) => (
            who.name(&opener, contact).await?,
            who.last_four(&opener, contact).await?,
        ),
        None => (None, None),
    };
    let draft = match draft {
        Some(draft) => {
            opener
                .open(Kind::Draft, draft.id.bytes(), Label::Text, &draft.text)
                .await?
        }
        None => None,
    };
    let messages = bubbles.open(&opener).await?;
    let first_unread = messages
        .iter()
        .find(|message| {
            message.direction == Direction::Inbound && seen.as_ref().is_none_or(|seen| message.recorded_at > seen.at)
        })
        .map(|message| message.id);
    Ok(Thread {
        conversation,
        name,
        last_four,
        channel_title: row
            .channel
            .and_then(|channel| flow.kit_of(channel))
            .map(|kit| Opened::new(kit.title.clone())),
        window_until: window_until(row.last_inbound_at, flow.now()),
        last_inbound_at: row.last_inbound_at,
        messages,
        first_unread,
        older,
        draft,
    })
}

/// One message as in a thread, for the live page and the API.
///
/// A message that only changes another (a reaction, an edit, a withdrawal) is shown through the one that it changes.
///
/// # Errors
/// As [`thread`].
pub async fn message(
    flow: &Flow,
    staff: &Staff,
    message: MessageId,
) -> Result<(ConversationId, MessageView), ReadError> {
    let reach = reach(&Actor::Staff(staff.clone()))?;
    let row = flow.store().message_get(message).await?.ok_or(ReadError::NotFound)?;
    let conversation = flow
        .store()
        .conversation_get(row.conversation, &reach)
        .await?
        .ok_or(ReadError::NotFound)?;
    let row = bubble::shown_through(flow.store(), row).await?;
    let bubbles = Bubbles::read(flow.store(), vec![row]).await?;
    let things = bubbles.things(Stands::Conversation(conversation.team));
    let permit = may_open(staff, Purpose::Handle, &things)?;
    leave(flow, staff, &permit, permit.objects()).await?;
    let view = bubbles
        .open(&Opener { flow, permit: &permit })
        .await?
        .pop()
        .ok_or(ReadError::NotFound)?;
    Ok((conversation.id, view))
}
