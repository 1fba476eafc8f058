//! What the doctor found, one sentence each.

use std::io::Write;

/// How it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum State {
    /// As it should be.
    Well,
    /// Cannot be seen from here.
    Unseen,
    /// Should be looked at.
    Doubtful,
    /// Does not work, or must not stay so.
    Broken,
}

/// One thing that was looked at.
#[derive(Debug, serde::Serialize)]
struct Finding {
    what: &'static str,
    state: State,
    said: String,
}

/// All that was looked at.
#[derive(Debug, Default, serde::Serialize)]
#[serde(transparent)]
pub(super) struct Findings(Vec<Finding>);

impl Findings {
    /// Something is as it should be.
    pub(super) fn well(&mut self, what: &'static str, said: impl Into<String>) {
        self.add(what, State::Well, said.into());
    }

    /// Something should be looked at.
    pub(super) fn doubtful(&mut self, what: &'static str, said: impl Into<String>) {
        self.add(what, State::Doubtful, said.into());
    }

    /// Something is broken.
    pub(super) fn broken(&mut self, what: &'static str, said: impl Into<String>) {
        self.add(what, State::Broken, said.into());
    }

    /// Something cannot be seen from here.
    pub(super) fn unseen(&mut self, what: &'static str, said: impl Into<String>) {
        self.add(what, State::Unseen, said.into());
    }

    /// Something is as `state` says.
    pub(super) fn add(&mut self, what: &'static str, state: State, said: String) {
        self.0.push(Finding { what, state, said });
    }

    /// The worst of all.
    pub(super) fn worst(&self) -> State {
        self.0.iter().map(|finding| finding.state).max().unwrap_or(State::Well)
    }

    /// Says all of it, a line each.
    pub(super) fn tell(&self, out: &mut dyn Write) -> std::io::Result<()> {
        let width = self.0.iter().map(|finding| finding.what.len()).max().unwrap_or(0);
        for Finding { what, state, said } in &self.0 {
            let state = match state {
                State::Well => "well",
                State::Unseen => "unseen",
                State::Doubtful => "DOUBTFUL",
                State::Broken => "BROKEN",
            };
            writeln!(out, "{state:<8}  {what:<width$}  {said}")?;
        }
        Ok(())
    }
}
