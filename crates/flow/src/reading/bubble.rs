//! Messages as bubbles: what belongs to each, read in a few statements for a whole page, then opened.
//!
//! Reactions, edits and withdrawals are messages of their own on the record; here they are shown at the one that they change.

use super::ReadError;
use super::inbox::one_line;
use super::opener::Opener;
use super::thread::{AttachmentState, AttachmentView, FilingView, MessageView, Quoted, ReactionView};
use crate::attachment::about::{About, Held};
use crate::filing::refusal::FilingRefusal;
use crate::intake::message::changes_another;
use counterfoil_model::attachment::AttachmentStep;
use counterfoil_model::body::Body;
use counterfoil_model::filing::FilingStep;
use counterfoil_model::message::{Direction, MessageKind};
use counterfoil_model::tick::TickState;
use counterfoil_model::{ConversationId, MessageId, Opened, PersonId};
use counterfoil_policy::{Openable, Stands};
use counterfoil_store::rows::{
    AttachmentRow, AttachmentStepRow, FilingRow, FilingStepRow, MessageRow, PersonRow, ReferenceRow, TickRow,
};
use counterfoil_store::{ReadError as StoreError, Store};
use counterfoil_vault::{Json, Keyed, Kind, Label};
use counterfoil_whatsapp::error::meaning;
use std::collections::{HashMap, HashSet};

/// A page of messages with all that belongs to them, still sealed.
pub(crate) struct Bubbles {
    messages: Vec<MessageRow>,
    changes: Vec<MessageRow>,
    quoted: Vec<MessageRow>,
    /// The provider's id of a message, keyed, to the message.
    keys: HashMap<Keyed, MessageId>,
    ticks: Vec<TickRow>,
    attachments: Vec<AttachmentRow>,
    steps: Vec<AttachmentStepRow>,
    filings: Vec<FilingRow>,
    filing_steps: Vec<FilingStepRow>,
    references: Vec<ReferenceRow>,
    authors: HashMap<PersonId, PersonRow>,
}

/// All reports about messages: those that name them, and those that carry only the provider's id. `elsewhere`: the keyed ids of messages that were
/// sent for us elsewhere, whose reports name none of ours.
pub(crate) async fn ticks(
    store: &Store,
    messages: &[MessageId],
    elsewhere: &[Keyed],
) -> Result<Vec<TickRow>, StoreError> {
    let mut ticks = store.ticks_of(messages, &[]).await?;
    let keys: Vec<Keyed> = ticks
        .iter()
        .filter_map(|tick| tick.provider)
        .chain(elsewhere.iter().copied())
        .collect::<HashSet<_>>()
        .into_iter()
        .collect();
    if !keys.is_empty() {
        let known: HashSet<_> = ticks.iter().map(|tick| tick.id).collect();
        let more = store.ticks_of(&[], &keys).await?;
        ticks.extend(more.into_iter().filter(|tick| !known.contains(&tick.id)));
    }
    Ok(ticks)
}

/// The message that `row` is shown through: itself, or the one that it changes if that is here.
pub(crate) async fn shown_through(store: &Store, row: MessageRow) -> Result<MessageRow, StoreError> {
    let Some(refers) = row.refers.filter(|_| changes_another(row.kind)) else {
        return Ok(row);
    };
    let targets = targets(store, row.conversation, &[refers]).await?;
    Ok(targets
        .into_iter()
        .next()
        .filter(|target| target.conversation == row.conversation)
        .unwrap_or(row))
}

/// The messages of a conversation with these provider ids, received there or sent.
async fn targets(store: &Store, conversation: ConversationId, keys: &[Keyed]) -> Result<Vec<MessageRow>, StoreError> {
    let mut found = store.messages_by_provider(conversation, keys).await?;
    for tick in store.ticks_of(&[], keys).await? {
        if let Some(id) = tick.message
            && !found.iter().any(|row| row.id == id)
        {
            found.extend(store.message_get(id).await?);
        }
    }
    Ok(found)
}

