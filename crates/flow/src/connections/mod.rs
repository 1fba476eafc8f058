//! Connections: Meta apps with their secrets, and the numbers that hang on them.
pub mod clock;
pub mod connect;
pub(crate) mod kit;
