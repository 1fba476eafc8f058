//! Sessions, links, tokens and the brake on guessing.

use crate::Store;
use crate::rows::{ApiTokenRow, InviteRow, Row, SessionRow, ThrottleRow};
use crate::sql::value::args;
use crate::sql::{ReadError, statements, text};
use counterfoil_model::PersonId;
use counterfoil_vault::Keyed;

statements! {
    SESSION_BY_TOKEN = text!("SELECT ", SessionRow::COLUMNS, " FROM session WHERE session.token_hash = $1");
    INVITE_BY_TOKEN = text!("SELECT ", InviteRow::COLUMNS, " FROM invite WHERE invite.token_hash = $1");
    API_TOKEN_BY_HASH = text!("SELECT ", ApiTokenRow::COLUMNS, " FROM api_token WHERE api_token.token_hash = $1");
    API_TOKENS_OF = text!("SELECT ", ApiTokenRow::COLUMNS, " FROM api_token WHERE api_token.person_id = $1 ORDER BY api_token.id");
    THROTTLE = text!("SELECT ", ThrottleRow::COLUMNS, " FROM throttle WHERE throttle.subject = $1");
}

impl Store {
    /// The session with this keyed token, ended ones too: whether it still holds is for the caller to say.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn session_by_token(&self, token: Keyed) -> Result<Option<SessionRow>, ReadError> {
        self.one(SESSION_BY_TOKEN, args![token]).await
    }

    /// The link with this keyed token, used ones too.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn invite_by_token(&self, token: Keyed) -> Result<Option<InviteRow>, ReadError> {
        self.one(INVITE_BY_TOKEN, args![token]).await
    }

    /// The API token with this keyed hash, ended ones too.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn api_token_by_hash(&self, token: Keyed) -> Result<Option<ApiTokenRow>, ReadError> {
        self.one(API_TOKEN_BY_HASH, args![token]).await
    }

    /// All API tokens of a person, oldest first.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn api_tokens_of(&self, person: PersonId) -> Result<Vec<ApiTokenRow>, ReadError> {
        self.all(API_TOKENS_OF, args![person]).await
    }

    /// How often a sign-in failed for a keyed name or network.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn throttle_get(&self, subject: Keyed) -> Result<Option<ThrottleRow>, ReadError> {
        self.one(THROTTLE, args![subject]).await
    }
}
