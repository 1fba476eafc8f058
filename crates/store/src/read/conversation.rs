//! Conversations.

use crate::Store;
use crate::rows::{ConversationRow, Row, read_all, read_one};
use crate::sql::value::args;
use crate::sql::{Cells, Field, ReadError, statements, text};
use counterfoil_model::{ChannelId, ContactId, ConversationId, PersonId, TeamId, Timestamp};
use counterfoil_policy::Reach;
use std::collections::HashMap;

/// The most conversations in one answer: a page of a hundred, and the one after it that shows that there is another page.
pub const LIST_MOST: usize = 101;

/// Among how many of the latest messages of a conversation the unread ones are counted: more is one number to those who read it.
pub const UNREAD_MOST: i64 = 100;

statements! {
    CONVERSATION = text!("SELECT ", ConversationRow::COLUMNS, " FROM conversation WHERE conversation.id = $1 AND {reach}");
    CONVERSATION_OF = text!("SELECT ", ConversationRow::COLUMNS, " FROM conversation \
        WHERE conversation.kind = 1 AND conversation.contact_id = $1 AND conversation.channel_id = $2");
    CONVERSATIONS_OF = text!("SELECT ", ConversationRow::COLUMNS, " FROM conversation \
        WHERE conversation.kind = 1 AND conversation.contact_id IN ({list}) AND {reach}");
    CONVERSATIONS_GET = text!("SELECT ", ConversationRow::COLUMNS, " FROM conversation WHERE conversation.id IN ({list}) AND {reach}");
    CONVERSATIONS_FROM = text!("SELECT ", ConversationRow::COLUMNS, " FROM conversation WHERE conversation.id > $1 AND {reach} \
        ORDER BY conversation.id LIMIT $2");
    CONVERSATIONS = text!("SELECT ", ConversationRow::COLUMNS, " FROM conversation \
        WHERE (conversation.last_at, conversation.id) < ($1, $2) AND {reach} \
        AND (CAST($3 AS BIGINT) <> 1 OR conversation.team_id = $4) \
        AND (CAST($3 AS BIGINT) <> 2 OR conversation.team_id IS NULL) \
        AND (CAST($3 AS BIGINT) <> 3 OR conversation.channel_id = $4) \
        AND (CAST($3 AS BIGINT) <> 4 OR conversation.contact_id = $4) \
        AND (CAST($3 AS BIGINT) <> 5 OR conversation.last_inbound_at = conversation.last_at) \
        ORDER BY conversation.last_at DESC, conversation.id DESC LIMIT $5");
    UNREAD = "SELECT conversation.id, (SELECT count(*) FROM (SELECT message.direction AS direction, message.recorded_at AS recorded_at \
        FROM message WHERE message.conversation_id = conversation.id ORDER BY message.occurred_at DESC, message.id DESC LIMIT $2) \
        AS latest WHERE latest.direction = 1 AND (read_mark.at IS NULL OR latest.recorded_at > read_mark.at)) FROM conversation \
        LEFT JOIN read_mark ON read_mark.conversation_id = conversation.id AND read_mark.person_id = $1 \
        WHERE conversation.id IN ({list}) AND {reach}";
}

/// Which conversations to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConversationFilter {
    /// All within reach.
    All,
    /// Those of one team.
    Team(TeamId),
    /// Those of no team.
    NoTeam,
    /// Those over one number.
    Channel(ChannelId),
    /// Those with one contact.
    Contact(ContactId),
    /// Those where the contact wrote last.
    Unanswered,
}

impl Store {
    /// A conversation, when it is within reach.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn conversation_get(
        &self,
        id: ConversationId,
        reach: &Reach,
    ) -> Result<Option<ConversationRow>, ReadError> {
        read_one(self.reached(CONVERSATION, reach, args![id]).await?)
    }

    /// The conversation between a contact and a number.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn conversation_of(
        &self,
        contact: ContactId,
        channel: ChannelId,
    ) -> Result<Option<ConversationRow>, ReadError> {
        self.one(CONVERSATION_OF, args![contact, channel]).await
    }

    /// The conversations of these contacts with any of our numbers, those within reach.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn conversations_of(
        &self,
        contacts: &[ContactId],
        reach: &Reach,
    ) -> Result<Vec<ConversationRow>, ReadError> {
        let list = contacts.iter().map(|id| id.into_value()).collect();
        read_all(self.reached_of(CONVERSATIONS_OF, reach, Vec::new(), list).await?)
    }

    /// Those of these conversations that are within reach.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn conversations_get(
        &self,
        ids: &[ConversationId],
        reach: &Reach,
    ) -> Result<Vec<ConversationRow>, ReadError> {
        let list = ids.iter().map(|id| id.into_value()).collect();
        read_all(self.reached_of(CONVERSATIONS_GET, reach, Vec::new(), list).await?)
    }

    /// Conversations within reach in the order of their ids, after this one or from the first, at most `limit`.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn conversations_from(
        &self,
        after: Option<ConversationId>,
        reach: &Reach,
        limit: usize,
    ) -> Result<Vec<ConversationRow>, ReadError> {
        let after = after.unwrap_or(ConversationId::from_bytes([0; 16]));
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        read_all(self.reached(CONVERSATIONS_FROM, reach, args![after, most]).await?)
    }

    /// Conversations within reach, latest first, those before `before` (the `last_at` and id of the last one seen); at most `limit` and
    /// [`LIST_MOST`].
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn conversation_list(
        &self,
        reach: &Reach,
        filter: ConversationFilter,
        before: Option<(Timestamp, ConversationId)>,
        limit: usize,
    ) -> Result<Vec<ConversationRow>, ReadError> {
        let last = (Timestamp::from_micros(i64::MAX), ConversationId::from_bytes([0xff; 16]));
        let (at, id) = before.unwrap_or(last);
        let (code, which): (i64, Option<[u8; 16]>) = match filter {
            ConversationFilter::All => (0, None),
            ConversationFilter::Team(team) => (1, Some(*team.bytes())),
            ConversationFilter::NoTeam => (2, None),
            ConversationFilter::Channel(channel) => (3, Some(*channel.bytes())),
            ConversationFilter::Contact(contact) => (4, Some(*contact.bytes())),
            ConversationFilter::Unanswered => (5, None),
        };
        let most = i64::try_from(limit.min(LIST_MOST)).unwrap_or(i64::MAX);
        let rows = self
            .reached(CONVERSATIONS, reach, args![at, id, code, which, most])
            .await?;
        read_all(rows)
    }

    /// How many of the last [`UNREAD_MOST`] messages in each of these conversations are of contacts and were recorded since the person last
    /// marked it read. Those with none, or out of reach, are not in the answer.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn conversation_unread(
        &self,
        person: PersonId,
        conversations: &[ConversationId],
        reach: &Reach,
    ) -> Result<HashMap<ConversationId, i64>, ReadError> {
        let list = conversations.iter().map(|id| id.into_value()).collect();
        let rows = self.reached_of(UNREAD, reach, args![person, UNREAD_MOST], list).await?;
        rows.into_iter()
            .map(|row| {
                let mut cells = Cells::new(row);
                Ok((cells.take("conversation", "id")?, cells.take("message", "count")?))
            })
            .filter(|row| !matches!(row, Ok((_, 0))))
            .collect()
    }
}
