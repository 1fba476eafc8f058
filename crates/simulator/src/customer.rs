//! The customer by program: the same way in as the handset page, without a page.

use bytes::Bytes;

use crate::ids::{CustomerId, MediaId, Wamid};
use crate::message::{Direction, MediaKind, SimContent, SimMessage, Ticks};
use crate::shelf::MediaFile;
use crate::simulator::Simulator;
use crate::state::Shared;
use crate::webhooks::{self, Update, payload};

impl Simulator {
    /// The customer writes a text, perhaps as an answer to a message.
    pub async fn customer_text(&self, customer: &CustomerId, body: &str, quote: Option<Wamid>) -> Wamid {
        self.customer_sends(customer, SimContent::Text(body.to_owned()), quote)
            .await
    }

    /// The customer sends a picture of the given media type, for example `image/jpeg`.
    pub async fn customer_image(
        &self,
        customer: &CustomerId,
        bytes: Bytes,
        mime: &str,
        caption: Option<&str>,
    ) -> Wamid {
        self.customer_file(customer, MediaKind::Image, bytes, mime, caption, None)
            .await
    }

    /// The customer sends a recording (OGG with Opus).
    pub async fn customer_voice(&self, customer: &CustomerId, bytes: Bytes) -> Wamid {
        self.customer_file(customer, MediaKind::Voice, bytes, "audio/ogg; codecs=opus", None, None)
            .await
    }

    /// The customer sends a document with a name of their choice.
    pub async fn customer_document(
        &self,
        customer: &CustomerId,
        bytes: Bytes,
        mime: &str,
        caption: Option<&str>,
        filename: &str,
    ) -> Wamid {
        self.customer_file(customer, MediaKind::Document, bytes, mime, caption, Some(filename))
            .await
    }

    /// The customer sends a file of any kind.
    pub async fn customer_file(
        &self,
        customer: &CustomerId,
        kind: MediaKind,
        bytes: Bytes,
        mime: &str,
        caption: Option<&str>,
        filename: Option<&str>,
    ) -> Wamid {
        let id = self.shared.keep_file(mime, bytes, true);
        let content = SimContent::Media {
            kind,
            id: Some(id),
            link: None,
            mime: mime.to_owned(),
            caption: caption.map(str::to_owned),
            filename: filename.map(str::to_owned),
        };
        self.customer_sends(customer, content, None).await
    }

    /// The customer uploads a file for a message that the caller posts: the id that the provider gives it.
    pub fn customer_uploads(&self, bytes: Bytes, mime: &str) -> MediaId {
        self.shared.keep_file(mime, bytes, true)
    }

    /// The customer sends a place, in degrees.
    pub async fn customer_location(
        &self,
        customer: &CustomerId,
        latitude: f64,
        longitude: f64,
        name: Option<&str>,
        address: Option<&str>,
    ) -> Wamid {
        let content = SimContent::Location {
            latitude,
            longitude,
            name: name.map(str::to_owned),
            address: address.map(str::to_owned),
        };
        self.customer_sends(customer, content, None).await
    }

    /// The customer sends a contact card with a name and a phone number.
    pub async fn customer_contacts(&self, customer: &CustomerId, name: &str, phone: &str) -> Wamid {
        let card = serde_json::json!([{
            "name": { "first_name": name, "formatted_name": name },
            "phones": [{ "phone": phone, "type": "MOBILE" }],
        }]);
        self.customer_sends(customer, SimContent::Contacts(card), None).await
    }

    /// The customer puts an emoji on a message, or takes it back with `None`.
    pub async fn customer_reaction(&self, customer: &CustomerId, to: &Wamid, emoji: Option<&str>) -> Wamid {
        let content = SimContent::Reaction {
            to: to.clone(),
            emoji: emoji.map(str::to_owned),
        };
        self.customer_sends(customer, content, None).await
    }

    /// The customer taps a reply button of a message.
    pub async fn customer_button_reply(&self, customer: &CustomerId, of: &Wamid, id: &str, title: &str) -> Wamid {
        let content = SimContent::ButtonReply {
            id: id.to_owned(),
            title: title.to_owned(),
        };
        self.customer_sends(customer, content, Some(of.clone())).await
    }

    /// The customer chooses a row from the list of a message.
    pub async fn customer_list_reply(&self, customer: &CustomerId, of: &Wamid, id: &str, title: &str) -> Wamid {
        let content = SimContent::ListReply {
            id: id.to_owned(),
            title: title.to_owned(),
            description: None,
        };
        self.customer_sends(customer, content, Some(of.clone())).await
    }

    /// The customer sends anything. Waits only while too many webhooks are under way.
    pub async fn customer_sends(&self, customer: &CustomerId, content: SimContent, quote: Option<Wamid>) -> Wamid {
        webhooks::customer_sends(&self.shared, customer, content, quote).await
    }

    /// The customer asks for no marketing messages any more, or for some again; the business is told.
    pub async fn customer_wants_marketing(&self, customer: &CustomerId, wants: bool) {
        let body = {
            let mut state = self.shared.lock();
            state.phone(customer).stopped_marketing = !wants;
            payload::marketing_wish(&self.shared, &state, customer)
        };
        let acknowledges = None;
        webhooks::post(&self.shared, Update { body, acknowledges }).await;
    }

    /// Posts a body of the caller's making, signed like any other: for shapes that the simulator does not make itself.
    pub async fn post_webhook(&self, body: &serde_json::Value) {
        let update = Update {
            body: payload::escape(&body.to_string()).into(),
            acknowledges: None,
        };
        webhooks::post(&self.shared, update).await;
    }

    /// The customer's page shows the conversation: everything that has arrived becomes read.
    pub fn customer_looks(&self, customer: &CustomerId) {
        webhooks::customer_looks(&self.shared, customer);
    }
}

impl Shared {
    /// Puts a file on the shelf and gives it an id.
    pub(crate) fn keep_file(&self, mime: &str, bytes: Bytes, from_customer: bool) -> MediaId {
        let file = MediaFile::new(mime, bytes, self.clock.now_seconds(), from_customer);
        let mut state = self.lock();
        let id = state.dice.media_id();
        state.shelf.put(id.clone(), file);
        id
    }

    /// Adds what the customer wrote to their phone and makes the webhook that tells of it.
    pub(crate) fn note_from_customer(
        &self,
        customer: &CustomerId,
        content: SimContent,
        quote: Option<Wamid>,
    ) -> (Wamid, Update) {
        let at_micros = self.clock.now_micros();
        let mut state = self.lock();
        let id = state.dice.wamid_from_customer(customer);
        let message = SimMessage {
            id: id.clone(),
            direction: Direction::FromCustomer,
            at_micros,
            content,
            quote,
            ticks: Ticks::Sent,
            reaction: None,
        };
        state.throughput.count(at_micros);
        let phone = state.phone(customer);
        phone.last_wrote_seconds = Some(at_micros.div_euclid(1_000_000));
        phone.add(message.clone());
        let body = payload::from_customer(self, &state, customer, &message);
        drop(state);
        self.changed(customer);
        (
            id.clone(),
            Update {
                body,
                acknowledges: Some((customer.clone(), id)),
            },
        )
    }
}
