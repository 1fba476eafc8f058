//! The stories: the whole program as people and machines meet it, from outside, in a real browser and over real HTTP.
//!
//! What a story claims is written as its steps; every line under "must be impossible" is a test of its own. `cargo xtask prove
//! spine` runs them at full size.

#![expect(clippy::print_stdout, reason = "a proof prints its figures")]

mod away;
mod demo;
mod fire_1_trace;
mod fire_2_away;
mod first_look;
mod gates;
mod gates_refused;
mod planted_words;
mod poster;
mod replay_corpus;
mod story_1;
mod story_1_claim;
mod story_1_filing;
mod story_1_impossible;
mod story_1_meanwhile;
mod story_7;
mod vault_4_erased;

/// The program.
const PROGRAM: &str = env!("CARGO_BIN_EXE_counterfoil");
