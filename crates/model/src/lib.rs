//! The words of Counterfoil: ids, times, people, contacts, conversations, messages and their life stages.
//!
//! Every other crate speaks in these types; nothing here does input or output, knows SQL, HTTP or keys, or reads the
//! clock or randomness from the air: both are handed in as [`Clock`] and [`Random`].

pub mod attachment;
pub mod body;
mod codes;
pub mod contact;
pub mod conversation;
pub mod erasure;
pub mod filing;
pub mod id;
pub mod message;
pub mod opened;
pub mod person;
pub mod random;
pub mod retirement;
pub mod secret;
pub mod tick;
pub mod time;

pub use id::*;
pub use opened::Opened;
pub use random::Random;
pub use secret::Secret;
pub use time::{Clock, Timestamp};
