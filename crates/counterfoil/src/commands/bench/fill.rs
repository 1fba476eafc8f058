//! `bench fill`: a new installation with many conversations, through the real way in, kept for trying large sets.

use super::{Databases, places, posts};
use crate::compose::House;
use crate::config::Settings;
use crate::config::catalogue::file_with;
use crate::folder::Folder;
use crate::founding::found;
use crate::shutdown::Stop;
use crate::system::System;
use anyhow::Context;
use bytes::Bytes;
use counterfoil_flow::intake::accept::{AcceptError, accept};
use counterfoil_flow::organisation::open::For;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// How many posts are under way at once.
const IN_FLIGHT: usize = 256;
/// How many posts may wait unrecorded before more are made.
const AHEAD: usize = 8_192;
/// How long to rest when the way in says that too much is waiting, and between looks at what waits.
const REST: Duration = Duration::from_millis(2);

/// Fill a new installation with conversations and keep it, for trying large sets.
#[derive(Debug, clap::Args)]
pub(super) struct Fill {
    /// The new or empty folder for the installation; its settings file is put there too.
    folder: PathBuf,
    #[command(flatten)]
    databases: Databases,
    /// How many conversations.
    #[arg(long, value_name = "COUNT", default_value_t = 1_000)]
    conversations: usize,
    /// How many messages, over all conversations.
    #[arg(long, value_name = "COUNT", default_value_t = 20_000)]
    messages: usize,
    /// Print JSON.
    #[arg(long)]
    pub(super) json: bool,
}

/// What it took.
#[derive(Debug, serde::Serialize)]
pub(super) struct Filled {
    messages: usize,
    conversations: usize,
    recorded_per_second: f64,
    seconds: f64,
}

impl fmt::Display for Filled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} messages in {} conversations, {:.0} a second, {:.1} s in all",
            self.messages, self.conversations, self.recorded_per_second, self.seconds
        )
    }
}

impl Fill {
    /// Fills the folder.
    pub(super) async fn run(&self, system: &System) -> anyhow::Result<Filled> {
        let folder = Folder::kept(&self.folder).with_context(|| {
            format!(
                "{} cannot be used; name a folder that is new or empty",
                self.folder.display()
            )
        })?;
        let file = file_with(&places(&folder, &self.databases));
        folder.write_private("counterfoil.toml", &file)?;
        let settings = Settings::from_text(&folder.path().join("counterfoil.toml"), &file)?;
        let house: House = found(&settings, system, For::Work, "Bench").await?;
        let stop = Stop::new();
        stop.on_signals().context("signals cannot be heard")?;
        let (flow, stopping) = (house.flow.clone(), stop.stopping());
        let workers = tokio::spawn(async move { flow.run(stopping).await });
        let filled = self.fill(&house, system).await;
        stop.stop();
        workers.await.context("a worker failed")?;
        house.close().await;
        filled
    }

    async fn fill(&self, house: &House, system: &System) -> anyhow::Result<Filled> {
        let connection = posts::connection(house).await?;
        let door = house.flow.intake().context("a working house has a door")?;
        let clock = &system.clock;
        let begun = clock.monotonic();
        let mut from = 0;
        while from < self.messages {
            let to = self.messages.min(from + AHEAD);
            let sending = stream::iter(from..to)
                .map(Ok)
                .try_for_each_concurrent(IN_FLIGHT, async |index| {
                    let post = posts::post(index, self.conversations, clock.wall().seconds());
                    let (body, signature) = (Bytes::from(post.body), post.signature);
                    while let Err(error) = accept(door, connection, Some(&signature), body.clone()).await {
                        if !matches!(error, AcceptError::Busy) {
                            return Err(error);
                        }
                        clock.sleep(REST).await;
                    }
                    Ok(())
                });
            sending.await?;
            while !door.spool().is_empty() || house.store.delivery_oldest_waiting().await?.is_some() {
                clock.sleep(REST).await;
            }
            from = to;
        }
        let seconds = (clock.monotonic() - begun).as_secs_f64();
        Ok(Filled {
            messages: self.messages,
            conversations: self.conversations,
            recorded_per_second: self.messages as f64 / seconds,
            seconds,
        })
    }
}
