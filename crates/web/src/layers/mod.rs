//! What happens to each request before and after its handler, outermost first: its operation id and log line, the headers of safety,
//! the check of origin, and the writing of failures in the way of the door.

pub(crate) mod failures;
pub(crate) mod headers;
pub(crate) mod request_log;
pub(crate) mod same_origin;

#[cfg(test)]
mod tests;
