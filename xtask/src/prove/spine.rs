//! The points of the first piece of work: from a WhatsApp message to a record you own.

use super::{Chapter, How, Proof};

pub(super) static CHAPTER: Chapter = Chapter {
    name: "spine",
    proofs: &[
        Proof {
            number: 1,
            claim: "in a fresh clone the README's first command ends with the demo, the second passes all tests",
            how: How::FreshClone,
        },
        Proof {
            number: 2,
            claim: "story 1 in a real browser, with what must be impossible",
            how: How::Tests("test(story_1)"),
        },
        Proof {
            number: 3,
            claim: "every recorded webhook is accepted and accounted for; twice, re-ordered and split changes nothing",
            how: How::Tests("test(replay_corpus)"),
        },
        Proof {
            number: 4,
            claim: "planted words are found nowhere on disk and nowhere in a database dump",
            how: How::Tests("test(planted_words)"),
        },
        Proof {
            number: 5,
            claim: "verify finds and names whatever was changed, taken away or added behind its back",
            how: How::Tests("test(tamper)"),
        },
        Proof {
            number: 6,
            claim: "someone who has never seen the product finishes the five steps in two minutes",
            how: How::Note("docs/guides/tried-by-newcomers.md"),
        },
        Proof {
            number: 7,
            claim: "the walk through the code in docs/guides/first-look.md equals the real calls",
            how: How::Tests("test(first_look)"),
        },
    ],
};
