//! The sources of settings, laid over each other: the defaults, then the settings file, then the environment.
//!
//! Every value keeps where it came from, for `counterfoil config` and for errors. Keys that nobody knows are errors here, so
//! that no later code meets one.

use super::catalogue::{CATALOGUE, Catalogue, Setting, Value};
use super::error::{ConfigError, Origin};
use super::nearest::nearest;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use toml::de::DeTable;

/// Names under which people try to give a secret, and the setting that names a file instead.
const SECRETS: [(&str, &str, &str); 8] = [
    ("pas", "token", "pas.token_file"),
    ("pas", "secret", "pas.token_file"),
    ("database", "password", "database.password_file"),
    ("vault", "password", "vault.password_file"),
    ("blobs", "access_key", "blobs.access_key_file"),
    ("blobs", "secret_key", "blobs.secret_key_file"),
    ("keys", "key", "keys.folder"),
    ("server", "tls_key", "server.tls_key_file"),
];

/// A value with its origin.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    /// The value.
    pub(crate) value: Value,
    /// Where it came from.
    pub(crate) origin: Origin,
}

/// All settings, each with a value.
#[derive(Debug)]
pub(crate) struct Values {
    held: BTreeMap<(String, String), Held>,
    base: PathBuf,
}

impl Values {
    /// The defaults alone; paths are relative to `base`.
    pub(crate) fn defaults(base: PathBuf) -> Self {
        let held = CATALOGUE.settings.iter().map(|setting| {
            let held = Held {
                value: setting.default.clone(),
                origin: Origin::Default,
            };
            ((setting.section.clone(), setting.key.clone()), held)
        });
        Self {
            held: held.collect(),
            base,
        }
    }

    /// Lays the text of the settings file at `path` over these values.
    ///
    /// # Errors
    /// [`ConfigError::Syntax`], [`ConfigError::Unknown`], [`ConfigError::Sort`], [`ConfigError::Secret`].
    pub(crate) fn lay_file(&mut self, path: &Path, text: &str) -> Result<(), ConfigError> {
        let origin = |at: usize| Origin::File {
            path: path.to_owned(),
            line: 1 + text.get(..at).unwrap_or(text).matches('\n').count(),
        };
        let file = DeTable::parse(text).map_err(|error| ConfigError::Syntax {
            origin: origin(error.span().map_or(0, |span| span.start)),
            detail: error.message().to_owned(),
        })?;
        for (section, table) in file.get_ref() {
            let (name, at) = (section.get_ref().as_ref(), origin(section.span().start));
            let Some(table) = table.get_ref().as_table() else {
                return Err(unknown(&CATALOGUE, at, name, None));
            };
            if !CATALOGUE.sections.iter().any(|known| known.name == name) {
                return Err(unknown(&CATALOGUE, at, name, None));
            }
            for (key, value) in table {
                let (key, at) = (key.get_ref().as_ref(), origin(key.span().start));
                let setting = known(at.clone(), name, key, "a settings file")?;
                let value = Value::of(value.get_ref())
                    .filter(|value| value.sort() == setting.default.sort())
                    .ok_or_else(|| wrong_sort(setting, &at))?;
                self.lay(setting, Held { value, origin: at });
            }
        }
        Ok(())
    }

    /// Lays environment variables over these values: those whose names begin with `COUNTERFOIL_` and have `__` in them.
    ///
    /// # Errors
    /// As [`Self::lay_file`].
    pub(crate) fn lay_environment(
        &mut self,
        variables: impl Iterator<Item = (String, String)>,
    ) -> Result<(), ConfigError> {
        for (variable, text) in variables {
            let Some((section, key)) = variable
                .strip_prefix("COUNTERFOIL_")
                .and_then(|name| name.split_once("__"))
            else {
                continue;
            };
            let at = Origin::Environment(variable.clone());
            let (section, key) = (section.to_lowercase(), key.to_lowercase());
            let setting = known(at.clone(), &section, &key, "the environment")?;
            let value = match &setting.default {
                Value::Text(_) => Some(Value::Text(text)),
                Value::Whole(_) => text.trim().parse().ok().map(Value::Whole),
                Value::Flag(_) => text.trim().parse().ok().map(Value::Flag),
                Value::List(_) => Some(Value::List(
                    text.split(',')
                        .map(|part| part.trim().to_owned())
                        .filter(|part| !part.is_empty())
                        .collect(),
                )),
            };
            let value = value.ok_or_else(|| wrong_sort(setting, &at))?;
            self.lay(setting, Held { value, origin: at });
        }
        Ok(())
    }

