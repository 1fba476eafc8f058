//! `counterfoil demo`: two minutes with a simulated provider, on this machine alone.

use super::Ending;
use crate::config::log::Log;
use crate::demo::{self, Options};
use crate::system::System;
use crate::telemetry;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;

/// Try Counterfoil for two minutes: a customer's handset, an agent's inbox and a sample back office, on this machine alone.
#[derive(Debug, clap::Args)]
pub(crate) struct Demo {
    /// The port of the page; a free one if none is named.
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
    /// Keep the data in this new or empty folder instead of removing it at the end.
    #[arg(long, value_name = "FOLDER")]
    keep: Option<PathBuf>,
    /// How many sample conversations are filled in behind.
    #[arg(long, value_name = "COUNT", default_value_t = 240)]
    samples: usize,
    /// Print the address and open no browser.
    #[arg(long)]
    no_browser: bool,
}

impl Demo {
    pub(super) async fn run(self, out: &mut dyn Write) -> anyhow::Result<Ending> {
        telemetry::start(Log::QUIET, System::new().clock);
        let display = ["DISPLAY", "WAYLAND_DISPLAY"]
            .iter()
            .any(|name| std::env::var_os(name).is_some());
        let options = Options {
            port: self.port,
            keep: self.keep,
            samples: self.samples,
            browser: !self.no_browser && display && std::io::stdin().is_terminal(),
        };
        demo::run(options, out).await?;
        Ok(Ending::Well)
    }
}
