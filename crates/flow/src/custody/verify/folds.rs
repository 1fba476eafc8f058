//! Columns that may change: each is a fold over records that may not, so it is computed again.

use super::Run;
use super::contents::Recorded;
use super::records::{Found, place};
use super::report::What;
use crate::connections::kit::ChannelAbout;
use crate::context::Unavailable;
use crate::intake::identify;
use crate::intake::mark::{happened_at, of_message};
use counterfoil_model::contact::IdentityKind;
use counterfoil_model::{Opened, PersonId, Timestamp};
use counterfoil_policy::{Machine, Permit, machine_permit};
use counterfoil_store::ReadError;
use counterfoil_store::rows::ItemMark;
use counterfoil_vault::{Content, Json, Keyed, Kind, Label, Lookup, OpenError, Place, Sealed};
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

/// The keyed form by which a row is found or a repeat of it known, computed again from its sealed value. What does not open is told elsewhere.
pub(super) async fn lookup(
    run: &mut Run<'_>,
    recorded: &'static Recorded,
    found: &Found,
    permit: &Permit,
) -> Result<(), Unavailable> {
    let column = OPENED.iter().find(|column| FOLDS.contains(&(recorded.table, column)));
    let Some(column) = column.copied() else { return Ok(()) };
    let right = match column {
        "mark" => mark(run, found, permit).await?,
        _ => computed(run, recorded.table, found, permit)
            .await?
            .map(|key| key.bytes().to_vec()),
    };
    let Some(right) = right else { return Ok(()) };
    if found.row.bytes(column) != Some(right.as_slice()) {
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

/// The mark of a message. One that was taken before migration 0014 may bear another.
async fn mark(run: &Run<'_>, found: &Found, permit: &Permit) -> Result<Option<Vec<u8>>, Unavailable> {
    let place = Place {
        kind: Kind::Message,
        object: found.id,
        label: Label::Raw,
    };
    let raw: Option<Opened<Vec<u8>>> = open(run, permit, place, found.row.bytes("sealed_raw")).await?;
    let Some(item) = raw.and_then(|raw| split(raw.expose()).items.into_iter().next()) else {
        return Ok(None);
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
    Ok((!of_before.iter().any(stands)).then(|| right.bytes().to_vec()))
}

async fn computed(run: &Run<'_>, table: &str, found: &Found, permit: &Permit) -> Result<Option<Keyed>, Unavailable> {
    let flow = run.flow;
    let place = |kind, label| Place {
        kind,
        object: found.id,
        label,
    };
    Ok(match table {
        "identity" => {
            let value: Option<Opened<String>> = open(
                run,
                permit,
                place(Kind::Identity, Label::Value),
                found.row.bytes("sealed_value"),
            )
            .await?;
            let kind = found.row.int("kind").and_then(IdentityKind::from_code);
            value
                .zip(kind)
                .map(|(value, kind)| identify::key(flow, kind, value.expose()))
        }
        "channel" => {
            let about: Option<Opened<Json<ChannelAbout>>> = open(
                run,
                permit,
                place(Kind::Channel, Label::About),
                found.row.bytes("sealed_about"),
            )
            .await?;
            about.map(|about| flow.channel_key(&about.expose().0.phone_number_id))
        }
        "reference" => {
            let value: Option<Opened<String>> = open(
                run,
                permit,
                place(Kind::Reference, Label::Value),
                found.row.bytes("sealed_value"),
            )
            .await?;
            value.map(|value| flow.vault().lookup(Lookup::Reference, value.expose()))
        }
        "person" => sign_in_key(run, found).await?,
        _ => None,
    })
}

/// The keyed sign-in name of a person: of the newest credential, or of their id while they have none.
async fn sign_in_key(run: &Run<'_>, found: &Found) -> Result<Option<Keyed>, Unavailable> {
    let flow = run.flow;
    let person = PersonId::from_bytes(found.id);
    let facts = match flow.store().person_get(person).await {
        Ok(facts) => facts,
        // Whichever of their rows cannot be read is told where that row is.
        Err(ReadError::Impossible { .. }) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let Some(credential) = facts.and_then(|facts| facts.credential) else {
        return Ok(Some(flow.vault().lookup(Lookup::Login, &person.to_string())));
    };
    let place = Place {
        kind: Kind::Credential,
        object: *credential.id.bytes(),
        label: Label::Login,
    };
    let permit = machine_permit(Machine::Verify, vec![place.object]);
    let login: Option<Opened<String>> = open(run, &permit, place, Some(credential.login.bytes())).await?;
    Ok(login.map(|login| flow.vault().lookup(Lookup::Login, login.expose())))
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
