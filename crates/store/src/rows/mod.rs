//! The rows of each table as types, a file per noun. Content stands here sealed and in no other form.
//!
//! A row is inserted through a unit of work ([`crate::Unit`]) and comes back from the queries. What a column holds, whether it
//! may change and how it is erased is said in `schema/columns.toml`, not here.

mod attachment;
mod backup;
mod channel;
mod contact;
mod conversation;
mod delivery;
mod erasure;
mod filing;
mod gate;
mod hold;
mod installation;
mod mark;
mod message;
mod page;
mod person;
mod retirement;
mod signin;
mod work;

pub use attachment::{AttachmentRow, AttachmentStepRow};
pub use backup::{BackupDrillRow, BackupRow};
pub use channel::{ChannelRow, ConnectionRow, ConnectionSettingsRow, TeamRow};
pub use contact::{ContactNameRow, ContactRow, IdentityEndRow, IdentityRow};
pub use conversation::ConversationRow;
pub use delivery::{
    DeliveryRow, DeliveryState, IntakeItemRow, ItemOutcome, KeptRow, PostponedRow, SeenRow, Trouble, Weight,
};
pub use erasure::{
    ErasedCopyRow, ErasedKeyRow, ErasedRow, ErasureAttemptRow, ErasureFinalRow, ErasureKeptRow, ErasureLiveRow,
    ErasureLostRow, ErasureRow, WithdrawalStepRow,
};
pub use filing::{FilingRow, FilingStepRow, ReferenceRow};
pub use gate::{GateAuthorityRow, GateEndRow, GateRow, GateSeenRow};
pub use hold::{HoldEndRow, HoldRow};
pub use installation::{InstallationPurpose, InstallationRow};
pub use mark::ItemMark;
pub use message::{MessageRow, TickRow};
pub use page::{DraftRow, IdempotencyRow, ReadMarkRow, ReadingRow};
pub use person::{CredentialRow, PersonRow, PersonStateRow, TeamMemberRow};
pub use retirement::{RetirementRow, RetirementStepRow};
pub use signin::{ApiTokenRow, InviteRow, SessionRow, ThrottleRow};
pub use work::{
    CheckpointRow, EventRow, JobRow, LeafRow, LeaseRow, LogHeadRow, PaceRow, PendingEventRow, PendingLeafRow,
};

use crate::sql::{Cells, ReadError, Value};

/// A table: its name, its columns in the order of the row type, and the text that inserts into it.
#[derive(Debug)]
pub struct Table {
    /// The name.
    pub name: &'static str,
    /// The columns.
    pub columns: &'static [&'static str],
    /// The insert with `{rows}` where the rows stand.
    pub(crate) insert: &'static str,
    /// All columns, in the order of the first one: after $1, at most $2.
    pub(crate) scan: &'static str,
    /// How many rows there are.
    pub(crate) count: &'static str,
    /// Which of the ids in `{list}` there are.
    pub(crate) present: &'static str,
    /// All rows, in no order.
    pub(crate) all: &'static str,
    /// Whether there are any.
    pub(crate) some: &'static str,
    /// Removes all rows: only for what a new table was made with.
    pub(crate) clear: &'static str,
}

/// Spells the texts of a table.
macro_rules! table {
    ($table:literal, $first_column:literal $(, $column:literal)* $(,)?) => {
        $crate::rows::Table {
            name: $table,
            columns: &[$first_column, $($column),*],
            insert: concat!("INSERT INTO ", $table, " (", $first_column, $(", ", $column,)* ") VALUES {rows}"),
            scan: concat!(
                "SELECT ", $first_column, $(", ", $column,)* " FROM ", $table,
                " WHERE ", $first_column, " > $1 ORDER BY ", $first_column, " LIMIT $2"
            ),
            count: concat!("SELECT count(*) FROM ", $table),
            present: concat!("SELECT ", $first_column, " FROM ", $table, " WHERE ", $first_column, " IN ({list})"),
            all: concat!("SELECT ", $first_column, $(", ", $column,)* " FROM ", $table),
            some: concat!("SELECT ", $first_column, " FROM ", $table, " LIMIT 1"),
            clear: concat!("DELETE FROM ", $table),
        }
    };
}
pub(crate) use table;

/// A row of a table.
pub trait Row: Sized {
    /// The table.
    const TABLE: &'static Table;
    /// The columns for a SELECT, each with its table's name.
    const COLUMNS: &'static str;
    /// The values in the order of the columns.
    fn values(self) -> Vec<Value>;
    /// The row from values in the order of the columns.
    ///
    /// # Errors
    /// [`ReadError::Impossible`] when a value cannot stand in its column.
    fn read(cells: &mut Cells) -> Result<Self, ReadError>;
}

/// A row that is on the record: inserted only together with its leaf, and never changed but for its folds.
pub trait Record: Row {}

