//! The command's end: ask the running server, or do it here when none runs.

use super::LINE;
use super::answer::{Answer, Reply};
use super::perform::perform;
use super::request::Request;
use crate::compose::House;
use crate::config::Settings;
use crate::system::System;
use anyhow::{Context, bail};
use counterfoil_store::Spool;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use zeroize::Zeroizing;

/// Has `request` done and returns what was done.
///
/// # Errors
/// Why it was not done, in words for the operator.
pub(crate) async fn ask(settings: &Settings, system: &System, request: Request) -> anyhow::Result<Answer> {
    let socket = settings.storage.socket();
    let reply = match UnixStream::connect(&socket).await {
        Ok(stream) => over(stream, &request)
            .await
            .context("the running server did not answer; look at its log")?,
        Err(_) => {
            let house = if request.only_reads() {
                House::look(settings, system).await?
            } else {
                House::open(settings, system).await?
            };
            let mut reply = perform(&house.flow, request).await;
            house.close().await;
            if let Reply::Done(Answer::Intake(intake)) = &mut reply {
                // Whoever only looks does not hold the spool.
                intake.spooled = Spool::look(&settings.intake.spool)
                    .context("the spool cannot be seen")?
                    .posts;
            }
            reply
        }
    };
    match reply {
        Reply::Done(answer) => Ok(answer),
        Reply::Refused { why } => bail!("{why}"),
    }
}

async fn over(stream: UnixStream, request: &Request) -> anyhow::Result<Reply> {
    let (reading, mut writing) = stream.into_split();
    let mut line = Zeroizing::new(serde_json::to_vec(request)?);
    line.push(b'\n');
    writing.write_all(&line).await?;
    let mut answer = Zeroizing::new(Vec::new());
    BufReader::new(reading.take(LINE))
        .read_until(b'\n', &mut answer)
        .await?;
    Ok(serde_json::from_slice(&answer)?)
}
