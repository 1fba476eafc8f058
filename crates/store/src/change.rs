//! Guarded changes: the few updates and deletes that there are, each with how many rows it must touch.
//!
//! Recorded rows never change but for their folds (see `schema/columns.toml`), so nearly all of these are about work, sessions and
//! pages. The builders stand beside their noun in `change/`.

mod delivery;
mod fold;
mod gate;
mod job;
mod lookup;
mod page;
mod signin;

use crate::sql::Value;
pub use lookup::{LOOKUP_EPOCH, Looked, Rekeyed};

/// How many rows a change must touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Touches {
    /// Exactly one, or one for each row given, or the unit is not kept.
    One,
    /// Any number.
    Any,
}

/// What a change is done with.
#[derive(Clone)]
pub(crate) enum Given {
    /// Arguments of one statement.
    Arguments(Vec<Value>),
    /// Rows of a statement with `{rows}`.
    Rows(Vec<Vec<Value>>),
    /// The same for a statement that is run once for all units of a group and must touch one row for each row given. Rows with the same
    /// first value become one, with the greatest of each other value.
    Gathered(Vec<Vec<Value>>),
    /// Arguments of a statement with `{list}`, and the list.
    Listed(Vec<Value>, Vec<Value>),
}

/// A change of rows that are there.
#[derive(Clone)]
pub struct Change {
    /// What a conflict is called when the guard is not met.
    pub(crate) guard: &'static str,
    pub(crate) statement: &'static str,
    pub(crate) given: Given,
    pub(crate) touches: Touches,
}

impl Change {
    pub(crate) fn one(guard: &'static str, statement: &'static str, arguments: Vec<Value>) -> Self {
        Self {
            guard,
            statement,
            given: Given::Arguments(arguments),
            touches: Touches::One,
        }
    }

    fn any(guard: &'static str, statement: &'static str, arguments: Vec<Value>) -> Self {
        Self {
            guard,
            statement,
            given: Given::Arguments(arguments),
            touches: Touches::Any,
        }
    }

    fn rows(guard: &'static str, statement: &'static str, rows: Vec<Vec<Value>>) -> Self {
        Self {
            guard,
            statement,
            given: Given::Rows(rows),
            touches: Touches::Any,
        }
    }

    fn gathered(guard: &'static str, statement: &'static str, row: Vec<Value>) -> Self {
        Self {
            guard,
            statement,
            given: Given::Gathered(vec![row]),
            touches: Touches::One,
        }
    }

    pub(crate) fn listed(
        guard: &'static str,
        statement: &'static str,
        arguments: Vec<Value>,
        list: Vec<Value>,
    ) -> Self {
        Self {
            guard,
            statement,
            given: Given::Listed(arguments, list),
            touches: Touches::Any,
        }
    }
}

/// The statements of all changes.
pub(crate) const STATEMENTS: &[&[(&str, &str)]] = &[
    delivery::STATEMENTS,
    fold::STATEMENTS,
    gate::STATEMENTS,
    job::STATEMENTS,
    lookup::STATEMENTS,
    page::STATEMENTS,
    signin::STATEMENTS,
];
