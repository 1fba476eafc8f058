//! Story 7, "Erase me", as far as it goes by command: what may go goes, for good; what is held stays; and the certificate says which, with the copies
//! elsewhere. Days pass in the use cases' own tests, where the certificate becomes final (`flow`, `ways::retiring`).

use crate::PROGRAM;
use anyhow::{Context, Result, ensure};
use counterfoil_simulator::{CustomerId, Simulator};
use counterfoil_testkit::colleague::Colleague;
use counterfoil_testkit::customer::{Agreed, customer};
use counterfoil_testkit::installation::{Choices, Engine, Installation};
use counterfoil_testkit::patience::{AMPLE, until};
use reqwest::Method;
use serde_json::Value;
use std::collections::BTreeSet;

/// How many texts she wrote.
const TEXTS: usize = 30;
/// Of these, those that are held.
const HELD: [usize; 5] = [2, 7, 11, 19, 23];
/// Those that were filed, one of them held.
const FILED: [usize; 4] = [3, 4, 5, 7];

/// Everybody and everything in the story.
struct Story {
    installation: Installation,
    provider: Simulator,
    thandi: CustomerId,
    naledi: Colleague,
    conversation: String,
    contact: String,
    /// Her texts, in order.
    texts: Vec<String>,
    holds: Vec<String>,
    /// Backups lie here.
    shelf: tempfile::TempDir,
}

fn id(value: &Value) -> Result<String> {
    Ok(value.as_str().context("an id")?.to_owned())
}

/// The lines of JSON that a command wrote.
async fn lines(installation: &Installation, arguments: &[&str]) -> Result<Vec<Value>> {
    let said = installation.run(arguments).await?.said();
    said.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}

impl Story {
    async fn begin(engine: Engine) -> Result<Self> {
        let agreed = Agreed::plain();
        let provider = agreed.provider().await?;
        let pas = provider.pas();
        let choices = Choices {
            pas: Some((provider.pas_url(), pas.token())),
            ..Choices::plain(PROGRAM, engine)
        };
        let mut installation = Installation::make(choices).await?;
        installation.serve().await?;
        let hook = agreed.connect(&installation, &provider.graph_url()).await?;
        provider.subscribe(&hook).await?;
        let thandi = customer(&provider, "Thandi Nkosi", "27825550147")?;
        for n in 0..TEXTS {
            provider.customer_text(&thandi, &format!("text {n}"), None).await;
        }
        let link = installation.invite("Naledi Dlamini").await?;
        let naledi = Colleague::join(&installation.address, &link, "naledi.dlamini", "four plain words here").await?;
        let conversation = naledi.conversations(1).await?.remove(0);
        naledi.write(&conversation, "note", "called her back", None).await?;
        let all = |messages: &[Value]| messages.len() == TEXTS + 1;
        let messages = naledi.messages(&conversation, "all that was written", all).await?;
        let said = |n: usize| {
            let text = format!("text {n}");
            let found = messages.iter().find(|message| message["body"]["text"] == text.as_str());
            id(&found.context("a text is there")?["id"])
        };
        let texts = (0..TEXTS).map(said).collect::<Result<Vec<_>>>()?;
        let preview = ["erase", "preview", "conversation", &conversation, "--json"];
        let contact = id(&lines(&installation, &preview).await?[0]["contact"])?;
        Ok(Self {
            installation,
            provider,
            thandi,
            naledi,
            conversation,
            contact,
            texts,
            holds: Vec::new(),
            shelf: tempfile::tempdir()?,
        })
    }

    /// Files some on claims; the PAS must keep the first, and is away when the last is to be filed.
    async fn file(&self) -> Result<()> {
        let pas = self.provider.pas();
        let file = async |n: usize| {
            let path = format!("/messages/{}/file", self.texts[n]);
            let claim = [("claim", "CLM-2026-004711")];
            self.naledi.submit(Method::POST, &path, &claim).await
        };
        for n in FILED {
            file(n).await?;
        }
        let filed = async || Ok((pas.documents().len() == FILED.len()).then_some(()));
        until("all to be filed", AMPLE, filed).await?;
        let text = format!("text {}", FILED[0]);
        let must_stay = pas.documents().into_iter().find(|document| document.text == text);
        pas.must_keep(&must_stay.context("it is there")?.id);
        // Acknowledged here too, before the system goes away.
        let acknowledged = |messages: &[Value]| {
            let filings = messages
                .iter()
                .filter_map(|message| message["filings"][0]["step"].as_str());
            filings.filter(|step| *step == "filed").count() == FILED.len()
        };
        self.naledi
            .messages(&self.conversation, "all to be acknowledged", acknowledged)
            .await?;
        pas.stop().await;
        file(6).await?;
        Ok(())
    }

