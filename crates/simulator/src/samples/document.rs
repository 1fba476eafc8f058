//! A small PDF, written by hand: one page with a title, a few ruled lines of text and a box for a signature.
//!
//! Source: ISO 32000-1, sections 7.5 (file structure) and 9 (text): five objects, a cross-reference table, a trailer.

use std::fmt::Write as _;

use crate::ids::Dice;

/// A valid PDF of one A4 page with this title. Characters outside Latin-1 are shown as `?`: the built-in fonts have no others.
pub fn document(seed: u64, title: &str) -> Vec<u8> {
    let content = page(seed, title);
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
    ];
    let mut file = String::from("%PDF-1.4\n");
    let mut places = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        places.push(file.len());
        let _ = write!(file, "{} 0 obj\n{object}\nendobj\n", index + 1);
    }
    let table = file.len();
    let _ = write!(file, "xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for place in places {
        let _ = writeln!(file, "{place:010} 00000 n ");
    }
    let _ = write!(
        file,
        "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n",
        objects.len() + 1
    );
    file.into_bytes()
}

fn page(seed: u64, title: &str) -> String {
    const LINES: [&str; 10] = [
        "Received at the branch in Graaff-Reinet.",
        "This page is a sample and concerns nobody.",
        "Amount agreed with the workshop before the repair begins.",
        "Parts and labour are listed apart.",
        "The excess is paid to the workshop.",
        "Please quote the number above in every letter.",
        "The photographs were taken on the day of the damage.",
        "The vehicle can be inspected on working days.",
        "No other insurer has been told of this damage.",
        "Signed copies are kept by both sides.",
    ];
    let mut dice = Dice::new(seed ^ 0xD0C5);
    let mut content = format!("BT /F1 20 Tf 60 770 Td ({}) Tj ET\n", literal(title));
    let reference = format!(
        "Reference {:04}-{:05}",
        dice.below(9_000) + 1_000,
        dice.below(90_000) + 10_000
    );
    let _ = writeln!(content, "BT /F1 10 Tf 60 748 Td ({reference}) Tj ET");
    let mut height = 710;
    for _ in 0..8 {
        let line = dice.pick(&LINES).copied().unwrap_or_default();
        let _ = writeln!(content, "BT /F1 11 Tf 60 {height} Td ({}) Tj ET", literal(line));
        let _ = writeln!(content, "0.85 G 60 {} m 535 {} l S", height - 6, height - 6);
        height -= 28;
    }
    let _ = writeln!(
        content,
        "0.4 G 60 120 220 60 re S\nBT /F1 9 Tf 66 126 Td (Signature) Tj ET"
    );
    content
}

/// Text inside a PDF string: brackets and backslashes escaped, ASCII only so that lengths stay true.
fn literal(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '(' | ')' | '\\' => {
                escaped.push('\\');
                escaped.push(character);
            }
            ' '..='~' => escaped.push(character),
            '\u{a0}'..='\u{ff}' => {
                let _ = write!(escaped, "\\{:03o}", u32::from(character));
            }
            _ => escaped.push('?'),
        }
    }
    escaped
}
