//! Templates hold no words for people: those live in Fluent files.
//!
//! Reads a template as HTML after its expressions are taken out, and looks at text between tags and at the attributes that people
//! see or hear. Other attributes, scripts and styles are not language.

use serde::Deserialize;

use super::Finding;
use super::tree::Tree;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    folders: Vec<String>,
    attributes: Vec<String>,
    elements_without_words: Vec<String>,
    blocks_without_words: Vec<String>,
    names: Vec<String>,
}

pub(super) fn check(tree: &Tree, settings: &Settings) -> Vec<Finding> {
    let templates = |path: &str| settings.folders.iter().any(|f| path.starts_with(f)) && path.ends_with(".html");
    let mut found = Vec::new();
    for (path, text) in tree.texts(templates) {
        for (line, words) in words_in(text, settings) {
            found.push(Finding::at(path, line, format!("`{words}` belongs into a Fluent file")));
        }
    }
    found
}

/// What people would read in a template, with its line.
fn words_in(template: &str, settings: &Settings) -> Vec<(usize, String)> {
    let html = without_expressions(&without_blocks(template, &settings.blocks_without_words));
    let mut found = Vec::new();
    let mut silent_until: Option<String> = None;
    let mut rest = html.as_str();
    while !rest.is_empty() {
        let line = html[..html.len() - rest.len()].matches('\n').count() + 1;
        let (text, after) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
        if silent_until.is_none() {
            let start = line + text[..text.len() - text.trim_start().len()].matches('\n').count();
            found.extend(language(text, settings).map(|words| (start, words)));
        }
        let line = line + text.matches('\n').count();
        let (tag, after) = split_tag(after);
        rest = after;
        let name = element(tag);
        match &silent_until {
            Some(closing) if *closing == name => silent_until = None,
            Some(_) => {}
            None => {
                found.extend(seen_attributes(tag, settings).map(|words| (line, words)));
                let is_silent =
                    ["script", "style"].contains(&name.as_str()) || settings.elements_without_words.contains(&name);
                if is_silent && !tag.ends_with("/>") {
                    silent_until = Some(format!("/{name}"));
                }
            }
        }
    }
    found
}

/// The template with the inside of these blocks blanked out, line breaks kept.
fn without_blocks(template: &str, blocks: &[String]) -> String {
    let mut text = template.to_owned();
    for block in blocks {
        let opening = format!("{{% block {block} %}}");
        let mut from = 0;
        while let Some(start) = text[from..].find(&opening).map(|at| from + at + opening.len()) {
            let end = text[start..].find("{% endblock").map_or(text.len(), |at| start + at);
            let blank: String = text[start..end]
                .chars()
                .map(|c| if c == '\n' { c } else { ' ' })
                .collect();
            text.replace_range(start..end, &blank);
            from = start;
        }
    }
    text
}

/// Cuts the tag or comment that a text starts with.
fn split_tag(html: &str) -> (&str, &str) {
    if html.starts_with("<!--") {
        return html.split_at(html.find("-->").map_or(html.len(), |end| end + "-->".len()));
    }
    let mut quote = None;
    for (place, character) in html.char_indices() {
        match (quote, character) {
            (None, '"' | '\'') => quote = Some(character),
            (None, '>') => return html.split_at(place + 1),
            (Some(open), _) if open == character => quote = None,
            _ => {}
        }
    }
    (html, "")
}

/// `section` of `<section class="a">`, `/section` of its end.
fn element(tag: &str) -> String {
    let name = tag.trim_start_matches('<');
    let end = name
        .char_indices()
        .find(|(place, c)| c.is_whitespace() || *c == '>' || (*c == '/' && *place > 0));
    name[..end.map_or(name.len(), |(place, _)| place)].to_lowercase()
}

fn seen_attributes<'a>(tag: &'a str, settings: &'a Settings) -> impl Iterator<Item = String> + 'a {
    attributes(tag)
        .into_iter()
        .filter(|(name, _)| settings.attributes.iter().any(|seen| seen == name))
        .filter_map(|(_, value)| language(value, settings))
}

fn attributes(tag: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut rest = tag;
    while let Some((before, after)) = rest.split_once('=') {
        let name = before
            .rsplit(|c: char| c.is_whitespace() || c == '"' || c == '\'')
            .next()
            .unwrap_or(before);
        let Some(quote) = after.chars().next().filter(|c| ['"', '\''].contains(c)) else {
            rest = after;
            continue;
        };
        let Some((value, after)) = after[1..].split_once(quote) else {
            break;
        };
        found.push((name, value));
        rest = after;
    }
    found
}

