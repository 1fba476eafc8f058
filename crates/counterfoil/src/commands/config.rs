//! `counterfoil config`: the settings in force, each with where it comes from.

use super::{Ending, write_json};
use crate::config::Settings;
use crate::config::catalogue::{CATALOGUE, DEFAULTS, Value};
use std::io::Write;
use std::path::Path;

/// Show the settings in force, each with where it comes from.
#[derive(Debug, clap::Args)]
pub(crate) struct Config {
    /// Print a settings file with all defaults and what they mean, instead.
    #[arg(long, conflicts_with = "reference")]
    default: bool,
    /// Print a reference page of the documentation, instead.
    #[arg(long, value_name = "PAGE", value_enum, hide = true)]
    reference: Option<Page>,
    /// Print JSON.
    #[arg(long, conflicts_with_all = ["default", "reference"])]
    json: bool,
}

/// A page of the documentation that is made from the program.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Page {
    /// All settings.
    Settings,
    /// All commands.
    Commands,
}

#[derive(serde::Serialize)]
struct Shown {
    setting: String,
    value: String,
    source: String,
}

impl Config {
    pub(super) fn run(self, path: &Path, out: &mut dyn Write) -> anyhow::Result<Ending> {
        if self.default {
            out.write_all(DEFAULTS.as_bytes())?;
            return Ok(Ending::Well);
        }
        if let Some(page) = self.reference {
            let text = match page {
                Page::Settings => reference(),
                Page::Commands => super::reference::page(),
            };
            out.write_all(text.as_bytes())?;
            return Ok(Ending::Well);
        }
        let settings = Settings::load(path)?;
        let shown: Vec<Shown> = CATALOGUE
            .settings
            .iter()
            .map(|setting| {
                let held = settings.values.held(&setting.section, &setting.key);
                Shown {
                    setting: setting.name(),
                    value: held.value.toml(),
                    source: held.origin.to_string(),
                }
            })
            .collect();
        if self.json {
            write_json(out, &shown)?;
            return Ok(Ending::Well);
        }
        let width = |of: fn(&Shown) -> &str| shown.iter().map(|line| of(line).chars().count()).max().unwrap_or(0);
        let (names, values) = (width(|line| &line.setting), width(|line| &line.value));
        for line in &shown {
            let Shown { setting, value, source } = line;
            writeln!(out, "{setting:<names$}  {value:<values$}  {source}")?;
        }
        writeln!(
            out,
            "\nSecrets are not shown: settings that end in _file name the files that hold them."
        )?;
        Ok(Ending::Well)
    }
}

/// The reference page, made from the defaults file.
fn reference() -> String {
    let mut page = String::from(
        "# Settings\n\n<!-- Made by `counterfoil config --reference settings`; a test compares the two. -->\n\n\
         One TOML file, `counterfoil.toml`, or the one that `--config` names. A path is relative to the folder of the file that \
         names it; an empty text means \"not set\". Every setting can be overridden in the environment, by the variable in its \
         heading's table; a list is separated by commas. Secrets are read from files that settings name, never from the settings \
         file or the environment. A key that is not known is an error.\n\n\
         `counterfoil config` shows the settings in force and where each comes from; `counterfoil config --default` prints a file \
         with all of them.\n",
    );
    for section in &CATALOGUE.sections {
        page.push_str(&format!("\n## [{}]\n\n{}\n", section.name, section.about));
        for setting in CATALOGUE
            .settings
            .iter()
            .filter(|setting| setting.section == section.name)
        {
            let sort = match setting.default {
                Value::Text(_) => "text",
                Value::Whole(_) => "whole number",
                Value::Flag(_) => "true or false",
                Value::List(_) => "list of texts",
            };
            page.push_str(&format!(
                "\n### {}\n\n{}\n\n| sort | default | variable |\n| --- | --- | --- |\n| {sort} | `{}` | `{}` |\n",
                setting.name(),
                setting.about,
                setting.default.toml(),
                setting.variable(),
            ));
        }
    }
    page
}