impl Bubbles {
    /// Reads all that belongs to a page of messages of one conversation. What another conversation holds stays there, whatever a
    /// message says that it answers or changes: the other one may be another team's.
    pub(crate) async fn read(store: &Store, page: Vec<MessageRow>) -> Result<Self, StoreError> {
        let conversation = page.first().map(|row| row.conversation);
        let here = |row: &MessageRow| Some(row.conversation) == conversation;
        let outbound: Vec<MessageId> = page
            .iter()
            .filter(|row| row.direction == Direction::Outbound)
            .map(|row| row.id)
            .collect();
        let mut keys: HashMap<Keyed, MessageId> = HashMap::new();
        for row in &page {
            // A file that followed takes the place of what announced it.
            if let Some(key) = row.provider
                && (row.kind != MessageKind::Placeholder || !keys.contains_key(&key))
            {
                keys.insert(key, row.id);
            }
        }
        let elsewhere = page.iter().filter(|row| row.direction == Direction::Outbound);
        let elsewhere: Vec<Keyed> = elsewhere.filter_map(|row| row.provider).collect();
        let ticks = ticks(store, &outbound, &elsewhere).await?;
        for tick in &ticks {
            keys.extend(tick.provider.zip(tick.message));
        }
        let own_keys: Vec<Keyed> = keys.keys().copied().collect();
        let changes = if own_keys.is_empty() {
            Vec::new()
        } else {
            store.messages_referring(&own_keys).await?
        };
        let changes: Vec<MessageRow> = changes
            .into_iter()
            .filter(|row| changes_another(row.kind) && here(row))
            .collect();
        let shown_elsewhere: HashSet<MessageId> = changes.iter().map(|row| row.id).collect();

        let quoted_keys: Vec<Keyed> = page
            .iter()
            .filter_map(|row| row.refers)
            .filter(|key| !keys.contains_key(key))
            .collect();
        let mut found = match conversation {
            Some(conversation) => targets(store, conversation, &quoted_keys).await?,
            None => Vec::new(),
        };
        found.retain(here);
        let found_ids: Vec<MessageId> = found.iter().map(|row| row.id).collect();
        for row in &found {
            keys.extend(row.provider.map(|key| (key, row.id)));
        }
        for tick in store.ticks_of(&found_ids, &[]).await? {
            keys.extend(tick.provider.zip(tick.message));
        }
        // A change whose target is on another page is shown there.
        let followed = |row: &MessageRow| {
            row.kind == MessageKind::Placeholder && row.provider.and_then(|key| keys.get(&key)) != Some(&row.id)
        };
        let messages: Vec<MessageRow> = page
            .into_iter()
            .filter(|row| !followed(row))
            .filter(|row| {
                !(shown_elsewhere.contains(&row.id)
                    || changes_another(row.kind) && row.refers.is_some_and(|key| keys.contains_key(&key)))
            })
            .collect();
        let ids: Vec<MessageId> = messages.iter().map(|row| row.id).collect();
        let attachments = store.attachments_of(&ids).await?;
        let attachment_ids: Vec<_> = attachments.iter().map(|row| row.id).collect();
        let filings = store.filings_of(&ids).await?;
        let filing_ids: Vec<_> = filings.iter().map(|row| row.id).collect();
        let reference_ids: Vec<_> = filings.iter().map(|row| row.reference).collect();
        let authors: Vec<PersonId> = messages.iter().filter_map(|row| row.author).collect();
        Ok(Self {
            steps: store.attachment_steps_of(&attachment_ids).await?,
            filing_steps: store.filing_steps_of(&filing_ids).await?,
            references: store.references_get(&reference_ids).await?,
            authors: store
                .people_get(&authors)
                .await?
                .into_iter()
                .map(|row| (row.id, row))
                .collect(),
            messages,
            changes,
            quoted: found,
            keys,
            ticks,
            attachments,
            filings,
        })
    }

