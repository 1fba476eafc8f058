//! A WhatsApp Cloud API, a customer's handset and a small policy administration system, all on loopback.
//!
//! The demo, the tests and the benchmarks reach it over HTTP exactly as they would reach the real ones. It knows the
//! wire shapes from the provider's documentation and depends on none of our other crates, so that a mistake made there
//! is not mirrored here. It keeps its state in memory, bounded, and never writes to disk.
//!
//! ```text
//! product ── send, media, numbers ──▶ graph ──┐
//!    ▲                                        ├── state ──▶ handset (you are the customer)
//!    └──────── signed webhooks ◀── webhooks ──┘
//! product ── file a message ────────▶ pas (policies, claims, documents)
//! ```

mod background;
mod clock;
mod customer;
pub mod exported;
mod faults;
mod graph;
mod handset;
mod ids;
mod limits;
mod listener;
mod message;
mod page;
mod pas;
mod phone;
mod requests;
pub mod samples;
mod shelf;
mod simulator;
mod state;
mod webhooks;

pub use clock::SimClock;
pub use faults::{Faults, MediaFault, Refusal, SendFault, SendMix, WebhookFaults};
pub use graph::forms;
pub use ids::{CustomerId, CustomerIdError, MediaId, Wamid};
pub use message::{Choice, Direction, MediaKind, SimContent, SimMessage, Ticks};
pub use pas::{FiledDocument, FiledFile, Pas, PasError};
pub use phone::{CustomerProfile, Pace, Reading};
pub use requests::{ApiCall, ApiCallKind};
pub use simulator::{Ports, Simulator, SimulatorOptions, StartError};
pub use webhooks::HandshakeError;
