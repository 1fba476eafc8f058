//! The binary as operators and visitors meet it: each test runs the real program.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
#![expect(clippy::print_stdout, reason = "a proof prints its figures")]

mod arriving;
mod backup;
mod bad_input;
mod challenge;
mod demo;
mod doctor;
mod erase;
mod import_tried;
mod init;
mod memory;
mod memory_kept;
mod mid_way;
mod program;
mod reference;
mod replay;
mod retire;
mod rotate;
mod serve;
mod settings;
mod slip;
mod stopping;
mod unit;
mod upgrade;
