//! All languages say the same things, and nothing is without words.

use super::*;
use crate::error::Problem;
use fluent_bundle::FluentResource;
use std::collections::{BTreeMap, BTreeSet};

/// Key to the names of the values that its text asks for.
fn keys(texts: &[&str]) -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    for text in texts {
        FluentResource::try_new((*text).to_owned()).expect("every text parses");
        let mut current = None;
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if let Some((key, _)) = line
                .split_once(" = ")
                .or(line.split_once(" ="))
                .filter(|_| !line.starts_with(' '))
            {
                assert!(
                    found.insert(key.to_owned(), BTreeSet::new()).is_none(),
                    "{key} stands twice"
                );
                current = Some(key.to_owned());
            }
            let Some(values) = current.as_ref().and_then(|key| found.get_mut(key)) else {
                continue;
            };
            for part in line.split('$').skip(1) {
                values.insert(part.chars().take_while(char::is_ascii_alphanumeric).collect());
            }
        }
    }
    found
}

#[test]
fn all_languages_say_the_same_things() {
    let english = keys(&texts!("en"));
    for (language, other) in [("hi", keys(&texts!("hi"))), ("ar", keys(&texts!("ar")))] {
        for (key, values) in &english {
            assert_eq!(other.get(key), Some(values), "{language}: {key}");
        }
        assert_eq!(english.len(), other.len(), "{language}");
    }
}

#[test]
fn every_problem_has_words() {
    for problem in Problem::ALL {
        for language in Language::ALL {
            let words = Words::of(*language);
            assert!(words.has(&format!("error-{}", problem.code())), "{}", problem.code());
            assert!(
                words.has(&format!("error-{}-next", problem.code())),
                "{}",
                problem.code()
            );
        }
    }
}

#[test]
fn sizes_read_well() {
    let words = Words::of(Language::English);
    for (bytes, said) in [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1_000, "1.0 kB"),
        (48_211, "48 kB"),
        (2_400_000, "2.4 MB"),
        (104_857_600, "104 MB"),
    ] {
        assert_eq!(size(words, bytes), said);
    }
}
