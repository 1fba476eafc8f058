//! How quick the product is, measured from outside. At small size these tests only see that the measurements can be made and add up;
//! `cargo xtask prove fire.6` and the like run them at full size with the released program, and hold the figures against what is
//! promised.

#![expect(clippy::print_stdout, reason = "a proof prints its figures")]

mod filled;
mod import;
mod intake;
mod load;
mod older;
mod retired;
mod soak;
mod stored;

use counterfoil_testkit::surroundings::program;
use std::path::PathBuf;

/// The program to measure.
fn counterfoil() -> PathBuf {
    program().unwrap_or_else(|| env!("CARGO_BIN_EXE_counterfoil").into())
}
