//! A real browser: headless Chromium with a profile of its own, steered through chromedriver.
//!
//! Everything waits for what it names and nothing sleeps. The browser is gone with the value, also when a test fails.

mod driver;
mod look;

pub use fantoccini::key::Key;
pub use look::{Look, Paint, Screen};

use crate::patience::{AMPLE, until};
use crate::surroundings;
use anyhow::{Context, Result, bail};
use driver::Driver;
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::{Client, Locator};
use serde_json::{Value, json};
use std::time::Duration;

/// Where a page is and its words, shortened.
const HELD: &str = "return `${location.pathname}: ${document.body.innerText}`.slice(0, 3000)";

/// A browser with one page, or the frame of it that was entered last.
pub struct Browser {
    client: Client,
    driver: Driver,
}

impl Browser {
    /// Opens one that looks like `look`.
    ///
    /// # Errors
    /// When the surroundings are not named or the browser does not start.
    pub async fn open(look: Look) -> Result<Self> {
        let driver = Driver::start().await?;
        let client = driver.session().await?;
        let browser = Self { client, driver };
        browser.look(look).await?;
        Ok(browser)
    }

    /// Goes to an address.
    ///
    /// # Errors
    /// When the page does not load.
    pub async fn go(&self, url: &str) -> Result<()> {
        self.client.goto(url).await.with_context(|| format!("going to {url}"))
    }

    /// Signs the browser in at `address` with a colleague's own session.
    ///
    /// # Errors
    /// When it does not take the cookie.
    pub async fn sign_in(&self, address: &str, session: &str) -> Result<()> {
        // A cookie is for the site that the browser is on.
        self.go(&format!("{address}/sign-in")).await?;
        let cookie = json!({"cookie": {"name": "counterfoil", "value": session, "httpOnly": true}});
        self.driver.post("cookie", cookie).await?;
        Ok(())
    }

