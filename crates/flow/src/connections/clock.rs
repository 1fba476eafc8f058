//! The clocks of the providers that numbers hang on, against this machine's. For `doctor`; it reads nothing but the time.

use crate::Flow;
use counterfoil_model::Timestamp;
use counterfoil_whatsapp::client::RequestError;
use std::time::Duration;

/// The clock of one provider.
pub struct ProviderClock {
    /// The host of its API.
    pub host: String,
    /// How far it is ahead of ours, in microseconds, to half a second and half the way there.
    pub ahead_micros: Result<i64, ClockError>,
}

/// Why a provider's clock was not read.
#[derive(Debug, thiserror::Error)]
pub enum ClockError {
    /// No answer came.
    #[error("no answer came")]
    Request(#[source] RequestError),
    /// An answer came without a time in it.
    #[error("its answer has no time in it")]
    NoDate,
}

/// Asks each provider once.
pub async fn provider_clocks(flow: &Flow) -> Vec<ProviderClock> {
    let mut clocks: Vec<ProviderClock> = Vec::new();
    for kit in flow.kits() {
        let host = kit.client.host();
        if clocks.iter().any(|clock| clock.host == host) {
            continue;
        }
        let before = flow.now();
        let date = kit.client.date().await;
        let ours = before.plus(flow.now().since(before) / 2);
        let ahead_micros = match date {
            Err(error) => Err(ClockError::Request(error)),
            Ok(date) => match date.as_deref().and_then(Timestamp::from_http_date) {
                // It is cut to whole seconds.
                Some(theirs) => Ok(theirs.plus(Duration::from_millis(500)).micros() - ours.micros()),
                None => Err(ClockError::NoDate),
            },
        };
        clocks.push(ProviderClock {
            host: host.to_owned(),
            ahead_micros,
        });
    }
    clocks
}
