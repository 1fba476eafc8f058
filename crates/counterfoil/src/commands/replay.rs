//! `counterfoil replay`: posts recorded webhooks to a hook, signed over the exact bytes, and counts what was accepted.
//!
//! The order can be changed, posts can be cut so that each item travels alone, and everything can be sent twice: none of that
//! may change what is on the record afterwards.

use super::{Ending, write_json};
use anyhow::{Context, bail};
use counterfoil_whatsapp::webhook::{AppSecret, sign, split};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;
use url::Url;

/// Post recorded webhooks to a hook again, signed, and count what was accepted.
#[derive(Debug, clap::Args)]
pub(crate) struct Replay {
    /// The folder whose *.json files are posted, those of its sub-folders too.
    folder: PathBuf,
    /// The hook's address.
    #[arg(long, value_name = "URL")]
    to: Url,
    /// The file that holds the app's secret, with which the posts are signed.
    #[arg(long, value_name = "FILE")]
    app_secret_file: PathBuf,
    /// In which order: "name", "reverse", or "shuffle:" and a number that makes the order repeatable.
    #[arg(long, default_value = "name", value_parser = order)]
    order: Order,
    /// Cut every post so that each item travels alone; the order applies to the pieces.
    #[arg(long)]
    split: bool,
    /// Post everything, then everything once more.
    #[arg(long)]
    twice: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Name,
    Reverse,
    Shuffle(u64),
}

fn order(text: &str) -> Result<Order, String> {
    match (text, text.strip_prefix("shuffle:")) {
        ("name", _) => Ok(Order::Name),
        ("reverse", _) => Ok(Order::Reverse),
        (_, Some(seed)) => seed
            .parse()
            .map(Order::Shuffle)
            .map_err(|_| "the seed must be a number".to_owned()),
        _ => Err("this must be name, reverse or shuffle:<number>".to_owned()),
    }
}

/// One post to be made.
struct Post {
    file: String,
    body: Vec<u8>,
}

#[derive(Debug, Default, serde::Serialize)]
struct Report {
    files: usize,
    posts: usize,
    accepted: usize,
    refused: Vec<Refused>,
}

#[derive(Debug, serde::Serialize)]
struct Refused {
    file: String,
    why: String,
}

impl Replay {
    pub(super) async fn run(self, out: &mut dyn Write) -> anyhow::Result<Ending> {
        let secret = std::fs::read_to_string(&self.app_secret_file).with_context(|| {
            format!(
                "the app's secret could not be read from {}",
                self.app_secret_file.display()
            )
        })?;
        let secret = AppSecret::new(secret.trim());
        let files = files(&self.folder)?;
        if files.is_empty() {
            bail!("there is no .json file in {}", self.folder.display());
        }
        let mut report = Report {
            files: files.len(),
            ..Report::default()
        };
        let mut posts = Vec::new();
        for path in files {
            let body = std::fs::read(&path).with_context(|| format!("{} could not be read", path.display()))?;
            let file = path.strip_prefix(&self.folder).unwrap_or(&path).display().to_string();
            if self.split {
                posts.extend(split(&body).items.into_iter().map(|item| Post {
                    file: file.clone(),
                    body: item.raw,
                }));
            } else {
                posts.push(Post { file, body });
            }
        }
        match self.order {
            Order::Name => {}
            Order::Reverse => posts.reverse(),
            Order::Shuffle(seed) => shuffle(&mut posts, seed),
        }
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(30))
            .build()?;
        for _ in 0..if self.twice { 2 } else { 1 } {
            for post in &posts {
                report.posts += 1;
                match send(&http, &self.to, post, &secret).await {
                    Ok(()) => report.accepted += 1,
                    Err(why) => report.refused.push(Refused {
                        file: post.file.clone(),
                        why,
                    }),
                }
            }
        }
        if self.json {
            write_json(out, &report)?;
        } else {
            for refused in &report.refused {
                writeln!(out, "refused  {}: {}", refused.file, refused.why)?;
            }
            let Report {
                files, posts, accepted, ..
            } = report;
            writeln!(out, "{accepted} of {posts} posts accepted, from {files} files")?;
        }
        Ok(if report.refused.is_empty() {
            Ending::Well
        } else {
            Ending::Broken
        })
    }
}

async fn send(http: &reqwest::Client, to: &Url, post: &Post, secret: &AppSecret) -> Result<(), String> {
    let answer = http
        .post(to.clone())
        .header("content-type", "application/json")
        .header("x-hub-signature-256", sign(&post.body, secret))
        .body(post.body.clone())
        .send()
        .await
        .map_err(|error| {
            if error.is_timeout() {
                "no answer in time"
            } else {
                "no connection"
            }
            .to_owned()
        })?;
    match answer.status().as_u16() {
        200 => Ok(()),
        401 => Err("401: the signature does not fit; is this the secret of the app behind this hook?".to_owned()),
        404 => Err("404: there is no such hook".to_owned()),
        status => Err(format!("answered {status}")),
    }
}

/// All .json files under `folder`, by name.
fn files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        let entries =
            std::fs::read_dir(&next).with_context(|| format!("the folder {} could not be read", next.display()))?;
        for entry in entries {
            let (entry, path) = entry.map(|entry| (entry.file_type(), entry.path()))?;
            if entry?.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "json") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Puts `posts` into an order that depends on `seed` alone (Fisher and Yates, driven by SplitMix64).
fn shuffle(posts: &mut [Post], seed: u64) {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    };
    for last in (1..posts.len()).rev() {
        let bound = u64::try_from(last + 1).unwrap_or(u64::MAX);
        let other = usize::try_from(next() % bound).unwrap_or(0);
        posts.swap(last, other);
    }
}
