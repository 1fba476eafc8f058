//! The running server as the doctor sees it: whether there is one, and what it says of itself.

use super::findings::Findings;
use crate::compose::http;
use crate::config::Settings;
use crate::listen::reachable;
use reqwest::StatusCode;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::UnixStream;

const WHAT: &str = "server";

/// How long the server may take to say how it is.
const PATIENCE: Duration = Duration::from_secs(5);

/// Looks for the server and asks how it is.
pub(super) async fn look(settings: &Settings, findings: &mut Findings) {
    if UnixStream::connect(settings.storage.socket()).await.is_err() {
        return findings.doubtful(WHAT, "it is not running on this data folder");
    }
    let address = reachable(settings.admin.address);
    match (asked(address, "healthz").await, asked(address, "readyz").await) {
        (Ok(StatusCode::NO_CONTENT), Ok(StatusCode::NO_CONTENT)) => {
            findings.well(WHAT, "it is running, and its database takes what comes in");
        }
        (Ok(StatusCode::NO_CONTENT), Ok(StatusCode::SERVICE_UNAVAILABLE) | Err(_)) => findings.broken(
            WHAT,
            "it is running, but a database does not answer it: posts are kept in the spool, pages are not served",
        ),
        (Err(error), _) => findings.doubtful(
            WHAT,
            format!("it is running, but does not say at admin.address {address} how it is: {error}"),
        ),
        (Ok(_), _) => findings.doubtful(
            WHAT,
            format!("it is running, but something else answers at admin.address {address}"),
        ),
    }
}

async fn asked(address: SocketAddr, what: &str) -> anyhow::Result<StatusCode> {
    let asked = http()?.get(format!("http://{address}/{what}")).timeout(PATIENCE);
    Ok(asked.send().await?.status())
}
