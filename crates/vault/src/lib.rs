//! The vault: sealing, opening and forgetting.
//!
//! Nothing readable leaves this crate except as [`Opened`](counterfoil_model::Opened), and only for a
//! [`Permit`](counterfoil_policy::Permit) that names the thing. Keys hang in a tree:
//!
//! ```text
//! root key        one per epoch, kept and destroyed by a RootKey, such as a KeyFolder
//!   └ epoch key     random, wrapped by that root key alone
//!       └ key tree      one per conversation, contact, person, case, export, connection, organisation; stored as its frontier
//!           └ item key      leaf i of the tree, one per item
//!               └ labels      one key per use: body, payload, blob, the opening of a commitment
//! ```
//!
//! In a message's way it stands between `flow`, which decides, and `store`, which keeps sealed bytes. It knows no SQL: it asks
//! a [`KeyStore`]. It never opens without a permit, never uses an [`Address`] twice, and a tree never regains a leaf that was
//! punctured. The bytes of every format are fixed on the pages `docs/formats/{sealed-envelope,blob,frontier,intake-seal,
//! key-tree}.md`; the files under `vectors/` hold examples that the tests read.

mod batch;
mod blob;
mod check;
#[cfg(test)]
mod claims;
mod content;
mod envelope;
mod epoch;
mod frontier;
mod head;
mod hold;
mod intake;
#[cfg(test)]
mod interleavings;
mod item;
mod key;
mod key_store;
mod kit;
mod log_seed;
mod lookup;
mod lookup_epoch;
pub mod memory;
mod node;
mod open;
mod padding;
mod path;
mod place;
mod probe;
mod puncture;
mod reserve;
mod retire;
mod rewrap;
mod root;
mod run;
mod secret;
#[cfg(test)]
mod speed;
mod start;
mod tree;
mod trees;
mod vault;
#[cfg(test)]
mod vectors;

pub use batch::{Batch, Leaves, Left};
pub use blob::{BLOB_CHUNK, BLOB_HEADER, BlobOpener, BlobSealer, BlobShape, blob_address};
pub use check::{Broken, CheckError, VaultCheck};
pub use content::{Content, Json};
pub use envelope::Sealed;
pub use epoch::{Epoch, EpochStage};
pub use head::{Head, HeadError};
pub use hold::{Hold, HoldError};
pub use intake::{
    Day, INTAKE_FILE_HEADER, IntakeFileOpener, IntakeFileSealer, IntakeFileShape, IntakePublic, IntakeSealer, SealRun,
};
pub use item::Item;
pub use key_store::{
    Answer, EpochRow, HeadRow, HoldAnswer, HoldRow, KeyStore, KeyStoreError, NodeRow, PunctureAnswer, PunctureRow,
    SecretRow, TreePuncture, TreeRow,
};
pub use kit::{KitError, KitKey, OpenedKit, ReferenceKey};
pub use log_seed::{LogSeed, LogSeeds};
pub use lookup::{Keyed, Lookup, LookupKeys};
pub use node::{FORGOTTEN_AFTER, Live, Node};
pub use open::OpenError;
pub use place::{Address, Kind, Label, Place, TreeKind};
pub use probe::Probe;
pub use puncture::{PunctureError, Punctured};
pub use rewrap::Rewrapped;
pub use root::{Destruction, EpochKey, KeyFolder, KeyFolderError, RootAnswer, RootKey, RootKeyError};
pub use run::Run;
pub use start::StartError;
pub use vault::{Vault, VaultError};

/// Keys cannot be printed or cloned:
/// ```compile_fail
/// fn print(item: &counterfoil_vault::Item) { println!("{item:?}"); }
/// ```
/// ```compile_fail
/// fn copy(item: &counterfoil_vault::Item) -> counterfoil_vault::Item { item.clone() }
/// ```
/// ```compile_fail
/// fn print(seed: &counterfoil_vault::LogSeed) { println!("{seed:?}"); }
/// ```
/// ```compile_fail
/// fn print(key: &counterfoil_vault::EpochKey) { println!("{key:?}"); }
/// ```
#[cfg(doctest)]
struct KeysStayShut;
