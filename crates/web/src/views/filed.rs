//! The mark that a message bears once it is asked to be, or is, filed.

use crate::words::Words;
use crate::words::clockface::{Clockface, Moment};
use counterfoil_flow::filing::refusal::FilingRefusal;
use counterfoil_flow::reading::thread::FilingView;
use counterfoil_model::filing::FilingStep;

/// Where a message was put, and how far that is.
pub(crate) struct Filed {
    /// `to_be_filed`, `filed` or `refused`.
    pub(crate) step: &'static str,
    /// The sentence: "Filed on claim CLM-2026-004711 as DOC-88213".
    pub(crate) said: String,
    /// The claim that was refused, where nothing was filed since: it can be corrected.
    pub(crate) to_mend: Option<String>,
    pub(crate) at: Moment,
}

impl Filed {
    /// The marks of one message, oldest first.
    pub(crate) fn all(w: Words, face: &Clockface, filings: &[FilingView]) -> Vec<Self> {
        let newest = filings.iter().map(|filing| filing.at).max();
        let mark = |filing: &FilingView| Self::of(w, face, filing, Some(filing.at) == newest);
        filings.iter().map(mark).collect()
    }

    fn of(w: Words, face: &Clockface, filing: &FilingView, newest: bool) -> Self {
        let claim = filing.reference.expose().as_str();
        let said = match (filing.step, &filing.acknowledgement) {
            (FilingStep::Filed, Some(document)) => {
                let document = document.expose().as_str();
                w.say_with("filed-as", &[("claim", claim.into()), ("document", document.into())])
            }
            (FilingStep::Filed, None) => w.say_with("filed-on", &[("claim", claim.into())]),
            (FilingStep::ToBeFiled, _) => w.say_with("filed-waiting", &[("claim", claim.into())]),
            (FilingStep::Refused, _) => {
                let why = filing.refusal.unwrap_or(FilingRefusal::Other).name();
                w.say_with(&format!("filed-refused-{why}"), &[("claim", claim.into())])
            }
        };
        Self {
            step: filing.step.name(),
            said,
            to_mend: (newest && filing.step == FilingStep::Refused).then(|| claim.to_owned()),
            at: face.day_and_time(filing.at),
        }
    }
}
