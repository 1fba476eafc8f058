//! Whole pages, a file each. They work before any script runs: plain links, plain forms, and a redirect after each act.

pub(crate) mod compose;
pub(crate) mod connections;
pub(crate) mod content;
pub(crate) mod cursor;
pub(crate) mod id;
pub(crate) mod inbox;
pub(crate) mod join;
pub(crate) mod message;
pub(crate) mod people;
pub(crate) mod profile;
pub(crate) mod sign_in;
pub(crate) mod tokens;
pub(crate) mod told;
