//! The points of the third piece of work: erasable for good, provable for ever.

use super::{Chapter, How, Proof};

pub(super) static CHAPTER: Chapter = Chapter {
    name: "vault",
    proofs: &[
        Proof {
            number: 1,
            claim: "one altered byte in any file of an exported log is found; packages that others wrote agree about the log",
            how: How::Tests("test(vault_1_) or package(counterfoil-ledger)"),
        },
        Proof {
            number: 9,
            claim: "the offline verifier checks a whole log at 500,000 leaves a second and core or more",
            how: How::Speed("test(vault_9_)"),
        },
    ],
};
