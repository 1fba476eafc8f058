//! Posts from a generator that is a process of its own.

use crate::counterfoil;
use crate::filled::Filled;
use anyhow::Result;
use counterfoil_testkit::patience::{begin, since};
use counterfoil_testkit::process::Program;
use serde_json::Value;
use std::process::Command;
use std::time::Duration;

/// From how many contacts.
const CONTACTS: &str = "5000";
/// The longest that the generator may take: minutes of a machine with much else to do.
const SENT_WITHIN: Duration = Duration::from_secs(300);

/// What the generator is told.
pub(crate) struct Load {
    hook: String,
    sent: usize,
}

impl Load {
    /// Posts to this hook, none of which was there before.
    pub(crate) fn new(hook: String) -> Self {
        Self { hook, sent: 1_000_000 }
    }

    /// Sends posts, at a rate when one is given; what the generator saw.
    pub(crate) async fn send(&mut self, house: &Filled, messages: usize, rate: Option<f64>) -> Result<Value> {
        let mut command = Command::new(counterfoil());
        command.args(["bench", "generate", "--in-flight", "64", "--contacts", CONTACTS]);
        command.args(["--to", &house.listens, "--path", &self.hook]);
        command.args(["--first", &self.sent.to_string(), "--messages", &messages.to_string()]);
        if let Some(rate) = rate {
            command.args(["--rate", &rate.to_string()]);
        }
        self.sent += messages;
        let ended = Program::start(&mut command)?.end(SENT_WITHIN).await?.well()?;
        Ok(serde_json::from_str(&ended.said())?)
    }

    /// How many posts a second are recorded when as many are sent as are answered: more than that would pile up whatever the server does.
    pub(crate) async fn top(&mut self, house: &Filled, burst: usize) -> Result<f64> {
        let begun = begin();
        self.send(house, burst, None).await?;
        house.all_recorded().await?;
        Ok(burst as f64 / since(begun).as_secs_f64())
    }
}
