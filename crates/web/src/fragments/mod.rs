//! Parts of pages for the live page: what a change touched is fetched here and swapped in. The same use cases and views as the pages.

pub(crate) mod conversation;
pub(crate) mod list;
pub(crate) mod message;
