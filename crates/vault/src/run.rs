//! Runs of neighbouring leaves: what is punctured and what is held is named by them.
//!
//! Pure arithmetic over indices; nothing here knows a key.

/// Neighbouring leaves of one tree, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Run {
    pub(crate) first: u32,
    pub(crate) last: u32,
}

impl Run {
    /// All leaves of a tree.
    pub const ALL: Self = Self {
        first: 0,
        last: u32::MAX,
    };

    /// The leaves from one to the other.
    pub fn new(one: u32, other: u32) -> Self {
        Self {
            first: one.min(other),
            last: one.max(other),
        }
    }

    /// The first leaf.
    pub fn first(self) -> u32 {
        self.first
    }

    /// The last leaf.
    pub fn last(self) -> u32 {
        self.last
    }

    /// Whether a leaf is among them.
    pub fn contains(self, index: u32) -> bool {
        self.first <= index && index <= self.last
    }

    /// Whether the two have a leaf in common.
    pub fn overlaps(self, other: Self) -> bool {
        self.first <= other.last && other.first <= self.last
    }

    /// Whether it has a leaf in common with one of `runs`, which are sorted and apart.
    pub fn meets(self, runs: &[Self]) -> bool {
        let from = runs.partition_point(|run| run.last < self.first);
        runs.get(from).is_some_and(|run| run.first <= self.last)
    }

    /// The runs of a set of leaves: sorted, apart, as few as can be.
    pub(crate) fn of(indices: impl IntoIterator<Item = u32>) -> Vec<Self> {
        Self::joined(indices.into_iter().map(|index| Self::new(index, index)).collect())
    }

    /// The same leaves in as few runs as can be, sorted and apart.
    pub fn joined(mut runs: Vec<Self>) -> Vec<Self> {
        runs.sort_unstable();
        let mut joined: Vec<Self> = Vec::with_capacity(runs.len());
        for run in runs {
            match joined.last_mut() {
                Some(before) if run.first <= before.last.saturating_add(1) => before.last = before.last.max(run.last),
                _ => joined.push(run),
            }
        }
        joined.shrink_to_fit();
        joined
    }

    /// The leaves of `runs` that are not in `without`; each sorted and apart, and so is what comes back.
    pub(crate) fn except(runs: &[Self], without: &[Self]) -> Vec<Self> {
        let mut rest = Vec::with_capacity(runs.len());
        for run in runs {
            let from = without.partition_point(|gone| gone.last < run.first);
            let mut next = Some(run.first);
            for gone in without[from..].iter().take_while(|gone| gone.first <= run.last) {
                if let Some(first) = next.filter(|first| *first < gone.first) {
                    rest.push(Self::new(first, gone.first - 1));
                }
                next = gone.last.checked_add(1);
            }
            if let Some(first) = next.filter(|first| *first <= run.last) {
                rest.push(Self::new(first, run.last));
            }
        }
        rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn runs() -> impl Strategy<Value = Vec<Run>> {
        let ends = prop_oneof![0..40u32, (u32::MAX - 40)..=u32::MAX];
        prop::collection::vec((ends, 0..9u32), 0..8).prop_map(|ends| {
            ends.into_iter()
                .map(|(first, more)| Run::new(first, first.saturating_add(more)))
                .collect()
        })
    }

    fn has(runs: &[Run], index: u32) -> bool {
        runs.iter().any(|run| run.contains(index))
    }

    proptest! {
        #[test]
        fn what_is_joined_or_left_is_the_right_set(one in runs(), other in runs()) {
            let (joined, without) = (Run::joined(one.clone()), Run::joined(other.clone()));
            let rest = Run::except(&joined, &without);
            for index in (0..60).chain(u32::MAX - 60..=u32::MAX) {
                prop_assert_eq!(has(&joined, index), has(&one, index));
                prop_assert_eq!(has(&rest, index), has(&one, index) && !has(&other, index));
                prop_assert_eq!(Run::new(index, index).meets(&joined), has(&one, index));
            }
            for runs in [&joined, &rest] {
                prop_assert!(runs.windows(2).all(|pair| pair[0].last < pair[1].first));
            }
            prop_assert!(joined.windows(2).all(|pair| pair[0].last + 1 < pair[1].first), "as few as can be");
        }

        #[test]
        fn runs_meet_when_they_overlap(one in runs(), other in runs()) {
            let joined = Run::joined(other);
            for run in one {
                prop_assert_eq!(run.meets(&joined), joined.iter().any(|other| run.overlaps(*other)));
            }
        }
    }
}
