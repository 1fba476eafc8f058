//! Making the hashes again by which rows are found, under the lookup key that is written.
//!
//! A pass reads each table from end to end, a page at a time, opens what a row is found by, and writes the hash where the row bears another:
//! only where it still has the one that was read. What does not open any more keeps its own, which then finds nothing: it is erased, and its row goes
//! too, or was altered, which `verify` tells. One pass is enough, since nothing is written under another key once the turn is on the disk.

use super::lookup_epoch;
use super::value::{Form, Source, source};
use crate::Flow;
use crate::context::Unavailable;
use counterfoil_policy::{Machine, machine_permit};
use counterfoil_store::read::Scanned;
use counterfoil_store::sql::Value;
use counterfoil_store::{Change, CommitError, Looked, Rekeyed, Unit};
use counterfoil_vault::{Keyed, Lookup, LookupKeys, OpenError};

/// Rows of a page: as many as one statement takes.
const PAGE: usize = 128;

/// Makes again whatever hash is not of the lookup key that the records say is written, or, when the vault does not have that one any more, of the oldest that
/// it has; the number of rows that changed. To be called when the records were restored from a copy that may be older than the vault beside them, before
/// anything is looked for.
///
/// # Errors
/// [`Unavailable`]; what was done until then is kept, and the next call does the rest.
pub async fn renew(flow: &Flow) -> Result<u64, Unavailable> {
    let keys = flow.vault().lookup_keys_now().await?;
    let written = lookup_epoch(flow).await?;
    let epoch = match keys.has(written) {
        true => written,
        false => keys.epochs().last().unwrap_or(written),
    };
    if epoch < written {
        return Err(Unavailable(
            "the vault is older than the records: bring a copy of it that is as new".into(),
        ));
    }
    turn(flow, epoch).await?;
    pass(flow, epoch).await
}

/// Has the hashes of the lookup key of `epoch` written from now on.
pub(crate) async fn turn(flow: &Flow, epoch: i64) -> Result<(), Unavailable> {
    let unit = Unit::new("lookup.turn").change(Change::lookup_turn(epoch));
    flow.store().commit(unit).await?;
    flow.lookups_now().await.map(drop)
}

/// Makes all hashes again under the lookup key of `epoch`, which is the one that is written, and rests as long as it works; the number of rows that changed.
pub(crate) async fn pass(flow: &Flow, epoch: i64) -> Result<u64, Unavailable> {
    let clock = &flow.inner.clock;
    let keys = flow.vault().lookup_keys();
    let mut renewed = 0;
    for looked in Looked::ALL {
        let mut after = None;
        loop {
            let began = clock.monotonic();
            let rows = flow.store().record_scan(looked.table(), after, PAGE).await?;
            let Some(last) = rows.last() else { break };
            after = Some(last.id);
            let rows = stale(flow, &keys, epoch, looked, &rows).await?;
            if !rows.is_empty() {
                renewed += rows.len() as u64;
                write(flow, looked, &rows).await?;
            }
            clock.sleep(clock.monotonic() - began).await;
        }
    }
    Ok(renewed)
}

async fn write(flow: &Flow, looked: Looked, rows: &[Rekeyed]) -> Result<(), Unavailable> {
    let unit = Unit::new("lookup.renew").change(Change::lookups_replace(looked, rows));
    match flow.store().commit(unit).await {
        Ok(()) => {
            metrics::counter!("lookups_renewed_total").increment(rows.len() as u64);
            Ok(())
        }
        Err(CommitError::Conflict { .. }) => Err(Unavailable(
            format!("two rows of table {} are found by the same text", looked.table()).into(),
        )),
        Err(error) => Err(error.into()),
    }
}

/// Those of the rows that bear another hash than they would under the key of `epoch`.
async fn stale(
    flow: &Flow,
    keys: &LookupKeys,
    epoch: i64,
    looked: Looked,
    rows: &[Scanned],
) -> Result<Vec<Rekeyed>, Unavailable> {
    let hash = |kind: Lookup, text: &str| {
        let mut hashes = keys.hashes(kind, text);
        hashes.find(|(each, _)| *each == epoch).map(|(_, hash)| hash)
    };
    let mut right: Vec<(&Scanned, Option<Keyed>)> = Vec::with_capacity(rows.len());
    let (mut values, mut forms): (Vec<_>, Vec<(&Scanned, Form)>) = (Vec::new(), Vec::new());
    for row in rows {
        match source(flow, looked, row).await? {
            Some(Source::Open(kind, text)) => right.push((row, hash(kind, &text))),
            Some(Source::Sealed(place, sealed, form)) => {
                values.push((place, sealed));
                forms.push((row, form));
            }
            None => {}
        }
    }
    let permit = machine_permit(Machine::Upkeep, values.iter().map(|(place, _)| place.object).collect());
    for (opened, (row, form)) in flow.vault().open_each(&permit, &values).await?.into_iter().zip(forms) {
        match opened {
            Ok(opened) => {
                let text = form.text(&opened);
                right.push((row, text.and_then(|(kind, text)| hash(kind, text.expose()))));
            }
            Err(OpenError::Erased | OpenError::Altered) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let stale = right.into_iter().filter_map(|(row, becomes)| {
        let Some(Value::Bytes(was)) = row.value("lookup") else {
            return None;
        };
        let (was, becomes) = (Keyed::from_bytes(was.as_slice().try_into().ok()?), becomes?);
        (was != becomes).then_some(Rekeyed {
            id: row.id,
            was,
            becomes,
        })
    });
    Ok(stale.collect())
}
