//! What pages look like, and the rules that all of them keep.

use super::all;
use crate::words::{Language, Words};

#[test]
fn every_page_looks_as_agreed() {
    for sample in all(Language::English, "machine") {
        insta::assert_snapshot!(sample.name, tidied(&sample.html));
    }
}

#[test]
fn right_to_left_is_mirrored() {
    for sample in all(Language::Arabic, "machine") {
        if sample.name == "inbox-thread" {
            insta::assert_snapshot!("inbox-thread-arabic", tidied(&sample.html));
        }
    }
}

#[test]
fn no_page_breaks_its_own_rules() {
    for language in Language::ALL {
        for sample in all(*language, "dark") {
            let html = &sample.html;
            for forbidden in [
                " style=\"",
                "<style",
                " onclick",
                " onload",
                "javascript:",
                "http://",
                "src=\"//",
            ] {
                assert!(!html.contains(forbidden), "{}: {forbidden}", sample.name);
            }
            assert_eq!(html.matches("<script").count(), 1, "{}", sample.name);
            assert!(
                html.contains(&format!("dir=\"{}\"", language.direction())),
                "{}",
                sample.name
            );
            assert!(
                html.contains(&format!("lang=\"{}\"", language.tag())),
                "{}",
                sample.name
            );
            assert!(!html.contains("27821234711"), "{}: a whole number", sample.name);
        }
    }
}

#[test]
fn no_key_shows_in_the_place_of_words() {
    for language in Language::ALL {
        let words = Words::of(*language);
        for sample in all(*language, "light") {
            for part in sample.html.split('<') {
                let shown = part.split_once('>').map_or("", |(_, shown)| shown.trim());
                assert!(!shown.contains('-') || !words.has(shown), "{}: {shown}", sample.name);
                let missing = shown.len() > 4
                    && shown.contains('-')
                    && shown.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
                assert!(!missing, "{}: {shown}", sample.name);
            }
        }
    }
}

/// Without the sprite, which is the same on every page, and without empty lines.
fn tidied(html: &str) -> String {
    let (before, rest) = html.split_once("<svg class=\"sprite\"").unwrap_or((html, ""));
    let after = rest
        .split_once("</svg>\n<a class=\"skip\"")
        .map_or(rest, |(_, after)| after);
    let whole = format!("{before}<a class=\"skip\"{after}");
    let lines = whole.lines().map(str::trim_end).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}
