//! Our side of the log, and finding whatever was changed behind its back.

mod key_changes;
mod sequencing;
mod slips;
mod starting;
mod tampering;
mod used;
mod verifying;
