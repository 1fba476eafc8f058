//! The points of the fourth piece of work: the whole WhatsApp channel. Those that cannot be shown yet have no row.

use super::{Chapter, How, Proof};

pub(super) static CHAPTER: Chapter = Chapter {
    name: "channel",
    proofs: &[
        Proof {
            number: 1,
            claim: "every kind of item that can arrive becomes what the reference page says, and so does every recorded payload; each counts once",
            how: How::Tests(
                "test(channel_1_) or test(replay_corpus) or (package(counterfoil-whatsapp) and test(corpus))",
            ),
        },
        Proof {
            number: 2,
            claim: "every form that can be sent has golden bodies, and tables that others wrote from the provider's reference take them",
            how: How::Tests("test(channel_2_) or (package(counterfoil-simulator) and test(forms))"),
        },
        Proof {
            number: 8,
            claim: "the crate's guide runs: its example receives and answers against the simulator",
            how: How::Tests("test(channel_8_)"),
        },
    ],
};
