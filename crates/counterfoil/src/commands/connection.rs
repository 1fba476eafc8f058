//! `counterfoil connection`: connections to WhatsApp, added and listed. Secrets are read from files.

use super::{Ending, write_json};
use crate::config::Settings;
use crate::operator::request::NewConnection;
use crate::operator::{ANOTHER_VERSION, Answer, Request, ask};
use crate::system::System;
use anyhow::{Context, bail};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Add and list connections to WhatsApp.
#[derive(Debug, clap::Args)]
pub(crate) struct Connection {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Add a connection with its first number.
    Add(Box<Add>),
    /// List the connections with their numbers and hook addresses.
    List {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, clap::Args)]
struct Add {
    /// What staff call it.
    #[arg(long, value_name = "TEXT")]
    title: String,
    /// The number's id at the provider (not the number itself).
    #[arg(long, value_name = "ID")]
    phone_number_id: String,
    /// The number as people read it, such as "+27 10 555 0100".
    #[arg(long, value_name = "NUMBER")]
    display_number: String,
    /// The file that holds the app's secret.
    #[arg(long, value_name = "FILE")]
    app_secret_file: PathBuf,
    /// The file that holds the app's secret before it was rotated, while both are in use.
    #[arg(long, value_name = "FILE")]
    previous_app_secret_file: Option<PathBuf>,
    /// The file that holds the token of your choice for the provider's handshake.
    #[arg(long, value_name = "FILE")]
    verify_token_file: PathBuf,
    /// The file that holds the access token.
    #[arg(long, value_name = "FILE")]
    access_token_file: PathBuf,
    /// Where the Cloud API is.
    #[arg(long, value_name = "URL", default_value = "https://graph.facebook.com")]
    graph_url: String,
    /// Its version.
    #[arg(long, value_name = "VERSION", default_value = "v25.0")]
    graph_version: String,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Connection {
    pub(super) async fn run(self, path: &Path, out: &mut dyn Write) -> anyhow::Result<Ending> {
        let settings = Settings::load(path)?;
        match self.what {
            What::Add(add) => add.run(&settings, out).await,
            What::List { json } => list(&settings, json, out).await,
        }
    }
}

impl Add {
    async fn run(self, settings: &Settings, out: &mut dyn Write) -> anyhow::Result<Ending> {
        let request = Request::ConnectionAdd(NewConnection {
            title: self.title,
            app_secret: secret(&self.app_secret_file)?,
            previous_app_secret: self.previous_app_secret_file.as_deref().map(secret).transpose()?,
            verify_token: secret(&self.verify_token_file)?,
            access_token: secret(&self.access_token_file)?,
            graph_url: self.graph_url,
            graph_version: self.graph_version,
            phone_number_id: self.phone_number_id,
            display_number: self.display_number,
        });
        let Answer::Connected(connected) = ask(settings, &System::new(), request).await? else {
            bail!(ANOTHER_VERSION);
        };
        if self.json {
            write_json(out, &connected)?;
        } else {
            writeln!(out, "Connected as {}.", connected.connection)?;
            writeln!(
                out,
                "In the app's settings, under Webhooks, enter this address and your verify token:\n"
            )?;
            writeln!(out, "  {}", address(settings, &connected.hook))?;
        }
        Ok(Ending::Well)
    }
}

async fn list(settings: &Settings, json: bool, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let Answer::Connections(connections) = ask(settings, &System::new(), Request::ConnectionList).await? else {
        bail!(ANOTHER_VERSION);
    };
    if json {
        write_json(out, &connections)?;
        return Ok(Ending::Well);
    }
    if connections.is_empty() {
        writeln!(
            out,
            "There is no connection yet; add one with `counterfoil connection add`."
        )?;
    }
    for connection in connections {
        writeln!(
            out,
            "{}  {}  {}",
            connection.connection,
            connection.title,
            connection.numbers.join(", ")
        )?;
        writeln!(out, "  {}", address(settings, &connection.hook))?;
    }
    Ok(Ending::Well)
}

fn address(settings: &Settings, hook: &str) -> String {
    format!("{}{hook}", settings.server.url.as_str().trim_end_matches('/'))
}

fn secret(path: &Path) -> anyhow::Result<String> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("the secret in {} could not be read", path.display()))?;
    let text = zeroize::Zeroizing::new(text);
    if text.trim().is_empty() {
        bail!("{} is empty", path.display());
    }
    Ok(text.trim().to_owned())
}
