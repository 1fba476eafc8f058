//! Faults on purpose, for tests: a commit fails, before or after it is kept. Nothing of this is in a normal build.

use crate::sql::Failure;

/// Where a commit fails.
#[cfg(feature = "faults")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing is kept, and the caller is told that it failed.
    BeforeCommit,
    /// All is kept, and the caller is told that it failed.
    AfterCommit,
}

/// The faults that are ordered.
#[derive(Default)]
pub(crate) struct Faults {
    /// In which unit of work, or in whichever comes next; and where.
    #[cfg(feature = "faults")]
    next: std::sync::Mutex<std::collections::VecDeque<(Option<&'static str>, Fault)>>,
}

#[cfg(feature = "faults")]
impl Faults {
    pub(crate) fn order(&self, unit: Option<&'static str>, fault: Fault) {
        if let Ok(mut next) = self.next.lock() {
            next.push_back((unit, fault));
        }
    }

    /// The first fault that is ordered for such a unit, or for any, happens now; each happens once.
    fn due(&self, unit: &str, fault: Fault) -> Result<(), Failure> {
        let Ok(mut next) = self.next.lock() else { return Ok(()) };
        let first = next
            .iter()
            .position(|(in_unit, _)| in_unit.is_none_or(|wanted| wanted == unit));
        match first.filter(|at| next.get(*at).is_some_and(|(_, due)| *due == fault)) {
            Some(at) => {
                next.remove(at);
                Err(Failure::new(sqlx::Error::Io(std::io::Error::other(
                    "a fault was ordered",
                ))))
            }
            None => Ok(()),
        }
    }

    pub(crate) fn before_commit(&self, unit: &str) -> Result<(), Failure> {
        self.due(unit, Fault::BeforeCommit)
    }

    pub(crate) fn after_commit(&self, unit: &str) -> Result<(), Failure> {
        self.due(unit, Fault::AfterCommit)
    }
}

#[cfg(not(feature = "faults"))]
#[expect(
    clippy::unused_self,
    clippy::unnecessary_wraps,
    reason = "the same face as with faults"
)]
impl Faults {
    pub(crate) fn before_commit(&self, _unit: &str) -> Result<(), Failure> {
        Ok(())
    }

    pub(crate) fn after_commit(&self, _unit: &str) -> Result<(), Failure> {
        Ok(())
    }
}
