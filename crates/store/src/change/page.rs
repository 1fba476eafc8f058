//! Changes of what the pages remember.

use super::Change;
use crate::rows::{DraftRow, ReadingRow, Row};
use crate::sql::statements;
use crate::sql::value::args;
use counterfoil_model::{ConversationId, PersonId, SessionId, Timestamp};

statements! {
    READING_SEEN = "INSERT INTO reading (session_id, purpose, object, at) VALUES {rows} \
        ON CONFLICT (session_id, purpose, object) DO UPDATE SET at = excluded.at";
    READ_MARK = "INSERT INTO read_mark (person_id, conversation_id, at) VALUES ($1, $2, $3) \
        ON CONFLICT (person_id, conversation_id) DO UPDATE SET \
        at = CASE WHEN read_mark.at < excluded.at THEN excluded.at ELSE read_mark.at END";
    DRAFT_PUT = "INSERT INTO draft (id, person_id, conversation_id, sealed_text, at) VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (person_id, conversation_id) DO UPDATE SET id = excluded.id, sealed_text = excluded.sealed_text, at = excluded.at";
    DRAFT_DELETE = "DELETE FROM draft WHERE person_id = $1 AND conversation_id = $2";
}

impl Change {
    /// A session has read `objects` for a purpose; remembered so that the next minutes leave no second leaf.
    pub fn reading_seen(session: SessionId, purpose: i64, objects: &[[u8; 16]], at: Timestamp) -> Self {
        let mut objects = objects.to_vec();
        objects.sort_unstable();
        objects.dedup();
        let row = |object| {
            ReadingRow {
                session,
                purpose,
                object,
                at,
            }
            .values()
        };
        Self::rows("reading", READING_SEEN, objects.into_iter().map(row).collect())
    }

    /// A person has read a conversation up to a time; never moves back.
    pub fn read_mark(person: PersonId, conversation: ConversationId, at: Timestamp) -> Self {
        Self::any("read_mark", READ_MARK, args![person, conversation, at])
    }

    /// Keeps a draft in the place of the one before.
    pub fn draft_put(draft: DraftRow) -> Self {
        Self::any("draft", DRAFT_PUT, draft.values())
    }

    /// Removes a draft, if there is one.
    pub fn draft_delete(person: PersonId, conversation: ConversationId) -> Self {
        Self::any("draft", DRAFT_DELETE, args![person, conversation])
    }
}
