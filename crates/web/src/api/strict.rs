//! JSON as it must be: of the announced type, within its limit, and without fields that we do not know.

use crate::budget;
use crate::error::Failure;
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;

/// The longest JSON text that a call may bring.
const LIMIT_BYTES: usize = 256 << 10;

/// A JSON body. The type says which fields there may be.
pub(crate) struct Strict<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Strict<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        let kind = request
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        let kind = kind.and_then(|value| value.split(';').next()).unwrap_or_default();
        if kind.trim() != "application/json" {
            return Err(Failure::malformed());
        }
        let bytes = budget::read(request.into_body(), LIMIT_BYTES).await?;
        serde_json::from_slice(&bytes)
            .map(Self)
            .map_err(|error| named(&error.to_string()).map_or_else(Failure::malformed, Failure::malformed_in))
    }
}

/// The longest name that is said back.
const NAME_BYTES: usize = 64;

/// The field that is unknown, missing or there twice, as the reader of JSON says it between back quotes.
fn named(said: &str) -> Option<String> {
    let rest = ["unknown field `", "missing field `", "duplicate field `"]
        .iter()
        .find_map(|start| said.strip_prefix(start))?;
    let (name, _) = rest.split_once('`')?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    (name.len() <= NAME_BYTES && name.bytes().all(plain)).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_field_at_fault_is_named_when_its_name_is_one() {
        #[derive(Debug, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Known {
            #[expect(dead_code, reason = "only its name matters here")]
            text: String,
        }
        for (body, field) in [
            (r#"{"text":"a","colour":1}"#, Some("colour")),
            ("{}", Some("text")),
            (r#"{"text":"a","text":"b"}"#, Some("text")),
            (r#"{"text":"a","what is `this`":1}"#, None),
            (r#"{"text":1}"#, None),
            ("{", None),
        ] {
            let error = serde_json::from_str::<Known>(body).unwrap_err();
            assert_eq!(named(&error.to_string()).as_deref(), field, "{body}");
        }
    }
}
