//! Faults on purpose, for tests: the next commit fails, before or after it is kept. Nothing of this is in a normal build.

use crate::sql::Failure;

/// Where the next commit fails.
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
    #[cfg(feature = "faults")]
    next: std::sync::Mutex<std::collections::VecDeque<Fault>>,
}

#[cfg(feature = "faults")]
impl Faults {
    pub(crate) fn order(&self, fault: Fault) {
        if let Ok(mut next) = self.next.lock() {
            next.push_back(fault);
        }
    }

    fn due(&self, fault: Fault) -> Result<(), Failure> {
        let Ok(mut next) = self.next.lock() else { return Ok(()) };
        if next.front() == Some(&fault) {
            next.pop_front();
            return Err(Failure::new(sqlx::Error::Io(std::io::Error::other(
                "a fault was ordered",
            ))));
        }
        Ok(())
    }

    pub(crate) fn before_commit(&self) -> Result<(), Failure> {
        self.due(Fault::BeforeCommit)
    }

    pub(crate) fn after_commit(&self) -> Result<(), Failure> {
        self.due(Fault::AfterCommit)
    }
}

#[cfg(not(feature = "faults"))]
#[expect(
    clippy::unused_self,
    clippy::unnecessary_wraps,
    reason = "the same face as with faults"
)]
impl Faults {
    pub(crate) fn before_commit(&self) -> Result<(), Failure> {
        Ok(())
    }

    pub(crate) fn after_commit(&self) -> Result<(), Failure> {
        Ok(())
    }
}
