//! The organisation's own small authority: made when it is first needed, its key sealed under the organisation's tree.

use super::certificate::{Key, Signer};
use crate::Flow;
use crate::context::Unavailable;
use crate::log;
use counterfoil_ledger::leaf::Actor;
use counterfoil_ledger::registry::LeafKind;
use counterfoil_model::GateAuthorityId;
use counterfoil_policy::{Machine, machine_permit};
use counterfoil_store::Unit;
use counterfoil_store::rows::GateAuthorityRow;
use counterfoil_vault::{Json, Kind, Label, Place};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The authority as it is sealed. Never change what a field means; add another.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct AuthoritySettings {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

/// The authority, open.
pub(crate) struct Authority {
    /// Its certificate, DER.
    pub(crate) certificate: Vec<u8>,
    key: Key,
}

impl Authority {
    /// Signs now.
    pub(crate) fn signer<'a>(&'a self, flow: &'a Flow) -> Signer<'a> {
        Signer {
            key: &self.key,
            installation: flow.vault().installation(),
            random: flow.random(),
            at: flow.now(),
        }
    }
}

/// What a full node shows to gates, and whom it believes about them. DER throughout.
pub struct Identity {
    /// The authority's certificate.
    pub authority: Vec<u8>,
    /// This node's own.
    pub certificate: Vec<u8>,
    /// The private key of that, PKCS #8.
    pub key: Zeroizing<Vec<u8>>,
}

/// Makes a fresh identity for this full node, and the authority when there is none.
///
/// # Errors
/// [`Unavailable`].
pub async fn identity(flow: &Flow) -> Result<Identity, Unavailable> {
    let authority = authority(flow).await?;
    let key = Key::fresh(flow.random())?;
    let signed = authority.signer(flow).full_node(key.public())?;
    Ok(Identity {
        authority: authority.certificate.clone(),
        certificate: signed.der,
        key: key.pkcs8()?,
    })
}

/// The authority; made when there is none.
pub(crate) async fn authority(flow: &Flow) -> Result<Authority, Unavailable> {
    let there = match flow.store().gate_authority().await? {
        Some(there) => there,
        None => {
            make(flow).await?;
            // Another node may have been first: the first one counts, on all of them.
            let made = flow.store().gate_authority().await?;
            made.ok_or_else(|| Unavailable("the authority of gates is not there".into()))?
        }
    };
    let place = place(there.id);
    let permit = machine_permit(Machine::Upkeep, vec![place.object]);
    let sealed = there.authority.retyped::<Json<AuthoritySettings>>();
    let opened = flow.vault().open(&permit, place, &sealed).await?;
    let settings = &opened.expose().0;
    Ok(Authority {
        certificate: settings.certificate.clone(),
        key: Key::read(&settings.key)?,
    })
}

async fn make(flow: &Flow) -> Result<(), Unavailable> {
    let at = flow.now();
    let key = Key::fresh(flow.random())?;
    let signer = Signer {
        key: &key,
        installation: flow.vault().installation(),
        random: flow.random(),
        at,
    };
    let settings = Json(AuthoritySettings {
        certificate: signer.itself()?.der,
        key: key.pkcs8()?.to_vec(),
    });
    let id = GateAuthorityId::new(at, flow.random());
    let item = flow.vault().item(flow.organisation_tree()).await?;
    let row = GateAuthorityRow {
        id,
        authority: item.seal(place(id), &settings).retyped(),
        recorded_at: at,
    };
    let leaf = log::leaf(LeafKind::GateAuthority, at, id.bytes(), Actor::SYSTEM);
    flow.store()
        .commit(Unit::new("gate.authority").record(row, leaf))
        .await?;
    Ok(())
}

fn place(id: GateAuthorityId) -> Place {
    Place {
        kind: Kind::GateAuthority,
        object: *id.bytes(),
        label: Label::Settings,
    }
}
