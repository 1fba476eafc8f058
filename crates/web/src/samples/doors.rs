//! Pages of those who are not signed in, and errors.

use super::invented::opened;
use super::{Sample, Stage, sample};
use crate::error::{Failure, Problem};
use crate::views::failure::{FailurePage, next, what};
use crate::views::welcome::{JoinPage, SignInPage};

pub(super) fn all(stage: &Stage) -> Vec<Sample> {
    vec![
        sign_in(stage, "sign-in", None),
        sign_in(stage, "sign-in-wrong", Some("sign_in_wrong")),
        join(stage),
        failure(stage, "failure-not-found", Problem::NotFound),
        failure(stage, "failure-not-allowed", Problem::NotAllowed),
        failure(stage, "failure-internal", Problem::Internal),
        failure(stage, "failure-unavailable", Problem::Unavailable),
        failure(stage, "failure-link-dead", Problem::LinkDead),
    ]
}

fn sign_in(stage: &Stage, name: &'static str, trouble: Option<&str>) -> Sample {
    let view = SignInPage {
        w: stage.w,
        shell: stage.outside(),
        login: trouble.map_or_else(String::new, |_| "thandiwe".to_owned()),
        next: String::new(),
        trouble: trouble.map(|code| {
            format!(
                "{} {}",
                stage.w.say(&format!("error-{code}")),
                stage.w.say(&format!("error-{code}-next"))
            )
        }),
    };
    sample(name, &view)
}

fn join(stage: &Stage) -> Sample {
    let view = JoinPage {
        w: stage.w,
        shell: stage.outside(),
        name: opened("Pieter Botha"),
        login: String::new(),
        trouble: None,
    };
    sample("join", &view)
}

fn failure(stage: &Stage, name: &'static str, problem: Problem) -> Sample {
    let failure = Failure::of(problem);
    let view = FailurePage {
        w: stage.w,
        shell: stage.outside(),
        status: problem.status().as_u16(),
        what: what(stage.w, &stage.face(), &failure),
        next: next(stage.w, &failure),
        operation: "op_0192f0c1a2b37c44b1d2e3f405162738".to_owned(),
    };
    sample(name, &view)
}