    /// What opening the page needs leave for.
    pub(crate) fn things(&self, stands: Stands) -> Vec<Openable> {
        let here = |object: &[u8; 16]| Openable {
            object: *object,
            stands,
        };
        let messages = self
            .messages
            .iter()
            .chain(&self.changes)
            .chain(&self.quoted)
            .map(|row| here(row.id.bytes()));
        messages
            .chain(self.attachments.iter().map(|row| here(row.id.bytes())))
            .chain(self.steps.iter().map(|row| here(row.id.bytes())))
            .chain(self.references.iter().map(|row| here(row.id.bytes())))
            .chain(self.filing_steps.iter().map(|row| here(row.id.bytes())))
            .chain(self.authors.keys().map(|person| Openable {
                object: *person.bytes(),
                stands: Stands::Organisation,
            }))
            .collect()
    }

    /// Opens the page.
    pub(crate) async fn open(&self, opener: &Opener<'_>) -> Result<Vec<MessageView>, ReadError> {
        let mut views = Vec::with_capacity(self.messages.len());
        for row in &self.messages {
            views.push(self.view(opener, row).await?);
        }
        Ok(views)
    }

    async fn view(&self, opener: &Opener<'_>, row: &MessageRow) -> Result<MessageView, ReadError> {
        let author = match row.author.and_then(|person| self.authors.get(&person)) {
            Some(person) => {
                opener
                    .open(Kind::Person, person.id.bytes(), Label::Name, &person.name)
                    .await?
            }
            None => None,
        };
        let (state, failure) = self.state(row);
        let (reactions, edits, withdrawn_at) = self.changes(opener, row).await?;
        Ok(MessageView {
            id: row.id,
            direction: row.direction,
            kind: row.kind,
            origin: row.origin,
            body: self.body(opener, row).await?,
            author,
            occurred_at: row.occurred_at,
            recorded_at: row.recorded_at,
            state,
            failure,
            attachments: self.attachments(opener, row.id).await?,
            quoted: self.quoted(opener, row).await?,
            reactions,
            edits,
            withdrawn_at,
            filings: self.filings(opener, row.id).await?,
        })
    }

    async fn body(&self, opener: &Opener<'_>, row: &MessageRow) -> Result<Option<Opened<Body>>, ReadError> {
        opener.open(Kind::Message, row.id.bytes(), Label::Body, &row.body).await
    }

    fn state(&self, row: &MessageRow) -> (Option<TickState>, Option<&'static str>) {
        if row.direction != Direction::Outbound {
            return (None, None);
        }
        let own = || {
            self.ticks.iter().filter(|tick| {
                tick.message == Some(row.id) || tick.provider.and_then(|key| self.keys.get(&key)) == Some(&row.id)
            })
        };
        let state = TickState::furthest(own().map(|tick| tick.state));
        let failure = (state == Some(TickState::Failed)).then(|| {
            own()
                .filter(|tick| tick.state == TickState::Failed)
                .find_map(|tick| tick.code)
                .map_or("other", |code| meaning(code).advice.name())
        });
        (state, failure)
    }

    async fn changes(
        &self,
        opener: &Opener<'_>,
        row: &MessageRow,
    ) -> Result<
        (
            Vec<ReactionView>,
            Vec<(Opened<Body>, counterfoil_model::Timestamp)>,
            Option<counterfoil_model::Timestamp>,
        ),
        ReadError,
    > {
        let mut own: Vec<&MessageRow> = self
            .changes
            .iter()
            .filter(|change| change.refers.and_then(|key| self.keys.get(&key)) == Some(&row.id))
            .collect();
        own.sort_by_key(|change| (change.occurred_at, change.id));
        // Only the last reaction of each side stands; without an emoji it was taken back.
        let mut reactions: HashMap<Direction, Option<Opened<String>>> = HashMap::new();
        let (mut edits, mut withdrawn_at) = (Vec::new(), None);
        for change in own {
            let Some(body) = self.body(opener, change).await? else {
                continue;
            };
            match body.expose() {
                Body::Reaction { emoji } => {
                    reactions.insert(change.direction, emoji.clone().map(Opened::new));
                }
                Body::Edit { content } => edits.push((Opened::new((**content).clone()), change.occurred_at)),
                Body::Withdrawal => withdrawn_at = Some(change.occurred_at),
                _ => {}
            }
        }
        let reactions = reactions
            .into_iter()
            .filter_map(|(direction, emoji)| {
                Some(ReactionView {
                    emoji: emoji?,
                    direction,
                })
            })
            .collect();
        Ok((reactions, edits, withdrawn_at))
    }

