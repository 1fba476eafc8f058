//! What the benchmarks send: made-up posts of one text of a dozen words each, rightly signed, and the connection they are for.

use crate::compose::House;
use anyhow::Context;
use counterfoil_flow::connections::connect::{NewConnection, connect};
use counterfoil_model::{ConnectionId, Secret};
use counterfoil_policy::Actor;
use counterfoil_whatsapp::webhook::{AppSecret, sign};
use std::fmt::Write;

const SECRET: &str = "bench";
const NUMBER: &str = "100200300499";

/// One post, ready to be sent.
pub(super) struct Post {
    /// The body.
    pub(super) body: String,
    /// The value of `X-Hub-Signature-256`.
    pub(super) signature: String,
}

/// The `index`-th post, from one of `contacts` people, at `seconds` since 1970.
pub(super) fn post(index: usize, contacts: usize, seconds: i64) -> Post {
    let contact = index % contacts.max(1);
    let from = 27_600_000_000 + contact;
    let mut body = String::with_capacity(640);
    let _ = write!(
        body,
        r#"{{"object":"whatsapp_business_account","entry":[{{"id":"1","changes":[{{"field":"messages","value":{{"#
    );
    let _ = write!(
        body,
        r#""messaging_product":"whatsapp","metadata":{{"display_phone_number":"27105550199","phone_number_id":"{NUMBER}"}},"#
    );
    let _ = write!(
        body,
        r#""contacts":[{{"profile":{{"name":"Contact {contact}"}},"wa_id":"{from}"}}],"messages":[{{"from":"{from}","#
    );
    let _ = write!(
        body,
        r#""id":"wamid.BENCH{index:012}","timestamp":"{seconds}","type":"text","text":{{"body":"#
    );
    let _ = write!(
        body,
        r#""Message {index}: please tell me when the assessor comes to look at the car"}}}}]}}}}]}}]}}"#
    );
    let signature = sign(body.as_bytes(), &AppSecret::new(SECRET));
    Post { body, signature }
}

/// Sets up the connection that the posts are for.
///
/// # Errors
/// When it could not be set up.
pub(super) async fn connection(house: &House) -> anyhow::Result<ConnectionId> {
    let secret = |text: &str| Secret::new(text.to_owned());
    let new = NewConnection {
        title: "Bench".to_owned(),
        app_secret: secret(SECRET),
        previous_app_secret: None,
        verify_token: secret("bench"),
        access_token: secret("bench"),
        graph_url: "http://127.0.0.1:9".to_owned(),
        graph_version: "v25.0".to_owned(),
        phone_number_id: NUMBER.to_owned(),
        display_number: "+27 10 555 0199".to_owned(),
    };
    let connected = connect(&house.flow, &Actor::Operator, new)
        .await
        .context("the bench's number could not be connected")?;
    Ok(connected.connection)
}

#[cfg(test)]
mod tests {
    use super::*;
    use counterfoil_whatsapp::webhook::split;

    #[test]
    fn a_post_holds_one_text_that_is_understood() {
        let post = post(7, 5, 1_790_000_000);
        let items = split(post.body.as_bytes()).items;
        assert_eq!(items.len(), 1);
        assert_eq!(items[0].kind.name(), "message.text");
        assert!(post.signature.starts_with("sha256="));
    }
}
