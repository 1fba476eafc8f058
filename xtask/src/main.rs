//! Counterfoil.
fn main() {}
