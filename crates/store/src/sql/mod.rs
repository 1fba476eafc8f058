//! The shim over the two engines: one text, four kinds of argument, the same four kinds read.
//!
//! Statements are constants with `$n`; what must be repeated (rows, lists, a reach) is spelt out by `text`, the only place
//! that makes text. `dialect` is the only file that asks which engine it talks to. Nothing here knows what a message is.

pub(crate) mod dialect;
pub(crate) mod failure;
pub(crate) mod migrate;
pub(crate) mod postgres;
pub(crate) mod snapshot;
pub(crate) mod sqlite;
pub(crate) mod sqlite_reader;
pub(crate) mod sqlite_writer;
pub(crate) mod text;
pub(crate) mod value;

pub use failure::{Failure, ReadError};
pub use value::{Cells, Field, Value};

pub(crate) use dialect::{Database, Session};
pub(crate) use snapshot::{Gathering, Snapshot};
pub(crate) use text::{Sql, statements, text};
