//! Founding an installation: its id, its vault, the organisation's key tree and the first team, once and for ever.

use crate::compose::{House, Opening, databases, flow, key_folder};
use crate::config::Settings;
use crate::system::System;
use anyhow::{Context, bail};
use counterfoil_ledger::commitment;
use counterfoil_ledger::leaf::{Actor, Leaf};
use counterfoil_ledger::registry::LeafKind;
use counterfoil_model::{InstallationId, TeamId, TreeId};
use counterfoil_store::Unit;
use counterfoil_store::rows::{InstallationPurpose, InstallationRow, TeamRow};
use counterfoil_vault::{Kind, Label, Place, TreeKind, Vault};
use std::sync::Arc;

/// Founds the installation that `settings` describe, with a first team called `team`, and returns it open.
///
/// # Errors
/// What is in the way and what to do about it. Nothing that was there before is changed.
pub(crate) async fn found(
    settings: &Settings,
    system: &System,
    purpose: InstallationPurpose,
    team: &str,
) -> anyhow::Result<House> {
    let (store, keys) = databases(settings, system, Opening::Working).await?;
    if store
        .installation_get()
        .await
        .context("the database could not be read")?
        .is_some()
    {
        bail!("there is an installation in this database already; nothing was changed");
    }
    let root = Arc::new(key_folder(settings, system)?);
    let opened_at = system.clock.wall();
    let id = InstallationId::new(opened_at, system.random.as_ref());
    let (clock, random) = (Arc::clone(&system.clock), Arc::clone(&system.random));
    let vault = Vault::init(Arc::clone(&keys) as _, root, id, clock, random)
        .await
        .context("the vault could not be begun")?;
    let tree = vault
        .tree_create(TreeKind::Organisation)
        .await
        .context("the organisation's keys could not be made")?;
    let installation = InstallationRow {
        number: 1,
        id,
        tree,
        purpose,
        opened_at,
    };
    let unit = first_team(system, &vault, tree, team).await?;
    // The row comes with the first leaf: an installation is there with its team, or not at all.
    store
        .commit(unit.insert(installation))
        .await
        .context("the installation could not be recorded")?;
    let installation = store
        .installation_get()
        .await?
        .context("the installation was recorded and is not there")?;
    let flow = flow(settings, system, &store, &vault, id).await?;
    Ok(House {
        store,
        keys,
        vault,
        flow,
        installation,
    })
}

async fn first_team(system: &System, vault: &Vault, tree: TreeId, title: &str) -> anyhow::Result<Unit> {
    let at = system.clock.wall();
    let id = TeamId::new(at, system.random.as_ref());
    let item = vault
        .item(tree)
        .await
        .context("the first team's key could not be made")?;
    let place = Place {
        kind: Kind::Team,
        object: *id.bytes(),
        label: Label::Title,
    };
    let leaf = Leaf::new(LeafKind::Team, at.micros(), *id.bytes())
        .actor(Actor::OPERATOR)
        .commitment(
            commitment::Label::of(Label::Title.name()),
            item.commit(Label::Title, title.as_bytes()),
        );
    let row = TeamRow {
        id,
        title: item.seal(place, &title.to_owned()),
        recorded_at: at,
    };
    Ok(Unit::new("installation.found").record(row, leaf))
}
