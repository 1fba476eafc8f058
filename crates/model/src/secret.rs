//! Secrets that are not content: app secrets, tokens, passwords on their way to be checked.

use zeroize::Zeroize;

/// A secret text without Debug, Display or Serialize; wiped when dropped.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Takes a secret into custody.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The secret itself, for the one place that must use it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl Zeroize for Secret {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

/// ```compile_fail
/// println!("{:?}", counterfoil_model::Secret::new(String::from("x")));
/// ```
#[cfg(doctest)]
struct SecretStaysShut;
