//! The ways of a message, in, out and home, as the use cases promise them.

mod house;
mod line;
mod posts;
mod shapes;

mod arrivals;
mod attachments;
mod backups;
mod bent;
mod broken;
mod clock_set_back;
mod elsewhere;
mod erasing;
mod erasing_files;
mod filing;
mod forward;
mod forward_told;
mod gates;
mod kept;
mod kept_from_erasing;
mod older;
mod pages;
mod postponed;
mod previewing;
mod rekeying;
mod repeats;
mod replies;
mod retiring;
mod rights;
mod sign_in;
mod spooling;
mod statuses;
mod thread_order;
mod told;
mod who;
mod withdrawing;
