//! Samples: repeatable, varied, and what they say they are.

use std::collections::BTreeSet;
use std::io::Cursor;

use counterfoil_simulator::samples::{self, Book, PhotoKind, SampleAuthor, SampleContent};

#[test]
fn pictures_are_jpegs_that_follow_their_seed() {
    for kind in PhotoKind::ALL {
        let first = samples::photo(1, kind);
        let picture = image::load_from_memory(&first).unwrap();
        assert_eq!((picture.width(), picture.height()), (800, 600));
        assert_eq!(first, samples::photo(1, kind));
        assert_ne!(first, samples::photo(2, kind));
    }
}

#[test]
fn a_voice_note_is_ogg_with_opus_of_the_stated_length() {
    for seconds in [1, 7, 61] {
        let mut reader = ogg::PacketReader::new(Cursor::new(samples::voice_note(seconds)));
        assert!(reader.read_packet().unwrap().unwrap().data.starts_with(b"OpusHead"));
        assert!(reader.read_packet().unwrap().unwrap().data.starts_with(b"OpusTags"));
        let mut packets = 0;
        let mut end = 0;
        while let Some(packet) = reader.read_packet().unwrap() {
            packets += 1;
            end = packet.absgp_page();
        }
        assert_eq!((packets, end), (seconds * 50, u64::from(seconds) * 48_000 + 312));
    }
}

#[test]
fn a_document_has_a_cross_reference_table_that_points_at_its_objects() {
    let file = samples::document(3, "Repair (quote) für Zoë");
    let text = String::from_utf8(file).unwrap();
    assert!(text.starts_with("%PDF-1.4\n") && text.ends_with("%%EOF\n"));
    let table: usize = text
        .rsplit("startxref\n")
        .next()
        .unwrap()
        .lines()
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let lines: Vec<&str> = text[table..].lines().skip(3).take(5).collect();
    for (index, line) in lines.iter().enumerate() {
        let place: usize = line[..10].parse().unwrap();
        assert!(text[place..].starts_with(&format!("{} 0 obj", index + 1)), "{line}");
    }
    assert!(text.contains(r"(Repair \(quote\) f\374r Zo\353)"), "{text}");
}

#[test]
fn conversations_are_whole_varied_and_repeatable() {
    let all: Vec<_> = samples::conversations(7, 300).collect();
    assert_eq!(all, samples::conversations(7, 300).collect::<Vec<_>>());
    assert_ne!(all[0].lines, samples::conversations(8, 1).next().unwrap().lines);
    let numbers: BTreeSet<_> = all.iter().map(|one| one.customer.number.clone()).collect();
    assert_eq!(numbers.len(), 300);
    let languages: BTreeSet<_> = all.iter().map(|one| one.customer.language).collect();
    assert_eq!(languages.len(), samples::Language::ALL.len());
    let book = Book::invented(7);
    for one in &all {
        assert!(book.policy(&one.policy).is_some());
        assert!(one.claim.as_ref().is_none_or(|claim| book.claim(claim).is_some()));
        assert!(one.lines.len() >= 4 && one.lines[0].author == SampleAuthor::Customer);
        for line in &one.lines {
            if let SampleContent::Text(text) = &line.content {
                assert!(
                    !text.contains(['{', '}']) && !text.contains("  ") && !text.is_empty(),
                    "{text}"
                );
            }
        }
    }
    let kinds = |wanted: fn(&SampleContent) -> bool| {
        all.iter()
            .flat_map(|one| &one.lines)
            .filter(|line| wanted(&line.content))
            .count()
    };
    assert!(kinds(|content| matches!(content, SampleContent::Photo { .. })) > 50);
    assert!(kinds(|content| matches!(content, SampleContent::Voice { .. })) > 10);
    assert!(kinds(|content| matches!(content, SampleContent::Document { .. })) > 30);
    let texts: BTreeSet<_> = all
        .iter()
        .flat_map(|one| &one.lines)
        .map(|line| format!("{:?}", line.content))
        .collect();
    assert!(texts.len() > 900, "{}", texts.len());
}

#[test]
fn the_book_has_the_policy_and_the_claim_of_the_card() {
    let book = Book::invented(99);
    assert_eq!(book.policy("KM-20417").unwrap().holder.name, "Thandi Nkosi");
    let claim = book.claim("CLM-2026-004711").unwrap();
    assert_eq!((claim.policy.as_str(), claim.about), ("KM-20417", "Windscreen cracked"));
    assert!(book.policies().count() > 50 && book.claims().count() > 50);
    let today = jiff::civil::date(2027, 2, 3);
    assert_eq!(claim.reported_on(today), today, "the customer tells of it today");
    assert!(book.claims().all(|claim| {
        let reported = claim.reported_on(today);
        reported <= today && today.since(reported).unwrap().get_days() < 120
    }));
}
