//! The field tables: every form fits with all its optional fields, and stops fitting by one change anywhere.

mod bodies;
mod door;
mod limits;
mod rules;
mod shapes;
mod template_rules;
mod walk;
