//! Both passes over a chat without bringing anything anywhere: what a person looks at before importing.

use std::io::{self, Read, Seek};

use crate::container::{Container, ContainerError};
use crate::lines::Longest;
use crate::reading::Reading;
use crate::report::{Report, Tally};
use crate::survey::{Choice, Survey, Undecided};

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum DryRunError {
    /// The chat could not be found or opened.
    #[error("the chat cannot be opened")]
    Open(#[source] ContainerError),
    /// The chat could not be read to its end.
    #[error("the chat cannot be read to its end")]
    Read(#[source] io::Error),
    /// The file does not tell how it is to be read, and nobody has chosen. The survey says what was seen.
    #[error("how the chat is to be read must be chosen")]
    Undecided(#[source] Undecided, Box<Survey>),
}

/// Reads a chat twice and counts what an import would bring.
///
/// # Errors
/// [`DryRunError`].
pub fn dry_run<R: Read + Seek>(
    container: &mut Container<R>,
    choice: Choice,
    longest: Longest,
) -> Result<Report, DryRunError> {
    let chat = container.chat().map_err(DryRunError::Open)?;
    let survey = Survey::of(chat, longest).map_err(DryRunError::Read)?;
    let plan = match survey.plan(choice) {
        Ok(plan) => plan,
        Err(undecided) => return Err(DryRunError::Undecided(undecided, Box::new(survey))),
    };
    let mut tally = Tally::of(&survey, &plan);
    let chat = container.chat().map_err(DryRunError::Open)?;
    for piece in Reading::of(chat, plan, longest).map_err(DryRunError::Read)? {
        tally.take(&piece.map_err(DryRunError::Read)?);
    }
    Ok(tally.finish(&container.media()))
}
