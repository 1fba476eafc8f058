//! Changing one thing in a body.

use serde_json::Value;

/// Where a field or an element is: its keys and numbers from the body inwards.
pub(super) type Way = Vec<String>;

/// Every field and element of a body, outer ones first. What a flow gets is the business's own and not walked.
pub(super) fn ways(body: &Value) -> Vec<Way> {
    let mut found = Vec::new();
    collect(body, &mut Vec::new(), &mut found);
    found
}

fn collect(value: &Value, way: &mut Way, found: &mut Vec<Way>) {
    let steps: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(key, value)| (key.clone(), value)).collect(),
        Value::Array(list) => list
            .iter()
            .enumerate()
            .map(|(index, value)| (index.to_string(), value))
            .collect(),
        _ => Vec::new(),
    };
    for (step, inner) in steps {
        way.push(step);
        found.push(way.clone());
        if !is_data(way) {
            collect(inner, way, found);
        }
        way.pop();
    }
}

fn is_data(way: &[String]) -> bool {
    way.ends_with(&["flow_action_payload".to_owned(), "data".to_owned()])
        || way.last().is_some_and(|key| key == "flow_action_data")
}

/// The part at a way.
pub(super) fn at<'v>(body: &'v mut Value, way: &[String]) -> &'v mut Value {
    way.iter().fold(body, |value, step| match value {
        Value::Array(list) => &mut list[step.parse::<usize>().unwrap()],
        other => &mut other[step.as_str()],
    })
}

/// The body without the field at a way.
pub(super) fn without(body: &Value, way: &[String]) -> Value {
    let mut body = body.clone();
    let (last, outer) = way.split_last().unwrap();
    match at(&mut body, outer) {
        Value::Array(list) => drop(list.remove(last.parse().unwrap())),
        other => drop(other.as_object_mut().unwrap().remove(last)),
    }
    body
}

/// The body with another value at a way; the last key may be new.
pub(super) fn with(body: &Value, way: &[String], value: Value) -> Value {
    let mut body = body.clone();
    *at(&mut body, way) = value;
    body
}

/// `interactive.action.buttons.0.reply.id` as a way.
pub(super) fn way(text: &str) -> Way {
    text.split('.').map(str::to_owned).collect()
}

/// A way without the numbers of elements, as the table of optional fields writes it.
pub(super) fn pattern(way: &[String]) -> String {
    let keys = way.iter().filter(|step| step.parse::<usize>().is_err());
    keys.cloned().collect::<Vec<_>>().join(".")
}
