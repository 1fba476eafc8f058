//! The developers' one door: `cargo xtask <command>`.
//!
//! Everything that a developer or the build machine does with this repository goes through here, so that both do the same:
//! `check` reads the code, `tidy` keeps the house rules, `test` runs every test on both engines and in a real browser, `prove`
//! shows the points that the product claims at full size, `dist` builds what operators install, `fuzz` looks for input that breaks what reads it, `env` lends the test surroundings to whoever runs a single test.
//!
//! It stands outside the way of a message, is never shipped, and depends on no crate of ours.

mod check;
mod debian;
mod dist;
mod fuzz;
mod place;
mod postgres;
mod prove;
mod run;
mod stopwatch;
mod surroundings;
mod test;
mod tidy;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The developers' one door.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, PartialEq, Subcommand)]
enum Command {
    /// Format, clippy and documentation with warnings as errors, then tidy
    Check,
    /// The house rules alone: crate edges, file sizes, folder map, words, links
    Tidy,
    /// Every test: both engines, browser, doc tests; installs what is missing when it may
    Test(test::Wanted),
    /// Show points of "It must show" at full size, such as `spine` or `spine.3`
    Prove(prove::Wanted),
    /// Build the Debian package and the container file, from the program as it is released
    Dist(dist::Wanted),
    /// Look for input that breaks what reads it, on the stable compiler
    Fuzz(fuzz::Wanted),
    /// Keep a private PostgreSQL running until Ctrl-C and print the lines to export
    Env(surroundings::Wanted),
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Check => check::check(),
        Command::Tidy => tidy::tidy(),
        Command::Test(wanted) => test::test(&wanted),
        Command::Prove(wanted) => prove::prove(&wanted),
        Command::Dist(wanted) => dist::dist(&wanted),
        Command::Fuzz(wanted) => fuzz::fuzz(&wanted),
        Command::Env(wanted) => surroundings::lend(&wanted),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            run::say(format_args!("cargo xtask: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Command {
        Arguments::try_parse_from(line.split(' ')).unwrap().command
    }

    #[test]
    fn arguments_are_read() {
        assert_eq!(read("xtask check"), Command::Check);
        assert_eq!(read("xtask tidy"), Command::Tidy);
        assert_eq!(
            read("xtask test"),
            Command::Test(test::Wanted {
                install: false,
                filter: None
            })
        );
        assert_eq!(
            read("xtask test --install --filter test(tamper)"),
            Command::Test(test::Wanted {
                install: true,
                filter: Some("test(tamper)".into())
            })
        );
        assert_eq!(
            read("xtask prove spine.3"),
            Command::Prove(prove::Wanted {
                point: "spine.3".parse().unwrap(),
                install: false
            })
        );
        assert_eq!(
            read("xtask fuzz --minutes 3 hook"),
            Command::Fuzz(fuzz::Wanted {
                minutes: 3,
                target: Some("hook".into()),
                install: false
            })
        );
        assert_eq!(
            read("xtask dist"),
            Command::Dist(dist::Wanted {
                program: None,
                verifier: None
            })
        );
        assert_eq!(read("xtask env"), Command::Env(surroundings::Wanted { install: false }));
    }

    #[test]
    fn a_point_that_is_none_is_refused() {
        for line in [
            "xtask prove",
            "xtask prove spine.",
            "xtask prove spine.x",
            "xtask prove nothing.1",
            "xtask fuzz nothing",
            "xtask fuzz --minutes 0",
        ] {
            assert!(Arguments::try_parse_from(line.split(' ')).is_err(), "{line}");
        }
    }

    #[test]
    fn the_help_text_holds_together() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }
}
