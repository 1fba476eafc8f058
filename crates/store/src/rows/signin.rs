//! Sessions, links, tokens of the API, and the brake on guessing.

use super::row;
use counterfoil_model::{InviteId, PersonId, SessionId, Timestamp, TokenId};
use counterfoil_vault::Keyed;

row! {
    /// A signed-in browser.
    SessionRow in "session" {
        id: SessionId = "id",
        token: Keyed = "token_hash",
        person: PersonId = "person_id",
        opened_at: Timestamp = "opened_at",
        seen_at: Timestamp = "seen_at",
        expires_at: Timestamp = "expires_at",
        ended_at: Option<Timestamp> = "ended_at",
    }
}

row! {
    /// A link that may be used once.
    InviteRow in "invite" {
        id: InviteId = "id",
        token: Keyed = "token_hash",
        person: PersonId = "person_id",
        expires_at: Timestamp = "expires_at",
        used_at: Option<Timestamp> = "used_at",
    }
}

row! {
    /// A token for the API.
    ApiTokenRow in "api_token" {
        id: TokenId = "id",
        token: Keyed = "token_hash",
        person: PersonId = "person_id",
        /// Scopes as a bit mask.
        scopes: i64 = "scopes",
        expires_at: Timestamp = "expires_at",
        seen_at: Option<Timestamp> = "seen_at",
        ended_at: Option<Timestamp> = "ended_at",
    }
}

row! {
    /// How often a sign-in failed for a name or from an address.
    ThrottleRow in "throttle" {
        subject: Keyed = "subject",
        failures: i64 = "failures",
        blocked_until: Timestamp = "blocked_until",
        at: Timestamp = "at",
    }
}
