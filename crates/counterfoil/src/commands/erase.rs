//! `counterfoil erase`: erasing for good, and what was erased.

mod challenge;
mod page;
mod preview;
mod show;

use self::show::{named, show, write_page};
use super::{Ending, write_json};
use crate::config::Settings;
use crate::operator::{ANOTHER_VERSION, Answer, Erasure, Request, ask};
use crate::system::System;
use anyhow::bail;
use counterfoil_model::erasure::{ErasureReason, ErasureTarget};
use counterfoil_model::{ErasureId, MessageId};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How often it is looked whether an erasure is live.
const LOOK: Duration = Duration::from_millis(500);

/// Erase a message, a file, a conversation, a contact or whatever is older than a moment for good, and show what was erased.
#[derive(Debug, clap::Args)]
pub(crate) struct Erase {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Show what would be erased, item by item, and change nothing.
    Preview(preview::Preview),
    /// Erase one message with its files.
    Message(Decision),
    /// Erase one file of a message; its words stay.
    Attachment(Decision),
    /// Erase everything in a conversation.
    Conversation(Part),
    /// Erase a contact with all of their conversations.
    Contact(Part),
    /// Erase every message that occurred before a moment, with its files, in all conversations; what is held stays, and so do conversations and contacts.
    ///
    /// For terms that are over: look first with `counterfoil erase preview older`.
    Older {
        /// Before which moment, such as `2021-01-01T00:00:00Z`.
        #[arg(value_name = "MOMENT")]
        before: String,
        #[command(flatten)]
        word: Word,
    },
    /// Show the certificate of an erasure: what is gone, since when, and what is beyond reach.
    Show {
        /// Which.
        erasure: ErasureId,
        /// Write it as a page into this new file, which stands for itself and can be printed.
        #[arg(long, value_name = "FILE", conflicts_with = "json")]
        page: Option<PathBuf>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Try to read what was erased, with every key that is still held, and put what came of it on the certificate.
    ///
    /// Looks through the records' database (on SQLite also its free pages and write-ahead log), the vault's, the sealed files, the spool, and every backup in the catalogue
    /// that lies where it says. Ends with 1 when something opens that should not: anything outside backups, and once the erasure is final, anything.
    Challenge(challenge::Challenge),
    /// List the erasures, newest first.
    List {
        /// Only those before this one.
        #[arg(long, value_name = "ERASURE")]
        before: Option<ErasureId>,
        /// How many at most.
        #[arg(long, value_name = "NUMBER", default_value_t = 20)]
        limit: usize,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

/// What is erased, and why.
#[derive(Debug, clap::Args)]
struct Decision {
    /// The id of what is erased, such as `msg_…`.
    id: String,
    #[command(flatten)]
    word: Word,
}

/// What an erasure needs before it is decided.
#[derive(Debug, clap::Args)]
struct Word {
    /// Why: its subject asked for it, its term is over, it was a mistake, or it was ordered.
    #[arg(long, value_name = "REASON", value_parser = ["request", "retention", "mistake", "order"])]
    reason: String,
    /// On whose word: a name, a decision, the number of a request. Kept sealed with the erasure.
    #[arg(long, value_name = "TEXT")]
    authority: String,
    /// Wait until nothing here opens any of it.
    #[arg(long)]
    wait: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// The decision on something of which parts may stay.
#[derive(Debug, clap::Args)]
struct Part {
    #[command(flatten)]
    decision: Decision,
    /// A message of it that stays; may be given again and again.
    #[arg(long, value_name = "MESSAGE", requires = "ground")]
    keep: Vec<MessageId>,
    /// Why these messages stay. Kept sealed with each.
    #[arg(long, value_name = "TEXT", requires = "keep")]
    ground: Option<String>,
}

impl From<Decision> for Part {
    fn from(decision: Decision) -> Self {
        Self {
            decision,
            keep: Vec::new(),
            ground: None,
        }
    }
}

impl Erase {
    pub(super) async fn run(self, path: &Path, out: &mut dyn Write) -> anyhow::Result<Ending> {
        let settings = Settings::load(path)?;
        match self.what {
            What::Preview(preview) => preview.run(&settings, out).await,
            What::Message(decision) => erase(&settings, ErasureTarget::Message, decision.into(), out).await,
            What::Attachment(decision) => erase(&settings, ErasureTarget::Attachment, decision.into(), out).await,
            What::Conversation(part) => erase(&settings, ErasureTarget::Conversation, part, out).await,
            What::Contact(part) => erase(&settings, ErasureTarget::Contact, part, out).await,
            What::Older { before, word } => {
                let decision = Decision { id: before, word };
                erase(&settings, ErasureTarget::Older, decision.into(), out).await
            }
            What::Show {
                erasure,
                page: Some(page),
                ..
            } => write_page(&*shown(&settings, erasure).await?, &page, out),
            What::Show { erasure, json, .. } => show(&*shown(&settings, erasure).await?, json, out),
            What::Challenge(challenge) => challenge.run(&settings, out).await,
            What::List { before, limit, json } => list(&settings, before, limit, json, out).await,
        }
    }
}

async fn erase(settings: &Settings, target: ErasureTarget, part: Part, out: &mut dyn Write) -> anyhow::Result<Ending> {
    let Part {
        decision: Decision { id, word },
        keep,
        ground,
    } = part;
    let Some(reason) = ErasureReason::from_name(&word.reason) else {
        bail!("a reason is request, retention, mistake or order");
    };
    let request = Request::Erase {
        target,
        id,
        reason,
        authority: word.authority,
        keep,
        ground,
    };
    let system = System::new();
    let Answer::Erasure(mut erasure) = ask(settings, &system, request).await? else {
        bail!(ANOTHER_VERSION);
    };
    while word.wait && erasure.live_at.is_none() {
        system.clock.sleep(LOOK).await;
        erasure = shown(settings, erasure.erasure).await?;
    }
    show(&erasure, word.json, out)
}

async fn shown(settings: &Settings, erasure: ErasureId) -> anyhow::Result<Box<Erasure>> {
    match ask(settings, &System::new(), Request::ErasureShow { erasure }).await? {
        Answer::Erasure(erasure) => Ok(erasure),
        _ => bail!(ANOTHER_VERSION),
    }
}

async fn list(
    settings: &Settings,
    before: Option<ErasureId>,
    limit: usize,
    json: bool,
    out: &mut dyn Write,
) -> anyhow::Result<Ending> {
    let request = Request::ErasureList { before, limit };
    let Answer::Erasures(list) = ask(settings, &System::new(), request).await? else {
        bail!(ANOTHER_VERSION);
    };
    if json {
        write_json(out, &list.erasures)?;
        return Ok(Ending::Well);
    }
    if list.erasures.is_empty() {
        writeln!(out, "Nothing was erased.")?;
    }
    for erasure in &list.erasures {
        let standing = match (&erasure.final_at, &erasure.live_at) {
            (Some(at), _) => format!("final since {at}"),
            (None, Some(at)) => format!("live since {at}"),
            (None, None) if erasure.lost => "not done, its decision is lost".to_owned(),
            (None, None) => "being done".to_owned(),
        };
        let (of, records) = (named(erasure.target, &erasure.object), erasure.records);
        let stays = match erasure.kept_count {
            0 => String::new(),
            kept => format!(", {kept} stay"),
        };
        writeln!(out, "{}  {of}", erasure.erasure)?;
        writeln!(
            out,
            "  decided {}, {standing}, {records} records gone{stays}",
            erasure.decided_at
        )?;
    }
    Ok(Ending::Well)
}
