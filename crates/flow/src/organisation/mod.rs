//! The organisation: the one owner of an installation.
pub mod open;
