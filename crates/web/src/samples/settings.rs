//! The pages of settings.

use super::invented::{ago, opened};
use super::{Sample, Stage, sample};
use crate::views::settings::{
    ColleagueRow, ConnectionDraft, ConnectionRow, ConnectionsPage, EndAccessPage, PeoplePage, ProfilePage, ShownOnce,
    TokensPage,
};
use crate::views::shell::Area;
use crate::views::told::{ToldPage, ToldRow};
use crate::words::Language;
use counterfoil_flow::connections::connect::ConnectionView;
use counterfoil_flow::connections::told::{Told, Weight};
use counterfoil_flow::people::colleagues::Colleague;
use counterfoil_model::person::{PersonState, Role};
use counterfoil_model::{ConnectionId, KeptId, PersonId};

pub(super) fn all(stage: &Stage) -> Vec<Sample> {
    vec![
        people(stage, "people", false),
        people(stage, "people-link", true),
        end_access(stage),
        connections(stage, "connections", true),
        connections(stage, "connections-empty", false),
        told(stage, "told", true),
        told(stage, "told-none", false),
        tokens(stage),
        profile(stage),
    ]
}

fn colleagues() -> Vec<Colleague> {
    let one = |number: u8, name: &str, state, roles: &[Role]| Colleague {
        person: PersonId::from_bytes([number; 16]),
        name: opened(name),
        state,
        roles: roles.to_vec(),
    };
    vec![
        one(
            1,
            "Thandiwe Nkosi",
            PersonState::Active,
            &[Role::Supervisor, Role::Administrator],
        ),
        one(2, "Pieter Botha", PersonState::Active, &[Role::Agent]),
        one(
            3,
            "Lakshmi Venkataramanan Subramaniam-Krishnamurthy",
            PersonState::Invited,
            &[Role::Agent],
        ),
        one(4, "Omar Said", PersonState::Left, &[Role::Agent]),
    ]
}

fn people(stage: &Stage, name: &'static str, link: bool) -> Sample {
    let found = colleagues();
    let once = ShownOnce {
        text: "https://chat.example.org/join/kq3c1rJ4pW0h8yB7sT2vXn5LmZ9dAeFgRuIoQwErTyU".to_owned(),
        until: Some("29 Nov 2026 10:26:00 +02".to_owned()),
    };
    let view = PeoplePage {
        w: stage.w,
        shell: stage.shell(Area::People),
        people: found
            .iter()
            .map(|colleague| ColleagueRow::of(stage.w, colleague))
            .collect(),
        link: link.then_some(once),
        trouble: None,
        name: String::new(),
    };
    sample(name, &view)
}

fn end_access(stage: &Stage) -> Sample {
    let found = colleagues();
    let view = EndAccessPage {
        w: stage.w,
        shell: stage.shell(Area::People),
        person: ColleagueRow::of(stage.w, &found[1]),
    };
    sample("end-access", &view)
}

fn connections(stage: &Stage, name: &'static str, some: bool) -> Sample {
    let url: url::Url = "https://chat.example.org".parse().expect("this is an address");
    let found = ConnectionView {
        connection: ConnectionId::from_bytes([9; 16]),
        title: opened("Claims South"),
        numbers: vec![opened("+27 31 555 0100")],
    };
    let mut draft = ConnectionDraft::fresh();
    draft.title = if some { String::new() } else { "Claims North".to_owned() };
    let view = ConnectionsPage {
        w: stage.w,
        shell: stage.shell(Area::Connections),
        connections: some.then(|| ConnectionRow::of(&url, &found)).into_iter().collect(),
        draft,
        trouble: (!some).then(|| {
            format!(
                "{} {}",
                stage.w.say("error-number_taken"),
                stage.w.say("error-number_taken-next")
            )
        }),
    };
    sample(name, &view)
}

fn told(stage: &Stage, name: &'static str, some: bool) -> Sample {
    let one = |number: u8, kind: &'static str, weight, event: &str, about: Option<&str>| Told {
        id: KeptId::from_bytes([number; 16]),
        kind,
        weight,
        event: Some(opened(event)),
        about: about.map(opened),
        whole: Some(opened("{\n  \"event\": \"…\"\n}")),
        at: ago(u64::from(number) * 7),
    };
    let number = Some("27315550100");
    let all = [
        one(1, "field.security", Weight::Alarm, "PIN_RESET_REQUEST", number),
        one(
            2,
            "error",
            Weight::Alarm,
            "131035",
            Some("The message could not be delivered in time"),
        ),
        one(
            3,
            "field.message_template_status_update",
            Weight::Attention,
            "PAUSED",
            Some("claim_received"),
        ),
        one(
            4,
            "field.phone_number_quality_update",
            Weight::Information,
            "THROUGHPUT_UPGRADE",
            number,
        ),
        one(5, "field.account_update", Weight::Alarm, "ACCOUNT_OFFBOARDED", None),
    ];
    let shown = if some { &all[..] } else { &[] };
    let face = stage.face();
    let view = ToldPage {
        w: stage.w,
        shell: stage.shell(Area::Told),
        rows: shown.iter().map(|one| ToldRow::of(stage.w, &face, one)).collect(),
        least: if some { String::new() } else { "alarm".to_owned() },
        older: some.then(|| KeptId::from_bytes([5; 16]).to_string()),
    };
    sample(name, &view)
}

fn tokens(stage: &Stage) -> Sample {
    let once = ShownOnce {
        text: "kq3c1rJ4pW0h8yB7sT2vXn5LmZ9dAeFgRuIoQwErTyU".to_owned(),
        until: None,
    };
    let view = TokensPage {
        w: stage.w,
        shell: stage.shell(Area::Tokens),
        token: Some(once),
    };
    sample("tokens", &view)
}

fn profile(stage: &Stage) -> Sample {
    let view = ProfilePage {
        w: stage.w,
        shell: stage.shell(Area::Profile),
        languages: Language::ALL,
        saved: true,
    };
    sample("profile", &view)
}
