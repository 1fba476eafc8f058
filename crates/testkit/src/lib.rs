//! What end-to-end tests hold in their hands: the real program in an installation of its own, a colleague and a provider with its
//! customers, a real browser, a fresh database, and a search that would find what must not be there.
//!
//! It stands beside the way of a message and is never shipped. It knows the product only from outside: its command line, its
//! pages and its files; so that a test sees what an operator, a colleague or a thief would see.

pub mod browser;
pub mod bucket;
pub mod certificate;
pub mod colleague;
pub mod customer;
pub mod gate;
pub mod hold;
pub mod image;
pub mod installation;
pub mod mutation;
pub mod needles;
pub mod patience;
pub mod payloads;
pub mod port;
pub mod postgres;
pub mod process;
pub mod small_disk;
pub mod sqlite;
pub mod surroundings;
pub mod wire;
