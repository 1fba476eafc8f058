//! The way in: from the provider's post to a recorded message.
//!
//! ```text
//! door      kit, spool and database: there before the databases are, and when they go
//! accept    signature over the raw bytes, sealed to the intake key, durable; only then the answer      (in the request)
//!   spool   where it is durable while the database is away; drain brings it there, early fetches its files
//! work      opens what waits, cuts it into items, each in its own unit of work                          (behind it)
//!   known   what is on the record about all of them, in a few questions; senders remembers who wrote lately
//!   record  one item: seen before? → what it is →
//!     said      what of it belongs into a conversation; content puts it into our own words
//!     message   who → which conversation → sealed → row, leaf, event, jobs for its files
//!     tick      what became of a message of ours
//!     keep      not understood, or for a number that is not set up: kept whole
//!   postpone  what cannot be worked off comes again later and holds up nothing
//!   progress  how far a round has come, for the one after it
//! ```

pub mod accept;
pub mod door;
pub mod handshake;
pub mod kept;
pub mod shelf;
pub mod stats;

pub(crate) mod attach;
pub(crate) mod content;
pub(crate) mod drain;
pub(crate) mod early;
pub(crate) mod fresh;
pub(crate) mod identify;
pub(crate) mod keep;
pub(crate) mod known;
pub(crate) mod mark;
pub(crate) mod message;
pub(crate) mod postpone;
pub(crate) mod progress;
pub(crate) mod record;
pub(crate) mod said;
pub(crate) mod senders;
pub(crate) mod tick;
pub(crate) mod weight;
pub(crate) mod work;
