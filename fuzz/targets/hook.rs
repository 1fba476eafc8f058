//! The body of a post: whatever it is, it is cut into items, none of them is empty, and each splits into itself again.

#![no_main]

use counterfoil_whatsapp::webhook::{AppSecret, sign, split, verify};
use libfuzzer_sys::fuzz_target;

/// As much as the items of one post may weigh together, and one part more.
const MOST_BYTES: usize = 64 << 20;

fuzz_target!(|body: &[u8]| {
    let items = split(body).items;
    assert!(!items.is_empty());
    assert!(items.iter().map(|item| item.raw.len()).sum::<usize>() <= MOST_BYTES + body.len());
    for item in &items {
        assert!(!item.dedupe.is_empty());
        let again = split(&item.raw).items;
        assert_eq!(again.len(), 1, "{}", item.kind);
        assert!(
            again[0].kind == item.kind && again[0].dedupe == item.dedupe,
            "{} and {}",
            again[0].kind,
            item.kind
        );
    }
    // The same bytes as a signature: refused, unless they are the right one.
    let secret = AppSecret::new("invented");
    let claimed = std::str::from_utf8(body).ok();
    assert!(claimed == Some(&sign(body, &secret)) || verify(claimed, body, &[&secret]).is_err());
});
