//! Who is asking: the session behind a cookie, the token behind an API call, how they like their pages, and from where they come.

pub(crate) mod address;
pub(crate) mod browser;
pub(crate) mod caller;
pub(crate) mod cookie;
pub(crate) mod preferences;
pub(crate) mod signed_in;

pub(crate) use browser::Browser;
pub(crate) use caller::Caller;
pub(crate) use signed_in::SignedIn;
