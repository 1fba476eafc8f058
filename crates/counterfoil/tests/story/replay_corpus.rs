//! Every recorded webhook is accepted, and every item in it is accounted for: by kind, as the corpus says, whatever comes twice,
//! in another order or cut apart.
//!
//! The corpus is public and lies outside this repository: in the folder that `COUNTERFOIL_CORPUS` names, or in `shared/corpus` beside
//! it. Where there is none, only the table itself is checked.

use crate::PROGRAM;
use anyhow::{Context, Result, ensure};
use counterfoil_simulator::Simulator;
use counterfoil_testkit::customer::Agreed;
use counterfoil_testkit::installation::{Choices, Engine, Installation};
use counterfoil_testkit::patience::{AMPLE, until};
use counterfoil_testkit::surroundings;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What became of the items of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Count {
    recorded: u64,
    kept: u64,
    repeated: u64,
}

/// Kind, items in the corpus, of these recorded, of these repeats within the corpus. The others are kept whole.
///
/// Written by hand from the corpus's own README, file by file. One number is set up, 106540352242922, to which most of the
/// documentation's examples go: what is said and done in its conversations is recorded, whoever tells of it, save what is said in groups;
/// everything else is kept. Some examples use one message id several times, so that they count as repeats of each other.
const TABLE: [(&str, u64, u64, u64); 71] = [
    // What customers send. Texts: minimal, three of the BSUID editions (two with one id), referred products (2), click-to-WhatsApp
    // (2), overview (the same id again), welcome sequence, group (2), three in batches, identity check.
    ("message.text", 16, 4, 2),
    ("message.audio", 2, 1, 0),
    ("message.video", 1, 1, 0),
    ("message.image", 1, 1, 0),
    ("message.sticker", 2, 1, 0),
    ("message.document", 1, 1, 0),
    // With address, as an answer, without a type (2).
    ("message.location", 4, 2, 0),
    ("message.contacts", 2, 2, 0),
    // Autofill, quick reply, from the number itself.
    ("message.button", 3, 1, 0),
    ("message.interactive.button_reply", 2, 2, 0),
    ("message.interactive.list_reply", 2, 2, 0),
    // A form, and one whose answer is not JSON.
    ("message.interactive.flow_reply", 2, 2, 0),
    ("message.interactive.call_permission_reply", 1, 1, 0),
    ("message.order", 3, 2, 0),
    // Set and taken back under one id, and two in batches.
    ("message.reaction", 4, 1, 1),
    ("message.edit", 1, 1, 0),
    ("message.revoke", 1, 1, 0),
    ("message.request_welcome", 1, 1, 0),
    // Three shapes of "unsupported", the content that only the phone shows, and the older "unknown".
    ("message.unsupported", 5, 2, 0),
    ("message.system.user_changed_number", 3, 1, 0),
    ("message.system.user_changed_user_id", 2, 1, 0),
    ("message.system.customer_identity_changed", 1, 1, 0),
    // What became of messages of ours. The documentation's editions tell the same "sent" twice, and "delivered" to a phone and to a
    // user id twice each.
    ("status.sent", 3, 1, 1),
    ("status.delivered", 6, 4, 2),
    ("status.read", 2, 0, 0),
    ("status.played", 1, 1, 0),
    ("status.failed", 7, 4, 0),
    // What others do on the same number: another handler, an employee on the phone app, the past.
    ("standby.text", 1, 1, 0),
    ("echo.text", 1, 1, 0),
    ("echo.edit", 1, 1, 0),
    ("echo.revoke", 1, 1, 0),
    ("echo.template", 1, 1, 0),
    ("history.text", 3, 3, 0),
    ("history.media_placeholder", 1, 1, 0),
    ("history.image", 1, 1, 0),
    ("history.refused", 1, 0, 0),
    // Calls and groups. Two of the connecting calls are one.
    ("call.connect", 3, 0, 1),
    ("call.terminate", 1, 1, 0),
    ("call.recording_available", 1, 1, 0),
    ("call.transcription_available", 1, 1, 0),
    ("call_status.ringing", 1, 1, 0),
    ("group.created", 2, 0, 0),
    ("group.deleted", 1, 0, 0),
    ("group.participants_added", 1, 0, 0),
    ("group.settings_updated", 1, 0, 0),
    ("group.suspended", 1, 0, 0),
    ("group.suspension_cleared", 1, 0, 0),
    ("group.unknown", 1, 0, 0),
    // Errors of the number itself: one general, one that content was lost under No Storage.
    ("error", 2, 0, 0),
    // Everything else that the provider reports, by its field.
    ("field.account_alerts", 1, 0, 0),
    ("field.account_review_update", 1, 0, 0),
    ("field.account_settings_update", 1, 0, 0),
    // Deleted, disabled, offboarded, partner added, partner removed, reconnected, restriction, violation, volume tier.
    ("field.account_update", 9, 0, 0),
    ("field.automatic_events", 1, 0, 0),
    ("field.business_capability_update", 1, 0, 0),
    ("field.business_username_updates", 1, 0, 0),
    ("field.message_template_components_update", 1, 0, 0),
    // Approved, flagged, rejected (2), and the quality example that carries this field.
    ("field.message_template_status_update", 5, 0, 0),
    ("field.partner_solutions", 1, 0, 0),
    ("field.payment_configuration_update", 1, 0, 0),
    ("field.phone_number_name_update", 1, 0, 0),
    ("field.phone_number_quality_update", 2, 0, 0),
    ("field.security", 1, 0, 0),
    ("field.smb_app_state_sync", 1, 0, 0),
    ("field.template_category_update", 2, 0, 0),
    // A field name that does not exist.
    ("field.unknown", 1, 0, 0),
    ("field.user_id_update", 1, 0, 0),
    // One by itself, one beside messages, two in one change.
    ("field.user_preferences", 4, 1, 0),
    // Rightly signed and not of a known shape.
    ("not_understood.foreign_object", 1, 0, 0),
    ("not_understood.no_field", 1, 0, 0),
    ("empty", 1, 0, 0),
];

