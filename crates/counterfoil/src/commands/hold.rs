//! `counterfoil hold`: what must not be erased, and releasing it.

use super::{Ending, write_json};
use crate::config::Settings;
use crate::operator::{ANOTHER_VERSION, Answer, Request, ask};
use crate::system::System;
use anyhow::bail;
use counterfoil_model::HoldId;
use counterfoil_model::erasure::ErasureTarget;
use std::io::Write;
use std::path::Path;

/// Hold messages, files, conversations and contacts from being erased, and release them.
#[derive(Debug, clap::Args)]
pub(crate) struct Hold {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Hold one message with its files.
    Message(Wanted),
    /// Hold one file of a message.
    Attachment(Wanted),
    /// Hold everything in a conversation, with what comes in later.
    Conversation(Wanted),
    /// Hold a contact with the conversations that there are.
    Contact(Wanted),
    /// Release a hold, for good.
    Release {
        /// Which.
        hold: HoldId,
    },
    /// List the holds, newest first.
    List {
        /// Only those before this one.
        #[arg(long, value_name = "HOLD")]
        before: Option<HoldId>,
        /// How many at most.
        #[arg(long, value_name = "NUMBER", default_value_t = 20)]
        limit: usize,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

/// What a hold needs.
#[derive(Debug, clap::Args)]
struct Wanted {
    /// The id of what is held, such as `cnv_…`.
    id: String,
    /// On whose word: a name, a decision, the number of a case. Kept sealed with the hold.
    #[arg(long, value_name = "TEXT")]
    authority: String,
}

impl Hold {
    pub(super) async fn run(self, path: &Path, out: &mut dyn Write) -> anyhow::Result<Ending> {
        let settings = Settings::load(path)?;
        match self.what {
            What::Message(wanted) => place(&settings, ErasureTarget::Message, wanted, out).await,
            What::Attachment(wanted) => place(&settings, ErasureTarget::Attachment, wanted, out).await,
            What::Conversation(wanted) => place(&settings, ErasureTarget::Conversation, wanted, out).await,
            What::Contact(wanted) => place(&settings, ErasureTarget::Contact, wanted, out).await,
            What::Release { hold } => release(&settings, hold, out).await,
            What::List { before, limit, json } => list(&settings, before, limit, json, out).await,
        }
    }
}

async fn place(
    settings: &Settings,
    target: ErasureTarget,
    wanted: Wanted,
    out: &mut dyn Write,
) -> anyhow::Result<Ending> {
    let Wanted { id, authority } = wanted;
    let request = Request::HoldPlace { target, id, authority };
    let Answer::Held(held) = ask(settings, &System::new(), request).await? else {
        bail!(ANOTHER_VERSION);
    };
    writeln!(out, "Held by {}.", held.held)?;
    Ok(Ending::Well)
}

async fn release(settings: &Settings, hold: HoldId, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let Answer::HoldReleased(released) = ask(settings, &System::new(), Request::HoldRelease { hold }).await? else {
        bail!(ANOTHER_VERSION);
    };
    writeln!(out, "{} is released.", released.hold_released)?;
    Ok(Ending::Well)
}

async fn list(
    settings: &Settings,
    before: Option<HoldId>,
    limit: usize,
    json: bool,
    out: &mut dyn Write,
) -> anyhow::Result<Ending> {
    let Answer::Holds(list) = ask(settings, &System::new(), Request::HoldList { before, limit }).await? else {
        bail!(ANOTHER_VERSION);
    };
    if json {
        write_json(out, &list.holds)?;
        return Ok(Ending::Well);
    }
    if list.holds.is_empty() {
        writeln!(out, "Nothing is held.")?;
    }
    for hold in &list.holds {
        let until = hold
            .released_at
            .as_ref()
            .map_or_else(String::new, |at| format!(", released {at}"));
        writeln!(out, "{}  {} {}", hold.hold, hold.target.name(), hold.object)?;
        let authority = hold.authority.as_deref().unwrap_or("(erased)");
        writeln!(out, "  since {}{until}, on the word of {authority}", hold.since)?;
    }
    Ok(Ending::Well)
}