    fn lay(&mut self, setting: &Setting, held: Held) {
        self.held.insert((setting.section.clone(), setting.key.clone()), held);
    }

    /// The value called `section.key`.
    pub(crate) fn held(&self, section: &str, key: &str) -> &Held {
        self.held
            .get(&(section.to_owned(), key.to_owned()))
            .expect("code asks only for settings that the defaults file has")
    }

    /// A text, `None` when it is not set.
    pub(crate) fn text(&self, section: &str, key: &str) -> Option<&str> {
        match &self.held(section, key).value {
            Value::Text(text) if !text.is_empty() => Some(text),
            _ => None,
        }
    }

    /// A path made absolute against the place that names it; `None` when it is not set.
    pub(crate) fn path(&self, section: &str, key: &str) -> Option<PathBuf> {
        let text = self.text(section, key)?;
        Some(match self.held(section, key).origin {
            Origin::Environment(_) => std::path::absolute(text).unwrap_or_else(|_| PathBuf::from(text)),
            Origin::Default | Origin::File { .. } => self.base.join(text),
        })
    }

    /// A whole number from `least` to `most`.
    ///
    /// # Errors
    /// [`ConfigError::Invalid`] outside of that range.
    pub(crate) fn whole(&self, section: &str, key: &str, least: i64, most: i64) -> Result<i64, ConfigError> {
        match self.held(section, key).value {
            Value::Whole(number) if (least..=most).contains(&number) => Ok(number),
            _ => Err(self.invalid(section, key, format!("must be from {least} to {most}"))),
        }
    }

    /// Yes or no.
    pub(crate) fn flag(&self, section: &str, key: &str) -> bool {
        self.held(section, key).value == Value::Flag(true)
    }

    /// Several texts.
    pub(crate) fn list(&self, section: &str, key: &str) -> &[String] {
        match &self.held(section, key).value {
            Value::List(texts) => texts,
            _ => &[],
        }
    }

    /// An error about the value of `section.key`.
    pub(crate) fn invalid(&self, section: &str, key: &str, problem: impl Into<String>) -> ConfigError {
        ConfigError::Invalid {
            origin: self.held(section, key).origin.clone(),
            name: format!("{section}.{key}"),
            problem: problem.into(),
        }
    }
}

fn wrong_sort(setting: &Setting, at: &Origin) -> ConfigError {
    ConfigError::Sort {
        origin: at.clone(),
        name: setting.name(),
        wanted: setting.default.sort(),
    }
}

