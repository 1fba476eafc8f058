//! Fields that must be there, fields that must not, and values of the wrong kind.

use std::collections::BTreeSet;

use counterfoil_simulator::forms::{Form, Why, check};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::bodies::good;
use super::walk::{at, pattern, ways, with, without};

/// Fields that may be left out wherever they are, by their way without the numbers of elements.
const OPTIONAL: &[&str] = &[
    "appsecret_proof",
    "biz_opaque_callback_data",
    "context",
    "recipient",
    "recipient_identity_key_hash",
    "typing_indicator",
    "text.preview_url",
    "image.caption",
    "video.caption",
    "audio.voice",
    "document.caption",
    "document.filename",
    "location.name",
    "location.address",
    "pin.expiration_days",
    "contacts.phones",
    "contacts.phones.phone",
    "contacts.phones.wa_id",
    "contacts.phones.type",
    "contacts.emails",
    "contacts.emails.type",
    "contacts.addresses",
    "contacts.addresses.street",
    "contacts.addresses.city",
    "contacts.addresses.state",
    "contacts.addresses.zip",
    "contacts.addresses.country",
    "contacts.addresses.country_code",
    "contacts.addresses.type",
    "contacts.urls",
    "contacts.urls.type",
    "contacts.org",
    "contacts.org.company",
    "contacts.org.department",
    "contacts.org.title",
    "contacts.birthday",
    "contacts.name.first_name",
    "contacts.name.last_name",
    "contacts.name.middle_name",
    "contacts.name.prefix",
    "contacts.name.suffix",
    "interactive.footer",
    "interactive.header.document.filename",
    "interactive.action.sections.rows.description",
    "interactive.action.cards.body",
    "interactive.action.parameters.flow_token",
    "interactive.action.parameters.flow_action",
    "interactive.action.parameters.flow_action_payload",
    "interactive.action.parameters.flow_action_payload.data",
    "interactive.action.parameters.mode",
    "interactive.action.parameters.ttl_minutes",
    "interactive.action.parameters.payload",
    "interactive.action.parameters.values",
    "interactive.action.parameters.saved_addresses",
    "interactive.action.parameters.validation_errors",
    "template.components",
    "template.language.policy",
    "template.components.parameters.document.filename",
    "template.components.parameters.location.name",
    "template.components.parameters.location.address",
    "template.components.parameters.action.flow_token",
    "template.components.parameters.action.flow_action_data",
];

/// Whether this body is still good without the field at a way.
fn may_be_left_out(form: Form, body: &Value, way: &[String]) -> bool {
    let pattern = pattern(way);
    let to_group = body["recipient_type"] == "group";
    let component = way
        .get(..3)
        .map(|way| at(&mut body.clone(), way).clone())
        .unwrap_or_default();
    let sub_type = component["sub_type"].as_str().unwrap_or_default();
    let of_address = ["values.", "saved_addresses.value.", "validation_errors."]
        .iter()
        .any(|part| pattern.starts_with(&format!("interactive.action.parameters.{part}")));
    match pattern.as_str() {
        "to" => !to_group && form != Form::TemplateOneTimeCode,
        "recipient_type" => !to_group,
        "type" => form == Form::Text,
        "interactive.header" => form != Form::ProductList,
        "interactive.body" => matches!(form, Form::Product | Form::CallPermissionRequest),
        "interactive.action.parameters" => matches!(form, Form::VoiceCall | Form::Catalog),
        "interactive.action.parameters.display_text" => form == Form::VoiceCall,
        "template.components.index" => sub_type == "voice_call",
        "template.components.parameters" => matches!(sub_type, "flow" | "catalog" | "voice_call"),
        "template.components.parameters.parameter_name" => component["type"] == "button",
        other => of_address || OPTIONAL.contains(&other),
    }
}

