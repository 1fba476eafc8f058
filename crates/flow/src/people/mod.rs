//! People: joining, signing in and out, and who there is.

pub mod colleagues;
pub mod invite;
pub mod join;
pub mod session;
pub mod sign_in;
pub mod token;

pub(crate) mod password;
pub(crate) mod secret;
pub(crate) mod standing;
pub(crate) mod throttle;