    async fn attachments(&self, opener: &Opener<'_>, message: MessageId) -> Result<Vec<AttachmentView>, ReadError> {
        let mut views = Vec::new();
        for row in self.attachments.iter().filter(|row| row.message == message) {
            let own = || self.steps.iter().filter(|step| step.attachment == row.id);
            let about = opener
                .open(
                    Kind::Attachment,
                    row.id.bytes(),
                    Label::About,
                    &row.about.retyped::<Json<About>>(),
                )
                .await?;
            let fetched = own().find(|step| step.step == AttachmentStep::Fetched);
            let held = match fetched.and_then(|step| step.about.as_ref().map(|about| (step, about))) {
                Some((step, about)) => {
                    opener
                        .open(
                            Kind::AttachmentStep,
                            step.id.bytes(),
                            Label::About,
                            &about.retyped::<Json<Held>>(),
                        )
                        .await?
                }
                None => None,
            };
            let state = match own().find(|step| step.step == AttachmentStep::Unfetched) {
                _ if fetched.is_some() => AttachmentState::Here,
                Some(step) => AttachmentState::Unfetched {
                    failure: step
                        .failure
                        .unwrap_or(counterfoil_model::attachment::FetchFailure::Unreachable),
                    attempts: u32::try_from(step.attempts).unwrap_or(0),
                },
                None => AttachmentState::Fetching,
            };
            views.push(AttachmentView {
                id: row.id,
                kind: row.kind,
                file_name: about.and_then(|about| about.expose().0.file_name.clone().map(Opened::new)),
                media_type: held.as_ref().map_or_else(
                    || "application/octet-stream".to_owned(),
                    |held| held.expose().0.media_type.clone(),
                ),
                length: held.as_ref().map(|held| held.expose().0.length),
                state,
                deleted_at_provider: own().any(|step| step.step == AttachmentStep::DeletedAtProvider),
            });
        }
        Ok(views)
    }

    async fn quoted(&self, opener: &Opener<'_>, row: &MessageRow) -> Result<Option<Quoted>, ReadError> {
        let Some(refers) = row.refers.filter(|_| !changes_another(row.kind)) else {
            return Ok(None);
        };
        let message = self.keys.get(&refers).copied();
        let target = self
            .messages
            .iter()
            .chain(&self.quoted)
            .find(|candidate| Some(candidate.id) == message);
        let line = match target {
            Some(target) => self
                .body(opener, target)
                .await?
                .and_then(|body| body.expose().words().map(|words| Opened::new(one_line(words)))),
            None => None,
        };
        Ok(Some(Quoted { message, line }))
    }

    async fn filings(&self, opener: &Opener<'_>, message: MessageId) -> Result<Vec<FilingView>, ReadError> {
        let mut views = Vec::new();
        for row in self.filings.iter().filter(|row| row.message == message) {
            let steps = self.filing_steps.iter().filter(|step| step.filing == row.id);
            let Some(step) = steps.max_by_key(|step| (step.step, step.at)) else {
                continue;
            };
            let Some(reference) = self.references.iter().find(|reference| reference.id == row.reference) else {
                continue;
            };
            let value = opener
                .open(Kind::Reference, reference.id.bytes(), Label::Value, &reference.value)
                .await?;
            let Some(value) = value else { continue };
            let acknowledgement = match (&step.acknowledgement, step.step) {
                (Some(sealed), FilingStep::Filed) => {
                    opener
                        .open(Kind::FilingStep, step.id.bytes(), Label::Acknowledgement, sealed)
                        .await?
                }
                _ => None,
            };
            views.push(FilingView {
                id: row.id,
                reference: value,
                step: step.step,
                acknowledgement,
                refusal: (step.step == FilingStep::Refused).then(|| FilingRefusal::of(step.code)),
                at: step.at,
            });
        }
        Ok(views)
    }
}
