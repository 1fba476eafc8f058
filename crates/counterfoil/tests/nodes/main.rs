//! Several nodes of one installation, and installations whose parts do not belong together: the real program, killed, paused, and
//! started on older copies.

#![expect(clippy::print_stdout, reason = "a proof prints its figures")]

mod copies;
mod house;
mod killed;
mod live;
mod paused;
mod posts;
mod refused;
mod sequencer;
mod together;
