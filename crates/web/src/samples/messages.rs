//! One message by itself: its life, and putting it on a claim.

use super::invented::{ago, conversation, file, message_id, opened, with_file};
use super::{Sample, Stage, sample};
use crate::views::bubble::Bubble;
use crate::views::life::Step;
use crate::views::message::{FileForm, FilePage, MessagePage};
use crate::views::shell::Area;
use counterfoil_flow::filing::claims::Claim;
use counterfoil_flow::reading::life::{LifeEvent, LifeStep};
use counterfoil_flow::reading::thread::{FilingView, MessageView};
use counterfoil_model::FilingId;
use counterfoil_model::filing::FilingStep;
use counterfoil_model::message::MessageKind;

pub(super) fn all(stage: &Stage) -> Vec<Sample> {
    vec![
        life(stage),
        file_form(stage, "file", None),
        file_form(stage, "file-trouble", Some("not_a_claim")),
    ]
}

fn photo() -> MessageView {
    let mut photo = with_file(
        3,
        Some("This is how it looks"),
        file(1, MessageKind::Image, "image/jpeg", None, 241_000),
        1_100,
    );
    photo.filings = vec![FilingView {
        id: FilingId::from_bytes([1; 16]),
        reference: opened("CLM-2026-004711"),
        step: FilingStep::Filed,
        acknowledgement: Some(opened("DOC-88213")),
        refusal: None,
        at: ago(1_090),
    }];
    photo
}

fn life(stage: &Stage) -> Sample {
    let steps = [
        (LifeEvent::Written, 1_101, None),
        (LifeEvent::Recorded, 1_100, Some(20_412)),
        (LifeEvent::Fetched, 1_100, Some(20_414)),
        (LifeEvent::DeletedAtProvider, 1_100, Some(20_415)),
        (LifeEvent::Read, 1_097, Some(20_431)),
        (LifeEvent::ToBeFiled, 1_091, Some(20_440)),
        (LifeEvent::Filed, 1_090, None),
    ];
    let steps = steps.map(|(event, minutes, leaf)| LifeStep {
        event,
        at: ago(minutes),
        leaf,
    });
    let photo = photo();
    let view = MessagePage {
        w: stage.w,
        shell: stage.shell(Area::Inbox).plain(),
        conversation: conversation(1).to_string(),
        bubble: Bubble::of(stage.w, &stage.face(), &photo),
        life: Step::all(stage.w, &stage.face(), &steps),
    };
    sample("message", &view)
}

fn file_form(stage: &Stage, name: &'static str, trouble: Option<&str>) -> Sample {
    let mut photo = photo();
    photo.filings.clear();
    let claim = |number: &str, title: &str| Claim {
        number: number.to_owned(),
        title: title.to_owned(),
    };
    let view = FilePage {
        w: stage.w,
        shell: stage.shell(Area::Inbox).plain(),
        conversation: conversation(1).to_string(),
        bubble: Bubble::of(stage.w, &stage.face(), &photo),
        form: FileForm {
            message: message_id(3).to_string(),
            claim: trouble.map_or_else(String::new, |_| "the one from yesterday".to_owned()),
            suggestions: vec![
                claim("CLM-2026-004711", "Windscreen, N3 Mooi River, 22 Nov 2026"),
                claim("CLM-2025-001208", "Hail, Pietermaritzburg, closed"),
            ],
            trouble: trouble.map(|code| {
                format!(
                    "{} {}",
                    stage.w.say(&format!("error-{code}")),
                    stage.w.say(&format!("error-{code}-next"))
                )
            }),
        },
    };
    sample(name, &view)
}
