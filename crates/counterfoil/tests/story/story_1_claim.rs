//! Story 1, step 5 in the browser: what goes on the claim is shown, the number can be corrected, the button stays where it is.

use crate::story_1::{FROM_CUSTOMER, LINE, drawn};
use anyhow::{Result, ensure};
use counterfoil_testkit::browser::{Browser, Key};
use serde_json::json;
use std::time::Duration;

const CLAIM: &str = "CLM-2026-004711";
const NO_CLAIM: &str = "CLM-9999-000001";

const NUMBER: &str = "[data-test=file-claim-input]";
const SUBMIT: &str = "[data-test=file-claim-submit]";
const GOES: &str = ".goes-entry:has(:checked)";
const OFFERED: &str = ".goes-entry:not(:has(:checked))";

/// Nothing chosen: the newest goes and is shown. A number that the other system does not know comes back to be corrected.
pub(crate) async fn a_wrong_number_is_corrected(browser: &Browser) -> Result<()> {
    // The caret is in the reply, where a letter is a letter; a click on the head of the thread takes it away.
    browser.click(".thread-who h2").await?;
    browser.press('f').await?;
    browser.find(&format!("{GOES} img")).await?;
    browser.see(OFFERED, LINE).await?;
    browser.press(Key::Escape.into()).await?;

    // In the view of somebody who reads elsewhere in the thread.
    browser.click(&format!("{FROM_CUSTOMER} .words")).await?;
    browser.press('f').await?;
    browser.see(GOES, LINE).await?;
    browser.write(NUMBER, NO_CLAIM).await?;
    browser.press_enter().await?;
    let why = format!("Not filed: there is no claim {NO_CLAIM}.");
    browser.see("[data-test=filed][data-step=refused]", &why).await?;
    let in_sight = "const line = document.querySelector('.filed.refused').getBoundingClientRect();
        const list = document.querySelector('.messages').getBoundingClientRect();
        return line.top >= list.top && line.bottom <= list.bottom";
    browser.wait("the reason to be in sight", in_sight).await?;
    browser.click("[data-act=mend]").await?;
    browser.see(".file-form .trouble", &why).await?;
    let kept = browser
        .ask(&format!("return document.querySelector('{NUMBER}').value"), Vec::new())
        .await?;
    ensure!(kept == json!(NO_CLAIM), "the number to be corrected is {kept}");
    browser.press(Key::Escape.into()).await
}

/// Files the words with `f` and ticks the photo beside them; how long each took to be filed.
pub(crate) async fn file_with_the_keyboard(browser: &Browser) -> Result<(Duration, Duration)> {
    browser.click(&format!("{FROM_CUSTOMER} .words")).await?;
    browser.press('f').await?;
    browser.see(GOES, LINE).await?;
    browser.click(&format!("{OFFERED}:has(img) input")).await?;
    // The number that was refused is chosen, so that typing takes its place.
    let choose = format!("document.querySelector('{NUMBER}').select()");
    browser.ask(&choose, Vec::new()).await?;
    browser.write(NUMBER, CLAIM).await?;
    browser.press_enter().await?;
    let mut took = Vec::new();
    for count in [1, 2] {
        let filed = format!("return document.querySelectorAll('[data-test=filed][data-step=filed]').length >= {count}");
        took.push(browser.wait("the bubble to say that it is filed", &filed).await?);
    }
    for said in browser.texts("[data-test=filed][data-step=filed]").await? {
        ensure!(
            said.starts_with(&format!("Filed on claim {CLAIM} as DOC-")),
            "the bubble says `{said}`"
        );
    }
    Ok((took[0], took[0] + took[1]))
}

/// The tool on the bubble opens the form, and the button files.
pub(crate) async fn file_with_a_finger(browser: &Browser) -> Result<()> {
    // The form offers what is there when it is opened.
    browser.find(&format!("{FROM_CUSTOMER} img")).await?;
    browser.click(&format!("{FROM_CUSTOMER} [data-act=file]")).await?;
    browser.see(GOES, LINE).await?;
    the_button_stays(browser).await?;
    browser.click(&format!("{OFFERED}:has(img)")).await?;
    browser.write(NUMBER, CLAIM).await?;
    // While suggestions come in.
    browser.click(SUBMIT).await?;
    let filed = "return document.querySelectorAll('[data-test=filed][data-step=filed]').length === 2";
    browser.wait("both to be filed", filed).await?;
    browser.see("[data-test=filed][data-step=filed]", "as DOC-").await?;
    Ok(())
}

/// However many suggestions there are, however long they are, and whatever went wrong: the button does not move.
async fn the_button_stays(browser: &Browser) -> Result<()> {
    let script = format!(
        "const at = () => JSON.stringify(document.querySelector('{SUBMIT}').getBoundingClientRect());
        const list = document.querySelector('.suggestions');
        const [kept, trouble, first] = [[...list.childNodes], document.querySelector('.file-form .trouble'), at()];
        const moved = [];
        for (const [count, length] of [[0, 0], [1, 4], [3, 900], [10, 60], [200, 200]]) {{
            list.replaceChildren(...Array.from({{ length: count }}, () => {{
                const [one, number, title] = ['button', 'strong', 'span'].map((tag) => document.createElement(tag));
                one.className = 'suggestion';
                [number.textContent, title.textContent] = ['C'.repeat(length), 'word '.repeat(length)];
                one.append(number, title);
                return one;
            }}));
            for (const words of ['', 'It did not work. '.repeat(12)]) {{
                [trouble.textContent, trouble.hidden] = [words, !words];
                if (at() !== first) moved.push([count, length, words.length]);
            }}
        }}
        [trouble.textContent, trouble.hidden] = ['', true];
        list.replaceChildren(...kept);
        return moved"
    );
    let moved = browser.ask(&script, Vec::new()).await?;
    ensure!(moved == json!([]), "the button moved with {moved}");
    Ok(())
}

/// The card leads to the sample PAS, which shows both.
pub(crate) async fn look_at_the_claim(browser: &Browser) -> Result<()> {
    browser.leave().await?;
    browser.click("#see-claim").await?;
    browser.enter("#pas").await?;
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
