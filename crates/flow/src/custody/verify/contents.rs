//! The sealed columns: each must open where it stands and be what its leaf commits to.

use super::Run;
use super::records::{Found, place};
use super::report::What;
use crate::context::Unavailable;
use counterfoil_ledger::registry::LeafKind;
use counterfoil_model::{
    AttachmentId, AttachmentStepId, AttemptId, BackupId, ChannelId, ConnectionId, ConnectionSettingsId, ContactId,
    ContactNameId, ConversationId, CredentialId, DrillId, ErasureId, ErasureKeptId, FilingId, FilingStepId,
    GateAuthorityId, GateEndId, GateId, HoldId, IdentityId, KeptId, MessageId, PersonId, PersonStateId, ReferenceId,
    RetirementId, RetirementStepId, TeamId, TeamMemberId, TickId, TreeId, WithdrawalStepId,
};
use counterfoil_policy::Permit;
use counterfoil_vault::{Kind, Label, OpenError, Place, Sealed};

/// A column that the vault sealed.
pub(super) struct SealedColumn {
    /// Its name.
    pub(super) column: &'static str,
    /// The kind of place that is bound into the seal.
    pub(super) kind: Kind,
    /// The part of the thing; also the name of its commitment in the leaf, if the leaf commits to it.
    pub(super) label: Label,
}

/// How the rows of one table are known to the log and to people.
pub(in crate::custody) struct Recorded {
    /// The table.
    pub(in crate::custody) table: &'static str,
    /// What people call one of its rows.
    pub(in crate::custody) one: &'static str,
    /// The prefix of its ids as written.
    pub(super) prefix: &'static str,
    /// The kinds of leaf that record such a row.
    pub(in crate::custody) kinds: &'static [LeafKind],
    /// What is sealed in it.
    pub(super) sealed: &'static [SealedColumn],
}

const fn sealed(column: &'static str, kind: Kind, label: Label) -> SealedColumn {
    SealedColumn { column, kind, label }
}

