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
            number: 2,
            claim: "what was punctured is never derived again, all else is; whatever the order, and on several nodes at once",
            how: How::Tests("test(vault_2_)"),
        },
        Proof {
            number: 3,
            claim: "a core derives 1,000,000 items a second in order and 100,000 at random; sealing is 0.7 of its bare steps or more",
            how: How::Tests("test(vault_3_)"),
        },
        Proof {
            number: 4,
            claim: "one customer among 100,000 is erased: nothing of her anywhere, nothing brings her back, and no backup opens her after the retirement",
            how: How::Tests("test(vault_4_)"),
        },
        Proof {
            number: 5,
            claim: "1,000,000 messages of 10,000 conversations whose term is over are gone within a minute, keys and rows, and the fate of each stays provable",
            how: How::Speed("test(vault_5_)"),
        },
        Proof {
            number: 6,
            claim: "an epoch is retired while serving: a million trees at half of the top rate; whatever breaks, no step is taken twice and nothing is lost",
            how: How::Speed("test(vault_6_)"),
        },
        Proof {
            number: 7,
            claim: "whoever signs is killed 50 times: one history, no leaf lost, never 5 s without a checkpoint; a database that was rolled back is refused",
            how: How::Tests("test(vault_7_) or test(fire_3_older_and_forked_parts)"),
        },
        Proof {
            number: 8,
            claim: "with all connections closed, 10 s later the memory holds nothing that anybody wrote and no root key; only root may look at it",
            how: How::Tests("test(vault_8_)"),
        },
        Proof {
            number: 9,
            claim: "the offline verifier checks a whole log at 500,000 leaves a second and core or more",
            how: How::Speed("test(vault_9_)"),
        },
        Proof {
            number: 10,
            claim: "a customer is erased by command but for what is held; copies elsewhere are withdrawn or said to stand; it becomes final; nothing of before opens any of it",
            how: How::Tests("test(vault_10_)"),
        },
    ],
};
