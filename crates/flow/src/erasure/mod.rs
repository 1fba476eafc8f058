//! Erasing for good: a look ahead, a decision, the keys, the rows and files, and the proof.
//!
//! ```text
//! preview      item by item, what would become of it, without opening anything
//! decide       who, of what, why, on whose word → row, leaf, job
//! work         keys punctured → files removed → rows removed with tombstones and leaf, batch by batch → live once no node remembers
//! walk         item by item: what goes, and what stays because it is held or was left out
//! older        of a span of time: keys by conversation, then rows in the order of time
//! keep         what stays, on the record with its ground
//! find         what belongs to it, by the register of traces
//! sought       what the challenger looks for: sealed values by the address of their key, rows of key trees
//! challenge    what it found, on the record
//! remains      what stays here, and the copies elsewhere
//! told         what the leaves tell, also where a restore lost the rows
//! retired      which retirements make it final
//! certificate  what was destroyed, when, what stays, who tried to read it, what is beyond reach
//! ```
//!
//! Keys go first: from then on nothing that is left anywhere opens, and the rest may break off and be taken up again as often as it likes.

pub mod certificate;
pub mod challenge;
pub mod decide;
pub mod preview;
pub mod remains;
pub mod sought;

pub(crate) mod find;
pub(crate) mod told;
pub(crate) mod work;

mod keep;
mod older;
mod retired;
mod walk;
