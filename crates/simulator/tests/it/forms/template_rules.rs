//! What holds between the components of a template, what a group gets, and what needs a number.

use counterfoil_simulator::forms::{Form, Misfit, Why, check};
use serde_json::{Value, json};

use super::bodies::{changed, good, template, to_group};
use super::walk::{way, with, without};

#[test]
fn what_a_table_cannot_say_of_templates_is_refused_with_its_place() {
    let number = |text: &str| json!({ "type": "text", "text": text });
    let plain_body = json!({ "type": "body", "parameters": [number("x")] });
    let url = |index: &str| json!({ "type": "button", "sub_type": "url", "index": index, "parameters": [number("x")] });
    let code = good()
        .into_iter()
        .find(|(form, _)| *form == Form::TemplateOneTimeCode)
        .unwrap()
        .1;
    let cases: Vec<(Value, &str, Why)> = vec![
        (
            changed(Form::Template, &[("template.name", json!("Claim received"))]),
            "template.name",
            Why::Value("small letters, digits and underscores"),
        ),
        (
            changed(Form::Template, &[("template.language.code", json!("English"))]),
            "template.language.code",
            Why::Value("a language such as en or en_US"),
        ),
        (
            changed(Form::Template, &[("template.language.policy", json!("fallback"))]),
            "template.language.policy",
            Why::Value("deterministic"),
        ),
        (
            template(json!([plain_body, plain_body])),
            "template.components",
            Why::Repeated,
        ),
        (
            template(json!([url("0"), url("0")])),
            "template.components",
            Why::Repeated,
        ),
        (
            template(json!([url("0"), url("1"), url("2")])),
            "template.components",
            Why::Count(0, 2),
        ),
        (
            template(json!([url("10")])),
            "template.components[0].index",
            Why::Value("a string from \"0\" to \"9\""),
        ),
        (
            with(
                &template(json!([url("0")])),
                &way("template.components.0.index"),
                json!(0),
            ),
            "template.components[0].index",
            Why::Type("a string"),
        ),
        (
            template(json!([{ "type": "button", "sub_type": "dial", "index": "0", "parameters": [number("x")] }])),
            "template.components[0].sub_type",
            Why::Value("a kind that is known here"),
        ),
        (
            template(json!([{ "type": "header", "parameters": [number("x"), number("y")] }])),
            "template.components[0].parameters",
            Why::Count(1, 1),
        ),
        (
            template(
                json!([{ "type": "body", "parameters": [number("x"), { "type": "text", "text": "y", "parameter_name": "day" }] }]),
            ),
            "template.components",
            Why::Mixed,
        ),
        (
            template(
                json!([{ "type": "header", "parameters": [number("x")] }, { "type": "body", "parameters": [{ "type": "text", "text": "y", "parameter_name": "day" }] }]),
            ),
            "template.components",
            Why::Mixed,
        ),
        (
            template(
                json!([{ "type": "body", "parameters": [{ "type": "text", "text": "x", "parameter_name": "day" }, { "type": "text", "text": "y", "parameter_name": "day" }] }]),
            ),
            "template.components[0].parameters",
            Why::Repeated,
        ),
        (
            template(json!([{ "type": "body", "parameters": [{ "type": "image", "image": { "id": "1" } }] }])),
            "template.components[0].parameters[0].type",
            Why::Value("a kind that is known here"),
        ),
        (
            changed(
                Form::TemplateCarousel,
                &[(
                    "template.components.1.cards.1.components.0.parameters.0",
                    json!({ "type": "video", "video": { "id": "1" } }),
                )],
            ),
            "template.components[1].cards[1]",
            Why::Value("like the other cards"),
        ),
        (
            changed(
                Form::TemplateCarousel,
                &[("template.components.1.cards.1.components.2.index", json!("1"))],
            ),
            "template.components[1].cards[1].components",
            Why::Repeated,
        ),
        (without(&code, &way("to")), "to", Why::NeedsNumber),
        (to_group(code), "template", Why::Unsupported),
        (to_group(changed(Form::Buttons, &[])), "type", Why::Unsupported),
        (to_group(changed(Form::Location, &[])), "type", Why::Unsupported),
        (
            to_group(changed(Form::TemplateCommerce, &[])),
            "template",
            Why::Unsupported,
        ),
        (
            to_group(template(json!([{ "type": "button", "sub_type": "voice_call" }]))),
            "template",
            Why::Unsupported,
        ),
        (
            with(&to_group(changed(Form::Text, &[])), &way("recipient"), json!("ZA.1")),
            "recipient",
            Why::Unexpected,
        ),
    ];
    for (body, path, why) in cases {
        assert_eq!(
            check(&body),
            Err(Misfit {
                path: path.to_owned(),
                why
            }),
            "{body}"
        );
    }
}
