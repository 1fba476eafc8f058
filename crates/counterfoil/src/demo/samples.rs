//! The sample conversations that are filled in behind, gently, once the page is ready: through the real hook, answered by real
//! colleagues, and lying in the past, so that the visitor's own conversation stays on top.

use super::Stage;
use super::people;
use super::provider::samples_seed;
use crate::compose;
use anyhow::Context;
use bytes::Bytes;
use counterfoil_flow::Flow;
use counterfoil_flow::outbound::Upload;
use counterfoil_flow::outbound::note::note;
use counterfoil_flow::outbound::reply::{Reply, reply};
use counterfoil_model::contact::IdentityKind;
use counterfoil_model::{Clock, ConversationId, Timestamp};
use counterfoil_policy::Staff;
use counterfoil_simulator::samples::{
    SampleAuthor, SampleContent, SampleConversation, SampleLine, conversations, document, photo, voice_note,
};
use counterfoil_simulator::{CustomerId, CustomerProfile, Reading, Simulator};
use counterfoil_vault::Lookup;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// The oldest conversation ended this long ago; the newest some minutes ago.
const OLDEST: Duration = Duration::from_secs(6 * 24 * 3600);
const NEWEST: Duration = Duration::from_secs(25 * 60);
/// The rest between two lines, so that the visitor always goes first.
const REST: Duration = Duration::from_millis(60);
/// The longest silence inside a conversation, short enough that every answer comes within the 24 hours.
const SILENCE: Duration = Duration::from_secs(3 * 3600);
/// How long to wait until a line is on the record.
const RECORDED_WITHIN: Duration = Duration::from_secs(10);

/// How far the filling is.
pub(super) struct Samples {
    of: usize,
    filled: AtomicUsize,
}

impl Samples {
    /// None of `of` yet.
    pub(super) fn new(of: usize) -> Self {
        Self {
            of,
            filled: AtomicUsize::new(0),
        }
    }

    /// How many are there, and how many there will be.
    pub(super) fn progress(&self) -> (usize, usize) {
        (self.filled.load(Ordering::Relaxed), self.of)
    }
}

/// Fills in `count` conversations, oldest first.
pub(super) async fn fill(stage: Arc<Stage>, count: usize) {
    let filler = match Filler::new(&stage).await {
        Ok(filler) => filler,
        Err(error) => return tracing::warn!(error = %format!("{error:#}"), "the samples could not be begun"),
    };
    let mut colleagues = HashMap::new();
    // The first is the visitor's own customer.
    for (index, conversation) in conversations(samples_seed(), count + 1).skip(1).enumerate() {
        let share = u32::try_from(index).unwrap_or(0);
        let of = u32::try_from(count.max(1)).unwrap_or(1);
        let ended = OLDEST.saturating_sub((OLDEST - NEWEST) / of * (share + 1));
        if let Err(error) = filler.play(&stage, &conversation, ended, &mut colleagues).await {
            tracing::warn!(error = %format!("{error:#}"), "a sample conversation was left out");
        }
        stage.samples.filled.fetch_add(1, Ordering::Relaxed);
    }
}

struct Filler {
    /// The same installation, in the past.
    flow: Flow,
    simulator: Simulator,
}

impl Filler {
    async fn new(stage: &Stage) -> anyhow::Result<Self> {
        let mut system = stage.system.clone();
        system.clock = Arc::clone(&stage.provider.past_clock) as Arc<dyn Clock>;
        let house = &stage.house;
        let flow = compose::flow(&stage.settings, &system, &house.store, &house.vault, house.id, None).await?;
        Ok(Self {
            flow,
            simulator: stage.provider.past.simulator.clone(),
        })
    }

    async fn play(
        &self,
        stage: &Stage,
        conversation: &SampleConversation,
        ended: Duration,
        colleagues: &mut HashMap<&'static str, Staff>,
    ) -> anyhow::Result<()> {
        let customer = &conversation.customer.number;
        let profile = CustomerProfile {
            reading: Reading::Always,
            ..CustomerProfile::named(&conversation.customer.name)
        };
        self.simulator.set_customer(customer, profile);
        let mut left: Duration = conversation.lines.iter().map(pause).sum();
        let mut place = None;
        for line in &conversation.lines {
            let gentle = stage.quiet.read().await;
            left = left.saturating_sub(pause(line));
            stage.provider.past_clock.lag(ended + left);
            match &line.author {
                SampleAuthor::Customer => {
                    let since = stage.provider.past_clock.wall();
                    self.customer_says(customer, line).await?;
                    place = Some(self.recorded(stage, customer, since).await?);
                }
                SampleAuthor::Agent(name) => {
                    let staff = colleague(stage, colleagues, name).await?;
                    let conversation = place.context("a sample begins with an answer")?;
                    let (text, file) = written(line.content.clone()).await?;
                    let answer = Reply {
                        conversation,
                        text,
                        file,
                        quoted: None,
                        key: None,
                    };
                    reply(&self.flow, &staff, answer)
                        .await
                        .context("a sample answer was refused")?;
                }
                SampleAuthor::Note(name) => {
                    let staff = colleague(stage, colleagues, name).await?;
                    let conversation = place.context("a sample begins with an answer")?;
                    let (text, _) = written(line.content.clone()).await?;
                    note(&self.flow, &staff, conversation, text, None)
                        .await
                        .context("a sample note was refused")?;
                }
            }
            drop(gentle);
            stage.system.clock.sleep(REST).await;
        }
        Ok(())
    }

