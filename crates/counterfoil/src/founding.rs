//! Founding an installation: its id, its vault, the organisation and the first team, once and for ever.

use crate::compose::{House, Opening, databases, flow, intake_door, key_folder};
use crate::config::Settings;
use crate::system::System;
use anyhow::{Context, bail};
use counterfoil_flow::organisation::open::{For, open};
use counterfoil_model::InstallationId;
use counterfoil_vault::Vault;
use std::sync::Arc;

/// Founds the installation that `settings` describe, with a first team called `team`, and returns it open.
///
/// # Errors
/// What is in the way and what to do about it. Nothing that was there before is changed.
pub(crate) async fn found(settings: &Settings, system: &System, purpose: For, team: &str) -> anyhow::Result<House> {
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
    let (clock, random) = (Arc::clone(&system.clock), Arc::clone(&system.random));
    let id = InstallationId::new(clock.wall(), random.as_ref());
    let vault = Vault::init(Arc::clone(&keys) as _, root, id, clock, random)
        .await
        .context("the vault could not be begun")?;
    open(
        &store,
        &vault,
        system.clock.as_ref(),
        system.random.as_ref(),
        purpose,
        team,
    )
    .await
    .context("the installation could not be recorded")?;
    let door = intake_door(settings, system, id)?;
    let flow = flow(settings, system, &store, &vault, id, Some(door)).await?;
    Ok(House {
        store,
        keys,
        vault,
        flow,
        id,
        purpose,
    })
}
