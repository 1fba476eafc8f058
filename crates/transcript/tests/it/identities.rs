//! By what messages are known again: the same chat in another frame brings nothing new, another message does.

use std::collections::HashSet;

use counterfoil_transcript::Identities;

use crate::told::guessed;

fn identities(chat: &str) -> Vec<Vec<u8>> {
    let mut identities = Identities::new();
    guessed(chat.as_bytes())
        .iter()
        .filter_map(|piece| identities.of(piece))
        .collect()
}

#[test]
fn a_longer_export_has_all_that_the_shorter_had() {
    let shorter = "13/06/2018, 21:25 - Ann: ok\n13/06/2018, 21:25 - Ann: ok\n13/06/2018, 21:26 - Ann joined\n";
    let longer = format!("{shorter}13/06/2018, 21:27 - Bob: ok\n");
    let (shorter, longer) = (identities(shorter), identities(&longer));
    assert_eq!(shorter, longer[..3]);
    let distinct: HashSet<_> = longer.iter().collect();
    assert_eq!(distinct.len(), 4, "two alike in one minute are two");
}

#[test]
fn what_nobody_sees_makes_no_difference() {
    let one = "[13/06/2018, 21:25:10] Ann B: a b\nc\n";
    let other = "\u{FEFF}[13/06/2018, 21:25:10] \u{200E}~\u{202F}Ann\u{00A0}B: \u{200E}a\u{00A0}b \r\nc\r\n\r\n";
    assert_eq!(identities(one), identities(other));
    // Saved by another device, in another form of head.
    let us = "6/13/2018 9:25:10 PM - Ann B: a b\nc\n";
    assert_eq!(identities(one), identities(us));
}

#[test]
fn what_differs_is_known_apart() {
    let chats = [
        "[13/06/2018, 21:25:10] Ann: a\n",
        "[13/06/2018, 21:25:11] Ann: a\n",
        "[13/06/2018, 21:25:10] Bob: a\n",
        "[13/06/2018, 21:25:10] Ann: b\n",
        "[13/06/2018, 21:25:10] Ann: a\nb\n",
        "[13/06/2018, 21:25:10] Ann: \u{200E}image omitted\n",
        "[13/06/2018, 21:25:10] Ann: \u{200E}image omitted\na\n",
        "[13/06/2018, 21:25:10] Ann: a (file attached)\n",
        "[13/06/2018, 21:25:10] Ann: This message was deleted\n",
        "13/06/2018, 21:25 - Ann: a\n",
        "13/06/2018, 21:25 - Ann waved\n",
    ];
    let all: HashSet<_> = chats.iter().flat_map(|chat| identities(chat)).collect();
    assert_eq!(all.len(), chats.len());
}

/// The example of `docs/formats/exported-chat.md`. It never changes: other bytes are another version.
#[test]
fn the_bytes_of_the_page() {
    let all = identities("13/06/2018, 21:25 - Ann: a b\n");
    let [only] = &all[..] else { panic!("one") };
    let hex: String = only.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(
        hex,
        concat!(
            "01",
            "00000010",
            "323031382d30362d31335432313a3235",
            "00000003",
            "416e6e",
            "01",
            "00000003",
            "612062",
            "00000000"
        )
    );
}