/// Makes a row type and ties it to its table.
macro_rules! row {
    (
        $(#[$doc:meta])*
        $name:ident in $table:literal {
            $(#[$first_doc:meta])* $first:ident: $first_kind:ty = $first_column:literal,
            $($(#[$field_doc:meta])* $field:ident: $kind:ty = $column:literal,)*
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name {
            #[doc = concat!("Column `", $first_column, "`.")]
            $(#[$first_doc])*
            pub $first: $first_kind,
            $(
                #[doc = concat!("Column `", $column, "`.")]
                $(#[$field_doc])*
                pub $field: $kind,
            )*
        }

        impl $crate::rows::Row for $name {
            const TABLE: &'static $crate::rows::Table = &$crate::rows::table!($table, $first_column $(, $column)*);
            const COLUMNS: &'static str = concat!($table, ".", $first_column, $(", ", $table, ".", $column),*);

            fn values(self) -> Vec<$crate::sql::Value> {
                vec![
                    $crate::sql::Field::into_value(self.$first),
                    $($crate::sql::Field::into_value(self.$field),)*
                ]
            }

            fn read(cells: &mut $crate::sql::Cells) -> Result<Self, $crate::sql::ReadError> {
                Ok(Self {
                    $first: cells.take($table, $first_column)?,
                    $($field: cells.take($table, $column)?,)*
                })
            }
        }
    };
}
pub(crate) use row;

/// The same for a table that is on the record.
macro_rules! record {
    ($(#[$doc:meta])* $name:ident in $table:literal { $($body:tt)* }) => {
        $crate::rows::row! { $(#[$doc])* $name in $table { $($body)* } }
        impl $crate::rows::Record for $name {}
    };
}
pub(crate) use record;

/// Makes a small closed list whose numbers are stored.
macro_rules! stored_codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$item_doc:meta])* $item:ident = $code:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$item_doc])* $item,)+ }

        impl $name {
            /// The stored number. Never change one; add another.
            pub const fn code(self) -> i64 {
                match self { $(Self::$item => $code),+ }
            }

            /// The value with this stored number.
            pub const fn from_code(code: i64) -> Option<Self> {
                match code { $($code => Some(Self::$item),)+ _ => None }
            }
        }

        impl $crate::sql::Field for $name {
            fn into_value(self) -> $crate::sql::Value {
                $crate::sql::Value::Int(self.code())
            }

            fn from_value(value: $crate::sql::Value) -> Option<Self> {
                <i64 as $crate::sql::Field>::from_value(value).and_then(Self::from_code)
            }
        }
    };
}
pub(crate) use stored_codes;

/// Every table that has a row type.
pub(crate) const TABLES: &[&Table] = &[
    InstallationRow::TABLE,
    ConnectionRow::TABLE,
    ConnectionSettingsRow::TABLE,
    GateAuthorityRow::TABLE,
    GateRow::TABLE,
    GateEndRow::TABLE,
    GateSeenRow::TABLE,
    TeamRow::TABLE,
    ChannelRow::TABLE,
    PersonRow::TABLE,
    PersonStateRow::TABLE,
    TeamMemberRow::TABLE,
    CredentialRow::TABLE,
    SessionRow::TABLE,
    InviteRow::TABLE,
    ApiTokenRow::TABLE,
    ThrottleRow::TABLE,
    ContactRow::TABLE,
    ContactNameRow::TABLE,
    IdentityRow::TABLE,
    IdentityEndRow::TABLE,
    ConversationRow::TABLE,
    MessageRow::TABLE,
    TickRow::TABLE,
    AttachmentRow::TABLE,
    AttachmentStepRow::TABLE,
    ReferenceRow::TABLE,
    FilingRow::TABLE,
    FilingStepRow::TABLE,
    KeptRow::TABLE,
    DeliveryRow::TABLE,
    PostponedRow::TABLE,
    IntakeItemRow::TABLE,
    SeenRow::TABLE,
    HoldRow::TABLE,
    HoldEndRow::TABLE,
    ErasureRow::TABLE,
    ErasureLiveRow::TABLE,
    ErasedRow::TABLE,
    ErasedCopyRow::TABLE,
    BackupRow::TABLE,
    BackupDrillRow::TABLE,
    RetirementRow::TABLE,
    RetirementStepRow::TABLE,
    ErasureFinalRow::TABLE,
    ErasedKeyRow::TABLE,
    ErasureAttemptRow::TABLE,
    ErasureKeptRow::TABLE,
    ErasureLostRow::TABLE,
    WithdrawalStepRow::TABLE,
    JobRow::TABLE,
    LeaseRow::TABLE,
    PaceRow::TABLE,
    PendingLeafRow::TABLE,
    PendingEventRow::TABLE,
    LeafRow::TABLE,
    EventRow::TABLE,
    LogHeadRow::TABLE,
    CheckpointRow::TABLE,
    IdempotencyRow::TABLE,
    ReadingRow::TABLE,
    ReadMarkRow::TABLE,
    DraftRow::TABLE,
];

/// Reads whole rows.
pub(crate) fn read_all<R: Row>(rows: Vec<Vec<Value>>) -> Result<Vec<R>, ReadError> {
    rows.into_iter().map(|row| R::read(&mut Cells::new(row))).collect()
}

/// Reads the one row that there may be.
pub(crate) fn read_one<R: Row>(rows: Vec<Vec<Value>>) -> Result<Option<R>, ReadError> {
    rows.into_iter()
        .next()
        .map(|row| R::read(&mut Cells::new(row)))
        .transpose()
}
