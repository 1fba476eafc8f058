//! The real program as a child process: started, listened to, told to stop, and never left behind.
//!
//! Everything that it writes is kept, since what a server writes to its log is among what a test searches.

use crate::patience::{self, until, until_blocking};
use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// How long a program gets to stop in order before it is killed.
const GRACE: Duration = Duration::from_secs(50);

/// What a program wrote, and how it ended.
#[derive(Debug)]
pub struct Ended {
    /// How it ended.
    pub status: ExitStatus,
    /// Its standard output.
    pub stdout: Vec<u8>,
    /// Its standard error.
    pub stderr: Vec<u8>,
}

impl Ended {
    /// The standard output as text.
    pub fn said(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// The standard error as text.
    pub fn complained(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }

    /// Itself, when it ended well.
    ///
    /// # Errors
    /// When it did not; with what it wrote.
    pub fn well(self) -> Result<Self> {
        if !self.status.success() {
            bail!("{}\n{}{}", self.status, self.said(), self.complained());
        }
        Ok(self)
    }
}

/// A running program. Dropped, it is killed.
pub struct Program {
    child: Child,
    stdout: Stream,
    stderr: Stream,
}

impl Program {
    /// Starts it with nothing on its standard input.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(command: &mut Command) -> Result<Self> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("starting {}", command.get_program().display()))?;
        let stdout = Stream::of(child.stdout.take());
        let stderr = Stream::of(child.stderr.take());
        Ok(Self { child, stdout, stderr })
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it has written to standard output so far.
    pub fn said(&self) -> String {
        String::from_utf8_lossy(&self.stdout.so_far()).into_owned()
    }

    /// What it has written to standard error so far.
    pub fn complained(&self) -> String {
        String::from_utf8_lossy(&self.stderr.so_far()).into_owned()
    }

    /// All that it has written so far, on both.
    pub fn wrote(&self) -> Vec<u8> {
        [self.stdout.so_far(), self.stderr.so_far()].concat()
    }

    /// Waits for a whole line on standard output that `wanted` makes something of.
    ///
    /// # Errors
    /// When the program ends before, or no such line comes in time.
    pub async fn line<T>(&mut self, within: Duration, wanted: impl Fn(&str) -> Option<T>) -> Result<T> {
        let found = until("a line from the program", within, async || {
            let said = self.said();
            let whole = said.rfind('\n').map_or("", |end| &said[..end]);
            if let Some(found) = whole.lines().find_map(&wanted) {
                return Ok(Some(Ok(found)));
            }
            Ok(self.child.try_wait()?.map(Err))
        })
        .await;
        match found {
            Ok((Ok(found), _)) => Ok(found),
            Ok((Err(status), _)) => bail!("the program ended ({status}):\n{}{}", self.said(), self.complained()),
            Err(error) => bail!("{error:#}:\n{}{}", self.said(), self.complained()),
        }
    }

    /// Waits until it ends by itself.
    ///
    /// # Errors
    /// When it does not in time; it is then killed.
    pub async fn end(mut self, within: Duration) -> Result<Ended> {
        let (status, _) = until("the program to end", within, async || Ok(self.child.try_wait()?)).await?;
        Ok(self.ended(status))
    }

    /// Tells it to stop (SIGTERM) and waits until it has.
    ///
    /// # Errors
    /// When it does not stop in time; it is then killed.
    pub async fn stop(mut self) -> Result<Ended> {
        self.tell(Signal::TERM);
        let (status, _) = until("the program to stop when told to", GRACE, async || {
            Ok(self.child.try_wait()?)
        })
        .await?;
        Ok(self.ended(status))
    }

    /// Tells it to stop (SIGTERM) and does not wait.
    pub fn tell_to_stop(&self) {
        self.tell(Signal::TERM);
    }

    /// Ends it at once (SIGKILL), whatever it is doing.
    ///
    /// # Errors
    /// When it cannot be waited for.
    pub async fn kill(mut self) -> Result<Ended> {
        self.tell(Signal::KILL);
        let (status, _) = until("the program to be gone", GRACE, async || Ok(self.child.try_wait()?)).await?;
        Ok(self.ended(status))
    }