/// The words of a text that are language, without entities and names.
fn language(text: &str, settings: &Settings) -> Option<String> {
    let mut words = Vec::new();
    for word in text.split_whitespace() {
        let plain = without_entities(word);
        let bare = plain.trim_matches(|c: char| !c.is_alphanumeric());
        if bare.chars().any(char::is_alphabetic) && !settings.names.iter().any(|name| name == bare) {
            words.push(plain);
        }
    }
    (!words.is_empty()).then(|| words.join(" "))
}

fn without_entities(word: &str) -> String {
    let mut plain = String::new();
    let mut rest = word;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        match after.split_once(';') {
            Some((name, after)) if name.chars().all(|c| c.is_ascii_alphanumeric() || c == '#') => rest = after,
            _ => {
                plain.push('&');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    plain
}

/// Takes `{{ }}`, `{% %}` and `{# #}` out and keeps the line breaks.
pub(super) fn without_expressions(template: &str) -> String {
    let mut html = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, inner, after)) = next_expression(rest) {
        html.push_str(before);
        html.extend(inner.chars().filter(|c| *c == '\n'));
        rest = after;
    }
    html.push_str(rest);
    html
}

/// The insides of all expressions of a template, with the line on which each starts; comments are left out.
pub(super) fn expressions(template: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut rest = template;
    while let Some((before, inner, after)) = next_expression(rest) {
        let start = template.len() - rest.len() + before.len();
        if !template[start..].starts_with("{#") {
            found.push((template[..start].matches('\n').count() + 1, inner));
        }
        rest = after;
    }
    found
}

fn next_expression(text: &str) -> Option<(&str, &str, &str)> {
    let (start, close) = [("{{", "}}"), ("{%", "%}"), ("{#", "#}")]
        .iter()
        .filter_map(|(open, close)| Some((text.find(open)?, close)))
        .min()?;
    let inner = &text[start + 2..];
    let end = inner.find(close).unwrap_or(inner.len());
    Some((&text[..start], &inner[..end], inner.get(end + 2..).unwrap_or("")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        Settings {
            blocks_without_words: vec!["kind".into()],
            folders: vec!["templates/".into()],
            attributes: vec!["title".into(), "aria-label".into()],
            elements_without_words: vec!["kbd".into()],
            names: vec!["Counterfoil".into()],
        }
    }

    #[test]
    fn words_are_found_where_people_see_them() {
        let cases: [(&str, &[(usize, &str)]); 15] = [
            (
                "{% block kind %} inbox{% endblock %}{% block inside %}\nGo{% endblock %}",
                &[(2, "Go")],
            ),
            ("<p>{{ say(\"hello\") }}</p>", &[]),
            ("<p>Hello there</p>", &[(1, "Hello there")]),
            ("<p>\n  Hello\n</p>", &[(2, "Hello")]),
            ("{% if a > b %}<b>·</b>{% else %}yes{% endif %}", &[(1, "yes")]),
            (
                "<a title=\"Open\" class=\"list row\" href='/a'>{{ x }}</a>",
                &[(1, "Open")],
            ),
            ("<a title=\"{{ say(\"open\") }}\">&nbsp;&middot; 12</a>", &[]),
            ("<a aria-label=\"{{ a }} files\"></a>", &[(1, "files")]),
            ("<!-- a remark --><!doctype html><html lang=\"en\">", &[]),
            (
                "<script type=\"module\">let a = b;</script><style>p { c: d }</style>ok",
                &[(1, "ok")],
            ),
            ("<kbd>Enter</kbd> <title>Counterfoil</title>", &[]),
            ("{# a long\nremark #}\n<p>x</p>", &[(3, "x")]),
            ("<p data-if=\"a > b\">c</p>", &[(1, "c")]),
            ("<br/><i>tail</i>", &[(1, "tail")]),
            ("unclosed {{ expression", &[(1, "unclosed")]),
        ];
        for (template, expected) in cases {
            let found = words_in(template, &settings());
            let found: Vec<_> = found.iter().map(|(line, words)| (*line, words.as_str())).collect();
            assert_eq!(found, expected, "{template}");
        }
    }

    #[test]
    fn only_templates_are_read() {
        let tree = Tree::of(&[
            ("templates/a.html", "<p>Hi</p>"),
            ("templates/a.txt", "Hi"),
            ("docs/a.html", "Hi"),
        ]);
        assert_eq!(
            check(&tree, &settings()),
            [Finding::at("templates/a.html", 1, "`Hi` belongs into a Fluent file")]
        );
    }

    #[test]
    fn expressions_have_lines() {
        assert_eq!(
            expressions("a {{ b }}\n{# no #}{% c\n%}{{ d }}"),
            [(1, " b "), (2, " c\n"), (3, " d ")]
        );
    }
}
