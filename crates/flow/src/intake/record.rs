//! Recording one item: once, whatever comes how often and in which order.

use super::{keep, message, tick};
use crate::Flow;
use crate::context::Unavailable;
use counterfoil_model::{ConnectionId, DeliveryId, Timestamp};
use counterfoil_store::rows::{IntakeItemRow, SeenRow};
use counterfoil_store::{CommitError, Unit};
use counterfoil_whatsapp::webhook::{Content, Item};

/// How often a unit of work that lost a race is built anew.
const TRIES: usize = 8;

/// The post that an item came in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arrived {
    pub(crate) delivery: DeliveryId,
    pub(crate) connection: ConnectionId,
    pub(crate) at: Timestamp,
}

/// What became of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Recorded = 1,
    Repeated = 2,
    Kept = 3,
}

impl Outcome {
    pub(crate) const fn from_code(code: i64) -> Option<Self> {
        match code {
            1 => Some(Self::Recorded),
            2 => Some(Self::Repeated),
            3 => Some(Self::Kept),
            _ => None,
        }
    }
}

/// Records one item. A repeat changes nothing but its count.
pub(crate) async fn record(flow: &Flow, arrived: Arrived, position: u32, item: &Item) -> Result<Outcome, Unavailable> {
    let hash = flow.vault().dedupe(&item.dedupe);
    let kind = item.kind.name();
    for _ in 0..TRIES {
        let unit = Unit::new("intake.record");
        let (unit, outcome) = if flow.store().seen_among(&[hash]).await?.contains(&hash) {
            (unit, Outcome::Repeated)
        } else {
            let unit = unit.insert(SeenRow { hash, at: arrived.at });
            match &item.content {
                Content::Message(inbound) => message::add(flow, unit, arrived, item, inbound).await?,
                Content::Status(status) => tick::add(flow, unit, arrived, item, status).await?,
                _ => (keep::add(flow, unit, arrived, item, keep::reason(item)).await?, Outcome::Kept),
            }
        };
        let unit = unit.insert(IntakeItemRow {
            delivery: arrived.delivery,
            position: i64::from(position),
            kind: kind.to_owned(),
            outcome: outcome as i64,
            at: arrived.at,
        });
        match flow.store().commit(unit).await {
            Ok(()) => {
                metrics::counter!("intake_items_total", "kind" => kind, "outcome" => outcome.name()).increment(1);
                return Ok(outcome);
            }
            // Someone else recorded the same contact, conversation or item in between: look again.
            Err(CommitError::Conflict { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Unavailable("the same contact was being recorded elsewhere again and again".into()))
}

impl Outcome {
    const fn name(self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
            Self::Repeated => "repeated",
            Self::Kept => "kept",
        }
    }
}
