//! Story 1, the part that the demo cannot show by itself: the policy administration system goes away and comes back.

use crate::PROGRAM;
use anyhow::{Context, Result, ensure};
use counterfoil_simulator::samples::{PhotoKind, photo};
use counterfoil_testkit::browser::{Browser, Look};
use counterfoil_testkit::colleague::Colleague;
use counterfoil_testkit::customer::{Agreed, customer};
use counterfoil_testkit::installation::{Choices, Engine, Installation};
use counterfoil_testkit::patience::{AMPLE, until};
use std::time::Duration;

const CLAIM: &str = "CLM-2026-004711";

/// *To be filed* while it is away, filed when it is back, and once.
#[tokio::test]
async fn filed_once_when_the_pas_comes_back() -> Result<()> {
    let agreed = Agreed::plain();
    let provider = agreed.provider().await?;
    let pas = provider.pas();
    let choices = Choices {
        pas: Some((provider.pas_url(), pas.token())),
        ..Choices::plain(PROGRAM, Engine::Sqlite)
    };
    let mut installation = Installation::make(choices).await?;
    installation.serve().await?;
    let hook = agreed.connect(&installation, &provider.graph_url()).await?;
    provider.subscribe(&hook).await?;
    let thandi = customer(&provider, "Thandi Nkosi", "27825550147")?;
    provider
        .customer_text(&thandi, "Hi, my windscreen cracked, policy KM-20417", None)
        .await;
    provider
        .customer_image(
            &thandi,
            photo(3, PhotoKind::Windscreen).into(),
            "image/jpeg",
            Some("The crack"),
        )
        .await;

    let link = installation.invite("Naledi Dlamini").await?;
    let naledi = Colleague::join(&installation.address, &link, "naledi.dlamini", "four plain words here").await?;
    let conversation = naledi.conversations(1).await?.remove(0);
    let here = |messages: &[serde_json::Value]| {
        messages
            .iter()
            .any(|message| message["attachments"][0]["state"] == "here")
            && messages.len() == 2
    };
    naledi.messages(&conversation, "the photo", here).await?;

    let browser = Browser::open(Look::WIDE).await?;
    let story = async {
        browser.sign_in(&installation.address, &naledi.session).await?;
        browser
            .go(&format!("{}/inbox/{conversation}", installation.address))
            .await?;
        browser.see(".bubble.inbound", "The crack").await?;

        pas.stop().await;
        browser
            .ask(
                "document.querySelector('.bubble.inbound:has(.picture)').click()",
                Vec::new(),
            )
            .await?;
        browser.press('f').await?;
        browser.write("[data-test=file-claim-input]", CLAIM).await?;
        browser.press_enter().await?;
        browser
            .see("[data-test=filed]", &format!("To be filed on claim {CLAIM}"))
            .await?;
        browser.pictures("story-1-to-be-filed", Look::WIDE).await?;
        ensure!(pas.documents().is_empty(), "it is away and holds a document");

        pas.start().await?;
        let filed = format!("Filed on claim {CLAIM} as DOC-");
        let took = browser
            .see_within("[data-test=filed]", &filed, Duration::from_secs(60))
            .await?;
        println!("story 1: filed {} ms after the PAS came back", took.as_millis());
        Ok(())
    };
    let story = story.await;
    browser.end("story-1-filing", story).await?;

    let documents = pas.documents();
    ensure!(documents.len() == 1, "filed {} times", documents.len());
    let document = &documents[0];
    ensure!(
        document.claim == CLAIM && document.text == "The crack",
        "on the claim there is something else"
    );
    ensure!(
        document.files.len() == 1 && document.files[0].content.starts_with(&[0xff, 0xd8]),
        "the photo is not there"
    );

    // Asked for twice, it is the same document.
    let messages = naledi
        .messages(&conversation, "the filing", |messages| messages.len() == 2)
        .await?;
    let message = messages
        .iter()
        .find(|message| message["attachments"][0].is_object())
        .context("a photo")?;
    let id = message["id"].as_str().context("an id")?;
    naledi
        .submit(
            reqwest::Method::POST,
            &format!("/messages/{id}/file"),
            &[("claim", CLAIM)],
        )
        .await?;
    let settled = async || {
        let filings = naledi.api(&format!("/messages/{id}")).await?["filings"].clone();
        let all = filings
            .as_array()
            .context("filings")?
            .iter()
            .all(|filing| filing["step"] == "filed");
        Ok(all.then_some(()))
    };
    until("every filing to be done", AMPLE, settled).await?;
    ensure!(pas.documents().len() == 1, "asking again made a second document");
    provider.shutdown().await;
    installation.stop().await
}
