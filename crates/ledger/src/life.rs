//! The life of an item, from leaves alone: which leaves tell it, which of its fields were opened, and which can never be.
//!
//! Whoever makes a slip walks the log with a [`Trail`]; whoever checks one walks the slip with the same. What comes out are
//! the verdicts that people read. Believes nothing by itself: the leaves must have been proven before.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::checkpoint::Verified;
use crate::commitment::{self, Label};
use crate::leaf::Leaf;
use crate::opening::Opening;
use crate::registry::LeafKind;
use crate::{Hash, Id};

/// What is known of one committed field, or of an item as a whole. The words are never merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// The log holds it, and what was shown is what was recorded.
    Opened,
    /// The log holds it, and says that the key to it was destroyed.
    Erased,
    /// The log holds it, and it was not shown.
    Withheld,
    /// The log does not hold it.
    NotIncluded,
    /// What was shown is not what was recorded.
    Altered,
}

impl Verdict {
    /// Whether it speaks for the record.
    pub const fn is_sound(self) -> bool {
        matches!(self, Self::Opened | Self::Erased | Self::Withheld)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Opened => "included and opened",
            Self::Erased => "included but erased",
            Self::Withheld => "included but withheld",
            Self::NotIncluded => "not included",
            Self::Altered => "altered",
        })
    }
}

/// Tells, going forward through the log, which leaves belong to the life of one item.
///
/// That is every leaf about it; about what follows it, and what follows that; and every leaf that names one of these among
/// its items. What erased it brings along what followed the erasure, but not what that says of other items alone: one erasure
/// may name a million.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trail {
    item: Id,
    subjects: BTreeSet<Id>,
}

impl Trail {
    /// The trail of an item of which no leaf was seen yet.
    pub const fn of(item: Id) -> Self {
        Self {
            item,
            subjects: BTreeSet::new(),
        }
    }

    /// Whether this leaf, the next of the log, belongs to it. Nothing does before the item's own first leaf.
    pub fn takes(&mut self, leaf: &Leaf) -> bool {
        let about = leaf.subject == self.item
            || self.subjects.contains(&leaf.subject)
            || leaf.follows.is_some_and(|follows| self.subjects.contains(&follows));
        let named = leaf.items.iter().any(|item| self.subjects.contains(item));
        let of_others = tells_of_its_items(leaf.kind) && !leaf.items.is_empty() && !named;
        if of_others && leaf.subject != self.item && leaf.follows != Some(self.item) {
            return false;
        }
        if about || (named && is_erasure(leaf.kind)) {
            self.subjects.insert(leaf.subject);
        }
        about || named
    }
}

/// One leaf of a life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its place in the log, from 0.
    pub index: u64,
    /// What it says.
    pub leaf: Leaf,
}

/// The life of one item, proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Life {
    /// The item.
    pub item: Id,
    /// Its leaves, in the order of the log.
    pub steps: Vec<Step>,
    /// The checkpoint that they were proven against, and who else has seen it.
    pub verified: Verified,
}

/// What is known of one field that a leaf commits to, or that somebody says it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// What it is a field of: the item, or something that follows it.
    pub subject: Id,
    /// Its name.
    pub label: Label,
    /// The place of the leaf that commits to it; none when no leaf does.
    pub index: Option<u64>,
    /// What is known of it.
    pub verdict: Verdict,
}

impl Life {
    /// The leaf since which a subject counts as erased: the first that says so and concerns it.
    pub fn erased(&self, subject: &Id) -> Option<&Step> {
        self.erasures().remove(subject)
    }

