//! Several nodes of one installation, and installations whose parts do not belong together: the real program, killed, paused, and
//! started on older copies.

#![expect(clippy::print_stdout, reason = "a proof prints its figures")]

#[path = "../story/colleague.rs"]
#[expect(dead_code, reason = "the stories use the rest")]
mod colleague;
mod copies;
mod house;
mod killed;
mod live;
mod paused;
mod posts;
mod refused;
mod together;
