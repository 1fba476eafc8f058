//! The policy administration system on which messages are filed.

use super::error::ConfigError;
use super::secret_file;
use super::sources::Values;
use counterfoil_model::Secret;
use std::path::PathBuf;
use url::Url;

/// How the policy administration system is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pas {
    /// Its address.
    pub(crate) url: Url,
    /// The file that holds the token for it.
    pub(crate) token_file: PathBuf,
}

impl Pas {
    pub(super) fn read(values: &Values) -> Result<Option<Self>, ConfigError> {
        let Some(text) = values.text("pas", "url") else {
            return Ok(None);
        };
        let url = Url::parse(text)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.password().is_none() && url.host().is_some())
            .ok_or_else(|| values.invalid("pas", "url", "must be http:// or https://, without user and password"))?;
        let token_file = values
            .path("pas", "token_file")
            .ok_or_else(|| values.invalid("pas", "token_file", "is needed beside pas.url"))?;
        Ok(Some(Self { url, token_file }))
    }

    /// The token, read now.
    ///
    /// # Errors
    /// [`ConfigError::SecretFile`].
    pub(crate) fn token(&self, values: &Values) -> Result<Secret, ConfigError> {
        secret_file(values, "pas", "token_file", &self.token_file)
    }
}