    async fn hold(&mut self) -> Result<()> {
        for n in HELD {
            let arguments = ["hold", "message", &self.texts[n], "--authority", "litigation 4711"];
            let said = self.installation.run(&arguments).await?.said();
            let hold = said.trim().trim_start_matches("Held by ").trim_end_matches('.');
            self.holds.push(hold.to_owned());
        }
        Ok(())
    }

    async fn backup(&self, name: &str) -> Result<String> {
        let folder = self.shelf.path().join(name).display().to_string();
        self.installation.run(&["backup", "make", &folder]).await?;
        Ok(folder)
    }

    async fn certificate(&self, erasure: &str) -> Result<Value> {
        self.installation.json(&["erase", "show", erasure, "--json"]).await
    }

    /// The texts of what is left of her conversation.
    async fn left(&self) -> Result<BTreeSet<String>> {
        let messages = self.naledi.every_message(&self.conversation).await?;
        messages.iter().map(|message| id(&message["body"]["text"])).collect()
    }
}

fn held_texts() -> BTreeSet<String> {
    HELD.iter().map(|n| format!("text {n}")).collect()
}

async fn waits_for(installation: &Installation, words: &str) -> Result<()> {
    let waits = async || {
        let listed = installation.json(&["epoch", "list", "--json"]).await?;
        let waits = listed[0]["retirement"]["waits"].as_str().unwrap_or("nothing");
        Ok(waits.contains(words).then_some(()))
    };
    until(words, AMPLE, waits).await?;
    Ok(())
}

async fn erase_me(engine: Engine) -> Result<()> {
    let mut story = Story::begin(engine).await?;
    story.hold().await?;
    story.file().await?;
    let before = story.backup("before").await?;

    // The officer looks first.
    let mut preview = lines(
        &story.installation,
        &["erase", "preview", "contact", &story.contact, "--json"],
    )
    .await?;
    let summary = preview.pop().context("a summary")?;
    ensure!(
        summary["summary"]["items"] == TEXTS + 1
            && summary["summary"]["held"] == HELD.len()
            && summary["summary"]["concern_others"] == 1
            && summary["summary"]["filed"]["filed"] == FILED.len(),
        "{summary}"
    );
    let held: BTreeSet<&str> = preview
        .iter()
        .filter(|item| item["held"].as_array().is_some_and(|holds| !holds.is_empty()))
        .filter_map(|item| item["message"].as_str())
        .collect();
    ensure!(held == HELD.iter().map(|n| story.texts[*n].as_str()).collect());
    let shown = story
        .installation
        .run(&["erase", "preview", "contact", &story.contact])
        .await?
        .said();
    ensure!(
        shown.contains("31 items: 26 go, 5 are held, 1 concern others too"),
        "{shown}"
    );
    ensure!(!shown.contains("text 1"), "nothing is opened for it");

    // Decided: all goes but what is held. The system with the copies is away, and the server dies meanwhile.
    let decided = [
        "erase",
        "contact",
        &story.contact,
        "--reason",
        "request",
        "--authority",
        "request 2026/17",
        "--wait",
        "--json",
    ];
    let certificate = story.installation.json(&decided).await?;
    let erasure = id(&certificate["erasure"])?;
    ensure!(certificate["copy_counts"]["asked"] == 4, "{certificate}");
    ensure!(story.left().await? == held_texts());
    story.installation.kill().await?;
    story.provider.pas().start().await?;
    story.installation.serve().await?;
    story.naledi = Colleague::sign_in(&story.installation.address, "naledi.dlamini", "four plain words here").await?;
    let settled = async || {
        let certificate = story.certificate(&erasure).await?;
        Ok(certificate["copy_counts"]["asked"].is_null().then_some(certificate))
    };
    let certificate = until("every copy to be settled", AMPLE, settled).await?.0;
    let counts = serde_json::json!({"withdrawn": 2, "refused": 1, "not_handed_over": 1});
    ensure!(certificate["copy_counts"] == counts, "{certificate}");
    let left: BTreeSet<String> = story
        .provider
        .pas()
        .documents()
        .into_iter()
        .map(|document| document.text)
        .collect();
    ensure!(
        left == BTreeSet::from(["text 3".to_owned(), "text 7".to_owned()]),
        "{left:?}"
    );

    // The certificate names what stays with its ground, and never calls a copy gone that stands.
    let kept = certificate["kept"].as_array().context("what stays")?;
    let by = |ground: &str| kept.iter().filter(|kept| kept["ground"] == ground).count();
    ensure!(
        (by("hold"), by("part"), certificate["kept_count"].as_u64()) == (5, 2, Some(7)),
        "{certificate}"
    );
    for (n, hold) in HELD.iter().zip(&story.holds) {
        let own = kept.iter().find(|kept| kept["object"] == story.texts[*n].as_str());
        ensure!(own.is_some_and(|own| own["hold"] == hold.as_str()), "{certificate}");
    }
    let refused = certificate["copies"]
        .as_array()
        .and_then(|copies| copies.iter().find(|copy| copy["state"] == "refused"));
    let refused = refused.context("one is refused")?;
    ensure!(refused["refusal"] == "must_be_kept", "{certificate}");
    let letter = story.installation.run(&["erase", "show", &erasure]).await?.said();
    let about = id(&refused["filing"])?;
    let line = letter
        .lines()
        .find(|line| line.contains(&about))
        .context("it is named")?;
    ensure!(
        line.contains("stands there: refused") && !line.contains("withdrawn") && !line.contains("erased"),
        "{line}"
    );
    ensure!(
        letter.contains("not everything that this erasure is of went"),
        "{letter}"
    );
    ensure!(letter.contains("Other systems were given copies"), "{letter}");

    cannot_go(&story).await?;
    retired(&story, &before, &erasure).await?;

    // She writes again as who she was: her conversation stands.
    let thandi = story.thandi.clone();
    story.provider.customer_text(&thandi, "hello again", None).await;
    let again = |messages: &[Value]| messages.len() == HELD.len() + 1;
    story
        .naledi
        .messages(&story.conversation, "what she writes next", again)
        .await?;
    story.provider.shutdown().await;
    story.installation.stop().await?;
    let verified = story.installation.json(&["verify", "--json"]).await?;
    ensure!(verified["sound"] == true, "{verified}");
    Ok(())
}

