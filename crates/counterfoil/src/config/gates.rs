//! Gates: where a full node takes over what they took in, where they find full nodes, and on a gate its pass.

use super::error::ConfigError;
use super::sources::Values;
use std::net::SocketAddr;
use std::path::PathBuf;

/// What is set about gates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Gates {
    /// Where a full node listens for gates, if it does.
    pub(crate) address: Option<SocketAddr>,
    /// The addresses of full nodes as gates see them.
    pub(crate) reached_at: Vec<String>,
    /// The file with the pass of this gate.
    pub(crate) pass: PathBuf,
}

impl Gates {
    pub(super) fn read(values: &Values) -> Result<Self, ConfigError> {
        let invalid = |key, problem: &str| values.invalid("gates", key, problem);
        let address = match values.text("gates", "address") {
            None => None,
            Some(text) => Some(
                text.parse()
                    .map_err(|_| invalid("address", "must be an address and a port, such as 10.0.0.5:8446"))?,
            ),
        };
        let reached_at = values.list("gates", "reached_at").to_vec();
        let is_place = |text: &String| {
            text.rsplit_once(':')
                .is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok_and(|port| port > 0))
        };
        if !reached_at.iter().all(is_place) {
            let problem = "has something that is not a host and a port, such as node1.example.org:8446";
            return Err(invalid("reached_at", problem));
        }
        if address.is_some() && reached_at.is_empty() {
            return Err(invalid(
                "reached_at",
                "is needed beside gates.address: gates must be told where full nodes are",
            ));
        }
        let data = values
            .path("data", "folder")
            .ok_or_else(|| values.invalid("data", "folder", "must name a folder"))?;
        Ok(Self {
            address,
            reached_at,
            pass: values
                .path("gates", "pass_file")
                .unwrap_or_else(|| data.join("gate.pass")),
        })
    }
}
