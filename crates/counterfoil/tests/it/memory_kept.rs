//! vault.8: nobody but root may take the memory of the running program, not even another program of the same user; and it leaves no core dump.

use anyhow::{Context, Result, ensure};
use counterfoil_testkit::installation::{Choices, Engine, Installation, first_address};
use counterfoil_testkit::patience::AMPLE;
use counterfoil_testkit::process::{Program, run};
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::Command;

/// The user and the group that own nothing.
const NOBODY: u32 = 65_534;

/// A command of the user that the program runs as.
fn as_nobody(command: &mut Command) -> &mut Command {
    command.env("LC_ALL", "C").uid(NOBODY).gid(NOBODY)
}

/// What a look at `/proc` as that user is answered with.
async fn look(pid: u32, name: &str) -> Result<Result<(), String>> {
    let ended = run(as_nobody(Command::new("cat").arg(format!("/proc/{pid}/{name}")))).await?;
    Ok(if ended.status.success() {
        Ok(())
    } else {
        Err(ended.complained())
    })
}

#[tokio::test]
async fn vault_8_neither_the_same_user_nor_a_crash_gets_at_the_memory() -> Result<()> {
    ensure!(
        rustix::process::geteuid().is_root(),
        "only root can run programs as somebody else: run this test as root"
    );
    // Where the program was built, others may not reach it.
    let folder = tempfile::Builder::new().prefix("counterfoil-program-").tempdir()?;
    std::fs::set_permissions(folder.path(), Permissions::from_mode(0o755))?;
    let program = folder.path().join("counterfoil");
    std::fs::copy(env!("CARGO_BIN_EXE_counterfoil"), &program)?;
    let choices = Choices {
        program: program.to_str().context("a path that can be written")?,
        ..Choices::plain("", Engine::Sqlite)
    };
    let installation = Installation::make(choices).await?;
    let mut give = Command::new("chown");
    give.args(["-R", &format!("{NOBODY}:{NOBODY}")])
        .arg(installation.folder());
    run(&mut give).await?.well()?;

    let mut server = Program::start(as_nobody(&mut installation.command(&["serve"])))?;
    server.line(AMPLE, first_address).await?;
    let plain = Program::start(as_nobody(Command::new("tail").args(["-f", "/dev/null"])))?;
    let pid = server.pid();
    ensure!(
        look(plain.pid(), "environ").await?.is_ok(),
        "nobody may not look at its own programs here"
    );
    for name in ["environ", "maps", "mem"] {
        let answer = look(pid, name).await?;
        ensure!(
            answer.as_ref().is_err_and(|why| why.contains("Permission denied")),
            "{name}: {answer:?}"
        );
    }
    let mut trace = Command::new("strace");
    let traced = run(as_nobody(trace.args(["-f", "-p", &pid.to_string()])))
        .await
        .context("strace is missing: `cargo xtask test` installs it")?;
    let said = traced.complained();
    ensure!(
        !traced.status.success() && said.contains("Operation not permitted"),
        "{said}"
    );

    let limits = std::fs::read_to_string(format!("/proc/{pid}/limits"))?;
    let cores = limits.lines().find(|line| line.starts_with("Max core file size"));
    let cores: Vec<&str> = cores.context("a limit for core dumps")?.split_whitespace().collect();
    ensure!(cores[4..6] == ["0", "0"], "{cores:?}");
    server.stop().await?.well()?;
    Ok(())
}
