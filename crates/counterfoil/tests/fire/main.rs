//! The spine under fire: the real program, killed and betrayed at random moments, loses nothing and doubles nothing.
//!
//! Each test is small every day and at full size under `cargo xtask prove fire`; it prints its figures and what chance started from.
//! `COUNTERFOIL_SEED` starts it from there again, though the moments of a kill are never quite the same.

#![expect(clippy::print_stdout, reason = "a proof prints its figures")]

mod chance;
mod fire_1;
mod fire_4;
mod posts;

/// The program.
const PROGRAM: &str = env!("CARGO_BIN_EXE_counterfoil");
