//! Reads the scripts of sample conversations.
//!
//! A script file holds several conversations. Each begins with `= <topic> <motor|home|any>`; each further line is one
//! message:
//!
//! ```text
//! c: one way to say it | another way          the customer
//! a: …                                        an agent
//! n: …                                        a private note
//! c[photo windscreen]: caption | other one    with a picture (windscreen, door, stain, form)
//! c[voice 38]:                                a recording of so many seconds
//! c[document Repair quote]: caption           a document with that title
//! c[location]:                                a place
//! +90m c: …                                   so many minutes after the line before
//! ```
//!
//! `{name}`s in a text are filled in later.

use crate::samples::people::Language;
use crate::samples::photo::PhotoKind;

/// What a policy must be about for a conversation to fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fits {
    Motor,
    Home,
    Any,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Author {
    Customer,
    Agent,
    Note,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extra {
    Photo(PhotoKind),
    Voice(u32),
    Document(&'static str),
    Location,
}

#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) author: Author,
    pub(super) extra: Option<Extra>,
    /// Different ways to say the same; an empty one says nothing.
    pub(super) ways: Vec<&'static str>,
    pub(super) minutes_later: Option<u64>,
}

#[derive(Clone, Debug)]
pub(super) struct Script {
    pub(super) topic: &'static str,
    pub(super) fits: Fits,
    pub(super) lines: Vec<Line>,
}

impl Script {
    /// Whether it speaks of a claim, so that only policies with one can use it.
    pub(super) fn needs_claim(&self) -> bool {
        self.lines
            .iter()
            .any(|line| line.ways.iter().any(|way| way.contains("{claim}")))
    }
}

/// All conversations of a language.
pub(super) fn scripts(language: Language) -> Vec<Script> {
    parse(match language {
        Language::English => include_str!("scripts/en.txt"),
        Language::Afrikaans => include_str!("scripts/af.txt"),
        Language::IsiZulu => include_str!("scripts/zu.txt"),
        Language::IsiXhosa => include_str!("scripts/xh.txt"),
        Language::Sesotho => include_str!("scripts/st.txt"),
        Language::Hindi => include_str!("scripts/hi.txt"),
        Language::Arabic => include_str!("scripts/ar.txt"),
        Language::Portuguese => include_str!("scripts/pt.txt"),
    })
}

/// Lines that say nothing understandable are left out; a test sees that the built-in scripts have none.
fn parse(text: &'static str) -> Vec<Script> {
    let mut scripts: Vec<Script> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(head) = line.strip_prefix("= ") {
            let (topic, fits) = head.rsplit_once(' ').unwrap_or((head, "any"));
            let fits = match fits {
                "motor" => Fits::Motor,
                "home" => Fits::Home,
                _ => Fits::Any,
            };
            scripts.push(Script {
                topic,
                fits,
                lines: Vec::new(),
            });
        } else if let (Some(script), Some(line)) = (scripts.last_mut(), parse_line(line)) {
            script.lines.push(line);
        }
    }
    scripts
}

fn parse_line(line: &'static str) -> Option<Line> {
    let (minutes_later, line) = match line.strip_prefix('+').and_then(|rest| rest.split_once("m ")) {
        Some((minutes, rest)) => (Some(minutes.parse().ok()?), rest),
        None => (None, line),
    };
    let author = match line.chars().next()? {
        'c' => Author::Customer,
        'a' => Author::Agent,
        'n' => Author::Note,
        _ => return None,
    };
    let rest = line.get(1..)?;
    let (extra, rest) = match rest.strip_prefix('[') {
        Some(rest) => {
            let (extra, rest) = rest.split_once(']')?;
            (Some(parse_extra(extra)?), rest)
        }
        None => (None, rest),
    };
    let ways = rest.strip_prefix(':')?.split('|').map(str::trim).collect();
    Some(Line {
        author,
        extra,
        ways,
        minutes_later,
    })
}

fn parse_extra(text: &'static str) -> Option<Extra> {
    let (kind, rest) = text.split_once(' ').unwrap_or((text, ""));
    match (kind, rest) {
        ("photo", "windscreen") => Some(Extra::Photo(PhotoKind::Windscreen)),
        ("photo", "door") => Some(Extra::Photo(PhotoKind::Door)),
        ("photo", "stain") => Some(Extra::Photo(PhotoKind::WaterStain)),
        ("photo", "form") => Some(Extra::Photo(PhotoKind::Form)),
        ("voice", seconds) => seconds.parse().ok().map(Extra::Voice),
        ("document", title) => Some(Extra::Document(title)),
        ("location", "") => Some(Extra::Location),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_built_in_scripts_is_understood() {
        for language in Language::ALL {
            let scripts = scripts(language);
            assert!(!scripts.is_empty());
            for script in scripts {
                assert!(script.lines.len() >= 4, "{}", script.topic);
                let mute = script
                    .lines
                    .iter()
                    .filter(|line| line.extra.is_none() && line.ways.iter().any(|way| way.is_empty()));
                assert_eq!(mute.count(), 0, "{}", script.topic);
            }
        }
        let lines: usize = [
            include_str!("scripts/en.txt"),
            include_str!("scripts/af.txt"),
            include_str!("scripts/zu.txt"),
            include_str!("scripts/xh.txt"),
            include_str!("scripts/st.txt"),
            include_str!("scripts/hi.txt"),
            include_str!("scripts/ar.txt"),
            include_str!("scripts/pt.txt"),
        ]
        .iter()
        .map(|text| {
            text.lines()
                .filter(|line| !line.trim().is_empty() && !line.starts_with("= "))
                .count()
        })
        .sum();
        let parsed: usize = Language::ALL
            .iter()
            .flat_map(|language| scripts(*language))
            .map(|script| script.lines.len())
            .sum();
        assert_eq!(parsed, lines);
    }
}
