//! The points of the second piece of work: the spine under fire.

use super::{Chapter, How, Proof};

pub(super) static CHAPTER: Chapter = Chapter {
    name: "fire",
    proofs: &[
        Proof {
            number: 1,
            claim: "killed at random moments, every acknowledged message is there once and verify passes",
            how: How::Tests("test(fire_1_)"),
        },
        Proof {
            number: 2,
            claim: "a database that goes away, a restart meanwhile and a full disk lose nothing acknowledged",
            how: How::Tests("test(fire_2_)"),
        },
        Proof {
            number: 3,
            claim: "several processes on one database and one object store lose and double nothing; a fork is refused",
            how: How::Tests("test(fire_3_)"),
        },
        Proof {
            number: 4,
            claim: "5,000 sends through random faults: none twice, each delivered, finally failed or rightly uncertain",
            how: How::Tests("test(fire_4_)"),
        },
        Proof {
            number: 5,
            claim: "mutated posts are always accepted when signed, and no item is lost beside a broken one",
            how: How::Tests("test(fire_5_)"),
        },
        Proof {
            number: 6,
            claim: "from signed posts to sealed, recorded, logged messages, beside a handler that only inserts the raw body",
            how: How::Speed("test(fire_6_)"),
        },
        Proof {
            number: 7,
            claim: "a million messages: start, inbox, thread and memory; hostile bodies stay within their budget",
            how: How::Speed("test(fire_7_)"),
        },
        Proof {
            number: 8,
            claim: "half an hour at a third of the top rate with pages open: memory, files, connections and delay stay flat",
            how: How::Speed("test(fire_8_)"),
        },
    ],
};
