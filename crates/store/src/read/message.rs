//! Messages.

use crate::Store;
use crate::rows::{MessageRow, Row, read_all, read_one};
use crate::sql::value::args;
use crate::sql::{Cells, Field, ReadError, statements, text};
use counterfoil_model::{ConversationId, MessageId, Timestamp};
use counterfoil_policy::Reach;
use counterfoil_vault::Keyed;

statements! {
    MESSAGE = text!("SELECT ", MessageRow::COLUMNS, " FROM message WHERE message.id = $1");
    MESSAGES = text!("SELECT ", MessageRow::COLUMNS, " FROM message \
        JOIN conversation ON conversation.id = message.conversation_id WHERE message.id IN ({list}) AND {reach}");
    MESSAGES_BEFORE = text!("SELECT ", MessageRow::COLUMNS, " FROM message JOIN conversation ON conversation.id = message.conversation_id \
        WHERE message.conversation_id = $1 AND (message.occurred_at, message.id) < ($2, $3) AND {reach} \
        ORDER BY message.occurred_at DESC, message.id DESC LIMIT $4");
    MESSAGES_AFTER = text!("SELECT ", MessageRow::COLUMNS, " FROM message JOIN conversation ON conversation.id = message.conversation_id \
        WHERE message.conversation_id = $1 AND (message.occurred_at, message.id) > ($2, $3) AND {reach} \
        ORDER BY message.occurred_at, message.id LIMIT $4");
    MESSAGES_UNTIL = "SELECT message.occurred_at, message.id FROM message WHERE message.conversation_id = $1 \
        AND (message.occurred_at, message.id) > ($2, $3) AND message.recorded_at <= $4 ORDER BY message.occurred_at, message.id LIMIT $5";
    MESSAGES_OLDER = "SELECT message.conversation_id, message.occurred_at, message.id FROM message WHERE message.conversation_id IN ({list}) \
        AND message.occurred_at < $1 AND (message.conversation_id, message.occurred_at, message.id) > ($2, $3, $4) \
        ORDER BY message.conversation_id, message.occurred_at, message.id LIMIT $5";
    MESSAGES_LAST = text!("SELECT ", MessageRow::COLUMNS, " FROM conversation JOIN message ON message.id = \
        (SELECT newest.id FROM message AS newest WHERE newest.conversation_id = conversation.id \
        ORDER BY newest.occurred_at DESC, newest.id DESC LIMIT 1) WHERE conversation.id IN ({list}) AND {reach}");
    // The index of a conversation holds the first 8 bytes of the hash.
    MESSAGES_ABOUT = text!("SELECT ", MessageRow::COLUMNS, " FROM message WHERE message.conversation_id = $1 AND substr(message.provider_hash, 1, 8) IN ({list})");
    MESSAGES_REFERRING = text!("SELECT ", MessageRow::COLUMNS, " FROM message WHERE message.refers_hash IN ({list})");
    MESSAGE_LAST_INBOUND = text!("SELECT ", MessageRow::COLUMNS, " FROM message \
        WHERE message.conversation_id = $1 AND message.direction = 1 ORDER BY message.occurred_at DESC, message.id DESC LIMIT 1");
}

/// Which part of a conversation, by when messages occurred and by id where that is the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// The latest messages.
    Latest,
    /// The messages right before this one.
    Before(Timestamp, MessageId),
    /// The messages right after this one.
    After(Timestamp, MessageId),
}

/// Where a message stands among all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MessagePlace {
    /// In which conversation.
    pub conversation: ConversationId,
    /// When it occurred.
    pub occurred_at: Timestamp,
    /// Which.
    pub message: MessageId,
}

/// In how many conversations [`Store::messages_older`] looks at once.
pub const OLDER_IN: usize = 64;

fn in_order(mut rows: Vec<MessageRow>) -> Vec<MessageRow> {
    rows.sort_unstable_by_key(|row| (row.occurred_at, row.id));
    rows
}