const FILES: u64 = 136;
const ITEMS: u64 = 146;

fn table() -> BTreeMap<String, Count> {
    let counts = TABLE.iter().map(|&(kind, items, recorded, repeated)| {
        (
            kind.to_owned(),
            Count {
                recorded,
                repeated,
                kept: items - recorded - repeated,
            },
        )
    });
    counts.collect()
}

fn corpus() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let folder = surroundings::corpus().unwrap_or(beside);
    [folder.join("webhooks"), folder]
        .into_iter()
        .find(|folder| folder.join("msg-text.json").is_file())
}

#[test]
fn the_table_counts_every_item_once() {
    assert_eq!(table().len(), TABLE.len());
    assert_eq!(TABLE.iter().map(|(_, items, ..)| items).sum::<u64>(), ITEMS);
}

#[tokio::test]
async fn on_sqlite() -> Result<()> {
    accounted_for(Engine::Sqlite).await
}

#[tokio::test]
async fn on_postgres() -> Result<()> {
    accounted_for(Engine::Postgres).await
}

async fn accounted_for(engine: Engine) -> Result<()> {
    let Some(corpus) = corpus() else {
        println!("replay: there is no corpus here; only the table was checked");
        return Ok(());
    };
    let mut stage = Stage::begin(engine).await?;
    let replayed = stage.replay(&corpus, &[]).await?;
    ensure!(
        replayed == (FILES, FILES, FILES),
        "files, posts, accepted: {replayed:?}"
    );
    let once = stage.stats().await?;
    let differing = differences(&once, &table());
    ensure!(differing.is_empty(), "kind, counted, expected: {differing:#?}");
    println!(
        "replay: {FILES} files accepted, {ITEMS} items of {} kinds accounted for on {engine:?}",
        once.len()
    );

    let replayed = stage.replay(&corpus, &["--twice"]).await?;
    ensure!(
        replayed == (FILES, 2 * FILES, 2 * FILES),
        "files, posts, accepted: {replayed:?}"
    );
    let thrice: BTreeMap<String, Count> = table()
        .into_iter()
        .map(|(kind, count)| {
            (
                kind,
                Count {
                    repeated: count.repeated + 2 * items(count),
                    ..count
                },
            )
        })
        .collect();
    let differing = differences(&stage.stats().await?, &thrice);
    ensure!(
        differing.is_empty(),
        "after repeats: kind, counted, expected: {differing:#?}"
    );
    stage.end().await?;

    for order in ["reverse", "shuffle:4711"] {
        let mut stage = Stage::begin(engine).await?;
        let (files, posts, accepted) = stage.replay(&corpus, &["--split", "--order", order]).await?;
        ensure!(
            (files, posts, accepted) == (FILES, ITEMS, ITEMS),
            "split: {files}, {posts}, {accepted}"
        );
        let differing = differences(&stage.stats().await?, &table());
        ensure!(
            differing.is_empty(),
            "split, {order}: kind, counted, expected: {differing:#?}"
        );
        stage.end().await?;
    }
    Ok(())
}