#[test]
fn every_form_has_a_good_body_and_a_word_of_its_own() {
    let mut seen = BTreeSet::new();
    for (form, body) in good() {
        assert_eq!(check(&body), Ok(form), "{body}");
        seen.insert(form);
    }
    assert_eq!(seen, BTreeSet::from(Form::ALL));
    let words: BTreeSet<&str> = Form::ALL.iter().map(|form| form.word()).collect();
    assert_eq!(words.len(), Form::ALL.len());
    assert!(Form::ALL.iter().all(|form| Form::of_word(form.word()) == Some(*form)));
}

#[test]
fn a_body_without_any_one_field_fits_only_when_the_field_is_optional() {
    let mut left_out = BTreeSet::new();
    for (form, body) in good() {
        for way in ways(&body) {
            if way.last().unwrap().parse::<usize>().is_ok() {
                continue;
            }
            let optional = may_be_left_out(form, &body, &way);
            let checked = check(&without(&body, &way));
            assert_eq!(
                checked.is_ok(),
                optional,
                "{} without {way:?}: {checked:?}",
                form.word()
            );
            if optional {
                left_out.insert(pattern(&way));
            }
        }
    }
    let never: Vec<_> = OPTIONAL
        .iter()
        .filter(|pattern| !left_out.contains(**pattern))
        .collect();
    assert!(never.is_empty(), "no good body has these optional fields: {never:?}");
}

#[test]
fn a_value_of_another_kind_does_not_fit_anywhere() {
    for (form, body) in good() {
        for way in ways(&body) {
            let value = at(&mut body.clone(), &way).clone();
            let degrees = way.ends_with(&["latitude".to_owned()]) || way.ends_with(&["longitude".to_owned()]);
            let mut others = vec![Value::Null, json!([[]]), json!({ "x": {} })];
            if !value.is_boolean() {
                others.push(json!(true));
            }
            if !value.is_number() && !degrees {
                others.push(json!(7));
            }
            if !value.is_string() && !degrees {
                others.push(json!("x"));
            }
            let of_flow =
                pattern(&way).ends_with("flow_action_payload.data") || pattern(&way).ends_with("flow_action_data");
            for other in others.into_iter().filter(|other| !(of_flow && other.is_object())) {
                let checked = check(&with(&body, &way, other.clone()));
                assert!(checked.is_err(), "{} with {other} at {way:?}", form.word());
            }
        }
    }
}

#[test]
fn a_text_that_is_empty_does_not_fit_anywhere() {
    for (form, body) in good() {
        for way in ways(&body) {
            if at(&mut body.clone(), &way).is_string() && pattern(&way) != "reaction.emoji" {
                assert!(
                    check(&with(&body, &way, json!(""))).is_err(),
                    "{}: {way:?}",
                    form.word()
                );
            }
        }
    }
}

proptest! {
    #[test]
    fn an_unknown_key_does_not_fit_in_any_object(which in any::<prop::sample::Index>(), name in "[A-Za-zé_]{1,12}") {
        let bodies = good();
        let (form, body) = &bodies[which.index(bodies.len())];
        let name = format!("x{name}");
        let mut places = ways(body);
        places.push(Vec::new());
        for mut place in places {
            let part = at(&mut body.clone(), &place).clone();
            let of_flow = pattern(&place).ends_with("flow_action_payload.data") || pattern(&place).ends_with("flow_action_data");
            if !part.is_object() || of_flow {
                continue;
            }
            place.push(name.clone());
            let misfit = check(&with(body, &place, json!("x"))).unwrap_err();
            prop_assert_eq!(misfit.why, Why::Unexpected, "{} at {:?}", form.word(), place);
            prop_assert!(misfit.path.ends_with(&name));
        }
    }

    #[test]
    fn whatever_json_comes_is_answered(text in "[\\[\\]{}\",:a-z0-9 ]{0,60}") {
        if let Ok(body) = serde_json::from_str::<Value>(&text) {
            prop_assert!(check(&body).is_err());
        }
    }
}