fn known(at: Origin, section: &str, key: &str, place: &'static str) -> Result<&'static Setting, ConfigError> {
    if let Some((.., instead)) = SECRETS.iter().find(|(s, k, _)| *s == section && *k == key) {
        return Err(ConfigError::Secret {
            origin: at,
            place,
            instead: (*instead).to_owned(),
        });
    }
    CATALOGUE
        .find(section, key)
        .ok_or_else(|| unknown(&CATALOGUE, at, section, Some(key)))
}

fn unknown(catalogue: &Catalogue, origin: Origin, section: &str, key: Option<&str>) -> ConfigError {
    let sections = || catalogue.sections.iter().map(|known| known.name.as_str());
    let meant = if sections().any(|known| known == section) {
        Some(section)
    } else {
        nearest(section, sections())
    };
    let (name, nearest) = match (key, meant) {
        (None, _) => (section.to_owned(), meant.map(str::to_owned)),
        (Some(key), None) => (format!("{section}.{key}"), elsewhere(catalogue, key)),
        (Some(key), Some(meant)) => {
            let here = catalogue.settings.iter().filter(|setting| setting.section == meant);
            let near = || nearest(key, here.map(|setting| setting.key.as_str())).map(|near| format!("{meant}.{near}"));
            (format!("{section}.{key}"), elsewhere(catalogue, key).or_else(near))
        }
    };
    ConfigError::Unknown { origin, name, nearest }
}

/// A setting of this very name in another section.
fn elsewhere(catalogue: &Catalogue, key: &str) -> Option<String> {
    let mut same = catalogue.settings.iter().filter(|setting| setting.key == key);
    let only = same.next()?;
    same.next().is_none().then(|| only.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lay(text: &str) -> Result<Values, String> {
        let mut values = Values::defaults(PathBuf::from("/etc/counterfoil"));
        values
            .lay_file(Path::new("c.toml"), text)
            .map_err(|error| error.to_string())?;
        Ok(values)
    }

    #[test]
    fn the_file_lies_over_the_defaults_and_the_environment_over_the_file() {
        let mut values = lay("[server]\naddress = \"127.0.0.1:1\"\nconnections = 7\n").unwrap();
        let variables = [
            ("COUNTERFOIL_SERVER__CONNECTIONS", "8"),
            ("COUNTERFOIL_SERVER__BEHIND_PROXY", "10.0.0.1, 10.0.0.2"),
            ("COUNTERFOIL_CONFIG", "elsewhere"),
            ("HOME", "/root"),
        ];
        values
            .lay_environment(variables.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())))
            .unwrap();
        assert_eq!(values.text("server", "address"), Some("127.0.0.1:1"));
        assert_eq!(values.held("server", "address").origin.to_string(), "c.toml:2");
        assert_eq!(values.whole("server", "connections", 1, 9).unwrap(), 8);
        assert_eq!(values.list("server", "behind_proxy"), ["10.0.0.1", "10.0.0.2"]);
        assert_eq!(
            values.path("data", "folder"),
            Some(PathBuf::from("/etc/counterfoil/data"))
        );
    }

    #[test]
    fn mistakes_are_named_with_their_place_and_their_cure() {
        for (text, said) in [
            (
                "[server]\n\nadress = \"x\"\n",
                "c.toml:3: there is no setting `server.adress`; did you mean `server.address`?",
            ),
            (
                "[sever]\n",
                "c.toml:1: there is no setting `sever`; did you mean `server`?",
            ),
            (
                "[server]\ntoken_file = \"x\"\n",
                "c.toml:2: there is no setting `server.token_file`; did you mean `pas.token_file`?",
            ),
            (
                "[weather]\n",
                "c.toml:1: there is no setting `weather`; `counterfoil config --default` lists all",
            ),
            (
                "[server]\nconnections = \"many\"\n",
                "c.toml:2: `server.connections` must be a whole number",
            ),
        ] {
            assert_eq!(lay(text).err().as_deref(), Some(said), "{text}");
        }
        assert!(
            lay("[server\n")
                .err()
                .unwrap()
                .starts_with("c.toml:1: this is not TOML")
        );
    }

    #[test]
    fn a_secret_in_the_wrong_place_is_refused_and_not_repeated() {
        let said = lay("[pas]\ntoken = \"hunter2\"\n").err().unwrap();
        assert!(said.contains("pas.token_file") && !said.contains("hunter2"), "{said}");
        let variables = [("COUNTERFOIL_PAS__TOKEN".to_owned(), "hunter2".to_owned())];
        let said = Values::defaults(PathBuf::new())
            .lay_environment(variables.into_iter())
            .err()
            .unwrap()
            .to_string();
        assert!(said.contains("pas.token_file") && !said.contains("hunter2"), "{said}");
    }
}
