//! Our side of the log: numbering leaves, signing checkpoints, and verifying all of it.
