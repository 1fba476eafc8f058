//! Every use case of Counterfoil, a file each: the table of contents of the product, and the only place where rights, keys,
//! rows, the log and the provider meet.
//!
//! A use case takes the acting person, opens only against a permit, decides, and writes one unit of work. It knows nothing of
//! HTTP and pages, and keeps nothing between calls.

pub mod backup;
pub mod connections;
pub mod context;
pub mod custody;
pub mod erasure;
pub mod filing;
pub mod gates;
pub mod holds;
pub mod intake;
pub mod live;
pub mod lookup;
pub mod nodes;
pub mod organisation;
pub mod outbound;
pub mod people;
pub mod reading;
pub mod retirement;

mod attachment;
mod authority;
mod background;
mod jobs;
mod log;
mod sweep;

pub use context::{Flow, FlowParts, FlowSettings, PasSettings, Unavailable};
