//! The ways of a message, in, out and home, as the use cases promise them.

mod house;
mod posts;

mod repeats;
mod thread_order;
mod who;
