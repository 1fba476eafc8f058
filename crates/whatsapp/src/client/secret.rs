//! The access token, and who hands it out.

use zeroize::Zeroizing;

/// An access token of a system user; it has no `Debug`, `Display` or `Serialize`, and is wiped when dropped.
///
/// ```compile_fail
/// let token = counterfoil_whatsapp::client::AccessToken::new("invented");
/// println!("{token:?}");
/// ```
#[derive(Clone)]
pub struct AccessToken(Zeroizing<String>);

impl AccessToken {
    /// Takes the token as shown when it was made.
    pub fn new(token: impl Into<String>) -> Self {
        Self(Zeroizing::new(token.into()))
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

/// Hands out the token for each request, so that it can be changed while running or be opened only when needed.
pub trait TokenSource: Send + Sync {
    /// The token to use now.
    fn token(&self) -> AccessToken;
}

impl TokenSource for AccessToken {
    fn token(&self) -> AccessToken {
        self.clone()
    }
}
