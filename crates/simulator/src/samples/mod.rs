//! Sample content, all invented here: people, an insurer's policies and claims, conversations, pictures, recordings
//! and documents. The same seed always gives the same content.

mod book;
mod conversations;
mod document;
mod people;
mod photo;
mod script;
mod voice;

pub use book::{Book, Claim, ClaimStatus, Policy};
pub use conversations::{Relation, SampleAuthor, SampleContent, SampleConversation, SampleLine, conversations};
pub use document::document;
pub use people::{Language, SamplePerson, agents};
pub use photo::{PhotoKind, photo};
pub use voice::voice_note;
