//! A certificate of an erasure as one page that stands for itself: no script, no file beside it, nothing fetched.

use super::show::lines;
use crate::operator::Erasure;
use std::fmt::Write;

/// Light and dark, on a phone, and on paper.
const STYLE: &str = "\
:root { color-scheme: light dark; --ink: #1b2330; --quiet: #556074; --line: #d5dae3; --paper: #fff; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ecf3; --quiet: #a3aec0; --line: #39424f; --paper: #151a21; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 46rem; margin: 0 auto; padding: 2rem 1.25rem 3rem; }
h1 { margin: 0 0 .25rem; font-size: 1.5rem; line-height: 1.25; }
p { margin: 0 0 1.5rem; color: var(--quiet); }
dl { margin: 0; border-top: 1px solid var(--line); }
dl > div { display: grid; grid-template-columns: 10rem 1fr; gap: 1rem; padding: .6rem 0; border-bottom: 1px solid var(--line); break-inside: avoid; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 34rem) { dl > div { grid-template-columns: 1fr; gap: 0; } }
@media print { :root { --ink: #000; --quiet: #333; --line: #999; --paper: #fff; } main { padding: 0; } }
";

/// The page.
pub(super) fn page(erasure: &Erasure) -> String {
    let mut rows = String::new();
    for (name, words) in lines(erasure) {
        let (name, words) = (escaped(name.trim()), escaped(&words));
        // Writing into a string does not fail.
        let _ = writeln!(rows, "<div><dt>{name}</dt><dd>{words}</dd></div>");
    }
    let (title, standing) = ("Certificate of erasure", standing(erasure));
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n<p>{standing}</p>\n<dl>\n{rows}</dl>\n</main>\n\
         </body>\n</html>\n"
    )
}

/// How far it has come, in a sentence.
fn standing(erasure: &Erasure) -> &'static str {
    if erasure.lost && erasure.live_at.is_none() {
        return "Not done: a restore lost the decision on the way.";
    }
    match (erasure.kept_count, &erasure.final_at, &erasure.live_at) {
        (0, Some(_), _) => "Final: no copy of the keys opens any of it.",
        (0, None, Some(_)) => "Live: nothing in this installation opens any of it. It is not final yet.",
        (_, Some(_), _) => "Final for what went: no copy of the keys opens any of that. Some of what it is of stays.",
        (_, None, Some(_)) => {
            "Live for what went: nothing in this installation opens any of that. Some of what it is of stays."
        }
        (_, None, None) => "Being done.",
    }
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            letter => safe.push(letter),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn vectors() -> Value {
        serde_json::from_str(include_str!("../../../vectors/erasure-certificate.json")).unwrap()
    }

    #[test]
    fn the_page_says_what_the_lines_say_and_fetches_nothing() {
        for case in vectors()["good"].as_array().unwrap() {
            let mut erasure: Erasure = serde_json::from_value(case["certificate"].clone()).unwrap();
            erasure.authority = Some("<script>alert(\"1\")</script> & sons".to_owned());
            let page = page(&erasure);
            assert!(page.contains("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; sons"));
            for (_, words) in lines(&erasure) {
                assert!(page.contains(&escaped(&words)), "{words}");
            }
            for foreign in ["<script", "http://", "https://", "url(", "src="] {
                assert!(!page.contains(foreign), "{foreign}");
            }
        }
    }
}
