//! What the spool holds, in numbers, as it changes.

use counterfoil_model::Timestamp;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How much lies in the spool.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SpoolDepth {
    /// Posts that the database does not have yet.
    pub posts: u64,
    /// What they and their files take on disk, in bytes.
    pub bytes: u64,
    /// Files of theirs.
    pub files: u64,
    /// When the oldest came in.
    pub oldest: Option<Timestamp>,
    /// What is set aside for a person to look at: damaged, or not taken by the database.
    pub aside: u64,
}

#[derive(Default, Clone, Copy)]
struct Facts {
    posts: u64,
    bytes: u64,
    oldest: Option<Timestamp>,
}

#[derive(Default)]
struct Inner {
    segments: BTreeMap<u64, Facts>,
    active: Option<u64>,
    last: u64,
    files: u64,
    file_bytes: u64,
    aside: u64,
}

/// The numbers, shared between the thread that appends and those that ask.
#[derive(Default)]
pub(super) struct State(Mutex<Inner>);

impl State {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn depth(&self) -> SpoolDepth {
        let inner = self.inner();
        let sum = |of: fn(&Facts) -> u64| inner.segments.values().map(of).sum::<u64>();
        SpoolDepth {
            posts: sum(|facts| facts.posts),
            bytes: sum(|facts| facts.bytes) + inner.file_bytes,
            files: inner.files,
            oldest: inner.segments.values().filter_map(|facts| facts.oldest).min(),
            aside: inner.aside,
        }
    }

    pub(super) fn bytes(&self) -> u64 {
        self.depth().bytes
    }

    pub(super) fn file_bytes(&self) -> u64 {
        self.inner().file_bytes
    }

    pub(super) fn active_bytes(&self) -> u64 {
        let inner = self.inner();
        inner
            .active
            .and_then(|number| inner.segments.get(&number))
            .map_or(0, |facts| facts.bytes)
    }

    /// A number that no segment has had since this process began.
    pub(super) fn next_number(&self) -> u64 {
        let mut inner = self.inner();
        inner.last += 1;
        inner.last
    }

    pub(super) fn found(&self, number: u64, posts: u64, bytes: u64, oldest: Option<Timestamp>) {
        let mut inner = self.inner();
        inner.last = inner.last.max(number);
        inner.segments.insert(number, Facts { posts, bytes, oldest });
    }

    pub(super) fn begun(&self, number: u64, bytes: u64) {
        self.found(number, 0, bytes, None);
        self.inner().active = Some(number);
    }

    pub(super) fn close(&self) {
        self.inner().active = None;
    }

    pub(super) fn appended(&self, number: u64, posts: u64, bytes: u64, oldest: Option<Timestamp>) {
        if let Some(facts) = self.inner().segments.get_mut(&number) {
            facts.posts += posts;
            facts.bytes += bytes;
            facts.oldest = [facts.oldest, oldest].into_iter().flatten().min();
        }
    }

    pub(super) fn removed(&self, number: u64) {
        self.inner().segments.remove(&number);
    }

    pub(super) fn set_aside(&self, aside: u64) {
        self.inner().aside = aside;
    }

    pub(super) fn file_added(&self, bytes: u64) {
        let mut inner = self.inner();
        inner.files += 1;
        inner.file_bytes += bytes;
    }

    pub(super) fn file_removed(&self, bytes: u64) {
        let mut inner = self.inner();
        inner.files = inner.files.saturating_sub(1);
        inner.file_bytes = inner.file_bytes.saturating_sub(bytes);
    }

    /// The oldest segment that nobody appends to.
    pub(super) fn oldest_closed(&self) -> Option<u64> {
        let inner = self.inner();
        inner
            .segments
            .keys()
            .copied()
            .find(|number| Some(*number) != inner.active)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.inner().segments.is_empty()
    }
}