/// Every table of records. A test compares this with what the store says of its columns.
pub(in crate::custody) const RECORDED: &[Recorded] = &[
    Recorded {
        table: "connection",
        one: "connection",
        prefix: ConnectionId::PREFIX,
        kinds: &[LeafKind::Connection],
        sealed: &[],
    },
    Recorded {
        table: "connection_settings",
        one: "settings",
        prefix: ConnectionSettingsId::PREFIX,
        kinds: &[LeafKind::Setting],
        sealed: &[sealed("sealed_settings", Kind::ConnectionSettings, Label::Settings)],
    },
    Recorded {
        table: "gate_authority",
        one: "authority of gates",
        prefix: GateAuthorityId::PREFIX,
        kinds: &[LeafKind::GateAuthority],
        sealed: &[sealed("sealed_authority", Kind::GateAuthority, Label::Settings)],
    },
    Recorded {
        table: "gate",
        one: "gate",
        prefix: GateId::PREFIX,
        kinds: &[LeafKind::Gate],
        sealed: &[sealed("sealed_title", Kind::Gate, Label::Title)],
    },
    Recorded {
        table: "gate_end",
        one: "end of a gate",
        prefix: GateEndId::PREFIX,
        kinds: &[LeafKind::GateEnded],
        sealed: &[],
    },
    Recorded {
        table: "team",
        one: "team",
        prefix: TeamId::PREFIX,
        kinds: &[LeafKind::Team],
        sealed: &[sealed("sealed_title", Kind::Team, Label::Title)],
    },
    Recorded {
        table: "channel",
        one: "number",
        prefix: ChannelId::PREFIX,
        kinds: &[LeafKind::Channel],
        sealed: &[sealed("sealed_about", Kind::Channel, Label::About)],
    },
    Recorded {
        table: "person",
        one: "person",
        prefix: PersonId::PREFIX,
        kinds: &[LeafKind::Person],
        sealed: &[sealed("sealed_name", Kind::Person, Label::Name)],
    },
    Recorded {
        table: "person_state",
        one: "state",
        prefix: PersonStateId::PREFIX,
        kinds: &[LeafKind::PersonState],
        sealed: &[],
    },
    Recorded {
        table: "team_member",
        one: "membership",
        prefix: TeamMemberId::PREFIX,
        kinds: &[LeafKind::Membership],
        sealed: &[],
    },
    Recorded {
        table: "credential",
        one: "credential",
        prefix: CredentialId::PREFIX,
        kinds: &[LeafKind::Credential],
        sealed: &[
            sealed("sealed_login", Kind::Credential, Label::Login),
            sealed("sealed_password", Kind::Credential, Label::Password),
        ],
    },
    Recorded {
        table: "contact",
        one: "contact",
        prefix: ContactId::PREFIX,
        kinds: &[LeafKind::Contact],
        sealed: &[],
    },
    Recorded {
        table: "contact_name",
        one: "name",
        prefix: ContactNameId::PREFIX,
        kinds: &[LeafKind::ContactName],
        sealed: &[sealed("sealed_name", Kind::ContactName, Label::Name)],
    },
    Recorded {
        table: "identity",
        one: "identity",
        prefix: IdentityId::PREFIX,
        kinds: &[LeafKind::Identity],
        sealed: &[sealed("sealed_value", Kind::Identity, Label::Value)],
    },
    Recorded {
        table: "identity_end",
        one: "end of identity",
        prefix: IdentityId::PREFIX,
        kinds: &[LeafKind::IdentityEnded],
        sealed: &[],
    },
    Recorded {
        table: "conversation",
        one: "conversation",
        prefix: ConversationId::PREFIX,
        kinds: &[LeafKind::Conversation],
        sealed: &[],
    },
    Recorded {
        table: "message",
        one: "message",
        prefix: MessageId::PREFIX,
        kinds: &[LeafKind::Message],
        sealed: &[
            sealed("sealed_body", Kind::Message, Label::Body),
            sealed("sealed_raw", Kind::Message, Label::Raw),
            sealed("sealed_provider_id", Kind::Message, Label::ProviderId),
        ],
    },
    Recorded {
        table: "tick",
        one: "tick",
        prefix: TickId::PREFIX,
        kinds: &[LeafKind::Tick, LeafKind::Dispatch],
        sealed: &[sealed("sealed_about", Kind::Tick, Label::Raw)],
    },
    Recorded {
        table: "attachment",
        one: "attachment",
        prefix: AttachmentId::PREFIX,
        kinds: &[LeafKind::Attachment],
        sealed: &[sealed("sealed_about", Kind::Attachment, Label::About)],
    },
    Recorded {
        table: "attachment_step",
        one: "step of an attachment",
        prefix: AttachmentStepId::PREFIX,
        kinds: &[LeafKind::AttachmentStep],
        sealed: &[sealed("sealed_about", Kind::AttachmentStep, Label::About)],
    },
    Recorded {
        table: "reference",
        one: "reference",
        prefix: ReferenceId::PREFIX,
        kinds: &[LeafKind::Reference],
        sealed: &[sealed("sealed_value", Kind::Reference, Label::Value)],
    },
    Recorded {
        table: "filing",
        one: "filing",
        prefix: FilingId::PREFIX,
        kinds: &[LeafKind::Filing],
        sealed: &[],
    },
    Recorded {
        table: "filing_step",
        one: "step of a filing",
        prefix: FilingStepId::PREFIX,
        kinds: &[LeafKind::FilingStep],
        sealed: &[sealed(
            "sealed_acknowledgement",
            Kind::FilingStep,
            Label::Acknowledgement,
        )],
    },
    Recorded {
        table: "hold",
        one: "hold",
        prefix: HoldId::PREFIX,
        kinds: &[LeafKind::HoldPlaced],
        sealed: &[sealed("sealed_authority", Kind::Hold, Label::Authority)],
    },
    Recorded {
        table: "hold_end",
        one: "end of hold",
        prefix: HoldId::PREFIX,
        kinds: &[LeafKind::HoldReleased],
        sealed: &[],
    },
    Recorded {
        table: "erasure",
        one: "erasure",
        prefix: ErasureId::PREFIX,
        kinds: &[LeafKind::ErasureIntended],
        sealed: &[sealed("sealed_authority", Kind::Erasure, Label::Authority)],
    },
    Recorded {
        table: "erasure_live",
        one: "end of erasure",
        prefix: ErasureId::PREFIX,
        kinds: &[LeafKind::ErasedLive],
        sealed: &[],
    },
    Recorded {
        table: "backup",
        one: "backup",
        prefix: BackupId::PREFIX,
        kinds: &[LeafKind::BackupTaken],
        sealed: &[sealed("sealed_whereabouts", Kind::Backup, Label::Whereabouts)],
    },
    Recorded {
        table: "backup_drill",
        one: "trial of a backup",
        prefix: DrillId::PREFIX,
        kinds: &[LeafKind::BackupDrilled],
        sealed: &[],
    },
    Recorded {
        table: "retirement",
        one: "retirement",
        prefix: RetirementId::PREFIX,
        kinds: &[LeafKind::RetirementIntended],
        sealed: &[sealed("sealed_authority", Kind::Retirement, Label::Authority)],
    },
    Recorded {
        table: "retirement_step",
        one: "step of a retirement",
        prefix: RetirementStepId::PREFIX,
        kinds: &[
            LeafKind::KeyEpochOpened,
            LeafKind::KeyEpochRekeyed,
            LeafKind::KeyEpochEmptied,
            LeafKind::KeyEpochDestroyed,
        ],
        sealed: &[],
    },
    Recorded {
        table: "erasure_final",
        one: "final end of erasure",
        prefix: ErasureId::PREFIX,
        kinds: &[LeafKind::ErasedFinal],
        sealed: &[],
    },
    Recorded {
        table: "erasure_attempt",
        one: "attempt to read what was erased",
        prefix: AttemptId::PREFIX,
        kinds: &[LeafKind::ErasureChallenged],
        sealed: &[],
    },
    Recorded {
        table: "erasure_kept",
        one: "thing kept from an erasure",
        prefix: ErasureKeptId::PREFIX,
        kinds: &[LeafKind::ErasureKept],
        sealed: &[sealed("sealed_ground", Kind::ErasureKept, Label::Authority)],
    },
    Recorded {
        table: "withdrawal_step",
        one: "step of a withdrawal",
        prefix: WithdrawalStepId::PREFIX,
        kinds: &[LeafKind::WithdrawalStep],
        sealed: &[],
    },
    Recorded {
        table: "kept",
        one: "kept item",
        prefix: KeptId::PREFIX,
        kinds: &[LeafKind::Kept],
        sealed: &[sealed("sealed_raw", Kind::Kept, Label::Raw)],
    },
];