    /// Has it stand still (SIGSTOP).
    pub fn pause(&self) {
        self.tell(Signal::STOP);
    }

    /// Has it go on (SIGCONT).
    pub fn resume(&self) {
        self.tell(Signal::CONT);
    }

    fn tell(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        // A program that has ended already needs no telling.
        let _ = pid.map(|pid| kill_process(pid, signal));
    }

    fn ended(&mut self, status: ExitStatus) -> Ended {
        Ended {
            status,
            stdout: self.stdout.all(),
            stderr: self.stderr.all(),
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.tell(Signal::TERM);
            let stopped = until_blocking(Duration::from_secs(3), || !matches!(self.child.try_wait(), Ok(None)));
            if !stopped {
                drop(self.child.kill());
            }
        }
        drop(self.child.wait());
    }
}

/// Runs a command to its end.
///
/// # Errors
/// When it cannot be started or takes longer than anything that works.
pub async fn run(command: &mut Command) -> Result<Ended> {
    Program::start(command)?.end(patience::AMPLE).await
}

/// What comes out of a program, collected as it comes.
struct Stream {
    bytes: Arc<Mutex<Vec<u8>>>,
    reader: Option<JoinHandle<()>>,
}

impl Stream {
    fn of(from: Option<impl Read + Send + 'static>) -> Self {
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let into = Arc::clone(&bytes);
        let reader = from.map(|mut from| {
            std::thread::spawn(move || {
                let mut piece = [0; 8192];
                while let Ok(read @ 1..) = from.read(&mut piece) {
                    into.lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .extend_from_slice(&piece[..read]);
                }
            })
        });
        Self { bytes, reader }
    }

    fn so_far(&self) -> Vec<u8> {
        self.bytes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Everything, once the program has ended.
    fn all(&mut self) -> Vec<u8> {
        if let Some(reader) = self.reader.take() {
            drop(reader.join());
        }
        self.so_far()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[tokio::test]
    async fn a_line_is_heard_and_the_program_stops_when_told_to() {
        let mut program = Program::start(&mut shell(
            "echo ready at 7; trap 'echo bye; exit 3' TERM; while :; do sleep 0.05; done",
        ));
        let program = program.as_mut().unwrap();
        let port = program.line(patience::AMPLE, |line| {
            line.strip_prefix("ready at ")?.parse::<u16>().ok()
        });
        assert_eq!(port.await.unwrap(), 7);
    }

    #[tokio::test]
    async fn stopping_gives_all_that_was_written() {
        let script = "echo ready; trap 'echo bye; echo oh >&2; exit 3' TERM; while :; do sleep 0.05; done";
        let mut program = Program::start(&mut shell(script)).unwrap();
        program
            .line(patience::AMPLE, |line| (line == "ready").then_some(()))
            .await
            .unwrap();
        let ended = program.stop().await.unwrap();
        assert_eq!(
            (ended.status.code(), ended.said().as_str(), ended.complained().as_str()),
            (Some(3), "ready\nbye\n", "oh\n")
        );
        assert!(ended.well().is_err());
    }

    #[tokio::test]
    async fn a_program_that_ends_early_is_no_line() {
        let mut program = Program::start(&mut shell("echo broken >&2; exit 1")).unwrap();
        let waited = program
            .line(patience::AMPLE, |line| (line == "ready").then_some(()))
            .await;
        assert!(waited.unwrap_err().to_string().contains("ended"));
    }

    #[tokio::test]
    async fn a_dropped_program_is_gone() {
        let program = Program::start(&mut shell("while :; do sleep 0.05; done")).unwrap();
        let folder = format!("/proc/{}", program.pid());
        assert!(std::path::Path::new(&folder).exists());
        drop(program);
        assert!(!std::path::Path::new(&folder).exists());
    }
}
