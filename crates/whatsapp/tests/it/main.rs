//! Behaviour of the crate at its boundary: the way in by samples and by the public corpus, the way out against a server
//! that answers by a script.

mod corpus;
mod samples;
mod signature;
