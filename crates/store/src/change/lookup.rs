//! Changes of the keyed hashes by which numbers, ids and names are found, while their key is replaced.
//!
//! One lookup key is written at a time, and the row of the installation says which. Whoever writes a hash sees in the same transaction that it is
//! still that one; so nobody writes under the one before once this has changed, however long ago they computed it.

use super::Change;
use crate::sql::statements;
use crate::sql::value::args;
use counterfoil_vault::Keyed;

/// What a conflict is called when a hash was made with another lookup key than the one that is written now.
pub const LOOKUP_EPOCH: &str = "lookup_epoch";

statements! {
    // Touches the row, so that the turn waits for whoever writes, and they for it. The first row is of nothing and matches nothing: it gives the
    // value its type.
    LOOKUP_STANDS = "WITH given (epoch) AS (VALUES ((SELECT installation.lookup_epoch FROM installation WHERE 1 = 0)), {rows}) \
        UPDATE installation SET lookup_epoch = given.epoch FROM given WHERE installation.lookup_epoch = given.epoch";
    LOOKUP_TURN = "UPDATE installation SET lookup_epoch = $1 WHERE lookup_epoch < $1";
    IDENTITY_REKEY = "WITH given (id, was, becomes) AS (VALUES ((SELECT identity.id FROM identity WHERE 1 = 0), \
        (SELECT identity.lookup FROM identity WHERE 1 = 0), (SELECT identity.lookup FROM identity WHERE 1 = 0)), {rows}) \
        UPDATE identity SET lookup = given.becomes FROM given WHERE identity.id = given.id AND identity.lookup = given.was";
    CHANNEL_REKEY = "WITH given (id, was, becomes) AS (VALUES ((SELECT channel.id FROM channel WHERE 1 = 0), \
        (SELECT channel.lookup FROM channel WHERE 1 = 0), (SELECT channel.lookup FROM channel WHERE 1 = 0)), {rows}) \
        UPDATE channel SET lookup = given.becomes FROM given WHERE channel.id = given.id AND channel.lookup = given.was";
    PERSON_REKEY = "WITH given (id, was, becomes) AS (VALUES ((SELECT person.id FROM person WHERE 1 = 0), \
        (SELECT person.lookup FROM person WHERE 1 = 0), (SELECT person.lookup FROM person WHERE 1 = 0)), {rows}) \
        UPDATE person SET lookup = given.becomes FROM given WHERE person.id = given.id AND person.lookup = given.was";
    REFERENCE_REKEY = "WITH given (id, was, becomes) AS (VALUES ((SELECT reference.id FROM reference WHERE 1 = 0), \
        (SELECT reference.lookup FROM reference WHERE 1 = 0), (SELECT reference.lookup FROM reference WHERE 1 = 0)), {rows}) \
        UPDATE reference SET lookup = given.becomes FROM given WHERE reference.id = given.id AND reference.lookup = given.was";
}

/// A table whose rows are found by a keyed hash, in its column `lookup`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looked {
    /// Numbers, user ids and usernames of contacts.
    Identity,
    /// Numbers of the organisation.
    Channel,
    /// Staff.
    Person,
    /// Objects of other systems.
    Reference,
}

impl Looked {
    /// All of them. A test compares this with what is said of the columns.
    pub const ALL: [Self; 4] = [Self::Identity, Self::Channel, Self::Person, Self::Reference];

    /// The name of the table.
    pub const fn table(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Channel => "channel",
            Self::Person => "person",
            Self::Reference => "reference",
        }
    }
}

/// A row whose hash is replaced.
#[derive(Debug, Clone, Copy)]
pub struct Rekeyed {
    /// The row.
    pub id: [u8; 16],
    /// The hash that was read.
    pub was: Keyed,
    /// The one that it gets.
    pub becomes: Keyed,
}

impl Change {
    /// Has a unit that writes hashes under the lookup key of `epoch` kept only while that is the one that is written. To be named after the rows.
    /// Conflict [`LOOKUP_EPOCH`]: another one is written by now.
    pub fn lookup_stands(epoch: i64) -> Self {
        Self::gathered(LOOKUP_EPOCH, LOOKUP_STANDS, args![epoch])
    }

    /// Hashes are written under the lookup key of `epoch` from now on; nothing when they are, or under a later one.
    pub fn lookup_turn(epoch: i64) -> Self {
        Self::any(LOOKUP_EPOCH, LOOKUP_TURN, args![epoch])
    }

    /// Replaces hashes, each only where the row still has the one that was read.
    pub fn lookups_replace(looked: Looked, rows: &[Rekeyed]) -> Self {
        let statement = match looked {
            Looked::Identity => IDENTITY_REKEY,
            Looked::Channel => CHANNEL_REKEY,
            Looked::Person => PERSON_REKEY,
            Looked::Reference => REFERENCE_REKEY,
        };
        let rows = rows.iter().map(|row| args![row.id, row.was, row.becomes]);
        Self::rows(looked.table(), statement, rows.collect())
    }
}
