//! Opening an installation: the organisation's key tree, its first team, and the first leaf of the log.

use crate::context::Unavailable;
use crate::log;
use counterfoil_ledger::leaf::Actor;
use counterfoil_ledger::registry::LeafKind;
use counterfoil_model::{Clock, InstallationId, Random, TeamId};
use counterfoil_store::rows::{InstallationPurpose, InstallationRow, TeamRow};
use counterfoil_store::{Store, Unit};
use counterfoil_vault::{Kind, Label, Place, TreeKind, Vault};

/// Whether an installation is for work or for trying out. The one never serves as the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum For {
    /// Real work.
    Work,
    /// Trying out, with invented people.
    Demo,
}

/// Why an installation was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// This data has an installation already.
    #[error("this data has an installation already")]
    Exists,
    /// A part of the installation did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Opens the installation that `vault` was made for, with a first team called `team`.
///
/// # Errors
/// See [`OpenError`].
pub async fn open(
    store: &Store,
    vault: &Vault,
    clock: &dyn Clock,
    random: &dyn Random,
    purpose: For,
    team: &str,
) -> Result<InstallationId, OpenError> {
    if store.installation_get().await.map_err(Unavailable::from)?.is_some() {
        return Err(OpenError::Exists);
    }
    let at = clock.wall();
    let id = vault.installation();
    let tree = vault
        .tree_create(TreeKind::Organisation)
        .await
        .map_err(Unavailable::from)?;
    let row = InstallationRow {
        number: 1,
        id,
        tree,
        purpose: match purpose {
            For::Work => InstallationPurpose::Serve,
            For::Demo => InstallationPurpose::Demo,
        },
        opened_at: at,
        // A vault begins with one lookup key.
        lookup_epoch: vault.lookup_keys().epochs().last().unwrap_or(1),
    };
    let team_id = TeamId::new(at, random);
    let item = vault.item(tree).await.map_err(Unavailable::from)?;
    let place = Place {
        kind: Kind::Team,
        object: *team_id.bytes(),
        label: Label::Title,
    };
    let team_leaf = log::leaf(LeafKind::Team, at, team_id.bytes(), Actor::OPERATOR)
        .commitment(log::label(Label::Title), item.commit(Label::Title, team.as_bytes()));
    let team = TeamRow {
        id: team_id,
        title: item.seal(place, &team.to_owned()),
        recorded_at: at,
    };
    let opened = log::leaf(LeafKind::LogOpened, at, id.bytes(), Actor::OPERATOR);
    let unit = Unit::new("organisation.open")
        .leaf(opened)
        .insert(row)
        .record(team, team_leaf);
    store.commit(unit).await.map_err(Unavailable::from)?;
    Ok(id)
}

/// What the installation in this data is for; `None` when there is none.
///
/// # Errors
/// [`Unavailable`].
pub async fn purpose(store: &Store) -> Result<Option<(InstallationId, For)>, Unavailable> {
    let row = store.installation_get().await?;
    Ok(row.map(|row| {
        let purpose = match row.purpose {
            InstallationPurpose::Serve => For::Work,
            InstallationPurpose::Demo => For::Demo,
        };
        (row.id, purpose)
    }))
}