/// Whatever is tried, the five items stay.
async fn cannot_go(story: &Story) -> Result<()> {
    let word = ["--reason", "order", "--authority", "whoever", "--wait"];
    for n in HELD {
        let alone = [&["erase", "message", &story.texts[n]], &word[..]].concat();
        let refused = story.installation.ended(&alone).await?;
        ensure!(refused.complained().contains("it is held"), "{refused:?}");
    }
    let around = [
        ("conversation", story.conversation.as_str()),
        ("contact", story.contact.as_str()),
    ];
    for (what, id) in around {
        let all = [&["erase", what, id], &word[..]].concat();
        let said = story.installation.run(&all).await?.said();
        ensure!(said.contains("not everything"), "{said}");
        ensure!(story.left().await? == held_texts());
    }
    Ok(())
}

/// The places in which the challenger could read something of what was erased; its attempts are on the certificate.
async fn opens(story: &Story, erasure: &str) -> Result<Vec<String>> {
    story.installation.run(&["erase", "challenge", erasure]).await?;
    let certificate = story.certificate(erasure).await?;
    let attempts = certificate["challenge"]["attempts"].as_array().context("attempts")?;
    ensure!(attempts.len() > 3, "{certificate}");
    let opens = attempts.iter().filter(|attempt| attempt["outcome"] == "opens");
    opens.map(|attempt| id(&attempt["place"])).collect()
}

/// After the retirement nothing of before opens anything, neither beside the living vault nor beside its own.
async fn retired(story: &Story, before: &str, erasure: &str) -> Result<()> {
    let installation = &story.installation;
    let tried = installation.run(&["backup", "drill", before]).await?;
    ensure!(
        tried.said().starts_with("Sound: "),
        "until then all of it opens: {tried:?}"
    );
    let certificate = story.certificate(erasure).await?;
    let reach = certificate["beyond_reach"].to_string();
    ensure!(reach.contains("Copies of the vault store"), "and that is said: {reach}");
    ensure!(opens(story, erasure).await? == ["backup"], "only the backup opens it");
    installation
        .run(&["epoch", "retire", "--authority", "the board"])
        .await?;
    waits_for(installation, "counterfoil backup make").await?;
    let after = story.backup("after").await?;
    let tried = installation.run(&["backup", "drill", &after]).await?;
    ensure!(tried.said().starts_with("Sound: "), "{tried:?}");
    waits_for(installation, "nothing").await?;
    let dead = installation.ended(&["backup", "drill", before]).await?;
    ensure!(
        dead.said().contains("NOT sound") && dead.said().contains("root key of epoch 1"),
        "{dead:?}"
    );
    ensure!(opens(story, erasure).await?.is_empty(), "nothing opens it any more");
    // What was erased today is not final tonight, and is not said to be.
    let certificate = story.certificate(erasure).await?;
    ensure!(
        certificate["live_at"].is_string() && certificate["final_at"].is_null(),
        "{certificate}"
    );
    ensure!(story.left().await? == held_texts());
    let verified = installation.json(&["verify", "--json"]).await?;
    ensure!(verified["sound"] == true, "{verified}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn vault_10_a_customer_is_erased_but_for_what_is_held_on_sqlite() -> Result<()> {
    erase_me(Engine::Sqlite).await
}

#[tokio::test(flavor = "multi_thread")]
async fn vault_10_a_customer_is_erased_but_for_what_is_held_on_postgres() -> Result<()> {
    erase_me(Engine::Postgres).await
}
