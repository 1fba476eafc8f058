//! Gates: intake-only nodes, which take posts in and hand them over to any full node (`docs/formats/hand-over.md`).
//!
//! ```text
//! on a full node                                             on a gate
//! add      gives a gate its pass  ────────── by hand ──────► pass      certificate, key, addresses; the kit goes to the shelf
//! authority, certificate: who signs and what                 intake    accepts, seals, spools, fetches files: as on any node
//! admit    whose certificate is it, on the list? ◄── mTLS ── channel   to whichever full node answers
//! refresh  kit, addresses, new certificates      ◄────────── hand_over asks every minute
//! receive  files and posts, durable, then the answer ◄────── hand_over files first, then posts, oldest first
//! revoke   on the list no more                               hand_over takes in nothing more
//! ```
//!
//! A gate stands before everything else in a message's way and opens nothing: it has no private intake key, no database and no page.

pub mod add;
pub mod admit;
pub mod authority;
pub mod hand_over;
pub mod list;
pub mod pass;
pub mod receive;
pub mod refresh;
pub mod revoke;
pub mod wire;

mod certificate;
mod channel;

pub use certificate::FULL_NODE;
pub use counterfoil_store::spool::SpooledFile;
