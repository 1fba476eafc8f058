//! The leaves that use cases leave: who did what, in the log's own words.

use counterfoil_ledger::commitment;
use counterfoil_ledger::leaf::{Actor as LeafActor, Leaf};
use counterfoil_ledger::registry::LeafKind;
use counterfoil_model::Timestamp;
use counterfoil_policy::{Actor, Staff};
use counterfoil_vault::Label;

/// A leaf of `kind` about `subject`, by `actor`.
pub(crate) fn leaf(kind: LeafKind, at: Timestamp, subject: &[u8; 16], actor: LeafActor) -> Leaf {
    Leaf::new(kind, at.micros(), *subject).actor(actor)
}

/// A member of staff as the log names them.
pub(crate) fn staff(staff: &Staff) -> LeafActor {
    LeafActor::person(*staff.person.bytes())
}

/// An actor as the log names them.
pub(crate) fn actor(actor: &Actor) -> LeafActor {
    match actor {
        Actor::Staff(person) => staff(person),
        Actor::Operator => LeafActor::OPERATOR,
        Actor::Machine(_) => LeafActor::SYSTEM,
    }
}

/// The name under which a sealed part is committed to.
pub(crate) const fn label(label: Label) -> commitment::Label {
    commitment::Label::of(label.name())
}
