//! The binary: settings, composition, commands, log lines, stopping. Everything that a message meets stands in the other
//! crates; here they are put together and given a clock, randomness, files and addresses.

mod config;
mod listen;
mod shutdown;
mod system;
mod telemetry;

fn main() {}
