//! vault.8: what the memory of the running program holds once all connections are closed and nothing happens, as root takes it.
//!
//! Unusual words go in and out by every door first. The search must have been able to find: it finds a word of a post that is half on its
//! way, and what the threat model says is held for as long as the program serves.

use crate::arriving::Arriving;
use anyhow::{Context, Result, bail, ensure};
use counterfoil_simulator::Simulator;
use counterfoil_simulator::samples::document;
use counterfoil_testkit::colleague::Colleague;
use counterfoil_testkit::customer::{Agreed, customer};
use counterfoil_testkit::image;
use counterfoil_testkit::installation::{Choices, Engine, Installation};
use counterfoil_testkit::needles::{Found, Needles};
use counterfoil_testkit::patience::{AMPLE, begin, since, until};
use counterfoil_testkit::surroundings::full_size;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

/// How long nothing happens before the image is taken.
const IDLE: Duration = Duration::from_secs(10);

const NAME: &str = "Mbalenhle Quaggasdrif";
const NUMBER: &str = "27823334455";
const CLAIM: &str = "CLM-2026-004711";
const PASSWORD: &str = "tamboerskloof brandwag nine";
const HALF: &str = "halfpadwoord";

/// What people write, each in its place.
const WORDS: [(&str, &str); 11] = [
    ("a text", "marmeladewolk"),
    ("a long text", "sneeuberggrens"),
    ("a caption", "ongeluksverklaring"),
    ("the name of a file", "polisskedule-zeepaard"),
    ("a file", "windskermskeuring"),
    ("an answer", "glasvakmanne"),
    ("an answer over the API", "voorruitbarst"),
    ("a private note", "vermoedbedrog"),
    ("a draft", "nogniegestuur"),
    ("the name of a file of ours", "herstelbewys-kameel"),
    ("a file of ours", "herstelkwotasie"),
];

const AGREED: Agreed<'static> = Agreed {
    title: "Karretjie Eiselyn",
    phone_number_id: "106540352242922",
    display_number: "+27 10 888 9900",
    app_secret: "app-secret-vyeboomtak-0f3a",
    previous_app_secret: "previous-secret-kareeboom-77c1",
    verify_token: "verify-token-akkedisstert",
    access_token: "EAAGaccesstokenmelkbosstrand",
};

fn word(place: &str) -> &'static str {
    WORDS
        .iter()
        .find(|(known, _)| *known == place)
        .map_or("", |(_, word)| word)
}

/// What is held for as long as the program serves, by the name that the threat model gives it.
const HELD: [(&str, &str); 5] = [
    ("intake kit", AGREED.app_secret),
    ("intake kit", AGREED.previous_app_secret),
    ("intake kit", AGREED.verify_token),
    ("intake kit", AGREED.access_token),
    ("key of the intake kit", KIT_KEY),
];
const KIT_KEY: &str = "the kit's key";
const ROOT_KEY: &str = "the root key";

#[tokio::test]
async fn vault_8_nothing_readable_is_left_in_memory_on_sqlite() -> Result<()> {
    nothing_is_left(Engine::Sqlite).await
}

#[tokio::test]
async fn vault_8_nothing_readable_is_left_in_memory_on_postgres() -> Result<()> {
    nothing_is_left(Engine::Postgres).await
}

async fn nothing_is_left(engine: Engine) -> Result<()> {
    let provider = AGREED.provider().await?;
    let pas = provider.pas();
    let choices = Choices {
        pas: Some((provider.pas_url(), pas.token())),
        ..Choices::plain(env!("CARGO_BIN_EXE_counterfoil"), engine)
    };
    let mut installation = Installation::make(choices).await?;
    installation.serve().await?;
    let hook = AGREED.connect(&installation, &provider.graph_url()).await?;
    provider.subscribe(&hook).await?;
    let session = everything_happens(&installation, &provider).await?;
    let needles = needles(&installation, &session)?;
    half_a_post_is_seen(&installation, &hook, &needles).await?;
    provider.shutdown().await;

    let idle = begin();
    let quiet = async || {
        let found = image::search(installation.server()?, &needles)?;
        let left = left(&found);
        ensure!(left.is_empty(), "{left}");
        Ok((!full_size() || since(idle) >= IDLE).then_some(found))
    };
    let within = if full_size() { IDLE + AMPLE } else { IDLE };
    let found = until("nothing readable to be in memory", within, quiet).await?.0;
    let named = include_str!("../../../../docs/threat-model.md");
    for (name, word) in HELD {
        ensure!(
            found.hits.iter().any(|hit| hit.word == word),
            "the search is blind to {word}"
        );
        ensure!(named.contains(name), "the threat model does not name the {name}");
    }
    println!(
        "vault.8 on {engine:?}: {} bytes in {} pieces of memory, searched {} ms after the last connection was closed",
        found.bytes,
        found.places,
        since(idle).as_millis()
    );
    installation.stop().await
}

/// What stands in memory and is not held on purpose, the first places of each.
fn left(found: &Found) -> String {
    let mut text = String::new();
    let mut words: Vec<&str> = found.hits.iter().map(|hit| hit.word.as_str()).collect();
    words.sort_unstable();
    words.dedup();
    for word in words
        .into_iter()
        .filter(|word| HELD.iter().all(|(_, held)| held != word))
    {
        for hit in found.hits.iter().filter(|hit| hit.word == word).take(3) {
            text.push_str(&format!("\n{hit}"));
        }
    }
    text
}

