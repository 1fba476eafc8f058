//! The binary: settings, composition, commands, log lines, stopping. Everything that a message meets stands in the other
//! crates; here they are put together and given a clock, randomness, files and addresses.

mod commands;
mod compose;
mod config;
mod demo;
mod digest;
mod folder;
mod founding;
mod gate;
mod keeper;
mod listen;
mod operator;
mod shutdown;
mod system;
mod telemetry;

use clap::Parser;
use mimalloc::MiMalloc;
use std::io::Write;
use std::process::ExitCode;
use zeroizing_alloc::ZeroAlloc;

/// Wipes each piece of memory as it is given back, whoever had it: a request's body in the HTTP library, a row in the database driver, a page
/// in its template. So what was read is in memory only while something holds it
/// (`docs/decisions/2026-11-27-memory-is-wiped-as-it-is-freed.md`).
///
/// Underneath, mimalloc: a message takes some hundred small pieces on its way, and the allocator of the C library spent a sixth of the time on them.
#[global_allocator]
static MEMORY: ZeroAlloc<MiMalloc> = ZeroAlloc(MiMalloc);

fn main() -> ExitCode {
    match begin() {
        Ok(ending) => ending.into(),
        Err(error) => {
            // Nothing is left to do if even this cannot be written.
            drop(writeln!(std::io::stderr(), "counterfoil: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn begin() -> anyhow::Result<commands::Ending> {
    // First of all: everything that speaks TLS asks for this.
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    provider
        .install_default()
        .map_err(|_| anyhow::anyhow!("the TLS provider was installed twice"))?;
    guard()?;
    small_pages();
    let line = commands::Line::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(line.run(&mut std::io::stdout()))
}

/// Has the kernel give memory in small pages: in huge ones the allocator holds a third more, and nothing is quicker. Where the kernel has no huge
/// pages or lets nobody ask, the server holds what it holds.
fn small_pages() {
    let _ = rustix::thread::disable_transparent_huge_pages(true);
}

/// Keeps opened content out of core dumps, away from other programs of the same user, and new files from other users.
fn guard() -> anyhow::Result<()> {
    use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit, umask};
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    setrlimit(Resource::Core, none)?;
    // The limit says nothing to a program that the kernel hands dumps to, and nothing to whoever traces.
    set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    umask(rustix::fs::Mode::from_raw_mode(0o077));
    Ok(())
}
