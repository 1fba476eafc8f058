//! Files of messages: what they are said to be, fetching them from the provider, and keeping them sealed.

pub(crate) mod about;
pub(crate) mod blob;
pub(crate) mod fetch;
