//! The one row that says which installation this is.

use super::{row, stored_codes};
use counterfoil_model::{InstallationId, Timestamp, TreeId};

stored_codes! {
    /// What an installation is for; a demo is never served as the real thing, nor the other way round.
    InstallationPurpose {
        /// Real work.
        Serve = 1,
        /// Trying out, with made-up people.
        Demo = 2,
    }
}

row! {
    /// This installation. There is one row, with id 1.
    InstallationRow in "installation" {
        number: i64 = "id",
        id: InstallationId = "installation_id",
        /// The key tree of the organisation.
        tree: TreeId = "tree_id",
        purpose: InstallationPurpose = "purpose",
        opened_at: Timestamp = "opened_at",
        /// The epoch of the lookup key under which hashes are written; changed by [`crate::Change::lookup_turn`].
        lookup_epoch: i64 = "lookup_epoch",
    }
}
