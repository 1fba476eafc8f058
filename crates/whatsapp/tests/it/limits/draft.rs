//! Limits of templates before they are handed in.

use counterfoil_whatsapp::client::{BodyText, DraftButton, DraftHeader, Example, TemplateDraft};
use counterfoil_whatsapp::limits::{LimitError, Part, check_draft};

use super::too_long;
use crate::manage::draft;

fn label(text: &str) -> String {
    text.to_owned()
}

#[test]
fn drafts_have_limits() {
    let bent = |bend: &dyn Fn(&mut TemplateDraft)| {
        let mut draft = draft();
        bend(&mut draft);
        check_draft(&draft)
    };
    let words = |text: &str, values: &[&str]| BodyText {
        text: text.into(),
        example: Example::Numbered(values.iter().map(|value| (*value).to_owned()).collect()),
    };
    let too_many = |least, most| {
        Err(LimitError::Count {
            part: Part::Button,
            least,
            most,
        })
    };
    let form = |part| Err(LimitError::Form(part));
    assert_eq!(bent(&|_| {}), Ok(()));
    assert_eq!(bent(&|draft| draft.name = "Claim".into()), form(Part::TemplateName));
    assert_eq!(
        bent(&|draft| draft.body = BodyText::plain("a".repeat(1025))),
        too_long(Part::Body, 1024)
    );
    assert_eq!(
        bent(&|draft| draft.header = Some(DraftHeader::Text(BodyText::plain("a".repeat(61))))),
        too_long(Part::Header, 60)
    );
    assert_eq!(
        bent(&|draft| draft.header = Some(DraftHeader::Text(words("{{1}} {{2}}", &["a", "b"])))),
        Err(LimitError::Count {
            part: Part::Variable,
            least: 0,
            most: 1
        })
    );
    // Every place has an example and every example a place.
    assert_eq!(
        bent(&|draft| draft.body = words("{{1}} {{2}} {{1}}", &["a", "b"])),
        Ok(())
    );
    for (text, values) in [
        ("{{1}} {{2}}", &["a"] as &[&str]),
        ("{{1}}", &["a", "b"]),
        ("{{1}} {{3}}", &["a", "b"]),
        ("{{1", &["a"]),
        ("{{}}", &["a"]),
        ("{{name}}", &["a"]),
    ] {
        assert_eq!(
            bent(&|draft| draft.body = words(text, values)),
            form(Part::Variable),
            "{text}"
        );
    }
    assert_eq!(
        bent(&|draft| draft.buttons.push(DraftButton::ContactInfo)),
        too_many(0, 10)
    );
    let urls = |count| {
        let url = DraftButton::Url {
            label: label("Open"),
            url: "https://desk.example".into(),
            example: None,
        };
        bent(&|draft| draft.buttons = vec![url.clone(); count])
    };
    assert_eq!(urls(2), Ok(()));
    assert_eq!(urls(3), too_many(0, 2));
    let button = |button: DraftButton| bent(&|draft| draft.buttons = vec![button.clone()]);
    assert_eq!(
        button(DraftButton::QuickReply { label: "a".repeat(26) }),
        too_long(Part::Button, 25)
    );
    assert_eq!(
        button(DraftButton::CopyCode {
            example: "a".repeat(21)
        }),
        too_long(Part::Code, 20)
    );
    for (url, example) in [
        ("https://desk.example/{{1}}", None),
        ("https://desk.example", Some("https://desk.example/C-1")),
        ("https://desk.example/{{1}}/more", Some("https://desk.example/C-1/more")),
    ] {
        let open = DraftButton::Url {
            label: label("Open"),
            url: url.into(),
            example: example.map(str::to_owned),
        };
        assert_eq!(button(open), form(Part::Variable), "{url}");
    }
    // Quick replies stand together.
    let reply = |text: &str| DraftButton::QuickReply { label: label(text) };
    assert_eq!(
        bent(&|draft| draft.buttons = vec![reply("a"), DraftButton::ContactInfo, reply("b")]),
        form(Part::Button)
    );
}
