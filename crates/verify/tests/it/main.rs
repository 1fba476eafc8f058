//! The verifier at its boundary: folders, slips and openings as they are handed out, whole and altered.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
#![expect(clippy::print_stdout, reason = "a proof prints its figures")]

mod altered;
mod changed;
mod folders;
mod log;
mod others;
mod program;
mod speed;
