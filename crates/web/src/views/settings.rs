//! The pages of settings: people, connections, tokens, and one's own profile.

use super::filters;
use super::shell::{Shell, initials};
use crate::words::{Language, Words};
use askama::Template;
use counterfoil_flow::connections::connect::ConnectionView;
use counterfoil_flow::people::colleagues::Colleague;
use counterfoil_model::person::{PersonState, Role};

/// A colleague in the list.
pub(crate) struct ColleagueRow<'a> {
    pub(crate) id: String,
    pub(crate) name: &'a str,
    pub(crate) initials: String,
    pub(crate) roles: String,
    /// `invited`, `active` or `left`.
    pub(crate) state: &'static str,
    pub(crate) state_said: String,
    pub(crate) can_end: bool,
}

impl<'a> ColleagueRow<'a> {
    pub(crate) fn of(w: Words, colleague: &'a Colleague) -> Self {
        let name = colleague.name.expose().as_str();
        Self {
            id: colleague.person.to_string(),
            name,
            initials: initials(name),
            roles: role_words(w, &colleague.roles),
            state: colleague.state.name(),
            state_said: w.say(&format!("person-{}", colleague.state.name())),
            can_end: colleague.state != PersonState::Left,
        }
    }
}

fn role_words(w: Words, roles: &[Role]) -> String {
    let said: Vec<String> = roles
        .iter()
        .map(|role| w.say(&format!("role-{}", role.name())))
        .collect();
    said.join(", ")
}

/// Something that is shown once: a link or a token.
pub(crate) struct ShownOnce {
    pub(crate) text: String,
    pub(crate) until: Option<String>,
}

/// People: who there is, inviting, ending access.
#[derive(Template)]
#[template(path = "pages/people.html")]
pub(crate) struct PeoplePage<'a> {
    pub(crate) w: Words,
    pub(crate) shell: Shell,
    pub(crate) people: Vec<ColleagueRow<'a>>,
    pub(crate) link: Option<ShownOnce>,
    pub(crate) trouble: Option<String>,
    pub(crate) name: String,
}

/// Asking once more before access is ended.
#[derive(Template)]
#[template(path = "pages/end_access.html")]
pub(crate) struct EndAccessPage<'a> {
    pub(crate) w: Words,
    pub(crate) shell: Shell,
    pub(crate) person: ColleagueRow<'a>,
}

/// A connection in the list.
pub(crate) struct ConnectionRow<'a> {
    pub(crate) title: &'a str,
    pub(crate) numbers: Vec<&'a str>,
    pub(crate) hook: String,
}

impl<'a> ConnectionRow<'a> {
    pub(crate) fn of(public_url: &url::Url, connection: &'a ConnectionView) -> Self {
        let base = public_url.as_str().trim_end_matches('/');
        Self {
            title: connection.title.expose(),
            numbers: connection
                .numbers
                .iter()
                .map(|number| number.expose().as_str())
                .collect(),
            hook: format!("{base}/hooks/whatsapp/{}", connection.connection),
        }
    }
}

/// What was typed into the form of a new connection and is no secret.
pub(crate) struct ConnectionDraft {
    pub(crate) title: String,
    pub(crate) phone_number_id: String,
    pub(crate) display_number: String,
    pub(crate) graph_url: String,
    pub(crate) graph_version: String,
}

impl ConnectionDraft {
    /// An empty form, with the provider's own address filled in.
    pub(crate) fn fresh() -> Self {
        Self {
            title: String::new(),
            phone_number_id: String::new(),
            display_number: String::new(),
            graph_url: "https://graph.facebook.com".to_owned(),
            graph_version: "v25.0".to_owned(),
        }
    }
}

/// Connections: what is connected, and connecting.
#[derive(Template)]
#[template(path = "pages/connections.html")]
pub(crate) struct ConnectionsPage<'a> {
    pub(crate) w: Words,
    pub(crate) shell: Shell,
    pub(crate) connections: Vec<ConnectionRow<'a>>,
    pub(crate) draft: ConnectionDraft,
    pub(crate) trouble: Option<String>,
}

/// API tokens: making one.
#[derive(Template)]
#[template(path = "pages/tokens.html")]
pub(crate) struct TokensPage {
    pub(crate) w: Words,
    pub(crate) shell: Shell,
    pub(crate) token: Option<ShownOnce>,
}

/// One's own page: language, look, keys.
#[derive(Template)]
#[template(path = "pages/profile.html")]
pub(crate) struct ProfilePage {
    pub(crate) w: Words,
    pub(crate) shell: Shell,
    pub(crate) languages: &'static [Language],
    pub(crate) saved: bool,
}
