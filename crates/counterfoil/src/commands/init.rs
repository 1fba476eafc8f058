//! `counterfoil init`: makes an installation, once: settings file, data folder, key, log, first team, first administrator.
//!
//! Nothing that is there already is overwritten. The one secret that is ever printed is the administrator's link, which works
//! once.

use super::{Ending, write_json};
use crate::config::Settings;
use crate::config::catalogue::{Value, file_with};
use crate::founding::found;
use crate::system::System;
use anyhow::{Context, bail};
use counterfoil_flow::organisation::open::For;
use counterfoil_flow::people::invite::invite;
use counterfoil_model::person::Role;
use counterfoil_policy::Actor;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{IsTerminal, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

const PLACES: &str = "\
Where shall the root key live? Whoever has it and the data can read everything; whoever has only the data can read nothing.

  apart   A folder apart from the data, best on another disk or a stick that is not backed up with it (--key-folder).
          Protects when the data folder, its disk or a backup of it gets into wrong hands.
          Does not protect against somebody who rules this machine while Counterfoil runs.
  beside  Inside the data folder (--key-beside-data). For trying out only.
          Protects against nothing: every copy of the data carries its key.
";

const BESIDE: &str = "\
Warning: the key lies beside the data. Every copy and every backup of the data folder can be read by whoever has it, and nothing
erased from it is unrecoverable. `doctor` will say so each time. Make a new installation with --key-folder before real use.
";

/// Make an installation: settings file, data folder, key, first team, and a link for the first administrator.
#[derive(Debug, clap::Args)]
pub(crate) struct Init {
    /// The data folder to make.
    #[arg(long, value_name = "FOLDER", default_value = "data")]
    data: PathBuf,
    /// Keep the root key in this folder, apart from the data.
    #[arg(long, value_name = "FOLDER", conflicts_with = "key_beside_data")]
    key_folder: Option<PathBuf>,
    /// Keep the root key inside the data folder: for trying out only.
    #[arg(long)]
    key_beside_data: bool,
    /// The address and port to serve on.
    #[arg(long, value_name = "ADDRESS")]
    address: Option<String>,
    /// The address that people and the provider use, such as `https://counterfoil.example.org`.
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// Keep the records in PostgreSQL: postgres://user@host/name.
    #[arg(long, value_name = "URL", requires = "vault_url")]
    database_url: Option<String>,
    /// The file that holds the password for it.
    #[arg(long, value_name = "FILE")]
    database_password_file: Option<PathBuf>,
    /// Keep the vault's rows in PostgreSQL, in a database of their own.
    #[arg(long, value_name = "URL")]
    vault_url: Option<String>,
    /// The file that holds the password for it.
    #[arg(long, value_name = "FILE")]
    vault_password_file: Option<PathBuf>,
    /// What the first team is called.
    #[arg(long, value_name = "NAME", default_value = "Customer service")]
    team: String,
    /// The name of the first administrator.
    #[arg(long, value_name = "NAME")]
    administrator: Option<String>,
    /// Print JSON, and ask nothing.
    #[arg(long)]
    json: bool,
}

#[derive(serde::Serialize)]
struct Made {
    settings: PathBuf,
    data: PathBuf,
    keys: PathBuf,
    link: String,
    link_expires_at: String,
}

impl Init {
    pub(super) async fn run(mut self, path: &Path, out: &mut dyn Write) -> anyhow::Result<Ending> {
        if path.exists() {
            bail!(
                "{} is there already; nothing was changed. Name another file with --config",
                path.display()
            );
        }
        self.ask(out)?;
        let text = self.settings_text()?;
        let settings = Settings::from_text(path, &text)?;
        make_data_folder(&settings.storage.data)?;
        let system = System::new();
        let house = found(&settings, &system, For::Work, &self.team).await?;
        let name = self.administrator.as_deref().unwrap_or_default();
        let invitation = invite(&house.flow, &Actor::Operator, name, &[Role::Administrator])
            .await
            .context("the administrator could not be invited; do it again with `counterfoil invite`")?;
        house.close().await;
        write_settings(path, &text)?;
        let made = Made {
            settings: path.to_owned(),
            data: settings.storage.data.clone(),
            keys: settings.keys.folder.clone(),
            link: format!("{}join/{}", settings.server.url, invitation.token.reveal()),
            link_expires_at: invitation.expires_at.rfc3339(),
        };
        if self.json {
            write_json(out, &made)?;
        } else {
            self.tell(&made, out)?;
        }
        Ok(Ending::Well)
    }

    /// Asks for what was not told, when somebody is there to answer.
    fn ask(&mut self, out: &mut dyn Write) -> anyhow::Result<()> {
        let somebody = std::io::stdin().is_terminal() && !self.json;
        if self.key_folder.is_none() && !self.key_beside_data {
            if !somebody {
                bail!("say where the root key shall live, with --key-folder or --key-beside-data\n\n{PLACES}");
            }
            writeln!(out, "{PLACES}")?;
            let answer = question(out, "The folder for the key (or: beside): ")?;
            match answer.as_str() {
                "" => bail!("no folder was named; nothing was changed"),
                "beside" => self.key_beside_data = true,
                folder => self.key_folder = Some(PathBuf::from(folder)),
            }
        }
        if self.administrator.is_none() {
            if !somebody {
                bail!("say who the first administrator is, with --administrator NAME");
            }
            self.administrator = Some(question(out, "The name of the first administrator: ")?);
        }
        if self.administrator.as_deref().is_none_or(|name| name.trim().is_empty()) {
            bail!("the first administrator needs a name; nothing was changed");
        }
        Ok(())
    }

    fn settings_text(&self) -> anyhow::Result<String> {
        let place = |path: &Path| -> anyhow::Result<Value> {
            let path = std::path::absolute(path)?;
            let text = path
                .to_str()
                .context("a path that is not UTF-8 cannot stand in the settings file")?;
            Ok(Value::Text(text.to_owned()))
        };
        let mut values = vec![("data", "folder", place(&self.data)?)];
        let keys = self.key_folder.clone().unwrap_or_else(|| self.data.join("keys"));
        values.push(("keys", "folder", place(&keys)?));
        values.push(("keys", "beside_data", Value::Flag(self.key_beside_data)));
        let texts = [
            ("server", "address", &self.address),
            ("server", "url", &self.url),
            ("database", "url", &self.database_url),
            ("vault", "url", &self.vault_url),
        ];
        for (section, key, text) in texts {
            values.extend(text.clone().map(|text| (section, key, Value::Text(text))));
        }
        for (section, file) in [
            ("database", &self.database_password_file),
            ("vault", &self.vault_password_file),
        ] {
            if let Some(file) = file {
                values.push((section, "password_file", place(file)?));
            }
        }
        Ok(file_with(&values))
    }

    fn tell(&self, made: &Made, out: &mut dyn Write) -> anyhow::Result<()> {
        let Made {
            settings,
            data,
            keys,
            link,
            link_expires_at,
        } = made;
        writeln!(out, "An installation was made.\n")?;
        writeln!(out, "  settings  {}", settings.display())?;
        writeln!(out, "  data      {}", data.display())?;
        writeln!(out, "  key       {}\n", keys.display())?;
        if self.key_beside_data {
            writeln!(out, "{BESIDE}")?;
        }
        writeln!(
            out,
            "The first administrator joins here, once, until {link_expires_at}; it is not shown again:\n\n  {link}\n"
        )?;
        writeln!(
            out,
            "Next: start it with `counterfoil --config {} serve`, then open the link.",
            settings.display()
        )?;
        Ok(())
    }
}

fn question(out: &mut dyn Write, text: &str) -> anyhow::Result<String> {
    write!(out, "{text}")?;
    out.flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(answer.trim().to_owned())
}

fn make_data_folder(folder: &Path) -> anyhow::Result<()> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.with_context(|| format!("the data folder {} could not be made", folder.display()))?;
    if std::fs::read_dir(folder)?.next().is_some() {
        bail!(
            "the data folder {} is not empty; nothing was changed. Name another with --data",
            folder.display()
        );
    }
    Ok(())
}

fn write_settings(path: &Path, text: &str) -> anyhow::Result<()> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let mut file = file.with_context(|| format!("{} could not be written", path.display()))?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    Ok(File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?)
}
