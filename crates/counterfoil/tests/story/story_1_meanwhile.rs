//! Story 1 on a slow line: what changes while a part of the page is on its way is shown once the part is there.

use crate::PROGRAM;
use anyhow::Result;
use counterfoil_testkit::browser::{Browser, Look};
use counterfoil_testkit::colleague::Colleague;
use counterfoil_testkit::customer::{Agreed, customer};
use counterfoil_testkit::installation::{Choices, Engine, Installation};

/// Answers to addresses that match `hold` stay on their way until `arrive` is called; `heard` counts what the page was told.
const SLOW_LINE: &str = "
const real = window.fetch;
window.heard = 0;
document.addEventListener('counterfoil:change', () => { window.heard += 1; });
window.fetch = async (...asked) => {
  const answer = await real(...asked);
  if (window.hold && new RegExp(window.hold).test(String(asked[0]))) {
    window.hold = null;
    await new Promise((arrive) => { window.arrive = arrive; });
  }
  return answer;
};";
const UNDER_WAY: &str = "return Boolean(window.arrive)";
const ARRIVES: &str = "window.arrive(); window.arrive = null;";

#[tokio::test]
async fn what_changes_meanwhile_is_shown() -> Result<()> {
    let agreed = Agreed::plain();
    let provider = agreed.provider().await?;
    let mut installation = Installation::make(Choices::plain(PROGRAM, Engine::Sqlite)).await?;
    installation.serve().await?;
    let hook = agreed.connect(&installation, &provider.graph_url()).await?;
    provider.subscribe(&hook).await?;
    let thandi = customer(&provider, "Thandi Nkosi", "27825550147")?;
    provider.customer_text(&thandi, "Hi, my windscreen cracked", None).await;
    let link = installation.invite("Naledi Dlamini").await?;
    let naledi = Colleague::join(&installation.address, &link, "naledi.dlamini", "four plain words here").await?;
    naledi.conversations(1).await?;

    let browser = Browser::open(Look::WIDE).await?;
    let story = async {
        browser.sign_in(&installation.address, &naledi.session).await?;
        browser.go(&format!("{}/inbox", installation.address)).await?;
        browser.see(".row", "Thandi").await?;
        browser.ask(SLOW_LINE, Vec::new()).await?;

        // A conversation is opened, and the customer goes on writing.
        browser
            .ask("window.hold = '^/fragments/conversations/cnv_[0-9a-f]+$'", Vec::new())
            .await?;
        browser.click(".row .row-link").await?;
        browser.wait("the conversation to be under way", UNDER_WAY).await?;
        browser.ask("window.heard = 0", Vec::new()).await?;
        provider.customer_text(&thandi, "And the mirror is off", None).await;
        browser.wait("the page to be told", "return window.heard > 0").await?;
        browser.ask(ARRIVES, Vec::new()).await?;
        browser.see(".bubble.inbound", "windscreen").await?;
        let both = "return document.querySelectorAll('.bubble.inbound').length === 2";
        browser.wait("what was written meanwhile", both).await?;

        // A message is sent, and its ticks come before the answer that shows it without any.
        browser.ask("window.hold = '/messages$'", Vec::new()).await?;
        browser.write("[data-test=compose-text]", "Sorry to hear that.").await?;
        browser.click("[data-test=send-reply]").await?;
        browser.wait("the answer to be under way", UNDER_WAY).await?;
        let delivered = ".bubble.outbound [data-test=bubble-state][data-state=delivered]";
        browser.find(delivered).await?;
        browser.ask(ARRIVES, Vec::new()).await?;
        let cleared = "return document.querySelector('[data-test=compose-text]').value === ''";
        browser.wait("the answer to arrive", cleared).await?;
        browser.find(delivered).await?;
        Ok(())
    };
    let story = story.await;
    browser.end("story-1-meanwhile", story).await?;
    provider.shutdown().await;
    installation.stop().await
}
