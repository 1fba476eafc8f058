//! Erasing for good: a decision, the keys, the rows and files, and the proof.
//!
//! ```text
//! decide       who, of what, why, on whose word → row, leaf, job
//! work         keys punctured → files removed → rows removed with tombstones and leaf, batch by batch → live once no node remembers
//! find         what belongs to it, by the register of traces
//! certificate  what was destroyed, when, what is beyond reach
//! ```
//!
//! Keys go first: from then on nothing that is left anywhere opens, and the rest may break off and be taken up again as often as it likes.

pub mod certificate;
pub mod decide;

pub(crate) mod find;
pub(crate) mod work;