    /// The address of the page.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn address(&self) -> Result<String> {
        Ok(self.client.current_url().await?.into())
    }

    /// Waits for an element.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn find(&self, css: &str) -> Result<Element> {
        let asked = async || Ok(self.client.find_all(Locator::Css(css)).await?.into_iter().next());
        Ok(until(&format!("`{css}`"), AMPLE, asked).await?.0)
    }

    /// How many elements there are now.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn count(&self, css: &str) -> Result<usize> {
        Ok(self.client.find_all(Locator::Css(css)).await?.len())
    }

    /// Waits until an element that `css` names shows `words`; returns how long that took.
    ///
    /// # Errors
    /// When none does in time.
    pub async fn see(&self, css: &str, words: &str) -> Result<Duration> {
        self.see_within(css, words, AMPLE).await
    }

    /// The same with a deadline.
    ///
    /// # Errors
    /// When none does in time.
    pub async fn see_within(&self, css: &str, words: &str, within: Duration) -> Result<Duration> {
        let asked = async || {
            let texts = self.texts(css).await?;
            if texts.iter().any(|text| text.contains(words)) {
                return Ok(Some(()));
            }
            bail!("there is {texts:?}")
        };
        Ok(until(&format!("`{words}` in `{css}`"), within, asked).await?.1)
    }

    /// The texts that the elements show now.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn texts(&self, css: &str) -> Result<Vec<String>> {
        let script = "return [...document.querySelectorAll(arguments[0])].map((one) => one.innerText.replace(/\\s+/g, ' ').trim())";
        Ok(serde_json::from_value(self.ask(script, vec![json!(css)]).await?)?)
    }

    /// Waits until `script`, the body of a function, returns something that is true.
    ///
    /// # Errors
    /// When it does not in time; `what` is what the failure says.
    pub async fn wait(&self, what: &str, script: &str) -> Result<Duration> {
        let asked = async || Ok((self.ask(script, Vec::new()).await? == json!(true)).then_some(()));
        Ok(until(what, AMPLE, asked).await?.1)
    }

    /// Runs `script`, the body of a function, in the page.
    ///
    /// # Errors
    /// When it fails there.
    pub async fn ask(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        Ok(self.client.execute(script, arguments).await?)
    }

    /// Clicks on an element once it is there and nothing covers it.
    ///
    /// # Errors
    /// When it does not come to that.
    pub async fn click(&self, css: &str) -> Result<()> {
        let asked = async || {
            self.find(css).await?.click().await?;
            Ok(Some(()))
        };
        until(&format!("a click on `{css}`"), AMPLE, asked).await?;
        Ok(())
    }

    /// Types into an element once it can be typed into, or names a file to an input for files.
    ///
    /// # Errors
    /// When it does not come or takes no text.
    pub async fn write(&self, css: &str, text: &str) -> Result<()> {
        let element = self.find(css).await?;
        element
            .send_keys(text)
            .await
            .with_context(|| format!("writing into `{css}`"))
    }

    /// Presses a key where the focus is, as a keyboard does.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn press(&self, key: char) -> Result<()> {
        let keys = KeyActions::new("keyboard".to_owned())
            .then(KeyAction::Down { value: key })
            .then(KeyAction::Up { value: key });
        self.client
            .perform_actions(keys)
            .await
            .with_context(|| format!("pressing `{key}`"))
    }

    /// Presses Enter where the focus is.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn press_enter(&self) -> Result<()> {
        self.press(Key::Enter.into()).await
    }

    /// Goes into a frame of the page, from wherever it was.
    ///
    /// # Errors
    /// When there is no such frame.
    pub async fn enter(&self, css: &str) -> Result<()> {
        self.leave().await?;
        self.find(css)
            .await?
            .enter_frame()
            .await
            .with_context(|| format!("entering `{css}`"))
    }

    /// Goes back to the whole page.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn leave(&self) -> Result<()> {
        self.driver.post("frame", json!({"id": null})).await?;
        Ok(())
    }

    /// What the browser complained about since it was asked last: errors of scripts, refused loads, broken policies.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn complaints(&self) -> Result<Vec<String>> {
        let said = self.driver.post("se/log", json!({"type": "browser"})).await?;
        let lines = said.as_array().context("the browser's log is not a list")?;
        let severe = lines.iter().filter(|line| line["level"] == "SEVERE");
        let said = severe.map(|line| line["message"].as_str().unwrap_or_default().to_owned());
        // A page in a frame of another origin may not take the focus by itself; that is how it should be.
        Ok(said.filter(|said| !said.contains("Blocked autofocusing")).collect())
    }

    /// Looks like `look` from now on.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn look(&self, look: Look) -> Result<()> {
        for (command, parameters) in look.commands() {
            self.driver
                .post("goog/cdp/execute", json!({"cmd": command, "params": parameters}))
                .await?;
        }
        Ok(())
    }

    /// Takes a picture of what is to be seen, when somebody named a folder for pictures.
    ///
    /// # Errors
    /// When it cannot be taken or written.
    pub async fn picture(&self, name: &str) -> Result<()> {
        let Some(folder) = surroundings::pictures() else {
            return Ok(());
        };
        std::fs::create_dir_all(&folder)?;
        let picture = self.client.screenshot().await.context("taking a picture")?;
        std::fs::write(folder.join(format!("{name}.png")), picture)?;
        Ok(())
    }

    /// Takes a picture in each look and goes back to `look`.
    ///
    /// # Errors
    /// As [`Self::picture`].
    pub async fn pictures(&self, name: &str, back: Look) -> Result<()> {
        if surroundings::pictures().is_none() {
            return Ok(());
        }
        for look in Look::ALL {
            self.look(look).await?;
            self.wait(
                "the page to be drawn again",
                "return document.readyState === 'complete'",
            )
            .await?;
            self.picture(&format!("{name}-{look}")).await?;
        }
        self.look(back).await
    }

    /// Ends it in order after a story. A story that went wrong leaves a picture and says what the page held, which is all that there is
    /// to see of a machine far away; one that went well must have left no complaint.
    ///
    /// # Errors
    /// The story's own, with what the browser complained about and what was on the page; or that it complained.
    pub async fn end(self, name: &str, story: Result<()>) -> Result<()> {
        let complaints = self.complaints().await.unwrap_or_default();
        if let Err(error) = story {
            let held = self.ask(HELD, Vec::new()).await.unwrap_or_default();
            drop(self.leave().await);
            drop(self.picture(&format!("failed-{name}")).await);
            let held = held.as_str().unwrap_or("nothing that can be read");
            return Err(error.context(format!(
                "the browser complained: {complaints:#?}; the page held: {held}"
            )));
        }
        self.client.close().await.context("ending the browser")?;
        if !complaints.is_empty() {
            bail!("the browser complained: {complaints:#?}");
        }
        Ok(())
    }
}
