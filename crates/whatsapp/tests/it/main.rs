//! Behaviour of the crate at its boundary: the way in by samples, by the public corpus and by random damage; the way out
//! against a server on this machine that answers by a script.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
#![expect(clippy::print_stdout, reason = "a proof prints its figures")]

mod bent;
mod corpus;
mod damage;
mod echo;
mod forms;
mod golden;
mod limits;
mod manage;
mod phone;
mod rebatch;
mod samples;
mod sending;
mod server;
mod signature;
mod transfer;
mod validated;
