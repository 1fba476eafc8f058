//! What we send is what the provider takes, by the word of somebody else: the golden bodies against the field tables of the simulator, which were
//! written from the provider's reference without looking at this crate.

use std::collections::BTreeSet;
use std::path::Path;

use counterfoil_simulator::forms::{Form, check};
use serde_json::Value;

/// Forms that the provider takes and that nobody here sends.
const NOT_SENT: &[&str] = &[];

#[test]
fn channel_2_every_golden_body_is_taken_and_every_form_has_one() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let (mut refused, mut forms, mut bodies) = (Vec::new(), BTreeSet::new(), 0);
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let body: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        bodies += 1;
        match check(&body) {
            Ok(form) => {
                forms.insert(form.word());
            }
            Err(misfit) => refused.push(format!("{name}: {misfit}")),
        }
    }
    assert!(refused.is_empty(), "{refused:#?}");
    let all: BTreeSet<&str> = Form::ALL.iter().map(|form| form.word()).collect();
    let unsent: Vec<&str> = all.difference(&forms).copied().collect();
    assert_eq!(unsent, NOT_SENT, "forms without a golden body");
    println!("{bodies} golden bodies taken, of {} forms", forms.len());
}

#[test]
fn channel_2_a_body_with_anything_wrong_is_not_taken() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut spoilt = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let body: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let name = path.display();
        // What nobody asked for, anywhere in it.
        for pointer in objects(&body, String::new()) {
            let mut with_more = body.clone();
            let object = with_more.pointer_mut(&pointer).unwrap();
            object["nobody_asked_for_this"] = Value::from(1);
            assert!(check(&with_more).is_err(), "{name}: one more key at {pointer}");
            spoilt += 1;
        }
        // What says that it is for WhatsApp, gone.
        let mut without = body.clone();
        without.as_object_mut().unwrap().remove("messaging_product");
        assert!(check(&without).is_err(), "{name}: without messaging_product");
        spoilt += 1;
    }
    println!("{spoilt} spoilt bodies told from good ones");
}

/// Where there are objects in a body.
fn objects(value: &Value, at: String) -> Vec<String> {
    let mut found = Vec::new();
    match value {
        Value::Object(object) => {
            for (key, part) in object {
                // Screen data of a flow is the organisation's own, any key goes.
                if key != "flow_action_payload" && key != "flow_action_data" {
                    found.extend(objects(part, format!("{at}/{key}")));
                }
            }
            found.push(at);
        }
        Value::Array(parts) => {
            for (number, part) in parts.iter().enumerate() {
                found.extend(objects(part, format!("{at}/{number}")));
            }
        }
        _ => {}
    }
    found
}
