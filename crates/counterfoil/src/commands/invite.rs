//! `counterfoil invite`: a link with which a person joins, once.

use super::{Ending, write_json};
use crate::config::Settings;
use crate::operator::{ANOTHER_VERSION, Answer, Request, ask};
use crate::system::System;
use anyhow::bail;
use std::io::Write;
use std::path::Path;

/// Invite a person by a link that works once.
#[derive(Debug, clap::Args)]
pub(crate) struct Invite {
    /// Their name.
    name: String,
    /// What they are here to do; may be given more than once.
    #[arg(long = "role", value_name = "ROLE", required = true, value_parser = ["agent", "supervisor", "administrator"])]
    roles: Vec<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(serde::Serialize)]
struct Invited {
    link: String,
    expires_at: String,
}

impl Invite {
    pub(super) async fn run(self, path: &Path, out: &mut dyn Write) -> anyhow::Result<Ending> {
        let settings = Settings::load(path)?;
        let request = Request::Invite {
            name: self.name,
            roles: self.roles,
        };
        let Answer::Invited(invited) = ask(&settings, &System::new(), request).await? else {
            bail!(ANOTHER_VERSION);
        };
        let base = settings.server.url.as_str().trim_end_matches('/');
        let made = Invited {
            link: format!("{base}{}", invited.path),
            expires_at: invited.expires_at,
        };
        if self.json {
            write_json(out, &made)?;
        } else {
            writeln!(
                out,
                "They join here, once, until {}; it is not shown again:\n\n  {}",
                made.expires_at, made.link
            )?;
        }
        Ok(Ending::Well)
    }
}
