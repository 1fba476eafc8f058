//! chromedriver on a free port, the browser that it starts, and their end.
//!
//! The driver forgets its browsers when it is killed, so whoever ends it looks for what still runs with its profile folder.

use crate::patience::{AMPLE, until_blocking};
use crate::process::Program;
use crate::surroundings;
use anyhow::{Context, Result, bail};
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;
use tempfile::TempDir;

/// How the browser is started: without a window, and without talking to anybody.
const SWITCHES: [&str; 12] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-breakpad",
    "--hide-scrollbars",
    "--window-size=1440,900",
];

/// A running chromedriver.
pub(super) struct Driver {
    /// Ended before the profile is removed.
    program: Option<Program>,
    port: u16,
    session: OnceLock<String>,
    http: reqwest::Client,
    profile: TempDir,
}

impl Driver {
    /// Starts it on a port of its own choice.
    pub(super) async fn start() -> Result<Self> {
        let profile = tempfile::Builder::new().prefix("counterfoil-browser-").tempdir()?;
        let mut program = Program::start(Command::new(surroundings::chromedriver()?).arg("--port=0"))?;
        // The line before says which port was asked for.
        let told = |line: &str| {
            line.strip_prefix("ChromeDriver was started successfully on port ")?
                .trim_end_matches('.')
                .parse()
                .ok()
        };
        let port = program.line(AMPLE, told).await?;
        let http = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(60))
            .build()?;
        Ok(Self {
            program: Some(program),
            port,
            session: OnceLock::new(),
            http,
            profile,
        })
    }

    /// Starts a browser with a fresh profile.
    pub(super) async fn session(&self) -> Result<Client> {
        let profile = format!("--user-data-dir={}", self.profile.path().display());
        let switches: Vec<&str> = SWITCHES.into_iter().chain([profile.as_str()]).collect();
        let capabilities = json!({
            "goog:chromeOptions": {"binary": surroundings::chromium()?, "args": switches},
            "goog:loggingPrefs": {"browser": "ALL"},
        });
        let Value::Object(capabilities) = capabilities else {
            bail!("capabilities are an object")
        };
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let client = builder
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{}", self.port))
            .await;
        let client = client.context("starting the browser")?;
        let session = client.session_id().await?.context("the browser has no session")?;
        self.session.get_or_init(|| session);
        Ok(client)
    }

    /// Asks for something that the client does not know, below the session's address.
    pub(super) async fn post(&self, path: &str, body: Value) -> Result<Value> {
        let session = self.session.get().context("the browser was not started")?;
        let address = format!("http://127.0.0.1:{}/session/{session}/{path}", self.port);
        let answer = self
            .http
            .post(address)
            .json(&body)
            .send()
            .await
            .context("the browser's driver does not answer")?;
        let status = answer.status();
        let mut answer: Value = answer.json().await?;
        if !status.is_success() {
            bail!("the browser refused {path}: {}", answer["value"]["message"]);
        }
        Ok(answer["value"].take())
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        drop(self.program.take());
        let profile = self.profile.path();
        until_blocking(Duration::from_secs(5), || {
            let left = with_folder(profile);
            for pid in &left {
                // One that has ended in between is what is wanted.
                let _ = kill_process(*pid, Signal::KILL);
            }
            left.is_empty()
        });
    }
}

/// The processes that were started with this folder in their command line. Its name is random, so they are ours.
fn with_folder(folder: &Path) -> Vec<Pid> {
    let wanted = folder.as_os_str().as_encoded_bytes();
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    let pids = entries.flatten().filter_map(|entry| {
        let pid = entry.file_name().to_str()?.parse::<i32>().ok()?;
        let line = std::fs::read(entry.path().join("cmdline")).ok()?;
        let is_ours = line.windows(wanted.len()).any(|part| part == wanted);
        is_ours.then(|| Pid::from_raw(pid)).flatten()
    });
    pids.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::browser::{Browser, Look};
    use crate::patience::until;
    use serde_json::json;

    #[tokio::test]
    async fn browser_shows_a_page_in_every_look_and_is_gone_afterwards() {
        let browser = Browser::open(Look::WIDE).await.unwrap();
        let profile = browser.driver.profile.path().to_owned();
        browser
            .go("data:text/html,<meta name=viewport content='width=device-width'><p>Hello")
            .await
            .unwrap();
        browser.see("p", "Hello").await.unwrap();
        let dark = "return matchMedia('(prefers-color-scheme: dark)').matches";
        for (look, width, is_dark) in [
            (Look::PHONE, 390, false),
            (Look::PHONE.dark(), 390, true),
            (Look::WIDE, 1440, false),
            (Look::WIDE.dark(), 1440, true),
        ] {
            browser.look(look).await.unwrap();
            let seen = browser
                .ask(&format!("return [innerWidth, {}]", &dark[7..]), Vec::new())
                .await
                .unwrap();
            assert_eq!(seen, json!([width, is_dark]), "{look}");
        }
        assert_eq!(browser.complaints().await.unwrap(), [""; 0]);
        browser.ask("console.error('broken')", Vec::new()).await.unwrap();
        let (complaints, _) = until("a complaint", AMPLE, async || {
            Ok(Some(browser.complaints().await?).filter(|all| !all.is_empty()))
        })
        .await
        .unwrap();
        assert!(complaints[0].contains("broken"));
        assert!(!with_folder(&profile).is_empty());
        drop(browser);
        assert!(with_folder(&profile).is_empty() && !profile.exists());
    }
}