    async fn customer_says(&self, customer: &CustomerId, line: &SampleLine) -> anyhow::Result<()> {
        let simulator = &self.simulator;
        match line.content.clone() {
            SampleContent::Text(text) => simulator.customer_text(customer, &text, None).await,
            SampleContent::Photo { kind, seed, caption } => {
                let bytes = drawn(move || photo(seed, kind)).await?;
                simulator
                    .customer_image(customer, bytes, "image/jpeg", caption.as_deref())
                    .await
            }
            SampleContent::Voice { seconds } => {
                let bytes = drawn(move || voice_note(seconds)).await?;
                simulator.customer_voice(customer, bytes).await
            }
            SampleContent::Document {
                title,
                seed,
                filename,
                caption,
            } => {
                let bytes = drawn(move || document(seed, title)).await?;
                simulator
                    .customer_document(customer, bytes, "application/pdf", caption.as_deref(), &filename)
                    .await
            }
            SampleContent::Location { latitude, longitude } => {
                simulator
                    .customer_location(customer, latitude, longitude, None, None)
                    .await
            }
        };
        Ok(())
    }

    /// Waits until what `customer` wrote at `since` is on the record, and returns the conversation.
    async fn recorded(&self, stage: &Stage, customer: &CustomerId, since: Timestamp) -> anyhow::Result<ConversationId> {
        let clock = &stage.system.clock;
        let until = clock.monotonic() + RECORDED_WITHIN;
        while clock.monotonic() < until {
            if let Some(conversation) = self.conversation(stage, customer).await? {
                let last = stage.house.store.message_last_inbound(conversation).await?;
                // The provider's times have whole seconds.
                if last.is_some_and(|last| last.occurred_at.seconds() >= since.seconds()) {
                    return Ok(conversation);
                }
            }
            clock.sleep(Duration::from_millis(20)).await;
        }
        anyhow::bail!("what came in was not recorded in time")
    }

    async fn conversation(&self, stage: &Stage, customer: &CustomerId) -> anyhow::Result<Option<ConversationId>> {
        let (store, vault) = (&stage.house.store, &stage.house.vault);
        let keys = vault.lookup_keys();
        let hashes = keys.hashes(Lookup::Phone, customer.as_str()).map(|(_, hash)| hash);
        let hashes: Vec<_> = hashes.collect();
        let identities = store.identities_living(IdentityKind::Phone, &hashes).await?;
        let Some(identity) = identities.into_iter().next() else {
            return Ok(None);
        };
        let channel = stage
            .provider
            .past
            .channel()
            .context("the sample number is not connected")?;
        let conversation = store.conversation_of(identity.contact, channel).await?;
        Ok(conversation.map(|conversation| conversation.id))
    }
}

async fn colleague(
    stage: &Stage,
    colleagues: &mut HashMap<&'static str, Staff>,
    name: &'static str,
) -> anyhow::Result<Staff> {
    if let Some(staff) = colleagues.get(name) {
        return Ok(staff.clone());
    }
    let staff = people::colleague(&stage.house.flow, &stage.system, name).await?;
    colleagues.insert(name, staff.clone());
    Ok(staff)
}

fn pause(line: &SampleLine) -> Duration {
    line.after.min(SILENCE)
}

/// What a colleague writes: the words, and the file if there is one.
async fn written(content: SampleContent) -> anyhow::Result<(String, Option<Upload>)> {
    let upload = |file_name, media_type: &str, bytes| Upload {
        file_name,
        media_type: media_type.to_owned(),
        bytes,
    };
    Ok(match content {
        SampleContent::Text(text) => (text, None),
        SampleContent::Photo { kind, seed, caption } => {
            let bytes = drawn(move || photo(seed, kind)).await?;
            (caption.unwrap_or_default(), Some(upload(None, "image/jpeg", bytes)))
        }
        SampleContent::Document {
            title,
            seed,
            filename,
            caption,
        } => {
            let bytes = drawn(move || document(seed, title)).await?;
            (
                caption.unwrap_or_default(),
                Some(upload(Some(filename), "application/pdf", bytes)),
            )
        }
        SampleContent::Voice { seconds } => {
            let bytes = drawn(move || voice_note(seconds)).await?;
            (String::new(), Some(upload(None, "audio/ogg", bytes)))
        }
        SampleContent::Location { latitude, longitude } => (format!("{latitude:.5}, {longitude:.5}"), None),
    })
}

/// Draws sample bytes away from the threads that answer.
async fn drawn(draw: impl FnOnce() -> Vec<u8> + Send + 'static) -> anyhow::Result<Bytes> {
    Ok(tokio::task::spawn_blocking(draw).await?.into())
}
