//! Changes of sessions, links, tokens and the brake on guessing.

use super::Change;
use crate::rows::{Row, ThrottleRow};
use crate::sql::statements;
use crate::sql::value::args;
use counterfoil_model::{InviteId, PersonId, SessionId, Timestamp, TokenId};
use counterfoil_vault::Keyed;

statements! {
    PERSON_LOOKUP = "UPDATE person SET lookup = $2 WHERE id = $1";
    SESSION_SEEN = "UPDATE session SET seen_at = $2, expires_at = $3 WHERE id = $1 AND ended_at IS NULL";
    SESSION_END = "UPDATE session SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL";
    SESSIONS_END_OF = "UPDATE session SET ended_at = $2 WHERE person_id = $1 AND ended_at IS NULL";
    SESSIONS_END = "UPDATE session SET ended_at = $1 WHERE ended_at IS NULL";
    INVITES_VOID = "UPDATE invite SET expires_at = $1 WHERE used_at IS NULL AND expires_at > $1";
    API_TOKENS_END = "UPDATE api_token SET ended_at = $1 WHERE ended_at IS NULL";
    INVITE_USE = "UPDATE invite SET used_at = $2 WHERE id = $1 AND used_at IS NULL AND expires_at > $2";
    INVITES_VOID_OF = "UPDATE invite SET expires_at = $2 WHERE person_id = $1 AND used_at IS NULL AND expires_at > $2";
    API_TOKEN_SEEN = "UPDATE api_token SET seen_at = $2 WHERE id = $1 AND ended_at IS NULL";
    API_TOKEN_END = "UPDATE api_token SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL";
    API_TOKENS_END_OF = "UPDATE api_token SET ended_at = $2 WHERE person_id = $1 AND ended_at IS NULL";
    THROTTLE_PUT = "INSERT INTO throttle (subject, failures, blocked_until, at) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (subject) DO UPDATE SET failures = excluded.failures, blocked_until = excluded.blocked_until, at = excluded.at";
    THROTTLE_CLEAR = "DELETE FROM throttle WHERE subject = $1";
    THROTTLE_SWEEP = "DELETE FROM throttle WHERE at < $1 AND blocked_until < $1";
}

impl Change {
    /// A person is found by another sign-in name from now on. Conflict `person`: somebody else has the name.
    pub fn person_lookup(person: PersonId, lookup: Keyed) -> Self {
        Self::one("person", PERSON_LOOKUP, args![person, lookup])
    }

    /// A session was used and lasts until `expires_at`. Conflict `session`: it has ended.
    pub fn session_seen(session: SessionId, at: Timestamp, expires_at: Timestamp) -> Self {
        Self::one("session", SESSION_SEEN, args![session, at, expires_at])
    }

    /// Ends a session. Conflict `session`: it has ended already.
    pub fn session_end(session: SessionId, at: Timestamp) -> Self {
        Self::one("session", SESSION_END, args![session, at])
    }

    /// Ends all sessions of a person.
    pub fn sessions_end_of(person: PersonId, at: Timestamp) -> Self {
        Self::any("session", SESSIONS_END_OF, args![person, at])
    }

    /// Ends all sessions and tokens, and makes all unused links void: whoever lost theirs since these rows were copied has none again.
    pub fn nobody_is_in(at: Timestamp) -> [Self; 3] {
        [
            Self::any("session", SESSIONS_END, args![at]),
            Self::any("invite", INVITES_VOID, args![at]),
            Self::any("api_token", API_TOKENS_END, args![at]),
        ]
    }

    /// Uses a link. Conflict `invite`: it was used, or its time is over.
    pub fn invite_use(invite: InviteId, at: Timestamp) -> Self {
        Self::one("invite", INVITE_USE, args![invite, at])
    }

    /// Makes all unused links of a person void.
    pub fn invites_void_of(person: PersonId, at: Timestamp) -> Self {
        Self::any("invite", INVITES_VOID_OF, args![person, at])
    }

    /// A token was used. Conflict `api_token`: it has ended.
    pub fn api_token_seen(token: TokenId, at: Timestamp) -> Self {
        Self::one("api_token", API_TOKEN_SEEN, args![token, at])
    }

    /// Ends a token. Conflict `api_token`: it has ended already.
    pub fn api_token_end(token: TokenId, at: Timestamp) -> Self {
        Self::one("api_token", API_TOKEN_END, args![token, at])
    }

    /// Ends all tokens of a person.
    pub fn api_tokens_end_of(person: PersonId, at: Timestamp) -> Self {
        Self::any("api_token", API_TOKENS_END_OF, args![person, at])
    }

    /// Writes down failures for a name or network.
    pub fn throttle_put(row: ThrottleRow) -> Self {
        Self::any("throttle", THROTTLE_PUT, row.values())
    }

    /// Forgets the failures for a name or network.
    pub fn throttle_clear(subject: Keyed) -> Self {
        Self::any("throttle", THROTTLE_CLEAR, args![subject])
    }

    /// Forgets failures of before a time that block no more.
    pub fn throttle_sweep(before: Timestamp) -> Self {
        Self::any("throttle", THROTTLE_SWEEP, args![before])
    }
}
