//! Connections: Meta apps with their secrets, and the numbers that hang on them.
pub mod clock;
pub mod connect;
pub mod told;

pub(crate) mod kit;
