//! Who may do what, decided in one place.
//!
//! Facts go in, a verdict comes out: a [`Permit`] to open named things, a [`Reach`] to list so much, a [`Granted`] to act,
//! or a [`Refusal`] with its reason. Only this crate can make the first three. It does no input or output and opens nothing
//! itself.

pub mod act;
pub mod actor;
pub mod permit;
pub mod reach;
pub mod read;

pub use act::{Action, Granted, may};
pub use actor::{Actor, Machine, Staff};
pub use permit::{Permit, Purpose};
pub use reach::{Reach, reach};
pub use read::{Openable, Stands, machine_permit, may_open};

/// Why something was not allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No role of this person does such a thing.
    #[error("no role of this person allows it")]
    Role,
    /// The conversation belongs to another team.
    #[error("it belongs to another team")]
    Team,
}
