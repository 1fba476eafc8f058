//! `counterfoil health`: asks the running server whether it takes posts in, for whoever starts it again when it does not.

use super::Ending;
use crate::compose::http;
use crate::config::Settings;
use crate::listen::reachable;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

/// How long the server may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Ask the running server whether it takes posts in, also while a database is away.
///
/// Ends with 0 when it does, and 1 when it does not answer: for the health check of a container.
#[derive(Debug, clap::Args)]
pub(crate) struct Health {}

impl Health {
    pub(super) async fn run(self, path: &Path, out: &mut dyn Write) -> anyhow::Result<Ending> {
        let address = reachable(Settings::load(path)?.admin.address);
        let asked = http()?.get(format!("http://{address}/health")).timeout(PATIENCE);
        let answer = match asked.send().await {
            Ok(answer) if answer.status().is_success() => answer.json::<serde_json::Value>().await.unwrap_or_default(),
            _ => serde_json::Value::Null,
        };
        let (said, ending) = match answer["state"].as_str() {
            Some("serving") => ("serving", Ending::Well),
            Some("spooling") => ("spooling: posts are kept, a database does not answer yet", Ending::Well),
            _ => ("no server answers at admin.address", Ending::Broken),
        };
        writeln!(out, "{said}")?;
        Ok(ending)
    }
}