    /// Everything that counts as erased, with the leaf since which it does.
    fn erasures(&self) -> BTreeMap<Id, &Step> {
        let (mut erased, mut concerned) = (BTreeMap::new(), BTreeMap::<Id, BTreeSet<Id>>::new());
        for step in &self.steps {
            let leaf = &step.leaf;
            if leaf.kind == LeafKind::ErasureKept {
                // What stays is not among what the erasure that it follows is of.
                let of = leaf.follows.unwrap_or_default();
                for id in &leaf.items {
                    erased.retain(|known, step: &mut &Step| known != id || step.leaf.subject != of);
                    concerned.entry(of).or_default().remove(id);
                }
            }
            if !is_erasure(leaf.kind) {
                continue;
            }
            let mut ids: BTreeSet<Id> = leaf.items.iter().copied().collect();
            // The steps of one erasure share its subject, or follow one another; what it is about, one of them says.
            let earlier = leaf.follows.and_then(|follows| concerned.get(&follows));
            let same = concerned.get(&leaf.subject);
            ids.extend(earlier.into_iter().chain(same).flatten());
            if ids.is_empty() {
                ids.extend([leaf.subject].into_iter().chain(leaf.follows));
            }
            if leaf.kind != LeafKind::ErasureIntended {
                for id in &ids {
                    erased.entry(*id).or_insert(step);
                }
            }
            concerned.entry(leaf.subject).or_default().extend(ids);
        }
        erased
    }

    /// Every field that the leaves commit to, in their order, then what was shown of fields that no leaf commits to.
    pub fn fields(&self, shown: &[Opening]) -> Vec<Field> {
        let (mut fields, erased) = (Vec::new(), self.erasures());
        for step in &self.steps {
            for (label, commitment) in &step.leaf.commitments {
                fields.push(Field {
                    subject: step.leaf.subject,
                    label: label.clone(),
                    index: Some(step.index),
                    verdict: match opened(&step.leaf.subject, label, commitment, shown) {
                        Some(true) => Verdict::Opened,
                        Some(false) => Verdict::Altered,
                        None if erased.contains_key(&step.leaf.subject) => Verdict::Erased,
                        None => Verdict::Withheld,
                    },
                });
            }
        }
        for opening in shown {
            for field in &opening.fields {
                let committed = |known: &Field| known.subject == opening.item && known.label == field.label;
                if !fields.iter().any(committed) {
                    fields.push(Field {
                        subject: opening.item,
                        label: field.label.clone(),
                        index: None,
                        verdict: Verdict::NotIncluded,
                    });
                }
            }
        }
        fields
    }

    /// What these fields say of the item as a whole: the worst that is wrong, else what was opened, else whether it was
    /// erased.
    pub fn verdict(&self, fields: &[Field]) -> Verdict {
        let has = |verdict| fields.iter().any(|field| field.verdict == verdict);
        [Verdict::Altered, Verdict::NotIncluded, Verdict::Opened]
            .into_iter()
            .find(|verdict| has(*verdict))
            .unwrap_or_else(|| match self.erased(&self.item) {
                Some(_) => Verdict::Erased,
                None => Verdict::Withheld,
            })
    }
}

/// Whether everything that was shown of a field is what was committed to; none when nothing was shown.
fn opened(subject: &Id, label: &Label, commitment: &Hash, shown: &[Opening]) -> Option<bool> {
    let mut of_it = shown
        .iter()
        .filter(|opening| opening.item == *subject)
        .flat_map(|opening| &opening.fields)
        .filter(|field| field.label == *label)
        .map(|field| commitment::check(commitment, &field.opening, label, &field.content))
        .peekable();
    of_it.peek()?;
    Some(of_it.all(|good| good))
}

/// Whether a leaf of this kind tells of the items that it names and of nothing else: whose keys were destroyed, and what stays.
const fn tells_of_its_items(kind: LeafKind) -> bool {
    matches!(kind, LeafKind::Punctured | LeafKind::ErasureKept)
}

/// Whether a leaf of this kind belongs to an erasure: decided, done, or final.
const fn is_erasure(kind: LeafKind) -> bool {
    matches!(
        kind,
        LeafKind::Punctured | LeafKind::ErasureIntended | LeafKind::ErasedLive | LeafKind::ErasedFinal
    )
}