fn needles(installation: &Installation, session: &str) -> Result<Needles> {
    let mut words: Vec<&str> = WORDS.iter().map(|(_, word)| *word).collect();
    words.extend([HALF, NAME, NUMBER, CLAIM, PASSWORD, session]);
    words.extend([
        AGREED.app_secret,
        AGREED.previous_app_secret,
        AGREED.verify_token,
        AGREED.access_token,
    ]);
    let mut needles = Needles::new(words);
    let mut known = Vec::new();
    for file in std::fs::read_dir(installation.folder().join("keys"))? {
        let path = file?.path();
        let name = match path
            .file_name()
            .and_then(|name| name.to_str())
            .context("a key file has a name")?
        {
            name if name.ends_with(".epoch-1.key") => ROOT_KEY,
            name if name.ends_with(".kit.key") => KIT_KEY,
            name => bail!("what kind of key is {name}?"),
        };
        // docs/formats/key-tree.md: eight bytes say what the file is, the rest is the key.
        let bytes = std::fs::read(&path)?;
        needles = needles.and_key(name, bytes.get(8..).context("a key file holds a key")?);
        known.push(name);
    }
    known.sort_unstable();
    ensure!(known == [KIT_KEY, ROOT_KEY], "there are {known:?}");
    Ok(needles)
}

/// A word of a post that is half on its way is in memory, and the search sees it.
async fn half_a_post_is_seen(installation: &Installation, hook: &str, needles: &Needles) -> Result<()> {
    let body =
        json!({ "object": "whatsapp_business_account", "entry": [HALF, "and more of the same kind"] }).to_string();
    let half = Arriving::begin(installation, hook, &AGREED, &body).await?;
    let seen = async || {
        let found = image::search(installation.server()?, needles)?;
        Ok(found.hits.iter().any(|hit| hit.word == HALF).then_some(()))
    };
    until("half a post to be in memory", AMPLE, seen).await?;
    ensure!(half.end().await? == "200");
    Ok(())
}

/// How many more customers write.
fn crowd() -> u64 {
    if full_size() { 200 } else { 2 }
}

/// Everything that is written and read, by every door; the token of a session.
async fn everything_happens(installation: &Installation, provider: &Simulator) -> Result<String> {
    let one = customer(provider, NAME, NUMBER)?;
    let text = format!("Hallo, {}", word("a text"));
    provider.customer_text(&one, &text, None).await;
    let long = vec![word("a long text"); 60].join(" en ");
    provider.customer_text(&one, &long, None).await;
    let file = marked(document(5, "Schedule"), word("a file"));
    let title = format!("{}.pdf", word("the name of a file"));
    provider
        .customer_document(&one, file.into(), "application/pdf", Some(word("a caption")), &title)
        .await;

    let link = installation.invite("Philippa Vlakplaas").await?;
    Colleague::join(&installation.address, &link, "philippa.v", PASSWORD).await?;
    let agent = Colleague::sign_in(&installation.address, "philippa.v", PASSWORD).await?;
    let conversation = agent.conversations(1).await?.remove(0);
    for at in 0..crowd() {
        let other = customer(provider, &format!("{NAME} {at}"), &(27_831_000_000 + at).to_string())?;
        provider.customer_text(&other, &format!("{text} {at}"), None).await;
    }
    let here = |messages: &[Value]| {
        messages.len() == 3
            && messages
                .iter()
                .any(|message| message["attachments"][0]["deleted_at_provider"] != Value::Null)
    };
    let messages = agent.messages(&conversation, "the file", here).await?;
    let (message, attachment) = messages
        .iter()
        .find_map(|message| Some((message["id"].as_str()?, message["attachments"][0]["id"].as_str()?)))
        .context("a message with a file")?;
    for path in [
        "/inbox".to_owned(),
        format!("/inbox/{conversation}"),
        format!("/fragments/conversations/{conversation}"),
        format!("/messages/{message}"),
        format!("/attachments/{attachment}/content"),
        format!("/api/v1/attachments/{attachment}/content"),
        format!("/api/v1/messages/{message}"),
    ] {
        agent.page(&path).await.with_context(|| path.clone())?;
    }
    agent.write(&conversation, "reply", word("an answer"), None).await?;
    agent
        .post(&conversation, word("an answer over the API"), "a-key-of-ours")
        .await?;
    agent.write(&conversation, "note", word("a private note"), None).await?;
    let ours = marked(document(9, "Proof"), word("a file of ours"));
    let title = format!("{}.pdf", word("the name of a file of ours"));
    agent
        .write(&conversation, "reply", "", Some((&title, "application/pdf", ours)))
        .await?;
    let draft = [("text", word("a draft"))];
    agent
        .submit(
            Method::PUT,
            &format!("/fragments/conversations/{conversation}/draft"),
            &draft,
        )
        .await?;
    agent
        .submit(Method::POST, &format!("/messages/{message}/file"), &[("claim", CLAIM)])
        .await?;
    let done = |messages: &[Value]| {
        let filed = messages.iter().any(|message| message["filings"][0]["step"] == "filed");
        let read = messages.iter().filter(|message| message["state"] == "read").count();
        filed && read == 3
    };
    agent
        .messages(&conversation, "a filing, and three answers read", done)
        .await?;
    agent.page(&format!("/inbox/{conversation}")).await?;
    let everybodys = async || {
        let all = agent.every_conversation().await?;
        Ok((all.len() as u64 == crowd() + 1).then_some(()))
    };
    until("a conversation with each customer", AMPLE * 2, everybodys).await?;
    provider.settled().await;
    Ok(agent.session.clone())
}

/// The file with a word in it, often enough that a part of it tells.
fn marked(mut file: Vec<u8>, word: &str) -> Vec<u8> {
    for at in 0..400 {
        file.extend_from_slice(format!("\n%{at} {word}").as_bytes());
    }
    file
}
