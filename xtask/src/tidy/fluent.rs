//! Fluent keys: what is used exists, what exists is used, and every language has the same keys.
//!
//! A key counts as used when it stands as a text literal in a template's expression, in Rust or in a script, when a literal that
//! ends in `-` or goes on with `{` begins it (`state-{name}`), or when another Fluent text refers to it. A literal that is
//! handed to one of the configured calls must be a key.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::Finding;
use super::page_words::expressions;
use super::source::{code_lines, literals};
use super::tree::Tree;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    folder: String,
    source_language: String,
    users: Vec<String>,
    calls: Vec<String>,
}

/// Where a key is defined: path and line.
type Keys = BTreeMap<String, (String, usize)>;

pub(super) fn check(tree: &Tree, settings: &Settings) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut languages: BTreeMap<String, Keys> = BTreeMap::new();
    let mut referred = BTreeSet::new();
    for (path, text) in tree.texts(|path| path.starts_with(&settings.folder) && path.ends_with(".ftl")) {
        let inside = &path[settings.folder.len()..];
        let language = inside.split(['/', '.']).next().unwrap_or(inside);
        let keys = languages.entry(language.to_owned()).or_default();
        for (line, key) in defined(text) {
            if let Some((other, first)) = keys.insert(key.clone(), (path.to_owned(), line)) {
                found.push(Finding::at(
                    path,
                    line,
                    format!("`{key}` is already in {other}:{first}"),
                ));
            }
        }
        referred.extend(references(text));
    }
    let Some(source) = languages.remove(&settings.source_language) else {
        if tree
            .texts(|path| settings.users.iter().any(|user| path.starts_with(user)) && path.ends_with(".html"))
            .count()
            > 0
        {
            found.push(Finding::of_file(
                &settings.folder,
                format!("has no language `{}`", settings.source_language),
            ));
        }
        return found;
    };

    let uses = uses(tree, settings);
    for (path, line, key) in &uses.called {
        if !source.contains_key(key) {
            found.push(Finding::at(
                path,
                *line,
                format!("`{key}` is not in the `{}` texts", settings.source_language),
            ));
        }
    }
    for (key, (path, line)) in &source {
        let begun = || uses.beginnings.iter().any(|beginning| key.starts_with(beginning));
        if !uses.literals.contains(key) && !referred.contains(key) && !begun() {
            found.push(Finding::at(path, *line, format!("`{key}` is used nowhere")));
        }
    }
    for (language, keys) in &languages {
        for key in source.keys().filter(|key| !keys.contains_key(*key)) {
            found.push(Finding::of_file(
                &format!("{}{language}", settings.folder),
                format!("lacks `{key}`"),
            ));
        }
        for (key, (path, line)) in keys.iter().filter(|(key, _)| !source.contains_key(*key)) {
            found.push(Finding::at(
                path,
                *line,
                format!("`{key}` is not in the `{}` texts", settings.source_language),
            ));
        }
    }
    found
}

/// The messages and terms that a Fluent file defines; terms keep their `-`.
fn defined(text: &str) -> Vec<(usize, String)> {
    let is_key = |key: &str| {
        key.trim_start_matches('-')
            .starts_with(|c: char| c.is_ascii_alphabetic())
            && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
    };
    (1..)
        .zip(text.lines())
        .filter(|(_, line)| !line.starts_with([' ', '#']))
        .filter_map(|(number, line)| Some((number, line.split_once('=')?.0.trim_end().to_owned())))
        .filter(|(_, key)| is_key(key))
        .collect()
}

/// What texts refer to in braces: `{ -term }`, `{ message }`, `{ message.attribute }`.
fn references(text: &str) -> impl Iterator<Item = String> {
    text.split('{').skip(1).filter_map(|part| {
        let name = part
            .trim_start()
            .split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'))
            .next()?;
        (!name.is_empty()).then(|| name.to_owned())
    })
}

#[derive(Default)]
struct Uses {
    /// Literals that are handed to one of the calls: path, line, key.
    called: Vec<(String, usize, String)>,
    literals: BTreeSet<String>,
    beginnings: BTreeSet<String>,
}

fn uses(tree: &Tree, settings: &Settings) -> Uses {
    let mut uses = Uses::default();
    for (path, text) in tree.texts(|path| settings.users.iter().any(|user| path.starts_with(user))) {
        let pieces: Vec<(usize, &str)> = if path.ends_with(".html") {
            expressions(text)
        } else if path.ends_with(".rs") && !path.contains("/tests/") {
            code_lines(text).collect()
        } else if path.ends_with(".js") {
            (1..).zip(text.lines()).collect()
        } else {
            continue;
        };
        for (line, piece) in pieces {
            for literal in literals(piece, "\"") {
                // An attribute of a message is found through its message.
                let key = literal.split('.').next().unwrap_or(literal);
                if let Some((beginning, _)) = key.split_once('{').or(key.ends_with('-').then_some((key, ""))) {
                    if beginning.len() > 1 && beginning.ends_with('-') {
                        uses.beginnings.insert(beginning.to_owned());
                    }
                } else {
                    uses.literals.insert(key.to_owned());
                }
            }
            for key in settings.calls.iter().flat_map(|call| handed_to(call, piece)) {
                uses.called.push((path.to_owned(), line, key.to_owned()));
            }
        }
    }
    uses
}

/// The literals that open the arguments of a call, such as `say("key", ...)`.
fn handed_to<'a>(call: &str, piece: &'a str) -> Vec<&'a str> {
    let opening = format!("{call}(\"");
    piece
        .match_indices(&opening)
        .filter(|(place, _)| !piece[..*place].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
        .filter_map(|(place, _)| piece[place + opening.len()..].split('"').next())
        .map(|key| key.split('.').next().unwrap_or(key))
        .filter(|key| !key.contains('{') && !key.ends_with('-'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENGLISH: &str =
        "# A remark\n-brand = Counterfoil\nhello = Hello from { -brand }\n    .title = More\nstate-sent = Sent\n";

    fn findings(template: &str, hindi: &str) -> Vec<String> {
        let settings = Settings {
            folder: "web/locales/".into(),
            source_language: "en".into(),
            users: vec!["web/".into()],
            calls: vec!["say".into()],
        };
        let tree = Tree::of(&[
            ("web/a.html", template),
            ("web/locales/en/pages.ftl", ENGLISH),
            ("web/locales/hi.ftl", hindi),
            (
                "web/src/a.rs",
                "//! A.\nlet state = format!(\"state-{name}\");\n#[cfg(test)]\nmod tests {\n    say(\"none\");\n}\n",
            ),
        ]);
        check(&tree, &settings).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn keys_that_agree_pass() {
        assert!(
            findings(
                "<p title=\"{{ say(\"hello.title\") }}\">{{ say(\"hello\") }}</p>",
                ENGLISH
            )
            .is_empty()
        );
    }

    #[test]
    fn keys_that_do_not_agree_are_found() {
        let found = findings(
            "<p>\n{{ say(\"hallo\") }} {{ essay(\"other\") }}</p>",
            "-brand = C\nhello = N\nmore = M\nhello = O\n",
        );
        assert_eq!(
            found,
            [
                "web/locales/hi.ftl:4: `hello` is already in web/locales/hi.ftl:2",
                "web/a.html:2: `hallo` is not in the `en` texts",
                "web/locales/en/pages.ftl:3: `hello` is used nowhere",
                "web/locales/hi: lacks `state-sent`",
                "web/locales/hi.ftl:3: `more` is not in the `en` texts",
            ]
        );
    }
}
