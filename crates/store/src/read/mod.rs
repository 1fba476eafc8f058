//! The questions that the store answers, a file per noun.
//!
//! A question that lists or counts conversations, messages or events takes a [`Reach`], which becomes part of its text. What is
//! absent is `None` or an empty list; only an engine that cannot be asked and a row that cannot be are errors.

mod attachment;
mod backup;
mod checkpoint;
mod compare;
mod connection;
mod contact;
mod conversation;
mod delivery;
mod erasure;
mod erasure_lost;
mod event;
mod filing;
mod gate;
mod hold;
mod installation;
mod job;
mod lease;
mod log;
mod message;
mod pace;
mod page;
mod person;
mod retirement;
mod scan;
mod signin;
mod tick;

pub use compare::LogScan;
pub use connection::Connected;
pub use conversation::{ConversationFilter, LIST_MOST, UNREAD_MOST};
pub use delivery::IntakeStats;
pub use gate::GateStanding;
pub(crate) use job::release_all;
pub use job::{Begun, Claimed, OverdueJobs};
pub use log::LogHead;
pub use message::{MessagePlace, OLDER_IN, Page};
pub use pace::Turn;
pub use person::PersonFacts;
pub use scan::{Fold, Scanned};

use crate::Store;
use crate::rows::{Row, read_all, read_one};
use crate::sql::text::{Sizes, cut, spell};
use crate::sql::{Field, ReadError, Value};
use counterfoil_policy::Reach;

/// The statements of all questions.
pub(crate) const STATEMENTS: &[&[(&str, &str)]] = &[
    attachment::STATEMENTS,
    backup::STATEMENTS,
    checkpoint::STATEMENTS,
    compare::STATEMENTS,
    connection::STATEMENTS,
    contact::STATEMENTS,
    conversation::STATEMENTS,
    delivery::STATEMENTS,
    erasure::STATEMENTS,
    erasure_lost::STATEMENTS,
    event::STATEMENTS,
    crate::traces::STATEMENTS,
    filing::STATEMENTS,
    gate::STATEMENTS,
    hold::STATEMENTS,
    installation::STATEMENTS,
    job::STATEMENTS,
    lease::STATEMENTS,
    log::STATEMENTS,
    message::STATEMENTS,
    pace::STATEMENTS,
    page::STATEMENTS,
    person::STATEMENTS,
    retirement::STATEMENTS,
    scan::STATEMENTS,
    signin::STATEMENTS,
    tick::STATEMENTS,
];

impl Store {
    /// The one row that there may be.
    async fn one<R: Row>(&self, statement: &'static str, args: Vec<Value>) -> Result<Option<R>, ReadError> {
        read_one(self.database().rows(statement, args).await?)
    }

    /// All rows.
    async fn all<R: Row>(&self, statement: &'static str, args: Vec<Value>) -> Result<Vec<R>, ReadError> {
        read_all(self.database().rows(statement, args).await?)
    }

    /// All rows for a list, in no order.
    async fn all_of<R: Row, F: Field>(
        &self,
        statement: &'static str,
        fixed: Vec<Value>,
        list: impl IntoIterator<Item = F>,
    ) -> Result<Vec<R>, ReadError> {
        let list = list.into_iter().map(F::into_value).collect();
        read_all(self.database().listed(statement, fixed, list).await?)
    }

    /// The first row for a list of which one is there at the most.
    async fn one_of<R: Row, F: Field>(
        &self,
        statement: &'static str,
        fixed: Vec<Value>,
        list: impl IntoIterator<Item = F>,
    ) -> Result<Option<R>, ReadError> {
        Ok(self.all_of(statement, fixed, list).await?.into_iter().next())
    }

    /// Values of a statement with `{reach}`.
    async fn reached(
        &self,
        statement: &'static str,
        reach: &Reach,
        mut args: Vec<Value>,
    ) -> Result<Vec<Vec<Value>>, ReadError> {
        let (size, teams) = teams_of(reach);
        args.extend(teams);
        let sizes = Sizes {
            reach: size,
            ..Sizes::default()
        };
        Ok(self.database().rows(spell(statement, sizes), args).await?)
    }

    /// Values of a statement with `{list}` and `{reach}`, in no order.
    async fn reached_of(
        &self,
        statement: &'static str,
        reach: &Reach,
        fixed: Vec<Value>,
        list: Vec<Value>,
    ) -> Result<Vec<Vec<Value>>, ReadError> {
        let (size, teams) = teams_of(reach);
        let mut found = Vec::new();
        for piece in cut(&list) {
            let sizes = Sizes {
                list: piece.len(),
                reach: size,
                ..Sizes::default()
            };
            let args = fixed.iter().chain(piece).chain(&teams).cloned().collect();
            found.extend(self.database().rows(spell(statement, sizes), args).await?);
        }
        Ok(found)
    }
}

/// The teams of a reach, filled up to one of a few sizes by naming the last one again.
fn teams_of(reach: &Reach) -> (Option<usize>, Vec<Value>) {
    let Some(teams) = reach.teams() else {
        return (None, Vec::new());
    };
    let Some(last) = teams.last() else {
        return (Some(0), Vec::new());
    };
    let mut size = 4;
    while size < teams.len() {
        size *= 4;
    }
    let filled = teams.iter().chain(std::iter::repeat(last)).take(size);
    (Some(size), filled.map(|team| team.into_value()).collect())
}
