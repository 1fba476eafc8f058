//! Settings: connections. What is connected, and connecting a number.

use crate::error::Failure;
use crate::session::{Browser, SignedIn};
use crate::state::Web;
use crate::views::answer;
use crate::views::settings::{ConnectionDraft, ConnectionRow, ConnectionsPage};
use crate::views::shell::Area;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use counterfoil_flow::connections::connect::{NewConnection, connect, connections};
use counterfoil_model::Secret;
use serde::Deserialize;

/// The form of a new connection.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    title: String,
    app_secret: String,
    #[serde(default)]
    previous_app_secret: String,
    verify_token: String,
    access_token: String,
    graph_url: String,
    graph_version: String,
    phone_number_id: String,
    display_number: String,
}

impl Wanted {
    /// What may stand in the form again; secrets are typed again.
    fn draft(&self) -> ConnectionDraft {
        ConnectionDraft {
            title: self.title.clone(),
            phone_number_id: self.phone_number_id.clone(),
            display_number: self.display_number.clone(),
            graph_url: self.graph_url.clone(),
            graph_version: self.graph_version.clone(),
        }
    }

    fn into_new(self) -> NewConnection {
        let secret = |text: String| Secret::new(text.trim().to_owned());
        NewConnection {
            title: self.title.trim().to_owned(),
            app_secret: secret(self.app_secret),
            previous_app_secret: Some(self.previous_app_secret)
                .filter(|text| !text.trim().is_empty())
                .map(secret),
            verify_token: secret(self.verify_token),
            access_token: secret(self.access_token),
            graph_url: self.graph_url.trim().trim_end_matches('/').to_owned(),
            graph_version: self.graph_version.trim().to_owned(),
            phone_number_id: self.phone_number_id.trim().to_owned(),
            display_number: self.display_number.trim().to_owned(),
        }
    }
}

async fn list(
    web: &Web,
    browser: &Browser,
    signed_in: &SignedIn,
    draft: ConnectionDraft,
    failure: Option<Failure>,
) -> Result<Response, Failure> {
    let found = connections(&web.flow, &signed_in.actor()).await?;
    let public_url = &web.door.settings.public_url;
    let status = failure
        .as_ref()
        .map_or(StatusCode::OK, |failure| failure.problem.status());
    let view = ConnectionsPage {
        w: browser.words(),
        shell: browser.shell(web, Area::Connections, &signed_in.0).await?,
        connections: found.iter().map(|one| ConnectionRow::of(public_url, one)).collect(),
        draft,
        trouble: failure.map(|failure| browser.trouble(&failure)),
    };
    Ok(answer(status, &view))
}

/// `GET /settings/connections`
pub(crate) async fn show(State(web): State<Web>, browser: Browser, signed_in: SignedIn) -> Result<Response, Failure> {
    list(&web, &browser, &signed_in, ConnectionDraft::fresh(), None).await
}

/// `POST /settings/connections`
pub(crate) async fn add(
    State(web): State<Web>,
    browser: Browser,
    signed_in: SignedIn,
    Form(wanted): Form<Wanted>,
) -> Result<Response, Failure> {
    let draft = wanted.draft();
    match connect(&web.flow, &signed_in.actor(), wanted.into_new()).await {
        Ok(_) => Ok(Redirect::to("/settings/connections").into_response()),
        Err(error) => list(&web, &browser, &signed_in, draft, Some(error.into())).await,
    }
}