fn items(count: Count) -> u64 {
    count.recorded + count.kept + count.repeated
}

/// The kinds that were not counted as expected: what was counted, and what was expected.
fn differences(
    counted: &BTreeMap<String, Count>,
    expected: &BTreeMap<String, Count>,
) -> Vec<(String, Option<Count>, Option<Count>)> {
    let mut kinds: Vec<&String> = counted.keys().chain(expected.keys()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let both = kinds
        .into_iter()
        .map(|kind| (kind.clone(), counted.get(kind).copied(), expected.get(kind).copied()));
    both.filter(|(_, counted, expected)| counted != expected).collect()
}

/// A fresh installation with one number, and the provider that it asks for media.
struct Stage {
    installation: Installation,
    provider: Simulator,
    hook: String,
}

impl Stage {
    async fn begin(engine: Engine) -> Result<Self> {
        let agreed = Agreed::plain();
        let provider = agreed.provider().await?;
        let mut installation = Installation::make(Choices::plain(PROGRAM, engine)).await?;
        installation.serve().await?;
        let hook = agreed.connect(&installation, &provider.graph_url()).await?;
        Ok(Self {
            installation,
            provider,
            hook,
        })
    }

    /// Replays the corpus; files, posts and accepted posts.
    async fn replay(&self, corpus: &Path, more: &[&str]) -> Result<(u64, u64, u64)> {
        let folder = corpus.to_str().context("the corpus has a readable name")?;
        let mut arguments = vec![
            "replay",
            folder,
            "--to",
            &self.hook,
            "--app-secret-file",
            "app-secret",
            "--json",
        ];
        arguments.extend(more);
        let report = self.installation.json(&arguments).await?;
        ensure!(
            report["refused"] == Value::Array(Vec::new()),
            "refused: {}",
            report["refused"]
        );
        let count = |name: &str| report[name].as_u64().context("a count");
        Ok((count("files")?, count("posts")?, count("accepted")?))
    }

    /// What came in by kind, once nothing waits.
    async fn stats(&mut self) -> Result<BTreeMap<String, Count>> {
        let asked = async || {
            let stats = self.installation.json(&["intake", "stats", "--json"]).await?;
            Ok((stats["waiting"] == 0).then_some(stats))
        };
        let (stats, _) = until("everything to be recorded", AMPLE, asked).await?;
        let kinds = stats["kinds"].as_object().context("kinds")?;
        let count = |kind: &Value, outcome: &str| kind[outcome].as_u64().context("a count");
        let counted = kinds.iter().map(|(name, kind)| {
            let (recorded, kept, repeated) = (count(kind, "recorded")?, count(kind, "kept")?, count(kind, "repeated")?);
            Ok((
                name.clone(),
                Count {
                    recorded,
                    kept,
                    repeated,
                },
            ))
        });
        counted.collect()
    }

    async fn end(mut self) -> Result<()> {
        self.installation.stop().await?;
        self.provider.shutdown().await;
        Ok(())
    }
}
