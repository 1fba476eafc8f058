//! Under fire: between the arrival of a post and its acknowledgement something is brought to disk. Seen in the system calls of the
//! real server, as the kernel saw them.

use crate::PROGRAM;
use crate::poster::Poster;
use anyhow::{Context, Result, ensure};
use counterfoil_testkit::customer::Agreed;
use counterfoil_testkit::installation::{Choices, Engine, Installation};
use counterfoil_testkit::patience::{AMPLE, until};
use counterfoil_testkit::wire::Wire;
use std::path::Path;

/// What comes in, what goes out, and what is brought to disk.
const CALLS: &str = "trace=recvfrom,recvmsg,read,readv,sendto,sendmsg,write,writev,fsync,fdatasync";

/// The paths that were brought to disk between a post's arrival and its 200, for each post.
fn synced(trace: &str) -> Result<Vec<Vec<String>>> {
    let mut posts = Vec::new();
    let mut under_way: Option<Vec<String>> = None;
    // A call that another thread's call interrupts is written in two lines: the path stands in the first.
    let mut begun: Vec<(String, String)> = Vec::new();
    for line in trace.lines() {
        let (thread, call) = line.split_once(' ').context("a line of a trace")?;
        let call = call.trim_start();
        if call.contains("\"POST /hooks/") {
            under_way = Some(Vec::new());
        }
        let path = call
            .split_once('<')
            .and_then(|(_, rest)| rest.split('>').next())
            .unwrap_or_default();
        let done = if call.starts_with("fsync(") || call.starts_with("fdatasync(") {
            if call.contains("unfinished") {
                begun.push((thread.to_owned(), path.to_owned()));
                None
            } else {
                call.ends_with("= 0").then(|| path.to_owned())
            }
        } else if call.starts_with("<... fsync resumed>") || call.starts_with("<... fdatasync resumed>") {
            let at = begun.iter().position(|(by, _)| by == thread);
            at.map(|at| begun.remove(at).1).filter(|_| call.ends_with("= 0"))
        } else {
            None
        };
        if let (Some(paths), Some(done)) = (&mut under_way, done) {
            paths.push(done);
        }
        if call.contains("\"HTTP/1.1 200")
            && let Some(paths) = under_way.take()
        {
            posts.push(paths);
        }
    }
    Ok(posts)
}

async fn traced(path: &Path, posts: usize) -> Result<Vec<Vec<String>>> {
    let written = async || {
        let found = synced(&std::fs::read_to_string(path)?)?;
        Ok((found.len() >= posts).then_some(found))
    };
    Ok(until("the trace to be written", AMPLE, written).await?.0)
}

#[tokio::test(flavor = "multi_thread")]
async fn fire_1_a_post_is_brought_to_disk_between_its_arrival_and_its_200_in_the_database() -> Result<()> {
    let mut installation = Installation::make(Choices::plain(PROGRAM, Engine::Sqlite)).await?;
    let trace = installation.folder().join("trace");
    installation.serve_traced(CALLS, &trace).await?;
    let hook = Agreed::plain().connect(&installation, "http://127.0.0.1:9").await?;
    let poster = Poster::new(&hook, &Agreed::plain())?;
    for _ in 0..5 {
        ensure!(poster.post().await);
    }
    for paths in traced(&trace, 5).await? {
        ensure!(
            paths.iter().any(|path| path.ends_with("data.db-wal")),
            "brought to disk: {paths:?}"
        );
    }
    installation.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn fire_1_a_post_is_brought_to_disk_between_its_arrival_and_its_200_in_the_spool() -> Result<()> {
    let mut installation = Installation::make(Choices::plain(PROGRAM, Engine::Postgres)).await?;
    let wire = Wire::to(&installation.databases[0].server()).await?;
    installation.reach_through(&wire)?;
    installation.serve().await?;
    let hook = Agreed::plain().connect(&installation, "http://127.0.0.1:9").await?;
    installation.stop().await?;
    wire.cut().await?;
    let trace = installation.folder().join("trace");
    installation.serve_traced(CALLS, &trace).await?;
    let poster = Poster::new(&hook, &Agreed::plain())?;
    for _ in 0..5 {
        ensure!(poster.post().await);
    }
    let posts = traced(&trace, 5).await?;
    for (number, paths) in posts.iter().enumerate() {
        let file = paths.iter().position(|path| path.ends_with(".segment"));
        ensure!(file.is_some(), "post {number} brought to disk: {paths:?}");
        // The first one began the segment: its name is on disk too.
        if number == 0 {
            ensure!(
                paths.iter().any(|path| path.ends_with("/spool")),
                "brought to disk: {paths:?}"
            );
        }
    }
    installation.kill().await?;
    Ok(())
}
