//! Messages made from templates: which template, and what its variables are.
//!
//! Sources: Cloud API, Sending template messages and the pages of the kinds of template, 2025 and 2026. A body says
//! nothing of the template's own text, so the number of variables cannot be checked here.

mod buttons;
mod components;
mod parameters;

use serde_json::Value;

use crate::graph::forms::form::Form;
use crate::graph::forms::table::{Kind, Table, elements, may, need};
use crate::graph::forms::writing::{LANGUAGE, TEMPLATE_NAME};

pub(super) use buttons::calls;

pub(super) static TEMPLATE: Table = Table {
    fields: &[
        need("name", TEMPLATE_NAME),
        need("language", Kind::Part(&WHICH_LANGUAGE)),
        may("components", components::COMPONENTS),
    ],
    rules: components::COMPONENT_RULES,
};

static WHICH_LANGUAGE: Table = Table {
    fields: &[
        need("code", LANGUAGE),
        may(
            "policy",
            Kind::Word {
                wanted: "deterministic",
                of: &["deterministic"],
            },
        ),
    ],
    rules: &[],
};

/// The longest one-time code.
const LONGEST_CODE: usize = 15;

/// The form of a template that fits, by the most particular of its components.
pub(super) fn form(template: &Value) -> Form {
    let components = elements(template.get("components"));
    let has = |kind: &str| components.iter().any(|component| component["type"] == kind);
    if has("carousel") {
        Form::TemplateCarousel
    } else if has("limited_time_offer") {
        Form::TemplateLimitedTimeOffer
    } else if components.iter().any(shows_products) {
        Form::TemplateCommerce
    } else if carries_one_time_code(components) {
        Form::TemplateOneTimeCode
    } else {
        Form::Template
    }
}

fn shows_products(component: &Value) -> bool {
    let product = elements(component.get("parameters"))
        .iter()
        .any(|one| one["type"] == "product");
    product || component["sub_type"] == "catalog" || component["sub_type"] == "mpm"
}

/// One-time codes stand in the body and on the one button alike, and nowhere is there anything else.
fn carries_one_time_code(components: &[Value]) -> bool {
    let only = |kind: &str| {
        let component = components.iter().find(|component| component["type"] == kind)?;
        match elements(component.get("parameters")) {
            [one] if one.get("parameter_name").is_none() => one["text"].as_str(),
            _ => None,
        }
    };
    let code = |text: &str| text.chars().count() <= LONGEST_CODE && !text.contains(char::is_whitespace);
    components.len() == 2
        && components.iter().any(|component| component["sub_type"] == "url")
        && only("body").is_some_and(|text| code(text) && only("button") == Some(text))
}
