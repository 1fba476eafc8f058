//! Columns that may change: each is a fold over records that may not, so it is computed again.

use super::Run;
use super::contents::Recorded;
use super::records::{Found, place};
use super::report::What;
use crate::context::Unavailable;
use crate::intake::mark::{happened_at, of_message};
use crate::lookup::value::{self, Source};
use counterfoil_model::{Opened, Timestamp};
use counterfoil_policy::{Machine, Permit, machine_permit};
use counterfoil_store::Looked;
use counterfoil_store::rows::ItemMark;
use counterfoil_vault::{Content, Keyed, Kind, Label, Lookup, LookupKeys, OpenError, Place, Sealed};
use counterfoil_whatsapp::webhook::split;

/// How many differences of one fold are told.
const MOST: usize = 1_000;

/// Every column of a record that may change. A test compares this with what the store says of its columns.
pub(super) const FOLDS: &[(&str, &str)] = &[
    ("channel", "lookup"),
    ("person", "lookup"),
    ("identity", "lookup"),
    ("identity", "ended_at"),
    ("conversation", "last_at"),
    ("conversation", "last_inbound_at"),
    ("message", "mark"),
    ("reference", "lookup"),
];

/// Those that only who opens a sealed value can compute.
const OPENED: [&str; 2] = ["lookup", "mark"];

/// Times and ends, as the store can compute them from its rows.
pub(super) async fn check(run: &mut Run<'_>, recorded: &'static Recorded) -> Result<(), Unavailable> {
    if !FOLDS
        .iter()
        .any(|(table, column)| *table == recorded.table && !OPENED.contains(column))
    {
        return Ok(());
    }
    for fold in run.flow.store().fold_check(MOST).await? {
        if fold.table == recorded.table {
            let place = place(run, recorded, &fold.id, None).await?;
            run.differs(
                place,
                recorded.table,
                recorded.written(&fold.id),
                Some(fold.column),
                What::Disagrees,
            );
        }
    }
    Ok(())
}

/// The keyed form by which a row is found or a repeat of it known, computed again from its sealed value. `before` are the lookup keys as they were
/// before the row was read.
pub(super) async fn keyed(
    run: &mut Run<'_>,
    recorded: &'static Recorded,
    found: &Found,
    permit: &Permit,
    before: &LookupKeys,
) -> Result<(), Unavailable> {
    let column = OPENED.iter().find(|column| FOLDS.contains(&(recorded.table, column)));
    let Some(column) = column.copied() else { return Ok(()) };
    let looked = Looked::ALL.into_iter().find(|looked| looked.table() == recorded.table);
    let right = match looked {
        None => mark(run, found, permit).await?,
        Some(looked) => lookup(run, looked, found, before).await?,
    };
    if !right {
        let place = place(run, recorded, &found.id, Some(found)).await?;
        run.differs(
            place,
            recorded.table,
            recorded.written(&found.id),
            Some(column),
            What::Disagrees,
        );
    }
    Ok(())
}

/// Whether a row bears the hash of what it is found by, under one of the lookup keys that there are: while the key is replaced there are two.
async fn lookup(run: &Run<'_>, looked: Looked, found: &Found, before: &LookupKeys) -> Result<bool, Unavailable> {
    let Some((kind, text)) = found_by(run, looked, found).await? else {
        return Ok(true);
    };
    let stands = found.row.bytes("lookup");
    let bears = |keys: &LookupKeys| {
        let mut hashes = keys.hashes(kind, text.expose());
        hashes.any(|(_, hash)| stands == Some(hash.bytes().as_slice()))
    };
    // The row may have got one since under a key that was not known here.
    Ok(bears(before) || bears(run.flow.vault().lookup_keys_now().await?.as_ref()))
}

/// Whether a message bears its mark. One that was taken before migration 0014 may bear another.
async fn mark(run: &Run<'_>, found: &Found, permit: &Permit) -> Result<bool, Unavailable> {
    let place = Place {
        kind: Kind::Message,
        object: found.id,
        label: Label::Raw,
    };
    let raw: Option<Opened<Vec<u8>>> = open(run, permit, place, found.row.bytes("sealed_raw")).await?;
    let Some(item) = raw.and_then(|raw| split(raw.expose()).items.into_iter().next()) else {
        return Ok(true);
    };
    let told_apart_by = of_message(run.flow, &item);
    let right = ItemMark::new(happened_at(&item), told_apart_by);
    let occurred_at = found.row.int("occurred_at").map(Timestamp::from_micros);
    let mut own = [0; 32];
    own[..16].copy_from_slice(&found.id);
    // Migration 0014 gave those of before it the time of the message, and those of before migration 0011 their own id.
    let of_before = [
        ItemMark::new(occurred_at, told_apart_by),
        ItemMark::without_time(Keyed::from_bytes(own)),
    ];
    let stands = |mark: &ItemMark| found.row.bytes("mark") == Some(mark.bytes().as_slice());
    Ok(stands(&right) || of_before.iter().any(stands))
}

/// The text that a row is found by, opened. What does not open is told elsewhere.
async fn found_by(
    run: &Run<'_>,
    looked: Looked,
    found: &Found,
) -> Result<Option<(Lookup, Opened<String>)>, Unavailable> {
    Ok(match value::source(run.flow, looked, found.row.scanned()).await? {
        Some(Source::Open(kind, text)) => Some((kind, Opened::new(text))),
        Some(Source::Sealed(place, sealed, form)) => {
            let permit = machine_permit(Machine::Verify, vec![place.object]);
            let text = open(run, &permit, place, Some(sealed.bytes())).await?;
            text.and_then(|text| form.text(&text))
        }
        None => None,
    })
}

async fn open<T: Content>(
    run: &Run<'_>,
    permit: &Permit,
    place: Place,
    bytes: Option<&[u8]>,
) -> Result<Option<Opened<T>>, Unavailable> {
    let Some(bytes) = bytes else { return Ok(None) };
    match run
        .flow
        .vault()
        .open(permit, place, &Sealed::<T>::from_bytes(bytes.to_vec()))
        .await
    {
        Ok(opened) => Ok(Some(opened)),
        Err(OpenError::Erased | OpenError::Altered) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::FOLDS;
    use counterfoil_store::columns::classification;
    use std::collections::BTreeSet;

    #[test]
    fn every_column_of_a_record_that_may_change_is_a_fold() {
        let recorded = classification().data.iter().filter(|(_, table)| table.recorded);
        let changing: BTreeSet<(&str, &str)> = recorded
            .flat_map(|(name, table)| {
                let columns = table.columns.iter().filter(|(_, column)| !column.immutable);
                columns.map(|(column, _)| (name.as_str(), column.as_str()))
            })
            .collect();
        assert_eq!(FOLDS.iter().copied().collect::<BTreeSet<_>>(), changing);
    }
}
