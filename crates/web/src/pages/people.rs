//! Settings: people. Who there is, inviting with a link that is shown once, ending access.

use super::id::Id;
use crate::error::{Failure, Problem};
use crate::session::{Browser, SignedIn};
use crate::state::Web;
use crate::views::settings::{ColleagueRow, EndAccessPage, PeoplePage, ShownOnce};
use crate::views::shell::Area;
use crate::views::{answer, page};
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use counterfoil_flow::people::colleagues::{colleagues, end_access};
use counterfoil_flow::people::invite::{Invitation, invite};
use counterfoil_model::PersonId;
use counterfoil_model::person::Role;
use serde::Deserialize;

/// The form of an invitation. A role that is not ticked is not sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Guest {
    name: String,
    agent: Option<String>,
    supervisor: Option<String>,
    administrator: Option<String>,
}

impl Guest {
    fn roles(&self) -> Vec<Role> {
        let ticked = [
            (&self.agent, Role::Agent),
            (&self.supervisor, Role::Supervisor),
            (&self.administrator, Role::Administrator),
        ];
        ticked
            .into_iter()
            .filter(|(tick, _)| tick.is_some())
            .map(|(_, role)| role)
            .collect()
    }
}

async fn list(web: &Web, browser: &Browser, signed_in: &SignedIn, outcome: Outcome) -> Result<Response, Failure> {
    let people = colleagues(&web.flow, &signed_in.actor()).await?;
    let w = browser.words();
    let mut view = PeoplePage {
        w,
        shell: browser.shell(web, Area::People, &signed_in.0).await?,
        people: people.iter().map(|colleague| ColleagueRow::of(w, colleague)).collect(),
        link: None,
        trouble: None,
        name: String::new(),
    };
    let mut status = StatusCode::OK;
    match outcome {
        Outcome::Nothing => {}
        Outcome::Invited(invitation) => {
            let base = web.door.settings.public_url.as_str().trim_end_matches('/');
            view.link = Some(ShownOnce {
                text: format!("{base}/join/{}", invitation.token.reveal()),
                until: Some(browser.clockface().day_and_time(invitation.expires_at).exact),
            });
        }
        Outcome::Failed(failure, name) => {
            status = failure.problem.status();
            view.trouble = Some(browser.trouble(&failure));
            view.name = name;
        }
    }
    Ok(answer(status, &view))
}

enum Outcome {
    Nothing,
    Invited(Invitation),
    Failed(Failure, String),
}

/// `GET /settings/people`
pub(crate) async fn show(State(web): State<Web>, browser: Browser, signed_in: SignedIn) -> Result<Response, Failure> {
    list(&web, &browser, &signed_in, Outcome::Nothing).await
}

/// `POST /settings/people`: the link is shown on this very answer and never again.
pub(crate) async fn invite_guest(
    State(web): State<Web>,
    browser: Browser,
    signed_in: SignedIn,
    Form(guest): Form<Guest>,
) -> Result<Response, Failure> {
    let outcome = match invite(&web.flow, &signed_in.actor(), guest.name.trim(), &guest.roles()).await {
        Ok(invitation) => Outcome::Invited(invitation),
        Err(error) => Outcome::Failed(error.into(), guest.name),
    };
    list(&web, &browser, &signed_in, outcome).await
}

/// `GET /settings/people/{person}/end`: asks once more.
pub(crate) async fn ask_end(
    State(web): State<Web>,
    browser: Browser,
    signed_in: SignedIn,
    Id(person): Id<PersonId>,
) -> Result<Response, Failure> {
    let people = colleagues(&web.flow, &signed_in.actor()).await?;
    let found = people.iter().find(|colleague| colleague.person == person);
    let w = browser.words();
    Ok(page(&EndAccessPage {
        w,
        shell: browser.shell(&web, Area::People, &signed_in.0).await?,
        person: found
            .map(|colleague| ColleagueRow::of(w, colleague))
            .ok_or(Failure::of(Problem::NotFound))?,
    }))
}

/// `POST /settings/people/{person}/end`
pub(crate) async fn end(
    State(web): State<Web>,
    signed_in: SignedIn,
    Id(person): Id<PersonId>,
) -> Result<Response, Failure> {
    end_access(&web.flow, &signed_in.actor(), person).await?;
    Ok(Redirect::to("/settings/people").into_response())
}
