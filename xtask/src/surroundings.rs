//! The surroundings of a test: a PostgreSQL server and a browser, told to the tests by three variables.
//!
//! Tests read the variables and fail with a clear word when one is unset; they never skip. A developer who has set
//! `COUNTERFOIL_TEST_POSTGRES` already keeps that server: then none is started.

use std::process::Command;

use anyhow::{Context, Result};
use clap::Args;

use crate::debian;
use crate::postgres::Cluster;
use crate::run::{answer, say};

const POSTGRES: &str = "COUNTERFOIL_TEST_POSTGRES";
const CHROMEDRIVER: &str = "COUNTERFOIL_CHROMEDRIVER";
const CHROMIUM: &str = "COUNTERFOIL_CHROMIUM";

/// What `cargo xtask env` may do.
#[derive(Debug, PartialEq, Args)]
pub(crate) struct Wanted {
    /// Install what is missing through sudo when not root
    #[arg(long)]
    pub(crate) install: bool,
}

/// Everything around a test; the cluster inside lives as long as this value.
pub(crate) struct Surroundings {
    variables: Vec<(&'static str, String)>,
    _cluster: Option<Cluster>,
}

impl Surroundings {
    /// Installs what is missing, where allowed, and starts a private cluster unless the developer named a server.
    ///
    /// # Errors
    /// When something is missing and cannot be had.
    pub(crate) fn ready(install: bool) -> Result<Self> {
        debian::require(install)?;
        let (postgres, cluster) = match given(POSTGRES) {
            Some(url) => {
                say(format_args!("using the PostgreSQL server that {POSTGRES} names"));
                (url, None)
            }
            None => {
                let cluster = Cluster::start().context("starting a private PostgreSQL")?;
                say(format_args!("private PostgreSQL at {}", cluster.url()));
                (cluster.url().to_owned(), Some(cluster))
            }
        };
        let chromedriver = given(CHROMEDRIVER)
            .or_else(debian::chromedriver)
            .context("no chromedriver")?;
        let chromium = given(CHROMIUM).or_else(debian::chromium).context("no chromium")?;
        let variables = vec![(POSTGRES, postgres), (CHROMEDRIVER, chromedriver), (CHROMIUM, chromium)];
        Ok(Self {
            variables,
            _cluster: cluster,
        })
    }

    /// Hands the variables to a command.
    pub(crate) fn around<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.envs(self.variables.iter().map(|(name, value)| (*name, value)))
    }
}

/// `cargo xtask env`: keeps the surroundings until the developer ends it.
///
/// # Errors
/// As [`Surroundings::ready`].
pub(crate) fn lend(wanted: &Wanted) -> Result<()> {
    let surroundings = Surroundings::ready(wanted.install)?;
    for (name, value) in &surroundings.variables {
        answer(format_args!("export {name}={value}"))?;
    }
    say(format_args!("Ctrl-C ends it and removes the cluster"));
    loop {
        // Ctrl-C ends this process; the cluster's keeper cleans up.
        std::thread::park();
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a developers' tool takes its settings from the environment"
)]
fn given(variable: &str) -> Option<String> {
    std::env::var(variable).ok().filter(|value| !value.is_empty())
}
