//! The values for the places in a text: by number or by name, as the template was made; never some of each.

use serde_json::{Value, json};

use crate::redacted::redacted_debug;

/// The values for all places of a text.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum Variables {
    /// It has no places.
    #[default]
    None,
    /// Places `{{1}}`, `{{2}}` and so on, in this order.
    Numbered(Vec<Variable>),
    /// Places such as `{{claim}}`.
    Named(Vec<NamedVariable>),
}

/// A value with the name of its place.
#[derive(Clone, PartialEq, Eq)]
pub struct NamedVariable {
    /// The name, without braces.
    pub name: String,
    /// The value.
    pub value: Variable,
}

/// A value.
#[derive(Clone, PartialEq, Eq)]
pub enum Variable {
    /// Words.
    Text(String),
    /// An amount of money.
    Currency {
        /// Shown if it cannot be put into the reader's form.
        fallback: String,
        /// Three letters, such as `EUR`.
        code: String,
        /// The amount in thousandths.
        amount_thousandths: i64,
    },
    /// A date or time, as words.
    DateTime(String),
}

redacted_debug!(Variables, NamedVariable, Variable);

impl Variables {
    /// Words for numbered places.
    pub fn numbered<T: Into<String>>(values: impl IntoIterator<Item = T>) -> Self {
        Self::Numbered(values.into_iter().map(|value| Variable::Text(value.into())).collect())
    }

    /// Words for named places.
    pub fn named<N: Into<String>, T: Into<String>>(values: impl IntoIterator<Item = (N, T)>) -> Self {
        let named = values.into_iter().map(|(name, value)| NamedVariable {
            name: name.into(),
            value: Variable::Text(value.into()),
        });
        Self::Named(named.collect())
    }

    /// The values without their names.
    pub(crate) fn values(&self) -> Vec<&Variable> {
        match self {
            Self::None => Vec::new(),
            Self::Numbered(values) => values.iter().collect(),
            Self::Named(values) => values.iter().map(|named| &named.value).collect(),
        }
    }

    /// The component `body`, if there is a place at all.
    pub(super) fn to_json(&self) -> Option<Value> {
        let parameters: Vec<_> = match self {
            Self::None => Vec::new(),
            Self::Numbered(values) => values.iter().map(Variable::to_json).collect(),
            Self::Named(values) => values
                .iter()
                .map(|named| {
                    let mut parameter = named.value.to_json();
                    parameter["parameter_name"] = json!(named.name);
                    parameter
                })
                .collect(),
        };
        (!parameters.is_empty()).then(|| json!({ "type": "body", "parameters": parameters }))
    }
}

impl Variable {
    fn to_json(&self) -> Value {
        match self {
            Self::Text(text) => json!({ "type": "text", "text": text }),
            Self::Currency {
                fallback,
                code,
                amount_thousandths,
            } => json!({
                "type": "currency",
                "currency": { "fallback_value": fallback, "code": code, "amount_1000": amount_thousandths },
            }),
            Self::DateTime(text) => json!({ "type": "date_time", "date_time": { "fallback_value": text } }),
        }
    }
}
