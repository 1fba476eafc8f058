//! The catalogue of settings: every section and key that there is, with its default and what it means.
//!
//! It is read from `counterfoil.default.toml`, which is compiled in. That one file is what `counterfoil config --default`
//! prints, what the reference page is made of, and what decides whether a key in somebody's file is a mistake.

use std::borrow::Cow;
use std::sync::LazyLock;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The defaults file as it is printed.
pub(crate) const DEFAULTS: &str = include_str!("../../counterfoil.default.toml");

/// The value of a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    /// A text; empty means "not set".
    Text(String),
    /// A whole number.
    Whole(i64),
    /// Yes or no.
    Flag(bool),
    /// Several texts.
    List(Vec<String>),
}

impl Value {
    /// What a value of this sort is called in an error.
    pub(crate) fn sort(&self) -> &'static str {
        match self {
            Self::Text(_) => "a text in quotes",
            Self::Whole(_) => "a whole number",
            Self::Flag(_) => "true or false",
            Self::List(_) => "a list of texts",
        }
    }

    /// The value as TOML writes it.
    pub(crate) fn toml(&self) -> String {
        match self {
            Self::Text(text) => toml::Value::from(text.as_str()).to_string(),
            Self::Whole(number) => number.to_string(),
            Self::Flag(flag) => flag.to_string(),
            Self::List(texts) => toml::Value::from(texts.clone()).to_string(),
        }
    }

    /// Reads the value of `node`; `None` when it is of a sort that no setting has.
    pub(crate) fn of(node: &DeValue<'_>) -> Option<Self> {
        if let Some(text) = node.as_str() {
            return Some(Self::Text(text.to_owned()));
        }
        if let Some(flag) = node.as_bool() {
            return Some(Self::Flag(flag));
        }
        if let Some(number) = node.as_integer() {
            return i64::from_str_radix(number.as_str(), number.radix())
                .ok()
                .map(Self::Whole);
        }
        let texts: Option<Vec<String>> = node
            .as_array()?
            .iter()
            .map(|item| item.get_ref().as_str().map(str::to_owned))
            .collect();
        texts.map(Self::List)
    }
}

/// One setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Setting {
    /// Its section, such as `server`.
    pub(crate) section: String,
    /// Its key in the section, such as `address`.
    pub(crate) key: String,
    /// What holds when nobody says otherwise.
    pub(crate) default: Value,
    /// What it means: the comment above it.
    pub(crate) about: String,
}

impl Setting {
    /// The full name, such as `server.address`.
    pub(crate) fn name(&self) -> String {
        format!("{}.{}", self.section, self.key)
    }

    /// The environment variable that overrides it, such as `COUNTERFOIL_SERVER__ADDRESS`.
    pub(crate) fn variable(&self) -> String {
        format!(
            "COUNTERFOIL_{}__{}",
            self.section.to_uppercase(),
            self.key.to_uppercase()
        )
    }
}

/// A section with the comment above it.
#[derive(Debug, Clone)]
pub(crate) struct Section {
    /// Its name, such as `server`.
    pub(crate) name: String,
    /// What it is about.
    pub(crate) about: String,
}

/// The catalogue.
#[derive(Debug)]
pub(crate) struct Catalogue {
    /// The sections in the order of the file.
    pub(crate) sections: Vec<Section>,
    /// The settings in the order of the file.
    pub(crate) settings: Vec<Setting>,
}

/// The catalogue of this build.
pub(crate) static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(Catalogue::read);

impl Catalogue {
    fn read() -> Self {
        let file = DeTable::parse(DEFAULTS).expect("the defaults file is compiled in and tested");
        let mut found: Vec<_> = file.get_ref().iter().collect();
        found.sort_by_key(|(name, _)| name.span().start);
        let mut catalogue = Self {
            sections: Vec::new(),
            settings: Vec::new(),
        };
        for (name, table) in found {
            let table = table.get_ref().as_table().expect("the defaults file has only sections");
            let mut settings: Vec<_> = table.iter().collect();
            settings.sort_by_key(|(key, _)| key.span().start);
            catalogue.sections.push(Section {
                name: name.get_ref().to_string(),
                about: comment_above(DEFAULTS, name.span().start),
            });
            catalogue.settings.extend(
                settings
                    .into_iter()
                    .map(|(key, value)| setting(name.get_ref(), key, value)),
            );
        }
        catalogue
    }

    /// The setting called `section.key`.
    pub(crate) fn find(&self, section: &str, key: &str) -> Option<&Setting> {
        self.settings
            .iter()
            .find(|setting| setting.section == section && setting.key == key)
    }
}

fn setting(section: &str, key: &Spanned<Cow<'_, str>>, value: &Spanned<DeValue<'_>>) -> Setting {
    Setting {
        section: section.to_owned(),
        key: key.get_ref().to_string(),
        default: Value::of(value.get_ref()).expect("the defaults file has only sorts of values that settings have"),
        about: comment_above(DEFAULTS, key.span().start),
    }
}

/// The defaults file with other values for some settings, each named by section and key.
pub(crate) fn file_with(values: &[(&str, &str, Value)]) -> String {
    let mut section = "";
    let mut text = String::new();
    for line in DEFAULTS.lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = name;
        }
        let key = line.split_once(" = ").map(|(key, _)| key);
        let value = values.iter().find(|(of, name, _)| *of == section && Some(*name) == key);
        match value {
            Some((_, key, value)) => text.push_str(&format!("{key} = {}", value.toml())),
            None => text.push_str(line),
        }
        text.push('\n');
    }
    text
}

/// The comment lines directly above the line that holds byte `at`, as one paragraph.
fn comment_above(text: &str, at: usize) -> String {
    let line_start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let mut lines: Vec<&str> = text[..line_start]
        .lines()
        .rev()
        .map_while(|line| line.strip_prefix('#'))
        .map(str::trim)
        .collect();
    lines.reverse();
    lines.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_and_section_says_what_it_means() {
        assert!(CATALOGUE.settings.len() > 15);
        for section in &CATALOGUE.sections {
            assert!(section.about.ends_with('.'), "{}", section.name);
        }
        for setting in &CATALOGUE.settings {
            assert!(setting.about.ends_with('.'), "{}", setting.name());
        }
    }

    #[test]
    fn a_file_with_other_values_differs_in_those_alone() {
        assert_eq!(file_with(&[]), DEFAULTS);
        let text = file_with(&[
            ("vault", "connections", Value::Whole(9)),
            ("data", "folder", Value::Text("a \"b\"".into())),
        ]);
        let file: toml::Table = text.parse().unwrap();
        assert_eq!(file["vault"]["connections"].as_integer(), Some(9));
        assert_eq!(file["database"]["connections"].as_integer(), Some(16));
        assert_eq!(file["data"]["folder"].as_str(), Some("a \"b\""));
    }

    #[test]
    fn the_order_is_that_of_the_file() {
        let first = &CATALOGUE.settings[0];
        assert_eq!(first.name(), "server.address");
        assert_eq!(first.variable(), "COUNTERFOIL_SERVER__ADDRESS");
    }
}
