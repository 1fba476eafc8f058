//! The store: SQL on SQLite and PostgreSQL with one text, units of work, blobs, and the vault's rows on a database of their own.
//!
//! It stands between the use cases and the disk. What it takes is sealed already: no function here takes readable content, and
//! every list of conversations, messages or events takes a `Reach`. It decides nothing, opens nothing, and reads neither
//! clock nor chance from the air.
//!
//! - [`Unit`] and [`Store::commit`]: what belongs together is kept together, with its leaves, events and jobs.
//! - [`rows`]: the tables as types. [`read`]: the questions, a file per noun.
//! - [`Spool`]: acknowledged posts, sealed, while the database is away.
//! - [`copy`]: all rows of one moment in a file, for backups.
//! - [`Store::sequence`]: gives waiting leaves and events their numbers and extends the log.

mod alone;
pub mod bell;
pub mod blobs;
pub mod change;
pub mod columns;
pub mod copy;
pub mod faults;
mod forward;
mod key_hold;
mod key_puncture;
mod key_rows;
pub mod key_store;
mod key_writer;
pub mod leftovers;
mod mint;
mod numbering;
pub mod place;
mod queues;
pub mod read;
pub mod rows;
pub mod schema;
mod shown;
pub mod spool;
pub mod sql;
mod statements;
mod store;
mod tell;
pub mod traces;
pub mod unit;
mod writer;

pub use blobs::{BlobError, BlobFolder, BlobWalk, BlobWriter, Blobs, Bucket, BucketError, Version, blob_id, blob_name};
pub use change::{Change, LOOKUP_EPOCH, Looked, Rekeyed};
pub use copy::{CopyError, CopyKind, CopyReport};
pub use key_store::KeyDatabase;
pub use numbering::{SequenceError, Sequenced};
pub use place::{OpenError, Place};
pub use read::{
    Begun, Claimed, Connected, ConversationFilter, Fold, GateStanding, IntakeStats, LIST_MOST, LogHead, Page,
    PersonFacts, Scanned, Turn, UNREAD_MOST,
};
pub use spool::{Oldest, Spool, SpoolDepth, SpoolError, SpooledPost};
pub use sql::migrate::MigrateError;
pub use sql::{Failure, ReadError};
pub use store::Store;
pub use unit::{NewEvent, NewJob, Unit};
pub use writer::CommitError;