impl Store {
    /// One message by its id; whoever opens it must hold a permit that names it.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn message_get(&self, id: MessageId) -> Result<Option<MessageRow>, ReadError> {
        self.one(MESSAGE, args![id]).await
    }

    /// Those of these messages that are within reach, in the order in which they occurred.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn messages_get(&self, ids: &[MessageId], reach: &Reach) -> Result<Vec<MessageRow>, ReadError> {
        let list = ids.iter().map(|id| id.into_value()).collect();
        Ok(in_order(read_all(
            self.reached_of(MESSAGES, reach, Vec::new(), list).await?,
        )?))
    }

    /// A part of a conversation that is within reach, in the order in which messages occurred, at most `limit`.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn message_page(
        &self,
        conversation: ConversationId,
        reach: &Reach,
        page: Page,
        limit: usize,
    ) -> Result<Vec<MessageRow>, ReadError> {
        let (statement, at, id) = match page {
            Page::Latest => {
                let last = MessageId::from_bytes([0xff; 16]);
                (MESSAGES_BEFORE, Timestamp::from_micros(i64::MAX), last)
            }
            Page::Before(at, id) => (MESSAGES_BEFORE, at, id),
            Page::After(at, id) => (MESSAGES_AFTER, at, id),
        };
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = self
            .reached(statement, reach, args![conversation, at, id, most])
            .await?;
        Ok(in_order(read_all(rows)?))
    }

    /// When the messages of a conversation occurred that were recorded up to a time, those right after this one, at most `limit`.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn messages_until(
        &self,
        conversation: ConversationId,
        recorded: Timestamp,
        after: Option<(Timestamp, MessageId)>,
        limit: usize,
    ) -> Result<Vec<(Timestamp, MessageId)>, ReadError> {
        let first = (Timestamp::from_micros(i64::MIN), MessageId::from_bytes([0; 16]));
        let (at, id) = after.unwrap_or(first);
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        let args = args![conversation, at, id, recorded, most];
        let rows = self.database().rows(MESSAGES_UNTIL, args).await?;
        rows.into_iter()
            .map(|row| {
                let mut cells = Cells::new(row);
                Ok((cells.take("message", "occurred_at")?, cells.take("message", "id")?))
            })
            .collect()
    }

    /// Where the messages stand that occurred before this moment, in at most [`OLDER_IN`] of these conversations, after the place `after`; a conversation
    /// after the other, each from its oldest on, at most `limit`.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn messages_older(
        &self,
        conversations: &[ConversationId],
        before: Timestamp,
        after: Option<&MessagePlace>,
        limit: usize,
    ) -> Result<Vec<MessagePlace>, ReadError> {
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        let first = MessagePlace {
            conversation: ConversationId::from_bytes([0; 16]),
            occurred_at: Timestamp::from_micros(i64::MIN),
            message: MessageId::from_bytes([0; 16]),
        };
        let after = after.unwrap_or(&first);
        let fixed = args![before, after.conversation, after.occurred_at, after.message, most];
        // One question, so that the order and the limit are those of the whole: filled up with one that was named.
        let Some(last) = conversations.last() else {
            return Ok(Vec::new());
        };
        let ids = conversations.iter().chain(std::iter::repeat(last)).take(OLDER_IN);
        let ids = ids.map(|id| id.into_value()).collect();
        let rows = self.database().listed(MESSAGES_OLDER, fixed, ids).await?;
        rows.into_iter()
            .map(|row| {
                let mut cells = Cells::new(row);
                Ok(MessagePlace {
                    conversation: cells.take("message", "conversation_id")?,
                    occurred_at: cells.take("message", "occurred_at")?,
                    message: cells.take("message", "id")?,
                })
            })
            .collect()
    }

    /// The last message of each of these conversations that is within reach and has one.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn messages_last(
        &self,
        conversations: &[ConversationId],
        reach: &Reach,
    ) -> Result<Vec<MessageRow>, ReadError> {
        let list = conversations.iter().map(|id| id.into_value()).collect();
        read_all(self.reached_of(MESSAGES_LAST, reach, Vec::new(), list).await?)
    }

    /// The messages of a conversation with these keyed provider ids.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn messages_by_provider(
        &self,
        conversation: ConversationId,
        providers: &[Keyed],
    ) -> Result<Vec<MessageRow>, ReadError> {
        let first = providers.iter().map(|provider| provider.bytes()[..8].to_vec());
        let mut rows: Vec<MessageRow> = self.all_of(MESSAGES_ABOUT, args![conversation], first).await?;
        rows.retain(|row| row.provider.is_some_and(|provider| providers.contains(&provider)));
        Ok(rows)
    }

    /// The messages that quote, edit, withdraw or react to those with these keyed provider ids, in the order in which they occurred.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn messages_referring(&self, providers: &[Keyed]) -> Result<Vec<MessageRow>, ReadError> {
        let rows = self.all_of(MESSAGES_REFERRING, Vec::new(), providers.iter().copied());
        Ok(in_order(rows.await?))
    }

    /// The contact's last message in a conversation that is within reach of the caller already; for the service window.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn message_last_inbound(&self, conversation: ConversationId) -> Result<Option<MessageRow>, ReadError> {
        read_one(self.database().rows(MESSAGE_LAST_INBOUND, args![conversation]).await?)
    }
}
