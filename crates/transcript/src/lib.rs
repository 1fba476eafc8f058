#![forbid(unsafe_code)]
//! Chats that WhatsApp's own "Export chat" wrote, read into records of the class *imported, unverified*.
//!
//! ```text
//! file ─► container ─► lines ─► survey: which shape, which date order, or ask ─► plan
//!              │                                                                  │
//!              │         lines ◄──────────────────────────────────────────────────┘
//!              │           └─► reading: pieces ─► identities (to bring nothing twice)
//!              └─ media ─────────────────────────► report (the dry run)
//! ```
//!
//! Stands before everything else: the caller keeps the file byte for byte with its hash, asks a person what the file does not tell, and decides
//! what becomes of the pieces. Nothing here knows a database, a clock, a zone, a network or a log. Times are as the exporting device stated them.
//!
//! It never guesses in silence, never drops a line (each is in one piece, and the [`Report`]'s counts add up to all), never takes a name for
//! a path, and never says that a message is true: anybody can write such a file.
//!
//! ```
//! use counterfoil_transcript::{Choice, Container, Limits, Longest, Reading, Survey, What};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let file = std::io::Cursor::new("13/06/2018, 21:25 - Ann: The boat is in.\nCome and see\n13/06/2018, 21:26 - Bob: <Media omitted>\n");
//! let mut container = Container::open(file, Limits::default())?;
//! let survey = Survey::of(container.chat()?, Longest::default())?;
//! let plan = survey.plan(Choice::default())?;
//! for piece in Reading::of(container.chat()?, plan, Longest::default())? {
//!     if let What::Message(message) = piece?.what {
//!         assert!(message.at.to_string().starts_with("2018-06-13T21:"));
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! What is read, and where the facts come from: `docs/formats/exported-chat.md`.

mod author;
mod body;
mod characters;
pub mod container;
mod doubt;
mod dry_run;
pub mod head;
mod identity;
mod lines;
mod local_time;
pub mod reading;
mod redacted;
mod report;
pub mod survey;
mod wording;

pub use author::Author;
pub use body::{Body, MediaKind, PollOption};
pub use container::{Container, ContainerError, Limits, Media};
pub use doubt::Doubt;
pub use dry_run::{DryRunError, dry_run};
pub use head::Shape;
pub use identity::Identities;
pub use lines::{Encoding, Longest};
pub use local_time::{DateOrder, LocalTime};
pub use reading::{Cut, Message, Piece, Reading, Suspicion, SystemLine, Unread, What};
pub use report::{Guesses, LineCounts, MediaCounts, Report, Tally};
pub use survey::{Ambiguity, Basis, Choice, Plan, Survey, Undecided};
pub use wording::{DeletedBy, SystemKind};
