//! The log's key over the operator socket: changing for another.

use super::answer::{Answer, LogRotated};
use crate::telemetry::chain;
use counterfoil_flow::Flow;
use counterfoil_flow::custody::rotate::{RotateError, Rotated, rotate as change};
use counterfoil_policy::Actor;

/// Has the log be signed with another key.
pub(super) async fn rotate(flow: &Flow) -> Result<Answer, String> {
    let rotated = change(flow, &Actor::Operator).await;
    let Rotated { before, after } = rotated.map_err(|error| match error {
        RotateError::Unavailable(error) => chain(&error),
        other => other.to_string(),
    })?;
    Ok(Answer::LogRotated(LogRotated {
        before: before.to_string(),
        key: after.to_string(),
    }))
}
