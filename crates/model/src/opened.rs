//! Readable content, for as short as possible.
//!
//! What the vault opens comes as [`Opened`]: it cannot be printed, serialised or cloned, and it is wiped when dropped.
//! [`Opened::expose`] is called only where pages and answers are written and where a use case must look inside.

use zeroize::Zeroize;

/// Opened content that wipes itself.
pub struct Opened<T: Zeroize>(T);

impl<T: Zeroize> Opened<T> {
    /// Takes readable content into custody.
    pub fn new(content: T) -> Self {
        Self(content)
    }

    /// The readable content. Search for this word to find every place that sees it.
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> Drop for Opened<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// ```compile_fail
/// let opened = counterfoil_model::Opened::new(String::from("x"));
/// println!("{opened:?}");
/// ```
/// ```compile_fail
/// let opened = counterfoil_model::Opened::new(String::from("x"));
/// serde_json::to_string(&opened);
/// ```
#[cfg(doctest)]
struct OpenedStaysShut;
