//! The WhatsApp Business Cloud API, both ways.
//!
//! **In** ([`webhook`]): the signature over the raw bytes, the handshake, and [`webhook::split`], which cuts a post into
//! items one by one. A bad item never costs its neighbours; what is not understood is kept whole; every item says by which
//! text a repeat of it is recognised.
//!
//! **Out** ([`client`]): messages, files, numbers, accounts and templates. A failed send tells apart what certainly did not go
//! out from what may have ([`client::SendError`]). [`error`] says what the provider's numbers mean, [`limits`] and [`window`]
//! what need not be tried.
//!
//! The crate has no clock, keeps no state, logs nothing and never tries again by itself. Types that hold what people wrote
//! or who they are have no `Debug` that shows it; secrets have none at all.
//!
//! What follows is a guide, in the order in which one needs it. `examples/echo.rs` is a whole hook that answers.
//!
//! # From a token to a sent message
//!
//! Three things come from the app's settings at the provider: the access token of a system user (with the rights
//! `whatsapp_business_messaging` and, for everything but messages, `whatsapp_business_management`), the app secret, and the
//! provider's id of the number that sends, which is not the number itself.
//!
//! ```
//! use counterfoil_whatsapp::client::{AccessToken, Client, ClientOptions};
//! use counterfoil_whatsapp::message::OutboundMessage;
//! use counterfoil_whatsapp::phone::PhoneNumber;
//! use counterfoil_whatsapp::webhook::AppSecret;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = counterfoil_simulator::Simulator::start(counterfoil_simulator::SimulatorOptions {
//! #     app_secret: "the secret of the app".into(), verify_token: "v".into(), access_token: "the token".into(),
//! #     phone_number_id: "700".into(), display_phone_number: "15550100001".into(), waba_id: "100".into(),
//! #     webhook_url: None, clock: counterfoil_simulator::SimClock::system(), seed: 1,
//! # }).await?;
//! # let customer = simulator.first_customer().unwrap();
//! # simulator.customer_text(&customer, "Hello?", None).await;
//! # let (base, person) = (simulator.graph_url(), simulator.thread(&customer)[0].id.to_string());
//! # let (graph, question) = (base.as_str(), person.as_str());
//! # let number = format!("+{customer}");
//! // `graph` is https://graph.facebook.com, unless it is a simulator.
//! let mut options = ClientOptions::new(graph.parse()?, "v25.0", AccessToken::new("the token"));
//! options.app_secret = Some(AppSecret::new("the secret of the app"));
//! let client = Client::new(options)?;
//!
//! let message = OutboundMessage::text(PhoneNumber::parse(&number)?, "We are on it.").answering(question);
//! let accepted = client.send("700", &message).await?;
//! // Accepted is not delivered: statuses name the message by this id.
//! assert!(accepted.message_id.starts_with("wamid."));
//! # Ok(())
//! # }
//! ```
//!
//! With the app secret every request carries a proof (`appsecret_proof`), and a token without its app is of no use once the
//! app demands it. The token goes to the configured hosts only, over HTTPS (or to this machine), and follows no redirect.
//! A [`client::TokenSource`] hands out a token that changes, or that lies sealed between two requests.
//!
//! # Making ready
//!
//! A number that sends and hears needs all of these; each can be read back, so that a watcher sees when one is changed by hand.
//!
//! ```
//! use counterfoil_whatsapp::client::{Client, RequestError, Storage, TwoStepPin};
//!
//! async fn make_ready(client: &Client, account: &str, number: &str, pin: &TwoStepPin) -> Result<(), RequestError> {
//!     let token = client.token_info().await?; // is it valid, until when, and may it do more than it needs?
//!     assert!(token.valid);
//!     client.subscribe(account, None).await?; // without this nothing ever comes in
//!     client.set_storage(number, Storage::InCountry("CH")).await?; // before registering
//!     client.register(number, pin, None).await?;
//!     assert_eq!(client.settings(number).await?.storage_region.as_deref(), Some("CH"));
//!     Ok(())
//! }
//! ```
//!
//! Under [`client::Storage::None`] the provider keeps nothing at rest, and a hook that is away for an hour loses what came in
//! (131035). The two-step PIN guards the number: whoever has it can take the number over.
//!
//! # From a webhook to an item
//!
//! Verify the signature over the bytes exactly as they came, keep them durably, answer 200, and only then look inside. A post
//! holds up to a thousand items; [`webhook::split`] gives each by itself.
//!
//! ```
//! use counterfoil_whatsapp::webhook::item::{InboundContent, Item};
//! use counterfoil_whatsapp::webhook::{AppSecret, sign, split, verify};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let secret = AppSecret::new("the secret of the app");
//! let body = br#"{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{
//!     "metadata":{"phone_number_id":"2"},
//!     "messages":[{"id":"wamid.X","from":"15550100201","timestamp":"1790000001","type":"text","text":{"body":"Hello"}}]
//! }}]}]}"#;
//! let header = sign(body, &secret); // what the provider sends beside the body
//!
//! verify(Some(&header), body, &[&secret])?; // several secrets while one replaces another
//! for item in split(body).items {
//!     assert_eq!(item.kind.name(), "message.text");
//!     if let Item::Message(message) = item.item
//!         && let InboundContent::Text { body } = &message.content
//!     {
//!         assert_eq!(body, "Hello");
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! The same item comes again for days, in other company and in another order. [`webhook::WebhookItem::dedupe`] is equal for
//! all of its repeats: keep a hash of it. Statuses overtake one another and the answer to the send itself; sort by the time
//! that the provider put on them, and never let a status move backwards. What this crate does not know becomes
//! [`webhook::Item::NotUnderstood`] with its bytes whole, so that a later version can read it.
//!
//! # Errors, and what to do
//!
//! There is no idempotency key. So the one question after a failed send is whether the message may have gone out, and
//! [`client::SendError`] answers it: `Invalid` and `NotSent` never left, `Refused` was refused, `Unknown` may be on its way.
//! Put an id of yours into [`message::OutboundMessage::callback_data`]: it comes back in every status, also when the answer to
//! the send was lost.
//!
//! ```
//! use counterfoil_whatsapp::error::{ErrorClass, Fate, meaning};
//!
//! let closed = meaning(131_047);
//! assert_eq!(closed.class, ErrorClass::NeedsTemplate);
//! assert_eq!(closed.class.fate(), Fate::Final); // this message is over; a template is another message
//! assert!(closed.advice.sentence().contains("24 hours"));
//!
//! assert_eq!(meaning(131_056).class.fate(), Fate::Retried); // too many to one person: slow down
//! assert_eq!(meaning(190).class.fate(), Fate::Waits); // the token has expired: nothing goes until a person acts
//! ```
//!
//! The same numbers come in statuses, in messages and alone in a post. [`error::entries`] lists them all.
//!
//! # Limits
//!
//! Every form has a type of its own below [`message`], which leaves out what the provider does not take. The rest is checked
//! before anything leaves: lengths, counts, labels that must differ, what a group takes.
//!
//! ```
//! use counterfoil_whatsapp::limits::{LimitError, Part, check};
//! use counterfoil_whatsapp::message::{Button, Choice, Interactive, OutboundContent, OutboundMessage, Recipient};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let choice = |titles: &[&str]| {
//!     let buttons = titles.iter().map(|title| Button::new(title.to_lowercase(), *title)).collect();
//!     OutboundContent::Interactive(Interactive::Buttons(Choice {
//!         header: None,
//!         body: "Was anybody hurt?".into(),
//!         footer: None,
//!         buttons,
//!     }))
//! };
//! let person = Recipient::Phone("+1 555 010 0201".parse()?);
//! check(&OutboundMessage::new(person.clone(), choice(&["Yes", "No"])))?;
//!
//! let four = OutboundMessage::new(person, choice(&["Yes", "No", "Perhaps", "Later"]));
//! assert_eq!(check(&four), Err(LimitError::Count { part: Part::Button, least: 1, most: 3 }));
//!
//! let group = OutboundMessage::new(Recipient::Group("a group's id".into()), choice(&["Yes"]));
//! assert_eq!(check(&group), Err(LimitError::NotForGroups));
//! # Ok(())
//! # }
//! ```
//!
//! How fast one may send is not checked here, because the crate keeps no state: 80 messages in a second by number (20 when it
//! is shared with the phone app), one in six seconds to one person with a burst of 45.
//!
//! # Windows
//!
//! Anything may be sent for 24 hours after a person last wrote or called; then only templates. The window belongs to one
//! number and one person, or to one group. Count it from the time on the inbound message, not from when it reached you.
//!
//! ```
//! use counterfoil_whatsapp::window::{Window, window};
//!
//! const HOUR: i64 = 60 * 60 * 1_000_000;
//! let now = 1_790_000_000_000_000;
//! assert!(window(Some(now - 23 * HOUR), now).is_open());
//! assert_eq!(window(Some(now - 24 * HOUR), now), Window::Closed);
//! assert_eq!(window(None, now), Window::Closed);
//! ```
//!
//! # Identities
//!
//! A person is not a phone number any more. A message names its writer by number, by business-scoped user id, or by both
//! ([`webhook::item::Party`]), and only one of them may be there. The user id is opaque, belongs to your portfolio alone and
//! changes when the person changes their number; a user name is a label and proves nothing. Link two names only when one item
//! carries both, or when [`webhook::Item::identity_change`] says so.
//!
//! Answer to the number when you know it, which keeps it in what the provider reports: [`message::Recipient::answering`] does
//! so. A one-time code goes to a number only; ask for it with [`message::ContactRequest`].
//!
//! # The life of a file
//!
//! ```text
//! in    id in an item (7 days; under No Storage an hour) ─► lookup ─► address (5 minutes) ─► fetch ─► check the digest ─► delete
//! out   bytes ─► upload, with how long to keep it ─► id (30 days) ─► send, as often as wanted ─► delete
//! ```
//!
//! ```
//! use counterfoil_whatsapp::client::Upload;
//! # use counterfoil_whatsapp::client::{AccessToken, Client, ClientOptions};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = counterfoil_simulator::Simulator::start(counterfoil_simulator::SimulatorOptions {
//! #     app_secret: "the secret of the app".into(), verify_token: "v".into(), access_token: "the token".into(),
//! #     phone_number_id: "700".into(), display_phone_number: "15550100001".into(), waba_id: "100".into(),
//! #     webhook_url: None, clock: counterfoil_simulator::SimClock::system(), seed: 1,
//! # }).await?;
//! # let graph = simulator.graph_url();
//! # let client = Client::new(ClientOptions::new(graph.parse()?, "v25.0", AccessToken::new("the token")))?;
//! let letter = Upload {
//!     bytes: "Dear customer".into(),
//!     mime_type: "text/plain".into(),
//!     filename: "letter.txt".into(),
//!     ttl_minutes: Some(60), // no longer than the message needs
//! };
//! let id = client.upload("700", letter).await?;
//!
//! let found = client.lookup(&id, Some("700")).await?;
//! let mut pieces = client.fetch(&found.url, 1024 * 1024).await?;
//! let mut bytes = Vec::new();
//! while let Some(piece) = pieces.chunk().await? {
//!     bytes.extend_from_slice(&piece);
//! }
//! assert_eq!(bytes, b"Dear customer");
//!
//! client.delete(&id, Some("700")).await?;
//! # Ok(())
//! # }
//! ```
//!
//! The name of a file is the sender's invention: never use it as a path. [`limits::upload_rule`] says as what kind of message
//! a file of a type goes, and how large it may be.
//!
//! # Templates
//!
//! A template is written once, approved by the provider, and then sent with values for its places. The provider does not give
//! back the finished text: keep it with the message.
//!
//! ```
//! use counterfoil_whatsapp::message::{
//!     ButtonValue, OneTimeCode, OutboundContent, OutboundMessage, Recipient, Template, TemplateButton, Variables,
//! };
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut template = Template::new("claim_received", "en_GB");
//! template.body = Variables::named([("claim", "C-1"), ("name", "Ada")]);
//! template.buttons = vec![TemplateButton::new(0, ButtonValue::QuickReply("STOP".into()))];
//! let person = Recipient::Phone("+1 555 010 0201".parse()?);
//! let body = OutboundMessage::new(person.clone(), OutboundContent::Template(template)).to_json();
//! assert_eq!(body["template"]["components"][0]["parameters"][0]["parameter_name"], "claim");
//!
//! // A code stands in the words and in the button; it is given once.
//! let code = OneTimeCode { template: "code".into(), language: "en".into(), code: "123456".into() };
//! let body = OutboundMessage::new(person, OutboundContent::OneTimeCode(code)).to_json();
//! assert_eq!(body["template"]["components"][1]["parameters"][0]["text"], "123456");
//! # Ok(())
//! # }
//! ```
//!
//! A template is made of a [`client::TemplateDraft`] by [`client::Client::create_template`]; [`client::Client::templates`] and
//! webhook items tell how far its approval is.
//!
//! # Testing against the simulator
//!
//! The workspace has a provider on this machine, with wire shapes of its own: start it, give [`client::ClientOptions`] its
//! address, and be the customer.
//!
//! ```
//! use counterfoil_simulator::{SimClock, Simulator, SimulatorOptions};
//! use counterfoil_whatsapp::client::{AccessToken, Client, ClientOptions};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let simulator = Simulator::start(SimulatorOptions {
//!     app_secret: "the secret of the app".into(),
//!     verify_token: "the verify token".into(),
//!     access_token: "the token".into(),
//!     phone_number_id: "700".into(),
//!     display_phone_number: "15550100001".into(),
//!     waba_id: "100".into(),
//!     webhook_url: None,
//!     clock: SimClock::system(),
//!     seed: 1,
//! })
//! .await?;
//! let client = Client::new(ClientOptions::new(
//!     simulator.graph_url().parse()?,
//!     "v25.0",
//!     AccessToken::new("the token"),
//! ))?;
//! assert_eq!(client.number("700").await?.platform_type.as_deref(), Some("CLOUD_API"));
//! # Ok(())
//! # }
//! ```

pub mod client;
pub mod error;
pub mod limits;
pub mod message;
pub mod phone;
pub mod webhook;
pub mod window;

mod hex;
mod redacted;
