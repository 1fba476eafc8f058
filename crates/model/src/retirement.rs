//! Retiring a key epoch: the steps that are put on the record.

use crate::codes::codes;

codes! {
    /// How far the retirement of a key epoch has come.
    RetirementStep {
        /// The next epoch is open, and this one closed.
        Turned = 1 "turned",
        /// Nothing is found by its lookup key any more, and that is destroyed.
        Rekeyed = 4 "rekeyed",
        /// Nothing is wrapped under it any more.
        Emptied = 2 "emptied",
        /// Its root key is destroyed on every node.
        Destroyed = 3 "destroyed",
    }
}
