//! Story 1, two minutes with the README: a visitor is the customer and the agent at once, on one page.
//!
//! Once on a wide screen with the keyboard, once on a phone with a finger.

use crate::demo::{Demo, steps};
use anyhow::{Result, ensure};
use counterfoil_simulator::samples::{PhotoKind, photo};
use counterfoil_testkit::browser::{Browser, Look};
use counterfoil_testkit::patience::{AMPLE, until};
use counterfoil_testkit::surroundings::full_size;
use serde_json::json;
use std::time::Duration;

const LINE: &str = "Hi, my windscreen cracked, policy KM-20417";
const ANSWER: &str = "Sorry to hear that. We have your photo and book a fitter for tomorrow.";
const CLAIM: &str = "CLM-2026-004711";

const HANDSET: &str = "iframe[title='The customer’s handset']";
const INBOX: &str = "#inbox";
const PAS: &str = "#pas";

const ROW: &str = "[data-test=conversation-row]";
const FROM_CUSTOMER: &str = ".bubble.inbound";
const FROM_US: &str = ".bubble.outbound";

/// A message is in an open inbox within this time.
const AT_ONCE: Duration = Duration::from_secs(1);
/// What is filed shows in the other system within this time.
const FILED: Duration = Duration::from_secs(2);

/// Notes when the customer's row becomes bold.
const WATCH: &str = "
    const look = () => {
        for (const row of document.querySelectorAll('[data-test=conversation-row].unread')) {
            const name = row.querySelector('.row-name');
            if (name?.textContent.includes('Thandi') && Number(getComputedStyle(name).fontWeight) >= 600) window.bold ??= Date.now();
        }
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
    look();";

#[tokio::test]
async fn on_a_wide_screen() -> Result<()> {
    let demo = Demo::start(12).await?;
    let browser = Browser::open(Look::WIDE).await?;
    let story = two_minutes(&browser, &demo).await;
    browser.end("story-1-wide", story).await?;
    demo.stop().await?;
    Ok(())
}

async fn two_minutes(browser: &Browser, demo: &Demo) -> Result<()> {
    browser.go(&demo.address).await?;
    browser.see("#count", "0/5").await?;
    ensure!(browser.count("#steps > li").await? == 5, "the card has five steps");

    browser.enter(INBOX).await?;
    browser.find("[data-test=connection-state][data-state=live]").await?;
    browser.ask(WATCH, Vec::new()).await?;

    write_on_the_handset(browser).await?;
    let took = bold_after(browser).await?;
    println!(
        "story 1: the row was bold {} ms after the customer pressed send",
        took.as_millis()
    );
    ensure!(
        took <= allowed(AT_ONCE),
        "the row was bold only after {} ms",
        took.as_millis()
    );
    browser.enter(HANDSET).await?;
    browser.click("[data-test=sample-photo]").await?;
    browser.leave().await?;
    browser.pictures("story-1-written", Look::WIDE).await?;

    // With the keyboard, as the card says.
    browser.enter(INBOX).await?;
    browser.click(".list-head h1").await?;
    browser.press('j').await?;
    browser.press_enter().await?;
    browser.see(FROM_CUSTOMER, LINE).await?;
    drawn(browser, FROM_CUSTOMER).await?;
    let order = "const [text, photo] = document.querySelectorAll('.bubble.inbound');
        return Boolean(text.querySelector('.words') && photo.querySelector('img'))";
    ensure!(
        browser.ask(order, Vec::new()).await? == json!(true),
        "the photo stands above the text that came first"
    );
    browser.press('r').await?;
    browser.write("[data-test=compose-text]", ANSWER).await?;
    browser.press_enter().await?;
    browser.see(FROM_US, ANSWER).await?;

    browser.enter(HANDSET).await?;
    browser.see("[data-test=bubble][data-from=business]", ANSWER).await?;
    browser.enter(INBOX).await?;
    browser
        .find(&format!("{FROM_US} [data-test=bubble-state][data-state=read]"))
        .await?;
    browser.leave().await?;
    browser.pictures("story-1-answered", Look::WIDE).await?;

    send_a_photo(browser, demo).await?;
    let (text, picture) = file_with_the_keyboard(browser).await?;
    println!(
        "story 1: filed after {} ms (text) and {} ms (photo)",
        text.as_millis(),
        picture.as_millis()
    );
    ensure!(
        text <= allowed(FILED) && picture <= allowed(FILED),
        "filing took longer than two seconds"
    );
    browser.leave().await?;
    browser.pictures("story-1-filed", Look::WIDE).await?;
    look_at_the_claim(browser).await?;

    browser.leave().await?;
    browser.see("#count", "5/5").await?;
    ensure!(
        browser.count("#steps > li.done").await? == 5,
        "every step ticked itself off"
    );
    look_at_the_disk(browser).await?;
    flip_a_bit(browser).await
}

#[tokio::test]
async fn on_a_phone() -> Result<()> {
    let demo = Demo::start(3).await?;
    let browser = Browser::open(Look::PHONE).await?;
    let story = two_minutes_by_touch(&browser, &demo).await;
    browser.end("story-1-phone", story).await?;
    demo.stop().await?;
    Ok(())
}

async fn two_minutes_by_touch(browser: &Browser, demo: &Demo) -> Result<()> {
    browser.go(&demo.address).await?;
    browser.see("#count", "0/5").await?;
    browser.picture("story-1-phone-steps").await?;
    no_sideways(browser, "the card").await?;

    browser.click("[data-show=handset]").await?;
    write_on_the_handset(browser).await?;
    browser.enter(HANDSET).await?;
    browser.click("[data-test=sample-photo]").await?;
    browser.see("[data-test=bubble]", LINE).await?;
    no_sideways(browser, "the handset").await?;
    browser.leave().await?;
    browser.picture("story-1-phone-handset").await?;

    browser.click("[data-show=desk]").await?;
    browser.enter(INBOX).await?;
    browser.see(&format!("{ROW}.unread"), "Thandi").await?;
    no_sideways(browser, "the inbox").await?;
    browser.leave().await?;
    browser.picture("story-1-phone-inbox").await?;
    browser.enter(INBOX).await?;
    browser.click(&format!("{ROW}.unread .row-link")).await?;
    browser.see(FROM_CUSTOMER, LINE).await?;
    browser.click("[data-test=compose-text]").await?;
    browser.write("[data-test=compose-text]", ANSWER).await?;
    browser.click("[data-test=send-reply]").await?;
    browser.see(FROM_US, ANSWER).await?;
    no_sideways(browser, "the thread").await?;

    browser.leave().await?;
    browser.click("[data-show=handset]").await?;
    browser.enter(HANDSET).await?;
    browser.see("[data-test=bubble][data-from=business]", ANSWER).await?;
    browser.leave().await?;
    browser.click("[data-show=desk]").await?;
    browser.enter(INBOX).await?;
    browser
        .find(&format!("{FROM_US} [data-test=bubble-state][data-state=read]"))
        .await?;
    browser.leave().await?;
    browser.picture("story-1-phone-thread").await?;
    browser.look(Look::PHONE.dark()).await?;
    browser.picture("story-1-phone-thread-dark").await?;
    browser.look(Look::PHONE).await?;

    // With a finger: the tool on the bubble opens the form.
    browser.enter(INBOX).await?;
    browser.click(&format!("{FROM_CUSTOMER} [data-act=file]")).await?;
    browser.write("[data-test=file-claim-input]", CLAIM).await?;
    // By the phone's own Enter: the button moves while suggestions come in.
    browser.press_enter().await?;
    browser.see("[data-test=filed][data-step=filed]", "as DOC-").await?;
    let asked = async || Ok(steps(demo).await?.iter().all(|done| *done).then_some(()));
    until("five steps done", AMPLE, asked).await?;
    Ok(())
}

/// The claim itself when it is being proved; more where the suite shares the machine with all other tests.
fn allowed(claim: Duration) -> Duration {
    if full_size() { claim } else { claim * 5 }
}

/// Types the card's line and presses send; the page notes when.
async fn write_on_the_handset(browser: &Browser) -> Result<()> {
    browser.enter(HANDSET).await?;
    browser.write("[data-test=compose]", LINE).await?;
    let note = "document.querySelector('[data-test=send]').addEventListener('click', () => { window.sent = Date.now(); }, true)";
    browser.ask(note, Vec::new()).await?;
    browser.click("[data-test=send]").await
}

/// The time from the click on the handset to the bold row in the inbox, both told by the page itself.
async fn bold_after(browser: &Browser) -> Result<Duration> {
    browser.enter(HANDSET).await?;
    let sent = browser.ask("return window.sent", Vec::new()).await?;
    browser.enter(INBOX).await?;
    browser.wait("a bold row", "return Boolean(window.bold)").await?;
    let bold = browser.ask("return window.bold", Vec::new()).await?;
    let millis = bold
        .as_u64()
        .zip(sent.as_u64())
        .map(|(bold, sent)| bold.saturating_sub(sent));
    millis
        .map(Duration::from_millis)
        .ok_or_else(|| anyhow::anyhow!("the page noted no times"))
}

/// Waits until a picture in such a bubble is really drawn.
async fn drawn(browser: &Browser, bubble: &str) -> Result<()> {
    let script = format!(
        "return [...document.querySelectorAll(\"{bubble} img\")].some((one) => one.complete && one.naturalWidth > 100)"
    );
    browser.wait("a picture to be drawn", &script).await?;
    Ok(())
}

/// The agent sends a photo, which arrives on the handset.
async fn send_a_photo(browser: &Browser, demo: &Demo) -> Result<()> {
    let file = demo.folder.path().join("fitter.jpg");
    std::fs::write(&file, photo(7, PhotoKind::Door))?;
    browser.enter(INBOX).await?;
    browser
        .write("[data-test=attach-file]", &file.to_string_lossy())
        .await?;
    browser.click("[data-test=send-reply]").await?;
    drawn(browser, FROM_US).await?;
    browser.enter(HANDSET).await?;
    drawn(browser, "[data-from=business]").await
}

/// Files the text and the photo, each with `f`; how long each took to be filed.
async fn file_with_the_keyboard(browser: &Browser) -> Result<(Duration, Duration)> {
    browser.enter(INBOX).await?;
    browser.click(".thread-who h2").await?;
    let mut took = Vec::new();
    for (at, choose) in [".words", ".picture"].into_iter().enumerate() {
        // A click on the time would open the life, one on the picture would enlarge it: the bubble's own edge chooses it.
        let script = "document.querySelector(`.bubble.inbound:has(${arguments[0]})`).click()";
        browser.ask(script, vec![json!(choose)]).await?;
        browser.press('f').await?;
        browser.write("[data-test=file-claim-input]", CLAIM).await?;
        browser.press_enter().await?;
        let filed = format!(
            "return document.querySelectorAll('[data-test=filed][data-step=filed]').length === {}",
            at + 1
        );
        took.push(browser.wait("the bubble to say that it is filed", &filed).await?);
    }
    for said in browser.texts("[data-test=filed]").await? {
        ensure!(
            said.starts_with(&format!("Filed on claim {CLAIM} as DOC-")),
            "the bubble says `{said}`"
        );
    }
    Ok((took[0], took[1]))
}

/// The sample PAS shows both.
async fn look_at_the_claim(browser: &Browser) -> Result<()> {
    browser.leave().await?;
    browser.click("#tab-pas").await?;
    browser.enter(PAS).await?;
    browser.see("[data-test=document]", LINE).await?;
    drawn(browser, "[data-test=document]").await?;
    ensure!(
        browser.count("[data-test=document]").await? == 2,
        "each message was filed once"
    );
    browser.leave().await?;
    browser.picture("story-1-claim").await?;
    browser.click("#tab-inbox").await
}

async fn look_at_the_disk(browser: &Browser) -> Result<()> {
    browser.click("#look").await?;
    browser.see("#disk-row", "sealed bytes").await?;
    browser.click("#search button").await?;
    browser.see("#found", "“windscreen” is nowhere").await?;
    browser.picture("story-1-disk").await?;
    browser.click("#disk .close").await
}

async fn flip_a_bit(browser: &Browser) -> Result<()> {
    browser.click("#flip").await?;
    browser.see("#bit-said", "Altered: message ").await?;
    browser.see("#bit-said", " of this conversation").await?;
    browser.picture("story-1-bit").await?;
    browser.click("#bit .close").await
}

/// Nothing on a phone is wider than the phone.
async fn no_sideways(browser: &Browser, what: &str) -> Result<()> {
    let over = browser
        .ask("return document.documentElement.scrollWidth - innerWidth", Vec::new())
        .await?;
    ensure!(
        over.as_i64().is_some_and(|over| over <= 0),
        "{what} is {over} points wider than the phone"
    );
    Ok(())
}