impl Recorded {
    /// An id of this table as it is written everywhere.
    pub(super) fn written(&self, id: &[u8; 16]) -> String {
        format!("{}_{:032x}", self.prefix, u128::from_be_bytes(*id))
    }
}

/// What opening the sealed columns of one row told.
#[derive(Default)]
pub(super) struct Opening {
    /// A column was named as altered.
    pub(super) named: bool,
    /// A column's key was destroyed.
    pub(super) erased: bool,
}

/// The key trees that the sealed columns of these rows hang in.
pub(super) fn trees(recorded: &Recorded, rows: &[Found]) -> Vec<TreeId> {
    let columns = || recorded.sealed.iter().map(|sealed| sealed.column);
    let addresses = rows.iter().flat_map(|found| {
        columns().filter_map(|column| Sealed::<Vec<u8>>::from_bytes(found.row.bytes(column)?.to_vec()).address())
    });
    let mut trees: Vec<TreeId> = addresses.map(|address| address.tree).collect();
    trees.sort_unstable();
    trees.dedup();
    trees
}

/// Opens each sealed column of a row and compares its commitment with the leaf's.
pub(super) async fn check(
    run: &mut Run<'_>,
    recorded: &'static Recorded,
    found: &Found,
    permit: &Permit,
) -> Result<Opening, Unavailable> {
    let mut opening = Opening::default();
    for sealed in recorded.sealed {
        let committed = found.leaf.as_ref().and_then(|leaf| {
            leaf.commitments
                .iter()
                .find(|(label, _)| label.as_str() == sealed.label.name())
                .map(|(_, hash)| *hash)
        });
        let what = match found.row.bytes(sealed.column) {
            None => committed.map(|_| What::Missing),
            Some(bytes) => {
                let place = Place {
                    kind: sealed.kind,
                    object: found.id,
                    label: sealed.label,
                };
                let value = Sealed::<Vec<u8>>::from_bytes(bytes.to_vec());
                match run.flow.vault().commitment(permit, place, &value).await {
                    Ok(commitment) => {
                        run.report.table(recorded.table).opened += 1;
                        run.opened += 1;
                        committed
                            .filter(|committed| *committed != commitment)
                            .map(|_| What::Altered)
                    }
                    // A seal that was altered may point at a key that is rightly gone.
                    Err(OpenError::Erased) if found.fits => {
                        opening.erased = true;
                        run.report.table(recorded.table).erased += 1;
                        None
                    }
                    Err(OpenError::Erased | OpenError::Altered) => Some(What::Altered),
                    Err(error) => return Err(error.into()),
                }
            }
        };
        if let Some(what) = what {
            opening.named = true;
            let place = place(run, recorded, &found.id, Some(found)).await?;
            run.differs(
                place,
                recorded.table,
                recorded.written(&found.id),
                Some(sealed.column),
                what,
            );
        }
    }
    Ok(opening)
}

#[cfg(test)]
mod tests {
    use super::RECORDED;
    use counterfoil_store::columns::{Class, classification};
    use std::collections::BTreeSet;

    #[test]
    fn every_table_of_records_and_every_sealed_column_is_known() {
        let ours: BTreeSet<&str> = RECORDED.iter().map(|recorded| recorded.table).collect();
        let theirs = &classification().data;
        let recorded: BTreeSet<&str> = theirs
            .iter()
            .filter(|(_, table)| table.recorded)
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(ours, recorded);
        for recorded in RECORDED {
            let ours: BTreeSet<&str> = recorded.sealed.iter().map(|sealed| sealed.column).collect();
            let columns = &theirs[recorded.table].columns;
            let sealed: BTreeSet<&str> = columns
                .iter()
                .filter(|(_, column)| column.class == Class::Sealed)
                .map(|(name, _)| name.as_str())
                .collect();
            assert_eq!(ours, sealed, "{}", recorded.table);
        }
    }
}
