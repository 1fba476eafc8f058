//! What the head of an answer tells about how much was asked lately. The provider does not send `Retry-After`.
//!
//! Source: Meta, Graph API, Rate limits, 2026: minutes until requests about an account are taken again, by account and kind.

use std::time::Duration;

use reqwest::header::HeaderMap;
use serde_json::Value;

use crate::webhook::item::shape;

const USAGE: &str = "x-business-use-case-usage";
const SECONDS_PER_MINUTE: u64 = 60;

/// For how long to leave the provider alone: the longest time that it names; `None` if it names none.
pub(super) fn rest(headers: &HeaderMap) -> Option<Duration> {
    let usage: Value = serde_json::from_slice(headers.get(USAGE)?.as_bytes()).ok()?;
    let minutes = usage
        .as_object()?
        .values()
        .filter_map(Value::as_array)
        .flatten()
        .filter_map(|kind| shape::whole(kind, "estimated_time_to_regain_access"))
        .filter_map(|minutes| u64::try_from(minutes).ok())
        .max()?;
    (minutes > 0).then(|| Duration::from_secs(minutes.saturating_mul(SECONDS_PER_MINUTE)))
}
